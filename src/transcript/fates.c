/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What became of messages in the middle: of the few that have a fate.  What is
 * folded has a flag of its own. */

#include <sockchat/array.h>

#include "transcript_private.h"

static size_t fate_index(const struct fates *f, uint64_t seq)
{
	size_t i = f->count;
	if (i && f->list[i - 1].seq >= seq)
		ARRAY_FIND(i, f->count, f->list[i].seq >= seq);
	return i;
}

void fates_read(const struct transcript *t, struct entry *e)
{
	const struct fates *f = &t->fates;
	if (!f->count || e->seq < f->list[0].seq ||
	    e->seq > f->list[f->count - 1].seq)
		return;
	const struct fate *found = &f->list[fate_index(f, e->seq)];
	if (found->seq != e->seq)
		return;
	e->fate = found->fate;
	e->held = found->held;
}

/* Forget what stands for entries that are dropped, and free places. */
static void compact(struct transcript *t)
{
	struct fates *f = &t->fates;
	uint64_t first = transcript_first(t);
	size_t kept = 0;
	for (size_t i = 0; i < f->count; i++)
		if (f->list[i].seq >= first &&
		    (f->list[i].fate || f->list[i].held))
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
	size_t i = fate_index(f, seq);
	if (i < f->count && f->list[i].seq == seq)
		return &f->list[i];
	if (make_place(t))
		return NULL;
	i = fate_index(f, seq);
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
	fates_read(t, &e);
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

void transcript_fold(struct transcript *t, uint64_t seq)
{
	struct transcript_listener *l = seq < t->told_seq ? t->listeners : NULL;
	struct kept *k = kept_at(t, seq);
	if (!k || k->flags & ENTRY_FOLDED)
		return;
	k->flags |= ENTRY_FOLDED;
	for (; l; l = l->next)
		if (l->on_fold)
			l->on_fold(l->user, seq);
}
