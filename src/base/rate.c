/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A counter's marks, and its values between them. */

#include <string.h>

#include <sockchat/rate.h>

#define SPAN_MIN_NS (RATE_STEP_NS / 10) /* less tells no rate */

static void push_mark(struct rate *r, int64_t ns, uint64_t value)
{
	if (r->count == RATE_MARKS)
		memmove(r->marks, r->marks + 1,
		        --r->count * sizeof(*r->marks));
	r->marks[r->count++] = (struct rate_mark){ ns, value };
}

bool rate_note(struct rate *r, int64_t ns, uint64_t value)
{
	/* without a mark the value is noted, and worth noting again */
	struct rate_mark last = { ns - RATE_STEP_NS, value + 1 };
	if (r->count)
		last = r->marks[r->count - 1];
	if (ns - last.ns < RATE_STEP_NS / 2)
		return true;
	if (ns - last.ns > 2 * RATE_STEP_NS) /* it was quiet */
		push_mark(r, ns - RATE_STEP_NS, last.value);
	push_mark(r, ns, value);
	return last.value != value;
}

uint64_t rate_value_at(const struct rate *r, int64_t now_ns, uint64_t value,
                       int64_t at_ns)
{
	struct rate_mark after = { now_ns, value }, before;
	size_t i = r->count;
	while (i && r->marks[i - 1].ns > at_ns)
		after = r->marks[--i];
	if (at_ns >= now_ns)
		return value;
	before = i ? r->marks[i - 1] : after;
	if (after.ns <= before.ns)
		return before.value;
	return before.value +
	       (uint64_t)((double)(after.value - before.value) *
	                  (double)(at_ns - before.ns) /
	                  (double)(after.ns - before.ns));
}

uint64_t rate_per_second(const struct rate *r, int64_t now_ns, uint64_t value)
{
	int64_t span = r->count ? now_ns - r->marks[0].ns : 0;
	if (span > RATE_SPAN_NS)
		span = RATE_SPAN_NS;
	if (span < SPAN_MIN_NS)
		return 0;
	uint64_t before = rate_value_at(r, now_ns, value, now_ns - span);
	return (uint64_t)((double)(value - before) * (double)RATE_STEP_NS /
	                  (double)span);
}
