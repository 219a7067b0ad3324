/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The first bytes of a conversation, kept as long as its frame may be guessed
 * from them. */

#ifndef SESSION_HINTS_FRAME_H
#define SESSION_HINTS_FRAME_H

#include <sockchat/bytes.h>
#include <sockchat/frame_guess.h>

#include "session_private.h"

/* All zero at first. */
struct frame_watch {
	struct bytes in, out;
	size_t *kept;     /* by all peers; NULL: nothing was */
	int64_t grown_ns; /* when something was kept last */
	unsigned looks;
	size_t looked; /* bytes that were there at the last of them */
	bool is_cut;      /* more has come than is kept */
	bool is_over;     /* nothing is guessed any more */
};

/* Keep bytes that came or went, `to` is which, of all peers within bounds. */
void frame_watch_keep(struct frame_watch *f, struct session *s,
                      struct bytes *to, const uint8_t *bytes, size_t len);
/* Whether to look: while more comes, at twice as much as the last time, so that
 * all looks together cost no more than two. */
bool frame_watch_is_due(const struct frame_watch *f, const struct session *s);
/* Look at what has come, if the user has set no frame for it.  True: it was
 * guessed, and `*g` is written. */
MUST_USE
bool frame_watch_look(struct frame_watch *f, struct session *s,
                      struct frame_guess *g);
/* Whether more may be on its way. */
bool frame_watch_is_growing(const struct frame_watch *f,
                            const struct session *s);
/* Guess no more, and forget the bytes. */
void frame_watch_end(struct frame_watch *f);

#endif
