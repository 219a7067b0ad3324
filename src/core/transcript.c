/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries and their bytes, in chunks: bytes grow from a chunk's front, entries
 * from its back, and what is dropped is dropped a chunk at a time. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/diag.h>
#include <sockchat/transcript.h>

#define CHUNK_SIZE ((size_t)256 << 10)

/* An entry as it is kept, with the room its bytes may grow into. */
struct kept {
	struct entry entry;
	size_t cap;
};

struct chunk {
	uint64_t first_seq;
	size_t count;  /* entries */
	size_t used;   /* bytes */
	size_t size;   /* of data */
	uint32_t peer_session; /* whose `peer` was stored here last */
	const char *peer;
	_Alignas(struct kept) uint8_t data[];
};

struct transcript {
	struct chunk **chunks;
	size_t first, count, cap; /* of chunks: those from `first` are alive */
	size_t max, memory;
	uint64_t next_seq;
	uint64_t dropped_entries, dropped_bytes;
	const struct kept *last_grown; /* its bytes end the last chunk */
	transcript_fn *on_entry;
	void *user;
};

struct transcript *transcript_new(size_t max)
{
	struct transcript *t = calloc(1, sizeof(*t));
	if (!t)
		die("no memory for the transcript");
	transcript_set_max(t, max);
	t->next_seq = 1;
	return t;
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->chunks[t->first + i]);
	free(t->chunks);
	free(t);
}

void transcript_on_entry(struct transcript *t, transcript_fn *fn, void *user)
{
	t->on_entry = fn;
	t->user = user;
}

/* The entry `i` of a chunk; they stand backwards from its end. */
static struct kept *chunk_kept(struct chunk *c, size_t i)
{
	void *end = c->data + c->size;
	return (struct kept *)end - 1 - i;
}

static size_t chunk_room(const struct chunk *c)
{
	return c->size - c->used - c->count * sizeof(struct kept);
}

static struct chunk *last_chunk(const struct transcript *t)
{
	return t->count ? t->chunks[t->first + t->count - 1] : NULL;
}

static void drop_first(struct transcript *t)
{
	struct chunk *c = t->chunks[t->first];
	for (size_t i = 0; i < c->count; i++) {
		const struct entry *e = &chunk_kept(c, i)->entry;
		if (e->kind == ENTRY_MESSAGE)
			t->dropped_bytes += e->len;
	}
	t->dropped_entries += c->count;
	t->memory -= sizeof(*c) + c->size;
	t->first++;
	t->count--;
	free(c);
}

static void drop_beyond_max(struct transcript *t)
{
	while (t->count > 1 && t->memory > t->max)
		drop_first(t);
}

void transcript_set_max(struct transcript *t, size_t max)
{
	t->max = max > CHUNK_SIZE ? max : CHUNK_SIZE;
	drop_beyond_max(t);
}

/* Room for one more pointer at the end of the array. */
static int grow_chunks(struct transcript *t)
{
	if (t->first + t->count < t->cap)
		return 0;
	if (t->first > t->count) {
		memmove(t->chunks, t->chunks + t->first,
		        t->count * sizeof(*t->chunks));
		t->first = 0;
		return 0;
	}
	size_t cap = t->cap ? 2 * t->cap : 16;
	struct chunk **grown = realloc(t->chunks, cap * sizeof(*grown));
	if (!grown)
		return -1;
	t->chunks = grown;
	t->cap = cap;
	return 0;
}

/* A new last chunk that takes an entry with `len` bytes.  The chunk before it
 * stays, whatever the bound: it holds what is being added to. */
static struct chunk *add_chunk(struct transcript *t, size_t len)
{
	size_t need = len + sizeof(struct kept);
	size_t size = CHUNK_SIZE - sizeof(struct chunk);
	if (need > size)
		size = (need + 63) & ~(size_t)63;
	size -= size % _Alignof(struct kept);
	if (grow_chunks(t))
		return NULL;
	struct chunk *c = malloc(sizeof(*c) + size);
	if (!c)
		return NULL;
	*c = (struct chunk){ .first_seq = t->next_seq, .size = size };
	t->memory += sizeof(*c) + size;
	drop_beyond_max(t);
	t->chunks[t->first + t->count++] = c;
	t->last_grown = NULL; /* its bytes do not end the last chunk any more */
	return c;
}

static uint8_t *store(struct chunk *c, const void *bytes, size_t len)
{
	uint8_t *at = c->data + c->used;
	if (len)
		memcpy(at, bytes, len);
	c->used += len;
	return at;
}

static const char *store_text(struct chunk *c, const char *text)
{
	return *text ? (const char *)store(c, text, strlen(text) + 1) : "";
}

/* A peer's name is stored once as long as it goes on being the same. */
static const char *store_peer(struct chunk *c, const struct entry *draft)
{
	if (!c->peer || c->peer_session != draft->session ||
	    strcmp(c->peer, draft->peer) != 0) {
		c->peer = store_text(c, draft->peer);
		c->peer_session = draft->session;
	}
	return c->peer;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static size_t text_size(const struct entry *d)
{
	return strlen(d->peer) + strlen(d->local) + strlen(d->code) +
	       strlen(d->hint) + 4;
}

uint64_t transcript_append(struct transcript *t, const struct entry *draft)
{
	struct entry d = *draft;
	struct chunk *c = last_chunk(t);
	d.peer = or_empty(d.peer);
	d.local = or_empty(d.local);
	d.code = or_empty(d.code);
	d.hint = or_empty(d.hint);
	size_t need = d.len + text_size(&d);
	if (!c || chunk_room(c) < need + sizeof(struct kept))
		c = add_chunk(t, need);
	if (!c)
		return 0;
	d.peer = store_peer(c, &d);
	d.local = store_text(c, d.local);
	d.code = store_text(c, d.code);
	d.hint = store_text(c, d.hint);
	d.bytes = store(c, d.bytes, d.len);
	d.seq = t->next_seq++;
	if (!d.time.wall_us)
		d.time = stamp_now();
	struct kept *k = chunk_kept(c, c->count++);
	*k = (struct kept){ .entry = d, .cap = d.len };
	t->last_grown = k;
	if (t->on_entry)
		t->on_entry(t->user, &k->entry);
	return d.seq;
}

static struct kept *find(const struct transcript *t, uint64_t seq)
{
	if (seq < transcript_first(t) || seq >= t->next_seq)
		return NULL;
	size_t low = t->first, high = t->first + t->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (t->chunks[middle]->first_seq <= seq)
			low = middle;
		else
			high = middle;
	}
	struct chunk *c = t->chunks[low];
	size_t i = (size_t)(seq - c->first_seq);
	return i < c->count ? chunk_kept(c, i) : NULL;
}

/* Move the bytes of a message to the end of the last chunk, with room to
 * double: two peers that grow in turn do not copy without end.  What the bytes
 * leave behind goes with its chunk. */
static struct kept *move_to_end(struct transcript *t, uint64_t seq, size_t len)
{
	struct chunk *c = last_chunk(t);
	if (chunk_room(c) < 2 * len)
		c = add_chunk(t, 2 * len);
	struct kept *k = find(t, seq);
	if (!c || !k) {
		errno = k ? ENOMEM : ENOENT;
		return NULL;
	}
	k->entry.bytes = store(c, k->entry.bytes, k->entry.len);
	c->used += 2 * len - k->entry.len;
	k->cap = 2 * len;
	t->last_grown = k;
	return k;
}

/* Room for `len` bytes in all. */
static struct kept *make_room(struct transcript *t, struct kept *k, size_t len)
{
	struct chunk *c = last_chunk(t);
	if (len <= k->cap)
		return k;
	if (t->last_grown == k && chunk_room(c) >= len - k->cap) {
		c->used += len - k->cap;
		k->cap = len;
		return k;
	}
	return move_to_end(t, k->entry.seq, len);
}

int transcript_extend(struct transcript *t, uint64_t seq, const void *bytes,
                      size_t len, unsigned flags)
{
	struct kept *k = find(t, seq);
	if (!k)
		return errno = ENOENT, -1;
	k = make_room(t, k, k->entry.len + len);
	if (!k)
		return -1;
	if (len)
		memcpy((uint8_t *)(uintptr_t)k->entry.bytes + k->entry.len,
		       bytes, len);
	k->entry.len += len;
	k->entry.flags = (uint8_t)flags;
	if (t->on_entry)
		t->on_entry(t->user, &k->entry);
	return 0;
}

const struct entry *transcript_at(const struct transcript *t, uint64_t seq)
{
	const struct kept *k = find(t, seq);
	return k ? &k->entry : NULL;
}

uint64_t transcript_first(const struct transcript *t)
{
	return t->count ? t->chunks[t->first]->first_seq : t->next_seq;
}

uint64_t transcript_end(const struct transcript *t)
{
	return t->next_seq;
}

uint64_t transcript_dropped(const struct transcript *t, uint64_t *bytes)
{
	*bytes = t->dropped_bytes;
	return t->dropped_entries;
}

size_t transcript_memory(const struct transcript *t)
{
	return t->memory;
}
