/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the transcript share.  Bytes grow from a chunk's front,
 * entries from its back, and what is dropped is dropped a chunk at a time.
 * Each file calls only those that stand behind it here: transcript.c,
 * transcript_grow.c, fates.c, transcript_origin.c, transcript_chunk.c,
 * transcript_tell.c, fates_list.c. */

#ifndef TRANSCRIPT_PRIVATE_H
#define TRANSCRIPT_PRIVATE_H

#include <string.h>

#include <sockchat/fates.h>
#include <sockchat/transcript.h>

#include "fates_list.h"

#define CHUNK_SIZE ((size_t)256 << 10)
#define LEN_MAX    ((size_t)UINT32_MAX / 2) /* of an entry: it may be doubled */
#define ORIGINS    256 /* that are found again: two for each of 128 peers */

/* A chunk that is used again has left the processor's cache: what is written
 * soon is fetched so many bytes before, which saves a third of the time. */
#define AHEAD 1024

/* What only few entries have. */
struct rare {
	const char *local, *client, *proxy, *code, *hint;
	const struct timing *timing;
	const struct moved *moved;
	const struct mismatch *mismatch;
};

/* What entries of a direction of a session have in common. */
struct origin {
	struct stamp time; /* of the first of them */
	int64_t asked_ns;  /* when what the first answers was sent */
	const char *peer;
	const struct frame_kind *frame;
	const struct rare *rare; /* or NULL */
	uint32_t session, prefix_at;
	uint32_t stream_at; /* bytes of the direction before the first of
	                     * them, modulo 2^32 */
	uint16_t first;     /* of them: its place in the chunk */
	uint8_t kind : 3, dir : 2, state : 3;
	uint8_t ended : 2;
	bool waits : 1; /* they answer something */
	bool has_datagrams : 1;
	uint8_t role : 2, share : 2;
};

/* When an entry came, and its origin: MOMENT_SIZE bytes that stand anywhere,
 * and ASKED_SIZE more if it answers a later question. */
#define MOMENT_SIZE sizeof(uint64_t)
#define ASKED_SIZE  sizeof(uint32_t)

/* What a message needs that grows after others have been added. */
struct growth {
	uint8_t *bytes;
	struct entry_part *parts; /* there is room for a power of two of them */
	uint64_t total;
	uint32_t cap; /* the room its bytes may grow into */
	uint32_t part_count;
	uint32_t moment;
	bool has_moved; /* its bytes have */
};

/* Flags that only this room knows. */
#define KEPT_GROWS 64u
#define KEPT_LATER 128u /* its moment has the time of the question */
#define KEPT_OWN   (KEPT_GROWS | KEPT_LATER)

/* The rest of an entry. */
struct kept {
	union {
		struct {
			uint32_t at, moment; /* in the chunk's data */
		};
		struct growth *growth; /* KEPT_GROWS: all of that */
	};
	uint32_t len;
	uint16_t prefix;
	uint8_t suffix, flags;
};

struct chunk {
	uint64_t first_seq;
	size_t count;         /* entries */
	size_t used;          /* bytes */
	size_t size;          /* of data */
	size_t message_bytes; /* of its entries, wherever they are */
	size_t folded;        /* entries for which others stand */
	/* Of the newest entry, and what its moment says. */
	const struct origin *origin;
	struct stamp time;
	int64_t wait_ns;
	uint32_t moment;
	bool is_later;
	_Alignas(struct origin) uint8_t data[];
};

_Static_assert(CHUNK_SIZE / sizeof(struct kept) <= UINT16_MAX,
               "a chunk has more entries than `first` can tell");

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
	/* Where origins of messages are in the last chunk; 0: nowhere. */
	uint16_t origins[ORIGINS];
	struct fates fates;
	struct transcript_listener *listeners;
	struct telling *telling;
};

/* The entry `i` of a chunk; they stand backwards from its end. */
static inline struct kept *chunk_kept(struct chunk *c, size_t i)
{
	void *end = c->data + c->size;
	return (struct kept *)end - 1 - i;
}

/* Whether another entry stands for this one. */
static inline bool is_stood_for(unsigned flags, unsigned share)
{
	return flags & ENTRY_FOLDED || share == SHARE_COPY;
}

static inline size_t chunk_room(const struct chunk *c)
{
	return c->size - c->used - c->count * sizeof(struct kept);
}

static inline struct chunk *last_chunk(const struct transcript *t)
{
	return t->count ? t->chunks[t->first + t->count - 1] : NULL;
}

static inline void *store_bytes(struct chunk *c, const void *bytes, size_t len)
{
	uint8_t *at = c->data + c->used;
	__builtin_prefetch(at + AHEAD, 1);
	if (len)
		memcpy(at, bytes, len);
	c->used += len;
	return at;
}

static inline void align_used(struct chunk *c)
{
	c->used += -c->used % _Alignof(struct origin);
}

/* For a cut of all.  The bound. */
size_t transcript_max(const struct transcript *t);
/* Let the entries of `with`, which is freed, take the place of those of `t`;
 * they are numbered on from its end.  Returns by how much their numbers have
 * grown. */
uint64_t transcript_replace(struct transcript *t, struct transcript *with);

/* At most what the moment of an entry takes of a chunk, and its origin. */
size_t origin_size(const struct entry *d);
/* Whether a chunk may have an origin more behind the bytes that it uses: they
 * stand near its beginning. */
bool origin_has_place(size_t used, const struct entry *d);
/* Make the chunk's newest moment that of this entry. */
void origin_begin(struct transcript *t, struct chunk *c,
                  const struct entry *d);
/* The origin of an entry of the chunk. */
const struct origin *origin_of(struct chunk *c, const struct kept *k);
/* Write what the moment says into the entry. */
void origin_read(struct entry *e, const struct chunk *c, uint32_t moment,
                 bool is_later);

/* Room for more chunks at the end of the array.  -1 without memory. */
MUST_USE int chunk_grow_array(struct transcript *t);
/* A new last chunk that takes an entry with `len` bytes.  The chunk before it
 * stays, whatever the bound: it holds what is being added to.  NULL without
 * memory. */
struct chunk *chunk_add(struct transcript *t, size_t len);
/* The chunk of an entry; NULL when it has been dropped. */
struct chunk *chunk_find(const struct transcript *t, uint64_t seq);
/* Drop chunks until there is room for `more` bytes. */
void chunk_drop_beyond_max(struct transcript *t, size_t more);
void chunk_free_all(struct transcript *t);

static inline struct kept *kept_at(const struct transcript *t, uint64_t seq)
{
	struct chunk *c = chunk_find(t, seq);
	return c ? chunk_kept(c, (size_t)(seq - c->first_seq)) : NULL;
}

/* Set how many bytes follow the prefix of the message `seq`, which is under
 * way. */
void transcript_expect(struct transcript *t, uint64_t seq, uint64_t total);
/* Tell the listeners that a message has grown. */
void transcript_tell_grown(struct transcript *t, uint64_t seq);
/* Tell them that its fate has changed. */
void transcript_tell_fate(struct transcript *t, uint64_t seq);
/* Tell them of a cut of all: NULL before. */
void transcript_tell_recut(struct transcript *t, const struct recut *r);

#endif
