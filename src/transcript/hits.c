/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What was found is kept in slots, one for each number modulo SLOTS. */

#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/hits.h>

#define SLOTS   64                 /* as many as most screens have rows */
#define ALL_MAX ((size_t)1 << 20) /* about: hits in all slots */
#define REACH   PATTERN_REACH_MAX /* bytes on either side of an entry's end */
#define PASSED_MAX 32 /* entries that are passed over for one of a stream */

/* An entry may grow, and so may what follows it: its number and its length say
 * what was searched, and how many bytes around it. */
struct slot {
	uint64_t seq; /* 0: empty */
	size_t len, around;
	uint64_t former; /* see hits_former() */
	struct hit *hits;
	size_t count, cap;
};

struct hits {
	struct pattern *pattern;
	const struct transcript *transcript; /* or NULL */
	uint64_t former; /* of the last slot asked for */
	struct slot slots[SLOTS];
	size_t cap; /* the sum of all slots' */
};

struct hits *hits_new(struct pattern *p, const struct transcript *t)
{
	struct hits *h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->pattern = p;
	h->transcript = t;
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

/* The message before or behind `e` in its stream; NULL when there is none
 * near. */
static const struct entry *find_beside(const struct hits *h,
                                       const struct entry *e, int step,
                                       struct entry *room)
{
	uint64_t seq = e->seq;
	uint32_t session = e->session; /* `e` may be in `room` */
	uint8_t dir = e->dir;
	for (int i = 0; i < PASSED_MAX; i++) {
		seq += (uint64_t)step;
		const struct entry *b = transcript_at(h->transcript, seq, room);
		if (!b)
			return NULL;
		if (b->kind == ENTRY_MESSAGE && b->session == session &&
		    b->dir == dir && b->len)
			return b;
	}
	return NULL;
}

/* The bytes before the end of an entry, and those behind it. */
struct seam {
	uint8_t bytes[2 * REACH];
	size_t begin, middle, end;
};

/* Put the end of the stream up to `a` before the middle of the seam. */
static void fill_left(const struct hits *h, const struct entry *a,
                      struct seam *s)
{
	size_t reach = pattern_reach(h->pattern);
	struct entry room;
	for (; a && s->middle - s->begin < reach;
	     a = find_beside(h, a, -1, &room)) {
		size_t n = reach - (s->middle - s->begin);
		if (n > a->len)
			n = a->len;
		s->begin -= n;
		memcpy(s->bytes + s->begin, a->bytes + a->len - n, n);
	}
}

static void fill_right(const struct hits *h, const struct entry *b,
                       struct seam *s)
{
	size_t reach = pattern_reach(h->pattern);
	struct entry room;
	for (; b && s->end - s->middle < reach;
	     b = find_beside(h, b, 1, &room)) {
		size_t n = reach - (s->end - s->middle);
		if (n > b->len)
			n = b->len;
		memcpy(s->bytes + s->end, b->bytes, n);
		s->end += n;
	}
}

/* Fill the seam between `e` and the message before it (step -1) or behind it,
 * unless no match can go across.  What is cheap to see comes first. */
static size_t fill_seam(const struct hits *h, const struct entry *e, int step,
                        struct seam *s)
{
	struct entry room;
	struct pattern *p = h->pattern;
	s->begin = s->middle = s->end = REACH;
	if (!e->len || (step < 0 ? !pattern_crosses_before(p, e->bytes[0])
	                         : !pattern_crosses_behind(
	                               p, e->bytes[e->len - 1])))
		return 0;
	const struct entry *other = find_beside(h, e, step, &room);
	const struct entry *a = step < 0 ? other : e;
	const struct entry *b = step < 0 ? e : other;
	if (!other || !pattern_crosses_before(p, b->bytes[0]) ||
	    !pattern_crosses_behind(p, a->bytes[a->len - 1]))
		return 0;
	fill_left(h, a, s);
	if (!pattern_goes_on(p, s->bytes + s->begin, s->middle - s->begin)) {
		s->begin = s->middle;
		return 0;
	}
	fill_right(h, b, s);
	return s->end - s->begin;
}

/* The match across the middle of the seam. */
static bool match_seam(const struct hits *h, const struct seam *s,
                       size_t *start, size_t *end)
{
	struct pattern_scan scan;
	pattern_begin(&scan, h->pattern, s->bytes + s->begin,
	              s->end - s->begin);
	while (pattern_next(&scan, start, end)) {
		*start += s->begin;
		*end += s->begin;
		if (*start < s->middle && *end > s->middle)
			return !scan.is_over;
	}
	return false;
}

/* The entry that has the byte so many before the first one of `e`. */
static uint64_t find_former(const struct hits *h, const struct entry *e,
                            size_t distance)
{
	struct entry room;
	const struct entry *a = e;
	while ((a = find_beside(h, a, -1, &room)) && a->len < distance)
		distance -= a->len;
	return a ? a->seq : 0;
}

/* Put the last hit where it belongs by its start. */
static void sort_last(struct slot *s)
{
	struct hit last = s->hits[s->count - 1];
	size_t i = s->count - 1;
	for (; i && s->hits[i - 1].start > last.start; i--)
		s->hits[i] = s->hits[i - 1];
	s->hits[i] = last;
}

static void add_sorted(struct hits *h, struct slot *s, size_t start, size_t end)
{
	if (!add_hit(h, s, start, end))
		sort_last(s);
}

/* Add the hits that begin before the entry or end behind it. */
static void search_seams(struct hits *h, struct slot *s, const struct entry *e,
                         const struct seam *front, const struct seam *rear)
{
	size_t start, end;
	bool is_all = false;
	if (match_seam(h, front, &start, &end)) {
		size_t n = end - front->middle;
		is_all = n >= e->len;
		s->former = find_former(h, e, front->middle - start);
		add_sorted(h, s, 0, is_all ? e->len : n);
	}
	if (!is_all && match_seam(h, rear, &start, &end)) {
		size_t n = rear->middle - start;
		add_sorted(h, s, n < e->len ? e->len - n : 0, e->len);
	}
}

static void search_entry(struct hits *h, struct slot *s, const struct entry *e)
{
	struct pattern_scan scan;
	size_t start, end;
	s->seq = e->seq;
	s->len = e->len;
	s->count = 0;
	s->former = 0;
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
	struct seam front, rear;
	size_t around = 0;
	if (h->transcript && e->kind == ENTRY_MESSAGE) {
		around = fill_seam(h, e, -1, &front);
		around += fill_seam(h, e, 1, &rear);
	}
	if (s->seq != e->seq || s->len != e->len || s->around != around) {
		if (h->cap > ALL_MAX)
			forget_all(h);
		search_entry(h, s, e);
		s->around = around;
		if (around)
			search_seams(h, s, e, &front, &rear);
	}
	h->former = s->former;
	return (struct hit_list){ s->hits, s->count };
}

uint64_t hits_former(const struct hits *h)
{
	return h->former;
}

size_t hits_find(const struct hit_list *list, size_t offset)
{
	size_t i;
	ARRAY_FIND(i, list->count, list->hits[i].start >= offset);
	return i;
}
