/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The messages sent by hand that the peer's system has not acknowledged: where
 * the bytes of each are, is told as ticks.  The system is asked only while
 * there are some. */

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
/* The connection is over: tell what is known in the end, and free all.  NULL is
 * fine. */
void under_way_end(struct under_way *u);

/* Message `seq` is queued; `end` bytes in all have left us when it has.
 * Without memory it has no tick. */
void under_way_add(struct under_way *u, uint64_t seq, uint64_t end);

/* To be called before and after bytes are written; `is_all`: nothing waits any
 * more. */
void under_way_before_write(struct under_way *u);
void under_way_after_write(struct under_way *u, bool is_all);

/* Read what the system tells of acknowledgements: whether it told any.  NULL is
 * fine. */
bool under_way_read(struct under_way *u);

#endif
