/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation between the standard descriptors and a peer, and with
 * --keep-open the next one after it: what streams (pipe_stream.h) and datagrams
 * (pipe_datagram.h) share. */

#ifndef SOCKCHAT_PIPE_CONN_H
#define SOCKCHAT_PIPE_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/link.h>
#include <sockchat/options.h>

#include "pipe_io.h"

enum conn_end {
	CONN_GOES_ON,
	CONN_DONE,   /* every byte has arrived */
	CONN_FAILED, /* the peer's failing, another may do better */
	CONN_STUCK,  /* ours: there is no use in another */
};

/* What it waits for by the clock. */
enum {
	CONN_SIGNAL = LINK_OWN, /* after a signal: the end */
	CONN_LINGER,            /* more of standard input */
};

struct conn;

/* How a kind of conversation goes on. */
struct conn_way {
	const struct link_ops *link;
	/* Move as much as goes without waiting from standard input to the peer,
	 * or from the peer to standard output. */
	void (*move_up)(struct conn *c);
	void (*move_down)(struct conn *c);
	/* Draw the conclusions; called after each move. */
	void (*step)(struct conn *c);
	/* Read nothing more from either side; end when what has come until now
	 * is delivered. */
	void (*leave)(struct conn *c);
	/* End now, and say what is not delivered. */
	void (*give_up)(struct conn *c);
};

struct conn {
	struct link link; /* the peer; first, for it knows no other owner */
	const struct options *options;
	void (*on_open)(void *user, const struct address *peer);
	/* The first bytes of a peer.  NULL: the system may move them by
	 * itself. */
	void (*on_first)(void *user, const uint8_t *bytes, size_t len);
	/* A datagram was not sent, or did not arrive. */
	void (*on_error)(void *user, const struct error *e);
	/* A fault has struck. */
	void (*on_fault)(void *user, const char *text);
	/* Something that the user should know. */
	void (*on_note)(void *user, const char *sentence);
	/* Our end has gone, and the peer's has not come. */
	void (*on_end_out)(void *user);
	/* `e` says why it failed; an empty text is not to be told. */
	void (*on_end)(void *user, enum conn_end end, const struct error *e);
	void *user;
	const struct conn_way *way;

	/* The standard descriptors; they outlive the peers. */
	struct source in;
	struct outlet out;
	struct watch in_watch, out_watch;
	bool has_in_ended;
	struct timer quit_timer;
	bool is_quitting; /* --quit-after's time has come */
	bool is_abandoned; /* a signal has come */

	/* What became of the peer. */
	char where[ENDPOINT_TEXT_MAX];
	bool was_wordless; /* it ended before anybody had said anything */
	bool is_leaving;   /* nothing is waited for but delivery */
	enum conn_end end;
	struct error error;
	size_t unacked;
	uint64_t due_in;   /* leaving: so many had come, and are written */
	uint64_t unwanted; /* came while standard output was closed */
	bool is_cut; /* left before the peer had ended */

	struct buffer up;   /* standard input to the peer */
	struct buffer down; /* the peer to standard output */
	/* The system moves bytes by itself, and their other end takes none. */
	bool is_up_stuck, is_down_stuck;

	/* Of datagrams. */
	size_t seen;      /* bytes of `up` in which no line ends */
	uint64_t skipped; /* bytes that are gone of one that is too long */
	uint64_t dropped_before; /* conn_dropped() when the peer came */
	bool is_drained;  /* leaving: all that had come is read */
	bool has_unsent;  /* the system or the network has said so */
	uint64_t long_ones;   /* were too long to be sent */
	int64_t told_long_ns; /* when that was told last, or 0 */
	bool has_untold_long;
};

/* Options, calls and `user` are there, the rest is zero.  For the ways: they
 * have an init of their own. */
void conn_init(struct conn *c, struct loop *l, const struct conn_way *way);
void conn_finish(struct conn *c);

/* Take the standard descriptors, which are 0 and 1.  Watches standard output,
 * whose reader may go before there is a peer.  -1 with errno. */
MUST_USE int conn_open(struct conn *c, int in, int out);

/* Connect: on_open or on_end.  -1 with errno. */
MUST_USE
int conn_dial(struct conn *c, const struct dial_steps *steps);
/* Begin with an accepted peer, likewise.  Takes `t`. */
void conn_take(struct conn *c, struct transport *t, const struct address *peer);

/* For a signal: deliver what there is, take nothing more, for 5 s at most.
 * Asked again, end at once.  on_end tells what was not delivered. */
void conn_abandon(struct conn *c);

/* Close standard output after the last byte.  -1 with a sentence if what was
 * written is not safe. */
MUST_USE int conn_close_out(struct conn *c, struct error *e);

/* How many datagrams the system had no room for. */
uint64_t conn_dropped(const struct conn *c);

/* For the ways.  Those that move bytes do it as far as that needs no waiting,
 * and note what they find: the way's step concludes. */

static inline struct conn *conn_of(struct link *l)
{
	return (struct conn *)l;
}

static inline bool conn_lingers_forever(const struct conn *c)
{
	return c->options->linger_ms == LINGER_FOREVER;
}
int64_t conn_linger_ns(const struct conn *c);

/* Whether standard input may still have something for this peer. */
static inline bool conn_wants_in(const struct conn *c)
{
	return c->link.transport && halves_is_out_open(c->link.halves) &&
	       !c->is_leaving && !c->has_in_ended && !c->options->recv_only;
}

/* Fill `up` from standard input. */
void conn_read_in(struct conn *c);
/* `len` bytes of the peer's stand behind those in `down`. */
void conn_take_in(struct conn *c, size_t len);
/* Write `down` to standard output. */
void conn_write_out(struct conn *c);
/* The peer has ended: whoever reads standard output sees that. */
void conn_end_out(struct conn *c);
/* Wait for standard input, and for standard output or for its reader's end. */
void conn_watch(struct conn *c, bool reads, bool writes);

/* Set the verdict.  Returns the sentence, still empty, for its reason. */
struct error *conn_fail(struct conn *c, enum conn_end end);
/* The verdict is there: close the link, and tell on_end.  `up` stays as it
 * is. */
void conn_end(struct conn *c);
/* As link_ops has it. */
void conn_on_fault(struct link *l, const char *text);

#endif
