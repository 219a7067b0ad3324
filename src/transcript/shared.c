/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <sockchat/shared.h>

#define LOOKED_MAX 4096 /* entries behind the first one */

/* The peer that is shown alone; 0: all are. */
static uint32_t shown_alone(const struct filter *f)
{
	return f->focus ? f->focus : f->session;
}

bool shared_is_for_all(const struct filter *f, const struct entry *e)
{
	return e->share == SHARE_FIRST && !shown_alone(f);
}

bool shared_is_hidden(const struct filter *f, const struct entry *e)
{
	uint32_t alone = shown_alone(f);
	if (e->share == SHARE_NONE)
		return false;
	return alone ? e->session != alone : e->share == SHARE_COPY;
}

static void add_tick(struct shared_sum *sum, const struct ticks *ticks,
                     uint64_t seq)
{
	enum tick_state state = ticks_at(ticks, seq).state;
	bool is_lost = sum->state == TICK_LOST || state == TICK_LOST;
	bool is_less = !sum->count || state < sum->state;
	sum->count++;
	sum->acked += state == TICK_ACKED;
	sum->state = is_lost ? TICK_LOST : is_less ? state : sum->state;
}

struct shared_sum shared_sum(const struct transcript *t,
                             const struct ticks *ticks, uint64_t seq)
{
	struct shared_sum sum = { .count = 0 };
	struct entry e;
	uint64_t end = seq + LOOKED_MAX;
	add_tick(&sum, ticks, seq);
	while (++seq < end && transcript_at(t, seq, &e)) {
		if (e.kind == ENTRY_MESSAGE && e.share != SHARE_COPY)
			break;
		if (e.share == SHARE_COPY)
			add_tick(&sum, ticks, seq);
	}
	return sum;
}
