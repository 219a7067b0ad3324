/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of a cut share: recut.c cuts, and calls recut_places.c, which
 * remembers where the entries are. */

#ifndef RECUT_PRIVATE_H
#define RECUT_PRIVATE_H

#include <sockchat/recut.h>

/* A direction of a conversation. */
struct side {
	struct framing framing; /* in the new transcript */
	uint64_t old_count;     /* messages */
	bool is_placed;         /* `framing.at` is known */
	/* The old message of which reads are left, or 0; the next one begins
	 * with this part, and came then. */
	uint64_t old_seq;
	size_t part;
	int64_t part_ns;
	bool is_loaded; /* the message: its time says nothing of today */
};

struct conversation {
	uint32_t session;
	bool is_headless; /* the old transcript has dropped its beginning */
	bool has_ended;   /* what comes */
	struct frame_asked asked;
	struct side sides[2]; /* what comes, what goes */
};

/* Where the first byte of an old entry is. */
struct place {
	uint32_t seq, offset;
};

/* Where an old entry begins in the read. */
struct mark {
	uint64_t seq;
	size_t at;
};

struct recut {
	struct transcript *old, *new; /* `new` until they are one */
	struct frame frames[2];
	uint64_t first, next; /* old entries: where it began; not taken yet */
	struct entry ahead;   /* the next one if its seq is that */
	struct conversation **list; /* by rising session */
	size_t count, cap;
	struct side **waiting; /* a heap: the earliest is first */
	size_t waiting_count, waiting_cap;
	struct bytes read; /* is being put together */
	struct mark *marks;
	size_t mark_count, mark_cap;
	struct place *places;
	size_t place_count, place_cap;
	uint64_t wrong_seq; /* the newest note of a wrong message, or 0 */
	uint64_t base; /* what the new entries' numbers have grown by */
};

static inline bool recut_is_cut(const struct entry *e)
{
	return e->kind == ENTRY_MESSAGE && !(e->flags & ENTRY_BY_HAND) &&
	       !e->fate && e->frame != frame_datagram.kind;
}

/* Before a read is cut: the message under way in the new transcript. */
struct before {
	uint64_t seq, end;
	int64_t len;
};

struct before recut_look_before(const struct recut *r, const struct framing *f);

/* Remember where the old entry `old` begins: at a byte of the new `seq`, which
 * is not numbered on yet.  -1 without memory. */
MUST_USE
int recut_add_place(struct recut *r, uint64_t old, uint64_t seq,
                    size_t offset);
/* Give the entries that were copied the fates which they have by now. */
void recut_give_fates(struct recut *r);
/* Find the bytes of the read, which has been cut, that begin old entries.  -1
 * without memory. */
MUST_USE int recut_place_marks(struct recut *r, const struct before *before);

#endif
