/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The timers and deferred calls of a loop, for the loop alone. */

#ifndef IO_SCHEDULE_H
#define IO_SCHEDULE_H

#include <sockchat/timer.h>

/* The first member of its loop. */
struct schedule {
	struct timer *timers; /* the root of a heap by due_ns */
	struct later *later, **later_end, *running;
};

void schedule_init(struct schedule *s);
/* How long until something is to be called: 0 at once, -1 never. */
int64_t schedule_wait_ns(const struct schedule *s);
/* Call what is due at `now_ns`, and what has been put off until now. */
void schedule_run(struct schedule *s, int64_t now_ns);

#endif
