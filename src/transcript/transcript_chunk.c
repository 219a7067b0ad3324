/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The memory of a transcript. */

#include <stdlib.h>

#include <sockchat/array.h>

#include "transcript_private.h"

int chunk_grow_array(struct transcript *t)
{
	struct chunk **grown =
	    array_grow(t->chunks, &t->cap, t->cap, sizeof(*grown));
	if (!grown)
		return -1;
	t->chunks = grown;
	return 0;
}

void chunk_free_all(struct transcript *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->chunks[t->first + i]);
	free(t->chunks);
}

static void drop_chunk(struct transcript *t)
{
	struct chunk *c = t->chunks[t->first];
	t->sums.dropped_bytes += c->message_bytes;
	t->sums.dropped += c->count;
	t->sums.memory -= sizeof(*c) + c->size;
	t->first++;
	t->count--;
	/* what was withheld there cannot be told any more */
	if (t->told_seq < c->first_seq + c->count)
		t->told_seq = c->first_seq + c->count;
	if (t->spare || sizeof(*c) + c->size != CHUNK_SIZE)
		free(c);
	else
		t->spare = c;
}

void chunk_drop_beyond_max(struct transcript *t, size_t more)
{
	while (t->count > 1 && t->sums.memory + more > t->max)
		drop_chunk(t);
}

/* Make room for one more pointer at the end of the array.  Without memory the
 * oldest chunk is dropped for it. */
static int make_place(struct transcript *t)
{
	bool is_full = t->first + t->count == t->cap;
	if (!is_full || (t->first <= t->count && !chunk_grow_array(t)))
		return 0;
	if (!t->first && t->count > 1)
		drop_chunk(t);
	if (!t->first)
		return -1;
	memmove(t->chunks, t->chunks + t->first,
	        t->count * sizeof(*t->chunks));
	t->first = 0;
	return 0;
}

/* A chunk that was just dropped is still in the processor's cache. */
static struct chunk *take_warm(struct transcript *t, size_t size)
{
	struct chunk *c = t->spare;
	if (!c || size != CHUNK_SIZE)
		return malloc(size);
	t->spare = NULL;
	return c;
}

/* Without memory the reserve is used, and then the oldest chunks are dropped,
 * so that an entry of the usual size is not refused. */
static struct chunk *take_chunk(struct transcript *t, size_t size)
{
	struct chunk *c = take_warm(t, size);
	if (!c && size == CHUNK_SIZE) {
		c = t->reserve;
		t->reserve = NULL;
	}
	while (!c && t->count > 1) {
		drop_chunk(t);
		c = take_warm(t, size);
	}
	if (!t->reserve)
		t->reserve = malloc(CHUNK_SIZE);
	return c;
}

struct chunk *chunk_add(struct transcript *t, size_t len)
{
	size_t size = sizeof(struct chunk) + len + sizeof(struct kept);
	size = size < CHUNK_SIZE ? CHUNK_SIZE : (size + 63) & ~(size_t)63;
	transcript_tell(t); /* what is dropped has been seen */
	chunk_drop_beyond_max(t, size);
	struct chunk *c = make_place(t) ? NULL : take_chunk(t, size);
	if (!c)
		return NULL;
	*c = (struct chunk){
		.first_seq = t->next_seq, .size = size - sizeof(*c),
	};
	t->sums.memory += size;
	t->chunks[t->first + t->count++] = c;
	t->last_grown = NULL; /* its bytes do not end the last chunk any more */
	memset(t->origins, 0, sizeof(t->origins));
	return c;
}

uint64_t transcript_first(const struct transcript *t)
{
	return t->count ? t->chunks[t->first]->first_seq : t->next_seq;
}

struct chunk *chunk_find(const struct transcript *t, uint64_t seq)
{
	struct chunk *const *alive = t->chunks + t->first;
	size_t i = t->count;
	if (seq < transcript_first(t) || seq >= t->next_seq)
		return NULL;
	if (seq < alive[i - 1]->first_seq)
		ARRAY_FIND(i, t->count, alive[i]->first_seq > seq);
	return alive[i - 1];
}
