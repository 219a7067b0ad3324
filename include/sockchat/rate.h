/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How fast a counter grows: its values of about the last minute.  Pure: the
 * caller tells the time, which is monotonic. */

#ifndef SOCKCHAT_RATE_H
#define SOCKCHAT_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/stamp.h>

#define RATE_MARKS   128
#define RATE_STEP_NS SECOND_NS
#define RATE_SPAN_NS (3 * RATE_STEP_NS)

/* All zero has seen nothing. */
struct rate {
	size_t count; /* the newest mark is the last */
	struct rate_mark {
		int64_t ns;
		uint64_t value;
	} marks[RATE_MARKS];
};

/* Note the counter's value, about once a RATE_STEP_NS; one that comes sooner
 * than half of that is passed over.  True if it may have grown since the last
 * mark, so that another note is worth while. */
bool rate_note(struct rate *r, int64_t ns, uint64_t value);

/* The value that the counter had at `at_ns`, as far as is known.  `value` is
 * the one that it has now; between two marks it grew evenly. */
uint64_t rate_value_at(const struct rate *r, int64_t now_ns, uint64_t value,
                       int64_t at_ns);

/* The growth in a second, over the last RATE_SPAN_NS or since the first mark; 0
 * when that is too short to tell. */
uint64_t rate_per_second(const struct rate *r, int64_t now_ns, uint64_t value);

#endif
