/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Ticks in a ring, by rising seq. */

#include <stdlib.h>

#include <sockchat/array.h>
#include <sockchat/recut.h>
#include <sockchat/ticks.h>

#define FIRST_CAP 64

struct ticks {
	struct tick *list; /* a ring of `cap`, a power of two */
	size_t first, count, cap;
	struct ticks_listener *listeners;
};

struct ticks *ticks_new(void)
{
	return calloc(1, sizeof(struct ticks));
}

void ticks_free(struct ticks *t)
{
	if (t)
		free(t->list);
	free(t);
}

void ticks_listen(struct ticks *t, struct ticks_listener *l)
{
	l->next = t->listeners;
	t->listeners = l;
}

void ticks_unlisten(struct ticks *t, struct ticks_listener *l)
{
	struct ticks_listener **at = &t->listeners;
	while (*at && *at != l)
		at = &(*at)->next;
	if (*at)
		*at = l->next;
}

static struct tick *at(const struct ticks *t, size_t i)
{
	return &t->list[(t->first + i) & (t->cap - 1)];
}

static int grow_ring(struct ticks *t)
{
	size_t cap = t->cap ? 2 * t->cap : FIRST_CAP;
	struct tick *grown = malloc(cap * sizeof(*grown));
	if (!grown)
		return -1;
	for (size_t i = 0; i < t->count; i++)
		grown[i] = *at(t, i);
	free(t->list);
	t->list = grown;
	t->first = 0;
	t->cap = cap;
	return 0;
}

/* Where messages of a flood follow each other, one is as far from the newest as
 * its seq: the others are searched for. */
static struct tick *find_tick(const struct ticks *t, uint64_t seq)
{
	uint64_t back = t->count ? at(t, t->count - 1)->seq - seq : UINT64_MAX;
	size_t i = back < t->count ? t->count - 1 - (size_t)back : 0;
	if (back < t->count && at(t, i)->seq == seq)
		return at(t, i);
	ARRAY_FIND(i, t->count, at(t, i)->seq >= seq);
	return i < t->count && at(t, i)->seq == seq ? at(t, i) : NULL;
}

/* Their seqs rise, but for those of messages that were held for a while. */
static void put_in_order(struct ticks *t, struct tick tick)
{
	size_t i = t->count++;
	for (; i && at(t, i - 1)->seq > tick.seq; i--)
		*at(t, i) = *at(t, i - 1);
	*at(t, i) = tick;
}

int ticks_add(struct ticks *t, uint64_t seq)
{
	struct tick tick = { seq, 0, TICK_QUEUED, false };
	struct tick *kept = find_tick(t, seq);
	if (kept) {
		*kept = tick;
		return 0;
	}
	if (t->count == TICKS_MAX) {
		t->first++;
		t->count--;
	}
	if (t->count == t->cap && grow_ring(t))
		return -1;
	put_in_order(t, tick);
	return 0;
}

void ticks_set(struct ticks *t, const struct tick *tick)
{
	struct tick *kept = find_tick(t, tick->seq);
	if (!kept || (kept->state == tick->state &&
	              kept->is_final == tick->is_final))
		return;
	*kept = *tick;
	for (struct ticks_listener *l = t->listeners; l; l = l->next)
		l->on_tick(l->user, tick->seq);
}

struct tick ticks_at(const struct ticks *t, uint64_t seq)
{
	const struct tick *kept = find_tick(t, seq);
	return kept ? *kept : (struct tick){ seq, 0, TICK_NONE, true };
}

void ticks_recut(struct ticks *t, const struct recut *r)
{
	for (size_t i = 0; i < t->count; i++)
		recut_move(r, &at(t, i)->seq);
}

const char *tick_name(enum tick_state state)
{
	static const char *const names[] = {
		[TICK_NONE] = "",
		[TICK_QUEUED] = "queued",
		[TICK_SENT] = "sent",
		[TICK_ACKED] = "acked",
		[TICK_LOST] = "lost",
	};
	return names[state];
}
