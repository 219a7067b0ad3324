/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries are added and looked at. */

#include <errno.h>
#include <stdlib.h>

#include "transcript_private.h"

struct transcript *transcript_new(size_t max)
{
	struct transcript *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	transcript_set_max(t, max);
	t->next_seq = t->told_seq = 1;
	t->reserve = malloc(CHUNK_SIZE);
	if (t->reserve && !chunk_grow_array(t))
		return t;
	transcript_free(t);
	return NULL;
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	chunk_free_all(t);
	free(t->fates.list);
	free(t->spare);
	free(t->reserve);
	free(t);
}

void transcript_set_max(struct transcript *t, size_t max)
{
	t->max = max > CHUNK_SIZE ? max : CHUNK_SIZE;
	chunk_drop_beyond_max(t, 0);
}

size_t transcript_max(const struct transcript *t)
{
	return t->max;
}

/* Another day than that of the entry before is an entry, too.  The first day is
 * today, which needs none, unless it is an old one. */
static void begin_day(struct transcript *t, const struct entry *first)
{
	char text[STAMP_TEXT_MAX];
	bool is_note = first->kind == ENTRY_NOTE && first->code &&
	               strcmp(first->code, "day") == 0;
	bool is_told = !is_note && (t->day.len_us || entry_is_old(first));
	t->day = stamp_day(first->time.wall_us);
	stamp_format_date(text, first->time.wall_us);
	if (is_told)
		transcript_append(t, &(struct entry){
			.time = first->time,
			.session = first->session & ENTRY_OLD_SESSION,
			.kind = ENTRY_NOTE,
			.code = "day",
			.bytes = (const uint8_t *)text,
			.len = STAMP_DAY,
		});
}

/* Whether the chunk's newest moment is that of this message. */
static bool has_moment(const struct chunk *c, const struct entry *d)
{
	const struct origin *o = c->origin;
	return o && d->kind == ENTRY_MESSAGE && o->kind == d->kind &&
	       c->time.mono_ns == d->time.mono_ns &&
	       c->time.wall_us == d->time.wall_us &&
	       c->wait_ns == d->wait_ns && o->session == d->session &&
	       o->dir == d->dir && o->frame == d->frame &&
	       o->prefix_at == d->prefix_at && o->share == d->share;
}

/* A chunk that takes so many bytes more, and whose newest moment is this. */
static struct chunk *begin_moment(struct transcript *t,
                                  const struct entry *like, size_t len)
{
	if (!day_has(&t->day, like->time.wall_us))
		begin_day(t, like);
	struct chunk *c = last_chunk(t);
	size_t need = len + origin_size(like);
	if (len > LEN_MAX || !origin_has_place(0, like))
		return errno = ENOMEM, NULL;
	if (!c || chunk_room(c) < need + sizeof(struct kept) ||
	    !origin_has_place(c->used, like))
		c = chunk_add(t, need);
	if (c)
		origin_begin(t, c, like);
	return c;
}

bool transcript_has_day(const struct transcript *t, int64_t wall_us)
{
	return day_has(&t->day, wall_us);
}

uint64_t transcript_add(struct transcript *t, const struct entry *like,
                        const struct entry_bytes *b)
{
	struct chunk *c = last_chunk(t);
	if (!c || !has_moment(c, like) ||
	    chunk_room(c) < b->len + sizeof(struct kept))
		c = begin_moment(t, like, b->len);
	if (!c) {
		t->sums.unkept++;
		return 0;
	}
	struct kept *k = chunk_kept(c, c->count++);
	*k = (struct kept){
		.at = (uint32_t)c->used,
		.moment = c->moment,
		.len = (uint32_t)b->len,
		.prefix = (uint16_t)b->prefix,
		.suffix = (uint8_t)b->suffix,
		.flags = (uint8_t)(b->flags | (c->is_later ? KEPT_LATER : 0)),
	};
	store_bytes(c, b->bytes, b->len);
	if (like->kind == ENTRY_MESSAGE)
		c->message_bytes += b->len;
	c->folded += is_stood_for(b->flags, like->share);
	t->last_grown = k;
	uint64_t seq = t->next_seq++;
	if (like->total && !(b->flags & ENTRY_COMPLETE))
		transcript_expect(t, seq, like->total);
	return seq;
}

uint64_t transcript_append(struct transcript *t, const struct entry *draft)
{
	struct entry d = *draft;
	if (!d.time.wall_us)
		d.time = stamp_now();
	uint64_t seq = transcript_add(t, &d, &(struct entry_bytes){
		.bytes = d.bytes,
		.len = d.len,
		.flags = d.flags,
		.prefix = d.prefix,
		.suffix = d.suffix,
	});
	if (seq && (d.fate || d.held))
		transcript_set_fate(t, seq, d.fate, d.held);
	transcript_tell(t);
	return seq;
}

const struct entry *transcript_at(const struct transcript *t, uint64_t seq,
                                  struct entry *e)
{
	const struct chunk *c = chunk_find(t, seq);
	if (!c)
		return NULL;
	const struct kept *k =
	    chunk_kept((struct chunk *)c, (size_t)(seq - c->first_seq));
	const struct growth *g = k->flags & KEPT_GROWS ? k->growth : NULL;
	*e = (struct entry){
		.seq = seq,
		.flags = k->flags & (KEPT_GROWS - 1),
		.bytes = g ? g->bytes : c->data + k->at,
		.len = k->len,
		.prefix = k->prefix,
		.suffix = k->suffix,
		.total = g ? g->total : 0,
		.parts = g ? g->parts : NULL,
		.part_count = g ? g->part_count : 0,
	};
	origin_read(e, c, g ? g->moment : k->moment, k->flags & KEPT_LATER);
	fates_read(&t->fates, e);
	return e;
}

static void add_sums(struct transcript_sums *s, const struct transcript_sums *a)
{
	s->dropped += a->dropped;
	s->dropped_bytes += a->dropped_bytes;
	s->unkept += a->unkept;
	s->memory = a->memory;
}

uint64_t transcript_replace(struct transcript *t, struct transcript *with)
{
	transcript_tell(t);
	uint64_t more = t->next_seq - 1;
	chunk_free_all(t);
	free(t->fates.list);
	t->fates = with->fates;
	t->chunks = with->chunks;
	t->first = with->first;
	t->count = with->count;
	t->cap = with->cap;
	t->day = with->day;
	t->last_grown = with->last_grown;
	memcpy(t->origins, with->origins, sizeof(t->origins));
	add_sums(&t->sums, &with->sums);
	t->next_seq = t->told_seq = with->next_seq + more;
	for (size_t i = 0; i < t->count; i++)
		t->chunks[t->first + i]->first_seq += more;
	for (size_t i = 0; i < t->fates.count; i++)
		t->fates.list[i].seq += more;
	with->chunks = NULL;
	with->fates = (struct fates){ 0 };
	with->count = 0;
	transcript_free(with);
	chunk_drop_beyond_max(t, 0);
	return more;
}

uint64_t transcript_end(const struct transcript *t)
{
	return t->next_seq;
}

uint64_t transcript_staying(const struct transcript *t)
{
	bool is_full = t->count > 1 && t->sums.memory + CHUNK_SIZE > t->max;
	return is_full ? t->chunks[t->first + 1]->first_seq
	               : transcript_first(t);
}

struct transcript_sums transcript_sums(const struct transcript *t)
{
	return t->sums;
}

uint32_t transcript_offset(const struct transcript *t, uint64_t seq)
{
	struct chunk *c = chunk_find(t, seq);
	size_t end = c ? (size_t)(seq - c->first_seq) : 0;
	uint32_t at = 0;
	if (!c)
		return 0;
	const struct origin *own = origin_of(c, chunk_kept(c, end));
	for (size_t i = 0; i <= end; i++) {
		const struct kept *k = chunk_kept(c, i);
		const struct origin *o = origin_of(c, k);
		if (o->session != own->session || o->dir != own->dir)
			continue;
		if (o->first == i)
			at = o->stream_at;
		at += i < end ? k->len : 0;
	}
	return at;
}
