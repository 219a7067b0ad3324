/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that grow.  While a message is the last one its bytes grow where
 * they are; what else it needs, and its bytes then, move to the end of the last
 * chunk.  What they leave behind goes with its chunk. */

#include <errno.h>

#include "transcript_private.h"

/* The parts of a message take such a share of all at most. */
#define PARTS_SHARE 8

/* A length field, what stands before it and the end, as a rule. */
#define MESSAGE_EDGE 1024

/* Room at the end of the last chunk: NULL without memory. */
static struct chunk *room_for(struct transcript *t, size_t size)
{
	struct chunk *c = last_chunk(t);
	size += _Alignof(struct origin);
	return chunk_room(c) < size ? chunk_add(t, size) : c;
}

/* Make what a message needs that grows later.  NULL without memory, or when it
 * has been dropped for it. */
static struct growth *make_growth(struct transcript *t, uint64_t seq)
{
	struct chunk *last = room_for(t, sizeof(struct growth));
	struct chunk *c = chunk_find(t, seq);
	if (!last || !c)
		return NULL;
	struct kept *k = chunk_kept(c, (size_t)(seq - c->first_seq));
	struct growth g = {
		.bytes = c->data + k->at, .cap = k->len, .moment = k->moment,
	};
	align_used(last);
	k->growth = store_bytes(last, &g, sizeof(g));
	k->flags |= KEPT_GROWS;
	t->last_grown = NULL; /* its bytes do not end the chunk any more */
	return k->growth;
}

/* NULL as make_growth(). */
static struct growth *growth_of(struct transcript *t, uint64_t seq)
{
	const struct kept *k = kept_at(t, seq);
	if (!k)
		return NULL;
	return k->flags & KEPT_GROWS ? k->growth : make_growth(t, seq);
}

/* Bytes */

/* Room for a message that has grown to `len` and may grow on: twice as much, so
 * that two peers that grow in turn do not copy without end.  But no frame's
 * message has more than a quarter of all behind its length: one of that size,
 * with all that it has left behind, does not push itself out. */
static size_t room_to_grow(const struct transcript *t, size_t len)
{
	size_t most = t->max / 4 + MESSAGE_EDGE;
	return len <= most && 2 * len > most ? most : 2 * len;
}

/* Move the bytes of a message to the end of the last chunk, and from the second
 * time on with room to grow. */
static struct kept *move_to_end(struct transcript *t, uint64_t seq, size_t len)
{
	struct growth *g = growth_of(t, seq);
	if (!g)
		return NULL;
	size_t cap = g->has_moved ? room_to_grow(t, len) : len;
	struct chunk *c = room_for(t, cap);
	struct kept *k = kept_at(t, seq);
	if (!c || !k)
		return NULL;
	g->bytes = store_bytes(c, g->bytes, k->len);
	c->used += cap - k->len;
	g->cap = (uint32_t)cap;
	g->has_moved = true;
	t->last_grown = k;
	return k;
}

/* Let the bytes grow where they are.  False: there is no room. */
static bool grow_in_place(struct transcript *t, struct kept *k, size_t len)
{
	struct chunk *c = last_chunk(t);
	size_t cap = k->flags & KEPT_GROWS ? k->growth->cap : k->len;
	if (len <= cap)
		return true;
	if (t->last_grown != k || chunk_room(c) < len - cap)
		return false;
	c->used += len - cap;
	if (k->flags & KEPT_GROWS)
		k->growth->cap = (uint32_t)len;
	return true;
}

/* Room for so many bytes more. */
static struct kept *make_room(struct transcript *t, uint64_t seq, size_t more)
{
	struct kept *k = kept_at(t, seq);
	if (!k)
		return errno = ENOENT, NULL;
	size_t len = k->len + more;
	if (len > LEN_MAX)
		return errno = ENOMEM, NULL;
	if (grow_in_place(t, k, len))
		return k;
	k = move_to_end(t, seq, len);
	if (!k)
		errno = kept_at(t, seq) ? ENOMEM : ENOENT;
	return k;
}

int transcript_extend(struct transcript *t, uint64_t seq,
                      const struct entry_bytes *b)
{
	transcript_tell(t);
	struct kept *k = make_room(t, seq, b->len);
	if (!k) {
		t->sums.unkept += errno == ENOMEM;
		return -1;
	}
	struct chunk *c = chunk_find(t, seq);
	uint8_t *bytes =
	    k->flags & KEPT_GROWS ? k->growth->bytes : c->data + k->at;
	if (b->len)
		memcpy(bytes + k->len, b->bytes, b->len);
	c->message_bytes += b->len;
	k->len += (uint32_t)b->len;
	k->flags = (uint8_t)((k->flags & KEPT_OWN) | b->flags);
	k->prefix = (uint16_t)b->prefix;
	k->suffix = (uint8_t)b->suffix;
	if (b->total)
		transcript_expect(t, seq, b->total);
	fates_see_flags(&t->fates, seq, b->flags);
	transcript_tell_grown(t, seq);
	return 0;
}

void transcript_expect(struct transcript *t, uint64_t seq, uint64_t total)
{
	struct growth *g = growth_of(t, seq);
	if (g)
		g->total = total;
}

/* Parts */

/* Move the parts of a message to the end of the last chunk, with room for twice
 * as many.  -1 when they are too many, without memory, or when the message has
 * been dropped for it. */
static int grow_parts(struct transcript *t, uint64_t seq, struct growth *g)
{
	uint32_t count = g->part_count;
	size_t size = sizeof(struct entry_part) * (count ? 2 * count : 1);
	struct chunk *c =
	    size > t->max / PARTS_SHARE ? NULL : room_for(t, size);
	if (!c || !chunk_find(t, seq))
		return -1;
	align_used(c);
	g->parts = store_bytes(c, g->parts, sizeof(*g->parts) * count);
	c->used += size - sizeof(*g->parts) * count;
	t->last_grown = NULL; /* its bytes do not end the chunk any more */
	return 0;
}

void transcript_part(struct transcript *t, uint64_t seq,
                     const struct stamp *time, bool is_late)
{
	struct entry e;
	struct growth *g = growth_of(t, seq);
	bool is_full = g && !(g->part_count & (g->part_count - 1));
	if (!g || (is_full && grow_parts(t, seq, g)))
		return;
	struct chunk *c = chunk_find(t, seq);
	const struct kept *k = chunk_kept(c, (size_t)(seq - c->first_seq));
	origin_read(&e, c, g->moment, k->flags & KEPT_LATER);
	g->parts[g->part_count++] = (struct entry_part){
		.at = k->len & LEN_MAX,
		.is_late = is_late,
		.after = entry_part_after(time->mono_ns - e.time.mono_ns),
	};
}

/* Forget the parts that begin at `len` or later. */
static void drop_parts(struct growth *g, size_t len)
{
	while (g->part_count && g->parts[g->part_count - 1].at >= len)
		g->part_count--;
}

void transcript_shorten(struct transcript *t, uint64_t seq, size_t len,
                        unsigned flags)
{
	struct kept *k = kept_at(t, seq);
	if (!k)
		return;
	k->len -= (uint32_t)len;
	k->flags = (uint8_t)((k->flags & KEPT_OWN) | flags);
	if (k->flags & KEPT_GROWS)
		drop_parts(k->growth, k->len);
	chunk_find(t, seq)->message_bytes -= len;
	fates_see_flags(&t->fates, seq, flags);
	transcript_tell_grown(t, seq);
}
