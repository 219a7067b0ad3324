/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How often, and how long after a failure, a connection is tried again.
 * Pure: whoever connects has the timer. */

#ifndef SOCKCHAT_RETRY_H
#define SOCKCHAT_RETRY_H

#include <stdint.h>

#include <sockchat/error.h>

#define RETRY_ENDLESS (-1L)

/* The first wait; each is twice the one before, up to the longest. */
#define RETRY_FIRST_MS   100
#define RETRY_LONGEST_MS 10000
/* A connection that is lost earlier was none: the wait grows on. */
#define RETRY_STEADY_MS  1000

/* All zero before the first try. */
struct retry {
	long tries;      /* that have failed since the last connection */
	int64_t wait_ms; /* the last wait; 0: the next one is the first */
	int64_t loss_ms; /* the same after losses alone */
};

/* Note that a try has failed with `e`.  Returns how many milliseconds to wait
 * for the next one.  -1: `max` tries (or RETRY_ENDLESS) have been made, or
 * waiting cannot help against this failure. */
int64_t retry_failed(struct retry *r, long max, const struct error *e);

/* Note that a connection is lost which was open for so long.  Returns how many
 * milliseconds to wait: the first wait again, or after an early loss twice as
 * long as after the loss before. */
int64_t retry_lost(struct retry *r, int64_t open_ms);

/* Write that it has failed, and when it is tried again. */
#define RETRY_TEXT_MAX (sizeof(((struct error *)0)->text) + 32)
void retry_describe(char out[RETRY_TEXT_MAX], const struct error *e,
                    int64_t wait_ms);

#endif
