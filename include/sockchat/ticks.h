/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the bytes of each message sent by hand are, and in the middle of each
 * one that goes on: with us, with our kernel, or with the peer's. */

#ifndef SOCKCHAT_TICKS_H
#define SOCKCHAT_TICKS_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/error.h>

#define TICKS_MAX 65536 /* the newest messages; older ones have no tick */

enum tick_state {
	TICK_NONE,   /* not known (any more) */
	TICK_QUEUED, /* with us */
	TICK_SENT,   /* with our kernel */
	TICK_ACKED,  /* with the peer's */
	TICK_LOST,   /* the connection ended before they were known to be */
};

struct tick {
	uint64_t seq; /* of the message */
	uint32_t ack_us; /* from our kernel to the acknowledgement */
	uint8_t state;
	bool is_final; /* its connection is over */
};

struct ticks;
struct recut; /* recut.h */

/* Embedded in whoever is told that the tick of the message `seq` has
 * changed. */
struct ticks_listener {
	void (*on_tick)(void *user, uint64_t seq);
	void *user;
	struct ticks_listener *next; /* the ticks' own */
};

/* NULL without memory. */
MUST_USE struct ticks *ticks_new(void);
void ticks_free(struct ticks *t);
/* Tell the listener too.  Borrowed until ticks_unlisten(), which is not for
 * on_tick, and safe when it does not listen. */
void ticks_listen(struct ticks *t, struct ticks_listener *l);
void ticks_unlisten(struct ticks *t, struct ticks_listener *l);

/* Add a message that is queued, or has grown and is queued again; nobody is
 * told.  -1 without memory: the message has no tick. */
MUST_USE int ticks_add(struct ticks *t, uint64_t seq);
/* Set the tick of a message.  The change, if it is one, is told. */
void ticks_set(struct ticks *t, const struct tick *tick);
/* The tick of a message: all zero but for `seq` when it is not known. */
struct tick ticks_at(const struct ticks *t, uint64_t seq);

/* The transcript has been cut anew: the messages have other seqs. */
void ticks_recut(struct ticks *t, const struct recut *r);

/* "queued", "sent", "acked", "lost"; "" for none. */
const char *tick_name(enum tick_state state);

#endif
