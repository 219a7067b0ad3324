/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One direction of a pair: what one side says goes to the other side. */

#ifndef SOCKCHAT_LANE_H
#define SOCKCHAT_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

struct bytes;
struct framed;
struct held;
struct held_list;
struct hold;
struct pair;
struct recut;
struct session;

struct lane {
	struct session *from, *to;
	struct pair *pair;
	uint8_t dir;    /* ENTRY_OUT: to the target; ENTRY_IN: to the client */
	bool has_ended; /* the FIN of `from` has come; it goes behind all that
	                 * waits */
	size_t piped;   /* bytes that the system has in the lane's own pipe, */
	int pipe[2];    /* which it has only then */
	uint64_t lost;  /* bytes that came when `to` could get no more */
	struct held_list *waiting; /* NULL: nothing ever has */
};

/* Bytes that `from` has sent are told, and passed on.  -1 without memory. */
MUST_USE int lane_take(struct lane *l, const uint8_t *bytes, size_t len);

/* Whether `from` must not be read now: enough waits for `to`. */
bool lane_is_full(const struct lane *l);
/* How much may be read from it at once. */
size_t lane_room(const struct lane *l);
/* Pass on what waits and may go.  True if anything has gone. */
bool lane_go_on(struct lane *l);
/* A side of a pair is gone: drop what waits for it, and if it broke what it has
 * said and waits for a word, or with `all` whatever waits; and tell that. */
void lane_lose(struct session *gone, bool all);
void lane_finish(struct lane *l);
/* The entries are cut anew, and a message under way ends where it is. */
void lane_recut(struct lane *l, const struct recut *r);

/* Whether the FIN of `from` has come and nothing waits in front of it, so that
 * ours may go to `to`. */
bool lane_is_over(const struct lane *l);

/* Whether a reset of `to` would lose some of it: a unix socket, which is closed
 * in place of that, has taken all that was written. */
bool lane_is_owed(const struct lane *l);

/* Say how many bytes are lost, if any are: when the pair is over. */
void lane_tell_lost(const struct lane *l);

/* Whether the bytes that have gone to `to` end between two messages. */
bool lane_is_between(const struct lane *l);
/* Something goes to `to` now that `from` has not said: what it says next is
 * another message, if it is cut so, but one that is held grows on. */
void lane_break(struct lane *l);
/* Say something to `to` as `from` would: behind the message under way, before
 * what is held.  It is borrowed for the call.  -1 with a sentence. */
MUST_USE int lane_say(struct lane *l, const struct framed *m, struct error *e);

/* The user's word about a message that waits for it; then session_update(). */

/* Pass it and what is held before it in its lane. */
void lane_pass_up_to(struct held *m);
/* Pass all that is held of these directions: bits. */
void lane_pass_all(struct hold *h, unsigned dirs);
/* Drop it; `is_folded` if a later note tells of several. */
void lane_drop(struct held *m, bool is_folded);
/* Put its frame around a new payload, or the ending that it came with.  -1
 * with a sentence. */
MUST_USE int lane_wrap(const struct held *m, const struct bytes *payload,
                       struct framed *by, struct error *e);
/* Send this in its place; if it is the oldest of its lane, now.  Takes the
 * bytes.  -1 with a sentence. */
MUST_USE int lane_edit(struct held *m, struct framed *by, struct error *e);

#endif
