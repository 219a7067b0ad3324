/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What was found is kept in slots, one for each number modulo SLOTS. */

#include <stdlib.h>

#include <sockchat/array.h>
#include <sockchat/hits.h>

#define SLOTS   64                 /* as many as most screens have rows */
#define ALL_MAX ((size_t)1 << 20) /* about: hits in all slots */

/* An entry may grow: its number and its length say what was searched. */
struct slot {
	uint64_t seq; /* 0: empty */
	size_t len;
	struct hit *hits;
	size_t count, cap;
};

struct hits {
	struct pattern *pattern;
	struct slot slots[SLOTS];
	size_t cap; /* the sum of all slots' */
};

struct hits *hits_new(struct pattern *p)
{
	struct hits *h = calloc(1, sizeof(*h));
	if (h)
		h->pattern = p;
	return h;
}

static void forget_all(struct hits *h)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(h->slots[i].hits);
		h->slots[i] = (struct slot){ 0 };
	}
	h->cap = 0;
}

void hits_free(struct hits *h)
{
	if (h)
		forget_all(h);
	free(h);
}

static int add_hit(struct hits *h, struct slot *s, size_t start, size_t end)
{
	size_t cap = s->cap;
	struct hit *grown =
	    array_grow(s->hits, &s->cap, s->count, sizeof(*grown));
	if (!grown)
		return -1;
	s->hits = grown;
	h->cap += s->cap - cap;
	s->hits[s->count++] = (struct hit){ (uint32_t)start, (uint32_t)end };
	return 0;
}

static void search_entry(struct hits *h, struct slot *s, const struct entry *e)
{
	struct pattern_scan scan;
	size_t start, end;
	s->seq = e->seq;
	s->len = e->len;
	s->count = 0;
	pattern_begin(&scan, h->pattern, e->bytes, e->len);
	while (pattern_next(&scan, &start, &end))
		if (add_hit(h, s, start, end))
			pattern_give_up(&scan);
	if (scan.is_over)
		s->count = 0;
}

struct hit_list hits_of(struct hits *h, const struct entry *e)
{
	struct slot *s = &h->slots[e->seq % SLOTS];
	if (s->seq != e->seq || s->len != e->len) {
		if (h->cap > ALL_MAX)
			forget_all(h);
		search_entry(h, s, e);
	}
	return (struct hit_list){ s->hits, s->count };
}

size_t hits_find(const struct hit_list *list, size_t offset)
{
	size_t i;
	ARRAY_FIND(i, list->count, list->hits[i].start >= offset);
	return i;
}
