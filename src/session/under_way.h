/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The messages sent to a peer that its system has not acknowledged yet.
 * Ticks tell where the bytes of each are. */

#ifndef UNDER_WAY_H
#define UNDER_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/link.h>
#include <sockchat/ticks.h>

struct under_way;

/* `l` and what `ticks` points to, which may become NULL, are borrowed until
 * under_way_end().  NULL without memory. */
MUST_USE struct under_way *under_way_new(struct link *l,
                                         struct ticks *const *ticks);
/* Tell the last that is known, for the connection is over, and free all.  NULL
 * is fine. */
void under_way_end(struct under_way *u);

/* The transcript has been cut anew.  NULL is fine. */
void under_way_recut(struct under_way *u, const struct recut *r);

/* Follow the message `seq`, which is queued, or has grown.  When it has left
 * us, `end` bytes in all have.  Without memory it has no tick. */
void under_way_add(struct under_way *u, uint64_t seq, uint64_t end);

/* To be called before bytes are written. */
void under_way_before_write(struct under_way *u);
/* To be called after bytes were written; `is_all`: nothing waits any more. */
void under_way_after_write(struct under_way *u, bool is_all);

/* The connection gets another layer, which does its own counting.  NULL is
 * fine. */
void under_way_restart(struct under_way *u);

/* Read records of acknowledgements.  Returns whether there were any.  NULL is
 * fine. */
bool under_way_read(struct under_way *u);

#endif
