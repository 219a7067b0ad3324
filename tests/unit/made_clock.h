/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A clock that a test sets, and a loop that runs on it.  For one program of
 * tests each. */

#ifndef TESTS_MADE_CLOCK_H
#define TESTS_MADE_CLOCK_H

#include "unit.h"

#include <time.h>

#include <sockchat/loop.h>
#include <sockchat/stamp.h>

static int64_t clock_ns;
static int64_t reading_ns; /* that reading it takes */

int clock_gettime(clockid_t id, struct timespec *time)
{
	(void)id;
	clock_ns += reading_ns;
	time->tv_sec = clock_ns / (1000 * MS_NS);
	time->tv_nsec = clock_ns % (1000 * MS_NS);
	return 0;
}

/* All that is ready, and what follows from it. */
static inline void turn_loop(struct loop *l)
{
	for (int i = 0; i < 8; i++)
		assert_int_equal(loop_turn(l, 0), 0);
}

static inline void pass_ms(struct loop *l, int ms)
{
	turn_loop(l);
	while (ms-- > 0) {
		clock_ns += MS_NS;
		assert_int_equal(loop_turn(l, 0), 0);
	}
	turn_loop(l);
}

static inline void on_pass(struct later *passing)
{
	clock_ns += MS_NS;
	loop_later(passing->user, passing);
}

/* Run it until it is stopped, while time passes. */
static inline void run_loop(struct loop *l)
{
	struct later passing = { .on_call = on_pass, .user = l };
	loop_later(l, &passing);
	assert_int_equal(loop_run(l), 0);
	later_cancel(&passing);
}

#endif
