/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Calls that the loop makes at a time, or at the end of a turn.  Neither needs
 * memory. */

#ifndef SOCKCHAT_TIMER_H
#define SOCKCHAT_TIMER_H

#include <stdint.h>

#include <sockchat/stamp.h>

struct loop;

struct timer;
typedef void timer_fn(struct timer *t);

struct timer {
	timer_fn *on_time;
	void *user;
	struct loop *loop; /* NULL when not started; the rest is the loop's */
	int64_t due_ns;
	struct timer *child, *next, **from;
};

struct later;
typedef void later_fn(struct later *l);

struct later {
	later_fn *on_call;
	void *user;
	struct loop *loop; /* NULL when not queued; the rest is the loop's */
	struct later *next;
};

/* Call once, `delay_ns` from now and not in this turn.  Starting again moves
 * it. */
void timer_start(struct loop *l, struct timer *t, int64_t delay_ns);
/* Safe when it is not started. */
void timer_stop(struct timer *t);

/* Call once, at the end of this turn and before its hook; what such a call
 * queues comes in the next turn.  Queueing again changes nothing. */
void loop_later(struct loop *l, struct later *call);
/* Safe when it is not queued. */
void later_cancel(struct later *call);

#endif
