/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two lists, one from the start upwards and one downwards: both grow at their
 * ends, and what the transcript drops is dropped from the lower end. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/lens.h>
#include <sockchat/recut.h>

#define CLOCK_EVERY ((size_t)1 << 10) /* bytes between two looks at it */
#define ENTRY_COST  256               /* an entry costs as much as these */

/* There may be a million, so they have 32 bits: a sum may wrap, but the
 * difference of two is right. */
struct member {
	uint32_t distance; /* from the start, in its list's direction */
	uint32_t sum;      /* of this and those nearer to the start */
};

struct list {
	struct member *items;
	size_t head, count, cap; /* those before head are gone */
	uint32_t gone;           /* what they counted */
};

struct lens {
	const struct transcript *transcript;
	lens_fn *fn;
	void *user;
	uint64_t start;
	uint64_t low, high; /* looked at: from low to before high */
	struct list older, newer;
	struct { /* entries that have grown since they were looked at */
		uint64_t *seqs;
		size_t count, cap;
	} touched;
	bool has_failed; /* for want of memory */
};

static void restart(struct lens *l, uint64_t start)
{
	l->start = l->low = l->high = start;
	l->older.head = l->older.count = 0;
	l->newer.head = l->newer.count = 0;
	l->older.gone = l->newer.gone = 0;
}

struct lens *lens_new(const struct transcript *t, uint64_t start, lens_fn *fn,
                      void *user)
{
	struct lens *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->transcript = t;
	l->fn = fn;
	l->user = user;
	restart(l, start);
	return l;
}

void lens_free(struct lens *l)
{
	if (!l)
		return;
	free(l->older.items);
	free(l->newer.items);
	free(l->touched.seqs);
	free(l);
}

static uint32_t list_sum(const struct list *list)
{
	return list->count > list->head ? list->items[list->count - 1].sum
	                                : list->gone;
}

static int list_add(struct list *list, uint64_t distance, size_t has)
{
	if (list->count == list->cap && list->head > list->count / 2) {
		list->count -= list->head;
		memmove(list->items, list->items + list->head,
		        list->count * sizeof(*list->items));
		list->head = 0;
	}
	struct member *grown =
	    array_grow(list->items, &list->cap, list->count, sizeof(*grown));
	if (!grown)
		return -1;
	list->items = grown;
	uint32_t sum = list_sum(list) + (uint32_t)has;
	list->items[list->count++] = (struct member){
		.distance = (uint32_t)distance, .sum = sum,
	};
	return 0;
}

/* Both lists as one, in the order of the transcript. */
size_t lens_entries(const struct lens *l)
{
	return l->older.count + l->newer.count - l->newer.head;
}

static uint64_t seq_at(const struct lens *l, size_t i)
{
	size_t n = l->older.count;
	if (i < n)
		return l->start - l->older.items[n - 1 - i].distance;
	return l->start + l->newer.items[l->newer.head + i - n].distance;
}

/* The first whose number is not below `seq`. */
static size_t find_member(const struct lens *l, uint64_t seq)
{
	size_t i;
	ARRAY_FIND(i, lens_entries(l), seq_at(l, i) >= seq);
	return i;
}

/* The entries that the transcript has dropped are at the front. */
static void forget_dropped(struct lens *l)
{
	uint64_t first = transcript_first(l->transcript);
	struct list *older = &l->older, *newer = &l->newer;
	while (older->count &&
	       l->start - older->items[older->count - 1].distance < first)
		older->count--;
	while (newer->head < newer->count &&
	       l->start + newer->items[newer->head].distance < first)
		newer->gone = newer->items[newer->head++].sum;
	if (l->high < first)
		restart(l, first);
	if (l->low < first)
		l->low = first;
}

bool lens_is_complete(const struct lens *l)
{
	return l->low <= transcript_first(l->transcript) &&
	       l->high == transcript_end(l->transcript) && !l->touched.count;
}

uint64_t lens_low(const struct lens *l)
{
	return l->low;
}

static size_t count_entry(const struct lens *l, uint64_t seq, size_t *cost)
{
	struct entry room;
	const struct entry *e = transcript_at(l->transcript, seq, &room);
	*cost = ENTRY_COST + (e ? e->len : 0);
	return e ? l->fn(l->user, e) : 0;
}

/* Look at the next entry; what it cost. */
static size_t look_at_next(struct lens *l)
{
	bool is_new = l->high < transcript_end(l->transcript);
	uint64_t seq = is_new ? l->high++ : --l->low;
	size_t cost, has = count_entry(l, seq, &cost);
	if (has && is_new)
		l->has_failed |= list_add(&l->newer, seq - l->start, has);
	else if (has)
		l->has_failed |= list_add(&l->older, l->start - seq, has);
	return cost;
}

/* What the entry counted at the last look. */
static uint32_t count_of(const struct lens *l, uint64_t seq)
{
	return lens_sum_before(l, seq + 1) - lens_sum_before(l, seq);
}

/* Look again at an entry that has grown.  If it counts more now, all entries
 * behind it are looked at again. */
static size_t look_again(struct lens *l)
{
	struct list *newer = &l->newer;
	uint64_t seq = l->touched.seqs[--l->touched.count];
	size_t cost = ENTRY_COST;
	if (seq < l->low || seq >= l->high ||
	    count_entry(l, seq, &cost) == count_of(l, seq))
		return cost;
	if (seq < l->start) {
		restart(l, seq);
		return cost;
	}
	while (newer->count > newer->head &&
	       l->start + newer->items[newer->count - 1].distance >= seq)
		newer->count--;
	l->high = seq;
	return cost;
}

int lens_step(struct lens *l, int64_t ns, struct error *e)
{
	int64_t end = stamp_mono_ns() + ns;
	forget_dropped(l);
	if (l->high - l->start > UINT32_MAX)
		restart(l, l->high);
	for (size_t cost = 0; !l->has_failed && !lens_is_complete(l);) {
		cost += l->touched.count ? look_again(l) : look_at_next(l);
		if (cost < CLOCK_EVERY)
			continue;
		if (stamp_mono_ns() >= end)
			return 1;
		cost = 0;
	}
	if (l->has_failed)
		return error_set(e, "no memory to search the conversation");
	return 0;
}

static int add_touched(struct lens *l, uint64_t seq)
{
	uint64_t *grown = array_grow(l->touched.seqs, &l->touched.cap,
	                             l->touched.count, sizeof(*grown));
	if (!grown)
		return -1;
	l->touched.seqs = grown;
	l->touched.seqs[l->touched.count++] = seq;
	return 0;
}

/* Only one message of each peer can grow, so that the list stays short. */
void lens_touch(struct lens *l, uint64_t seq)
{
	if (seq < l->low || seq >= l->high)
		return;
	for (size_t i = l->touched.count; i > 0; i--)
		if (l->touched.seqs[i - 1] == seq)
			return;
	l->has_failed |= add_touched(l, seq);
}

void lens_recut(struct lens *l, const struct recut *r)
{
	uint64_t start = l->start;
	recut_move(r, &start);
	restart(l, start);
	l->touched.count = 0;
}

uint64_t lens_next(const struct lens *l, uint64_t seq)
{
	size_t i = find_member(l, seq + 1);
	return i < lens_entries(l) ? seq_at(l, i) : 0;
}

uint64_t lens_before(const struct lens *l, uint64_t seq)
{
	size_t i = find_member(l, seq);
	uint64_t found = i > 0 ? seq_at(l, i - 1) : 0;
	return found >= transcript_first(l->transcript) ? found : 0;
}

bool lens_has(const struct lens *l, uint64_t seq)
{
	size_t i = find_member(l, seq);
	return i < lens_entries(l) && seq_at(l, i) == seq;
}

uint32_t lens_total(const struct lens *l)
{
	return list_sum(&l->older) + list_sum(&l->newer) - l->newer.gone;
}

uint32_t lens_sum_before(const struct lens *l, uint64_t seq)
{
	size_t i = find_member(l, seq), n = l->older.count;
	const struct list *newer = &l->newer;
	if (i < n)
		return list_sum(&l->older) - l->older.items[n - 1 - i].sum;
	if (i == n)
		return list_sum(&l->older);
	return list_sum(&l->older) +
	       newer->items[newer->head + i - n - 1].sum - newer->gone;
}
