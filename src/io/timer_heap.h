/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Timers by when they are due, for the loop alone.  They are linked through
 * themselves, so that nothing here needs memory. */

#ifndef IO_TIMER_HEAP_H
#define IO_TIMER_HEAP_H

#include <sockchat/loop.h>

/* Add a timer.  `*root` is the one that is due first, NULL when there is
 * none. */
void timer_heap_add(struct timer **root, struct timer *t);
/* Remove a timer that has been added. */
void timer_heap_remove(struct timer **root, struct timer *t);

#endif
