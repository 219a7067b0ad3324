/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Printed text cannot be completed in place.  So an unfinished message waits a
 * little for its rest, and longer if it ends within a character; and a state on
 * the way to another for that one, which may fold it: whoever writes leaves out
 * what is folded by then. */

#ifndef SOCKCHAT_SETTLE_H
#define SOCKCHAT_SETTLE_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/loop.h>
#include <sockchat/transcript.h>

/* Write this entry; a message from byte `from` on.  Borrowed for the call. */
typedef void settle_fn(void *user, const struct entry *e, size_t from);

struct encoding;
struct settle_message;

/* Embedded in a front end. */
struct settle {
	struct loop *loop;
	const struct transcript *transcript;
	settle_fn *write;
	void *user;
	/* What text is in, or NULL for UTF-8; set after settle_init(). */
	struct encoding *const *encoding;
	struct settle_message *list; /* those that wait, by rising seq */
	size_t count, cap;
	bool waits_states; /* set after settle_init() */
	uint64_t staying; /* those before it need not wait any more */
	struct timer timer;
};

/* All but the encoding is borrowed until settle_finish(). */
void settle_init(struct settle *s, struct loop *l,
                 const struct transcript *transcript, settle_fn *write,
                 void *user);
/* Write all that waits. */
void settle_write_all(struct settle *s);
/* The transcript has been cut anew: write what has not been written of messages
 * that waited, and go on behind that.  -1 without memory: then some of it is
 * not written. */
MUST_USE int settle_recut(struct settle *s, const struct recut *r);
/* Drop all that waits. */
void settle_finish(struct settle *s);

/* An entry will be shown later: write what came before it now. */
void settle_before(struct settle *s, const struct entry *e);

/* An entry is new or has grown: write it now or in a while, after what came
 * before it in its session.  -1 without memory: then it is not written. */
MUST_USE int settle_show(struct settle *s, const struct entry *e);

#endif
