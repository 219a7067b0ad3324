/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is told what happens. */

#include "transcript_private.h"

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
	uint64_t first, end;
	while (!t->telling && t->told_seq < t->next_seq) {
		first = t->told_seq;
		end = fates_first_hidden(&t->fates, first, t->next_seq);
		if (first == end)
			break;
		t->told_seq = end;
		tell_all(t, first, end);
	}
}

void transcript_tell_recut(struct transcript *t, const struct recut *r)
{
	for (struct transcript_listener *l = t->listeners; l; l = l->next)
		if (l->on_recut)
			l->on_recut(l->user, r);
	transcript_tell(t);
}

void transcript_tell_fate(struct transcript *t, uint64_t seq)
{
	struct transcript_listener *l = seq < t->told_seq ? t->listeners : NULL;
	for (; l; l = l->next)
		if (l->on_fate)
			l->on_fate(l->user, seq);
}

void transcript_tell_grown(struct transcript *t, uint64_t seq)
{
	if (seq < t->told_seq && !fates_hide(&t->fates, seq))
		tell_all(t, seq, seq + 1);
	transcript_tell(t);
}
