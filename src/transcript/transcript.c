/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries and their bytes, in chunks: bytes grow from a chunk's front, entries
 * from its back, and what is dropped is dropped a chunk at a time. */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/dial.h>

#include "transcript_private.h"

#define CHUNK_SIZE ((size_t)256 << 10)
#define LEN_MAX    ((size_t)UINT32_MAX / 2) /* of an entry: it may be doubled */
/* The parts of a message take such a share of all at most. */
#define PARTS_SHARE 8

/* A chunk that is used again has left the processor's cache: what is written
 * soon is fetched so many bytes before, which saves a third of the time. */
#define AHEAD 1024

/* What entries of one read have in common. */
struct origin {
	struct stamp time;
	const char *peer, *local, *code, *hint;
	const struct timing *timing;
	const struct moved *moved;
	const struct frame_kind *frame;
	uint64_t total;
	struct entry_part *parts; /* there is room for a power of two of them */
	uint32_t part_count;
	uint32_t session;
	uint32_t prefix_at;
	int64_t wait_ns;
	uint8_t kind, dir, state, ended;
};

/* The rest of an entry; `cap` is the room its bytes may grow into. */
struct kept {
	uint8_t *bytes;
	uint32_t len, cap;
	uint32_t origin; /* where it is in the chunk's data */
	uint16_t prefix;
	uint8_t suffix, flags;
};

struct chunk {
	uint64_t first_seq;
	size_t count;         /* entries */
	size_t used;          /* bytes */
	size_t size;          /* of data */
	size_t message_bytes; /* of its entries, wherever they are */
	const struct origin *origin; /* of the newest entry */
	_Alignas(struct origin) uint8_t data[];
};

/* A round through the listeners; one of them may begin another. */
struct telling {
	struct transcript_listener *next;
	struct telling *outer;
};

struct transcript {
	struct chunk **chunks;
	size_t first, count, cap; /* of chunks: those from `first` are alive */
	struct chunk *spare;      /* of the usual size, or NULL */
	struct chunk *reserve;    /* the same, for when there is no memory */
	size_t max;
	struct transcript_sums sums;
	uint64_t next_seq, told_seq; /* those before it have been told */
	struct day day; /* of the newest entry; of no length at first */
	const struct kept *last_grown; /* its bytes end the last chunk */
	struct transcript_listener *listeners;
	struct telling *telling;
};

/* Room for more pointers at the end of the array. */
static int grow_chunks(struct transcript *t)
{
	struct chunk **grown =
	    array_grow(t->chunks, &t->cap, t->cap, sizeof(*grown));
	if (!grown)
		return -1;
	t->chunks = grown;
	return 0;
}

struct transcript *transcript_new(size_t max)
{
	struct transcript *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	transcript_set_max(t, max);
	t->next_seq = t->told_seq = 1;
	t->reserve = malloc(CHUNK_SIZE);
	if (t->reserve && !grow_chunks(t))
		return t;
	transcript_free(t);
	return NULL;
}

static void free_chunks(struct transcript *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->chunks[t->first + i]);
	free(t->chunks);
}

void transcript_free(struct transcript *t)
{
	if (!t)
		return;
	free_chunks(t);
	free(t->spare);
	free(t->reserve);
	free(t);
}

void transcript_listen(struct transcript *t, struct transcript_listener *l)
{
	l->next = t->listeners;
	t->listeners = l;
}

void transcript_unlisten(struct transcript *t, struct transcript_listener *l)
{
	struct transcript_listener **at = &t->listeners;
	while (*at && *at != l)
		at = &(*at)->next;
	if (!*at)
		return;
	*at = l->next;
	for (struct telling *now = t->telling; now; now = now->outer)
		if (now->next == l)
			now->next = l->next;
}

static void tell_all(struct transcript *t, uint64_t first, uint64_t end)
{
	struct telling now = { .next = t->listeners, .outer = t->telling };
	t->telling = &now;
	while (now.next) {
		struct transcript_listener *l = now.next;
		now.next = l->next;
		if (l->on_entries)
			l->on_entries(l->user, first, end);
	}
	t->telling = now.outer;
}

void transcript_tell(struct transcript *t)
{
	while (!t->telling && t->told_seq < t->next_seq) {
		uint64_t first = t->told_seq;
		t->told_seq = t->next_seq;
		tell_all(t, first, t->told_seq);
	}
}

void transcript_tell_recut(struct transcript *t, const struct recut *r)
{
	for (struct transcript_listener *l = t->listeners; l; l = l->next)
		if (l->on_recut)
			l->on_recut(l->user, r);
	transcript_tell(t);
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

static void drop_chunk(struct transcript *t)
{
	struct chunk *c = t->chunks[t->first];
	t->sums.dropped_bytes += c->message_bytes;
	t->sums.dropped += c->count;
	t->sums.memory -= sizeof(*c) + c->size;
	t->first++;
	t->count--;
	if (t->spare || sizeof(*c) + c->size != CHUNK_SIZE)
		free(c);
	else
		t->spare = c;
}

/* Drop chunks until there is room for `more` bytes. */
static void drop_beyond_max(struct transcript *t, size_t more)
{
	while (t->count > 1 && t->sums.memory + more > t->max)
		drop_chunk(t);
}

void transcript_set_max(struct transcript *t, size_t max)
{
	t->max = max > CHUNK_SIZE ? max : CHUNK_SIZE;
	drop_beyond_max(t, 0);
}

size_t transcript_max(const struct transcript *t)
{
	return t->max;
}

/* Make room for one more pointer at the end of the array.  Without memory the
 * oldest chunk is dropped for it. */
static int make_place(struct transcript *t)
{
	bool is_full = t->first + t->count == t->cap;
	if (!is_full || (t->first <= t->count && !grow_chunks(t)))
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

/* A new last chunk that takes an entry with `len` bytes.  The chunk before it
 * stays, whatever the bound: it holds what is being added to. */
static struct chunk *add_chunk(struct transcript *t, size_t len)
{
	size_t size = sizeof(struct chunk) + len + sizeof(struct kept);
	size = size < CHUNK_SIZE ? CHUNK_SIZE : (size + 63) & ~(size_t)63;
	transcript_tell(t); /* what is dropped has been seen */
	drop_beyond_max(t, size);
	struct chunk *c = make_place(t) ? NULL : take_chunk(t, size);
	if (!c)
		return NULL;
	*c = (struct chunk){
		.first_seq = t->next_seq, .size = size - sizeof(*c),
	};
	t->sums.memory += size;
	t->chunks[t->first + t->count++] = c;
	t->last_grown = NULL; /* its bytes do not end the last chunk any more */
	return c;
}

static uint8_t *store_bytes(struct chunk *c, const void *bytes, size_t len)
{
	uint8_t *at = c->data + c->used;
	__builtin_prefetch(at + AHEAD, 1);
	if (len)
		memcpy(at, bytes, len);
	c->used += len;
	return at;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static const char *store_text(struct chunk *c, const char *text)
{
	size_t len = strlen(or_empty(text));
	return len ? (const char *)store_bytes(c, text, len + 1) : "";
}

static void align_used(struct chunk *c)
{
	c->used += -c->used % _Alignof(struct origin);
}

/* Facts of so many bytes; NULL is fine. */
static const void *store_facts(struct chunk *c, const void *facts, size_t size)
{
	if (!facts)
		return NULL;
	align_used(c);
	return store_bytes(c, facts, size);
}

/* At most what its origin takes of a chunk. */
static size_t origin_size(const struct entry *d)
{
	return 3 * _Alignof(struct origin) + sizeof(struct origin) +
	       (d->timing ? sizeof(*d->timing) : 0) +
	       (d->moved ? sizeof(*d->moved) : 0) +
	       strlen(or_empty(d->peer)) + strlen(or_empty(d->local)) +
	       strlen(or_empty(d->code)) + strlen(or_empty(d->hint)) + 4;
}

static void store_origin(struct chunk *c, const struct entry *d)
{
	const struct origin *last = c->origin;
	struct origin o = {
		.time = d->time,
		.session = d->session,
		.kind = d->kind,
		.dir = d->dir,
		.state = d->state,
		.local = store_text(c, d->local),
		.code = store_text(c, d->code),
		.hint = store_text(c, d->hint),
		.ended = d->ended,
		.frame = d->frame,
		.total = d->total,
		.prefix_at = d->prefix_at,
		.timing = store_facts(c, d->timing, sizeof(*d->timing)),
		.moved = store_facts(c, d->moved, sizeof(*d->moved)),
		.wait_ns = d->wait_ns,
	};
	if (last && strcmp(last->peer, or_empty(d->peer)) == 0)
		o.peer = last->peer;
	else
		o.peer = store_text(c, d->peer);
	align_used(c);
	c->origin = (void *)store_bytes(c, &o, sizeof(o));
}

/* A message that may get parts has an origin of its own. */
static bool has_origin(const struct chunk *c, const struct entry *d,
                       unsigned flags)
{
	const struct origin *o = c->origin;
	return o && flags & ENTRY_COMPLETE &&
	       d->kind == ENTRY_MESSAGE && o->kind == d->kind &&
	       o->time.mono_ns == d->time.mono_ns &&
	       o->time.wall_us == d->time.wall_us &&
	       o->session == d->session && o->dir == d->dir &&
	       o->frame == d->frame && o->prefix_at == d->prefix_at;
}

/* Another day than that of the entry before is an entry, too. */
static void begin_day(struct transcript *t, const struct stamp *now)
{
	char text[STAMP_TEXT_MAX];
	bool is_first = !t->day.len_us;
	t->day = stamp_day(now->wall_us);
	stamp_format_date(text, now->wall_us);
	if (!is_first)
		transcript_append(t, &(struct entry){
			.time = *now,
			.kind = ENTRY_NOTE,
			.code = "day",
			.bytes = (const uint8_t *)text,
			.len = STAMP_DAY,
		});
}

/* A chunk that takes so many bytes more, and whose newest origin is this. */
static struct chunk *begin_origin(struct transcript *t,
                                  const struct entry *like, size_t len)
{
	if (!day_has(&t->day, like->time.wall_us))
		begin_day(t, &like->time);
	struct chunk *c = last_chunk(t);
	size_t need = len + origin_size(like);
	if (len > LEN_MAX)
		return errno = ENOMEM, NULL;
	if (!c || chunk_room(c) < need + sizeof(struct kept))
		c = add_chunk(t, need);
	if (c)
		store_origin(c, like);
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
	if (!c || !has_origin(c, like, b->flags) ||
	    chunk_room(c) < b->len + sizeof(struct kept))
		c = begin_origin(t, like, b->len);
	if (!c) {
		t->sums.unkept++;
		return 0;
	}
	struct kept *k = chunk_kept(c, c->count++);
	*k = (struct kept){
		.bytes = store_bytes(c, b->bytes, b->len),
		.len = (uint32_t)b->len,
		.cap = (uint32_t)b->len,
		.origin = (uint32_t)((const uint8_t *)c->origin - c->data),
		.prefix = (uint16_t)b->prefix,
		.suffix = (uint8_t)b->suffix,
		.flags = (uint8_t)b->flags,
	};
	if (like->kind == ENTRY_MESSAGE)
		c->message_bytes += b->len;
	t->last_grown = k;
	return t->next_seq++;
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
	transcript_tell(t);
	return seq;
}

/* The chunk of an entry; NULL when it has been dropped. */
static struct chunk *find_chunk(const struct transcript *t, uint64_t seq)
{
	struct chunk *const *alive = t->chunks + t->first;
	size_t i = t->count;
	if (seq < transcript_first(t) || seq >= t->next_seq)
		return NULL;
	if (seq < alive[i - 1]->first_seq)
		ARRAY_FIND(i, t->count, alive[i]->first_seq > seq);
	return alive[i - 1];
}

static struct kept *kept_at(const struct transcript *t, uint64_t seq)
{
	struct chunk *c = find_chunk(t, seq);
	return c ? chunk_kept(c, (size_t)(seq - c->first_seq)) : NULL;
}

/* The origin of an entry; NULL when it has been dropped. */
static struct origin *origin_at(const struct transcript *t, uint64_t seq)
{
	struct chunk *c = find_chunk(t, seq);
	const struct kept *k = kept_at(t, seq);
	return c ? (void *)(c->data + k->origin) : NULL;
}

/* Move the parts of a message to the end of the last chunk, with room for twice
 * as many.  -1 when they are too many, without memory, or when the message has
 * been dropped for it. */
static int grow_parts(struct transcript *t, uint64_t seq)
{
	uint32_t count = origin_at(t, seq)->part_count;
	size_t size = sizeof(struct entry_part) * (count ? 2 * count : 1);
	struct chunk *c = last_chunk(t);
	if (size > t->max / PARTS_SHARE)
		return -1;
	if (chunk_room(c) < size + _Alignof(struct origin))
		c = add_chunk(t, size + _Alignof(struct origin));
	struct origin *o = origin_at(t, seq);
	if (!c || !o)
		return -1;
	align_used(c);
	o->parts = (void *)store_bytes(c, o->parts, sizeof(*o->parts) * count);
	c->used += size - sizeof(*o->parts) * count;
	t->last_grown = NULL; /* its bytes do not end the chunk any more */
	return 0;
}

void transcript_part(struct transcript *t, uint64_t seq,
                     const struct stamp *time, bool is_late)
{
	struct origin *o = origin_at(t, seq);
	bool is_full = o && !(o->part_count & (o->part_count - 1));
	if (!o || (is_full && grow_parts(t, seq)))
		return;
	if (find_chunk(t, seq)->origin == o) /* nobody shares it from now on */
		find_chunk(t, seq)->origin = NULL;
	o->parts[o->part_count++] = (struct entry_part){
		.at = kept_at(t, seq)->len & LEN_MAX,
		.is_late = is_late,
		.after = entry_part_after(time->mono_ns - o->time.mono_ns),
	};
}

/* Move the bytes of a message to the end of the last chunk, with room to
 * double: two peers that grow in turn do not copy without end.  What the bytes
 * leave behind goes with its chunk. */
static struct kept *move_to_end(struct transcript *t, uint64_t seq, size_t len)
{
	struct chunk *c = last_chunk(t);
	if (chunk_room(c) < 2 * len)
		c = add_chunk(t, 2 * len);
	struct kept *k = kept_at(t, seq);
	if (!c || !k) {
		errno = k ? ENOMEM : ENOENT;
		return NULL;
	}
	k->bytes = store_bytes(c, k->bytes, k->len);
	c->used += 2 * len - k->len;
	k->cap = (uint32_t)(2 * len);
	t->last_grown = k;
	return k;
}

/* Room for so many bytes more. */
static struct kept *make_room(struct transcript *t, uint64_t seq, size_t more)
{
	struct chunk *c = last_chunk(t);
	struct kept *k = kept_at(t, seq);
	if (!k)
		return errno = ENOENT, NULL;
	size_t len = k->len + more;
	if (len > LEN_MAX)
		return errno = ENOMEM, NULL;
	if (len <= k->cap)
		return k;
	if (t->last_grown == k && chunk_room(c) >= len - k->cap) {
		c->used += len - k->cap;
		k->cap = (uint32_t)len;
		return k;
	}
	return move_to_end(t, seq, len);
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
	if (b->len)
		memcpy(k->bytes + k->len, b->bytes, b->len);
	k->len += (uint32_t)b->len;
	k->flags = (uint8_t)b->flags;
	k->prefix = (uint16_t)b->prefix;
	k->suffix = (uint8_t)b->suffix;
	find_chunk(t, seq)->message_bytes += b->len;
	tell_all(t, seq, seq + 1);
	transcript_tell(t);
	return 0;
}

void transcript_expect(struct transcript *t, uint64_t seq, uint64_t total)
{
	struct origin *o = origin_at(t, seq);
	if (o)
		o->total = total;
}

/* Forget the parts that begin at `len` or later. */
static void drop_parts(struct origin *o, size_t len)
{
	while (o->part_count && o->parts[o->part_count - 1].at >= len)
		o->part_count--;
}

void transcript_shorten(struct transcript *t, uint64_t seq, size_t len)
{
	struct kept *k = kept_at(t, seq);
	if (!k)
		return;
	k->len -= (uint32_t)len;
	drop_parts(origin_at(t, seq), k->len);
	find_chunk(t, seq)->message_bytes -= len;
	tell_all(t, seq, seq + 1);
	transcript_tell(t);
}

const struct entry *transcript_at(const struct transcript *t, uint64_t seq,
                                  struct entry *e)
{
	struct chunk *c = find_chunk(t, seq);
	if (!c)
		return NULL;
	const struct kept *k = chunk_kept(c, (size_t)(seq - c->first_seq));
	const struct origin *o = (const void *)(c->data + k->origin);
	*e = (struct entry){
		.seq = seq,
		.time = o->time,
		.session = o->session,
		.kind = o->kind,
		.dir = o->dir,
		.state = o->state,
		.flags = k->flags,
		.bytes = k->bytes,
		.len = k->len,
		.frame = o->frame,
		.prefix_at = o->prefix_at,
		.prefix = k->prefix,
		.suffix = k->suffix,
		.total = o->total,
		.peer = o->peer,
		.local = o->local,
		.code = o->code,
		.hint = o->hint,
		.ended = o->ended,
		.timing = o->timing,
		.moved = o->moved,
		.parts = o->parts,
		.part_count = o->part_count,
		.wait_ns = o->wait_ns,
	};
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
	free_chunks(t);
	t->chunks = with->chunks;
	t->first = with->first;
	t->count = with->count;
	t->cap = with->cap;
	t->day = with->day;
	t->last_grown = with->last_grown;
	add_sums(&t->sums, &with->sums);
	t->next_seq = t->told_seq = with->next_seq + more;
	for (size_t i = 0; i < t->count; i++)
		t->chunks[t->first + i]->first_seq += more;
	with->chunks = NULL;
	with->count = 0;
	transcript_free(with);
	drop_beyond_max(t, 0);
	return more;
}

uint64_t transcript_first(const struct transcript *t)
{
	return t->count ? t->chunks[t->first]->first_seq : t->next_seq;
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
