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
	ticks_fn *fn;
	void *user;
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

void ticks_on_change(struct ticks *t, ticks_fn *fn, void *user)
{
	t->fn = fn;
	t->user = user;
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

int ticks_add(struct ticks *t, uint64_t seq)
{
	if (t->count == TICKS_MAX) {
		t->first++;
		t->count--;
	}
	if (t->count == t->cap && grow_ring(t))
		return -1;
	*at(t, t->count++) = (struct tick){ seq, 0, TICK_QUEUED, false };
	return 0;
}

static struct tick *find_tick(const struct ticks *t, uint64_t seq)
{
	size_t i;
	ARRAY_FIND(i, t->count, at(t, i)->seq >= seq);
	return i < t->count && at(t, i)->seq == seq ? at(t, i) : NULL;
}

void ticks_set(struct ticks *t, const struct tick *tick)
{
	struct tick *kept = find_tick(t, tick->seq);
	if (!kept || (kept->state == tick->state &&
	              kept->is_final == tick->is_final))
		return;
	*kept = *tick;
	if (t->fn)
		t->fn(t->user, tick->seq);
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
