/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Samples about a second apart. */

#include "status.h"

/* In how many of the last seconds something has moved. */
static size_t count_steps(const struct pace *p)
{
	const struct rate_mark *in = p->in.marks, *out = p->out.marks;
	size_t i = p->in.count - 1;
	size_t steps = in[i].value != p->last.in ||
	               out[i].value != p->last.out;
	for (; i && p->last.ns - in[i].ns < RATE_SPAN_NS; i--)
		steps += in[i].value != in[i - 1].value ||
		         out[i].value != out[i - 1].value;
	return steps;
}

static void note_both(struct pace *p, const struct pace_sample *sample)
{
	rate_note(&p->in, sample->ns, sample->in);
	rate_note(&p->out, sample->ns, sample->out);
}

/* Begin with the counters as they were: they move from now on. */
static void begin_to_move(struct pace *p, int64_t now_ns)
{
	p->in.count = p->out.count = 0;
	p->last.ns = now_ns;
	note_both(p, &p->last);
}

bool pace_look(struct pace *p, uint32_t subject,
               const struct pace_sample *sample, size_t queued)
{
	bool is_other = !p->in.count || p->subject != subject ||
	                sample->in < p->last.in || sample->out < p->last.out;
	if (is_other)
		*p = (struct pace){ .subject = subject, .last = *sample };
	if (!p->in.count || sample->ns - p->in.marks[p->in.count - 1].ns >
	                        2 * RATE_STEP_NS)
		begin_to_move(p, sample->ns);
	note_both(p, sample);
	stall_note(&p->stall, queued, sample->out, sample->ns);
	p->is_stuck =
	    queued && sample->ns - p->stall.since_ns >= RATE_STEP_NS;
	p->last = *sample;

	/* A line now and then is no stream. */
	size_t steps = count_steps(p);
	p->in_rate = p->out_rate = 0;
	if (steps > 1) {
		p->in_rate = rate_per_second(&p->in, sample->ns, sample->in);
		p->out_rate = rate_per_second(&p->out, sample->ns, sample->out);
	}
	return steps || (queued && !p->is_stuck);
}
