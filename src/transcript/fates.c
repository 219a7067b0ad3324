/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What became of messages in the middle: of the few that have a fate.  What is
 * folded has a flag of its own. */

#include <sockchat/array.h>

#include "transcript_private.h"

/* Forget what stands for entries that are dropped, and free places. */
static void compact(struct transcript *t)
{
	struct fates *f = &t->fates;
	uint64_t first = transcript_first(t);
	size_t kept = 0;
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].seq >= first &&
		    (f->list[i].fate || f->list[i].held ||
		     f->list[i].is_withheld))
			f->list[kept++] = f->list[i];
	f->count = kept;
}

/* A place for one more: the array grows when more than half of it is in use, so
 * that it is not gone through for each.  -1 without memory. */
static int make_place(struct transcript *t)
{
	struct fates *f = &t->fates;
	if (f->count < f->cap)
		return 0;
	compact(t);
	if (f->count < f->cap / 2)
		return 0;
	struct fate *grown =
	    array_grow(f->list, &f->cap, f->cap, sizeof(*grown));
	if (!grown)
		return f->count < f->cap ? 0 : -1;
	f->list = grown;
	return 0;
}

/* The fate of the entry, which gets one if it has none.  NULL without
 * memory. */
static struct fate *fate_of(struct transcript *t, uint64_t seq)
{
	struct fates *f = &t->fates;
	struct fate *own = fates_find(f, seq);
	if (own || make_place(t))
		return own;
	size_t i = fates_index(f, seq);
	memmove(f->list + i + 1, f->list + i,
	        (f->count - i) * sizeof(*f->list));
	f->count++;
	f->list[i] = (struct fate){ .seq = seq };
	return &f->list[i];
}

void transcript_set_fate(struct transcript *t, uint64_t seq,
                         enum entry_fate fate, uint32_t held)
{
	struct entry e = { .seq = seq };
	fates_read(&t->fates, &e);
	if (!chunk_find(t, seq) || (e.fate == fate && e.held == held))
		return;
	struct fate *own = fate_of(t, seq);
	if (!own) {
		t->sums.unkept++;
		return;
	}
	own->fate = (uint8_t)fate;
	own->held = held;
	transcript_tell_fate(t, seq);
}

void transcript_withhold(struct transcript *t, uint64_t seq)
{
	const struct kept *k = kept_at(t, seq);
	struct fate *own = k ? fate_of(t, seq) : NULL;
	if (!own)
		return;
	own->is_withheld = true;
	own->is_whole = k->flags & ENTRY_COMPLETE;
}

static void release(struct transcript *t, struct fate *own)
{
	bool is_hidden = own->is_withheld && own->is_whole;
	own->is_withheld = false;
	if (is_hidden && own->seq < t->told_seq && kept_at(t, own->seq))
		transcript_tell_grown(t, own->seq);
}

void transcript_release(struct transcript *t, uint64_t seq)
{
	struct fate *own = fates_find(&t->fates, seq);
	if (own)
		release(t, own);
}

void transcript_release_all(struct transcript *t)
{
	for (size_t i = 0; i < t->fates.count; i++)
		release(t, &t->fates.list[i]);
	transcript_tell(t);
}

static bool is_folded(struct chunk *c, const struct kept *k)
{
	return is_stood_for(k->flags, origin_of(c, k)->share);
}

void transcript_fold(struct transcript *t, uint64_t seq)
{
	struct transcript_listener *l = seq < t->told_seq ? t->listeners : NULL;
	struct chunk *c = chunk_find(t, seq);
	struct kept *k = kept_at(t, seq);
	if (!k || k->flags & ENTRY_FOLDED)
		return;
	c->folded += !is_folded(c, k);
	k->flags |= ENTRY_FOLDED;
	for (; l; l = l->next)
		if (l->on_fold)
			l->on_fold(l->user, seq);
}

/* How many there are in a chunk, from its entry `i` to before `end`. */
static size_t count_folded(struct chunk *c, size_t i, size_t end)
{
	size_t count = 0;
	if (end - i == c->count || !c->folded)
		return c->folded;
	for (; i < end; i++)
		count += is_folded(c, chunk_kept(c, i));
	return count;
}

size_t transcript_folded(const struct transcript *t, uint64_t first,
                         uint64_t end)
{
	size_t count = 0;
	for (size_t i = 0; i < t->count; i++) {
		struct chunk *c = t->chunks[t->first + i];
		uint64_t next = c->first_seq + c->count;
		uint64_t from = first > c->first_seq ? first : c->first_seq;
		uint64_t to = end < next ? end : next;
		if (from < to)
			count += count_folded(c, (size_t)(from - c->first_seq),
			                      (size_t)(to - c->first_seq));
	}
	return count;
}
