/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Samples about a second apart, the newest last. */

#include <string.h>

#include "pace.h"

static bool differs(const struct pace_sample *a, const struct pace_sample *b)
{
	return a->in != b->in || a->out != b->out;
}

static void push(struct pace *p, const struct pace_sample *sample)
{
	if (p->count == PACE_STEPS + 1)
		memmove(p->samples, p->samples + 1,
		        --p->count * sizeof(*p->samples));
	p->samples[p->count++] = *sample;
}

/* In how many of the last seconds something has moved. */
static size_t count_steps(const struct pace *p)
{
	size_t steps = differs(&p->samples[p->count - 1], &p->last);
	for (size_t i = 1; i < p->count; i++)
		steps += differs(&p->samples[i - 1], &p->samples[i]);
	return steps;
}

static uint64_t rate(uint64_t bytes, int64_t ns)
{
	return (uint64_t)((double)bytes * 1e9 / (double)ns);
}

bool pace_look(struct pace *p, uint32_t subject,
               const struct pace_sample *sample, size_t queued)
{
	bool is_other = !p->count || p->subject != subject ||
	                sample->in < p->last.in || sample->out < p->last.out;
	if (is_other)
		*p = (struct pace){ .subject = subject, .last = *sample };
	int64_t age = p->count ? sample->ns - p->samples[p->count - 1].ns : 0;
	if (!p->count || age > 2 * PACE_STEP_NS) { /* it begins to move now */
		p->count = 0;
		push(p, &(struct pace_sample){ sample->ns, p->last.in,
		                               p->last.out });
	} else if (age >= PACE_STEP_NS) {
		push(p, sample);
	}
	if (!p->had_queue || sample->out != p->last.out)
		p->moved_ns = sample->ns;
	p->last = *sample;
	p->had_queue = queued;
	p->is_stuck = queued && sample->ns - p->moved_ns >= PACE_STEP_NS;

	/* A line now and then is no stream. */
	size_t steps = count_steps(p);
	int64_t span = sample->ns - p->samples[0].ns;
	bool is_stream = steps > 1 && span > 0;
	p->in_rate = is_stream ? rate(sample->in - p->samples[0].in, span) : 0;
	p->out_rate =
	    is_stream ? rate(sample->out - p->samples[0].out, span) : 0;
	return steps || (queued && !p->is_stuck);
}
