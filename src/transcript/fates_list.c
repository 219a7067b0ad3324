/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The list of those that have a fate. */

#include <sockchat/array.h>

#include "fates_list.h"

size_t fates_index(const struct fates *f, uint64_t seq)
{
	size_t i = f->count;
	if (i && f->list[i - 1].seq >= seq)
		ARRAY_FIND(i, f->count, f->list[i].seq >= seq);
	return i;
}

struct fate *fates_find(const struct fates *f, uint64_t seq)
{
	if (!f->count || seq < f->list[0].seq)
		return NULL;
	size_t i = fates_index(f, seq);
	return i < f->count && f->list[i].seq == seq ? &f->list[i] : NULL;
}

void fates_read(const struct fates *f, struct entry *e)
{
	const struct fate *own = fates_find(f, e->seq);
	if (!own)
		return;
	e->fate = own->fate;
	e->held = own->held;
}

void fates_see_flags(const struct fates *f, uint64_t seq, unsigned flags)
{
	struct fate *own = fates_find(f, seq);
	if (own)
		own->is_whole = flags & ENTRY_COMPLETE;
}

bool fates_hide(const struct fates *f, uint64_t seq)
{
	const struct fate *own = fates_find(f, seq);
	return own && own->is_withheld && own->is_whole;
}

uint64_t fates_first_hidden(const struct fates *f, uint64_t seq, uint64_t end)
{
	for (size_t i = fates_index(f, seq); i < f->count; i++)
		if (f->list[i].is_withheld && f->list[i].is_whole)
			return f->list[i].seq;
	return end;
}
