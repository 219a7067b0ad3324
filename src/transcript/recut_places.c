/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the old entries are in the new transcript. */

#include <sockchat/array.h>

#include "recut_private.h"
#include "transcript_private.h"

int recut_add_place(struct recut *r, uint64_t old, uint64_t seq,
                    size_t offset)
{
	while (r->place_count <= old - r->first) {
		struct place *grown =
		    array_grow(r->places, &r->place_cap, r->place_count,
		               sizeof(*grown));
		if (!grown)
			return -1;
		r->places = grown;
		r->places[r->place_count++] = (struct place){ 0 };
	}
	r->places[old - r->first] =
	    (struct place){ (uint32_t)seq, (uint32_t)offset };
	return 0;
}

struct before recut_look_before(const struct recut *r, const struct framing *f)
{
	struct entry room;
	const struct entry *e =
	    f->seq ? transcript_at(r->new, f->seq, &room) : NULL;
	return (struct before){
		.seq = e ? f->seq : 0,
		.end = transcript_end(r->new),
		.len = e ? (int64_t)e->len : 0,
	};
}

int recut_place_marks(struct recut *r, const struct before *before)
{
	uint64_t seq = before->seq ? before->seq : before->end;
	int64_t begin = -before->len, at; /* of that entry, in the read */
	bool is_one = (before->seq != 0) + transcript_end(r->new) -
	                  before->end == 1; /* that it can be */
	struct entry e;
	int failed = 0;
	for (size_t i = 0; i < r->mark_count && !failed; i++) {
		at = (int64_t)r->marks[i].at;
		while (!is_one && transcript_at(r->new, seq, &e) &&
		       (e.kind != ENTRY_MESSAGE ||
		        begin + (int64_t)e.len <= at)) {
			if (e.kind == ENTRY_MESSAGE)
				begin += (int64_t)e.len;
			seq = seq < before->end ? before->end : seq + 1;
		}
		failed = recut_add_place(r, r->marks[i].seq, seq,
		                         (size_t)(at - begin));
	}
	r->mark_count = 0;
	return failed;
}

void recut_give_fates(struct recut *r)
{
	const struct fates *f = &r->old->fates;
	for (size_t i = 0; i < f->count; i++) {
		uint64_t at = f->list[i].seq - r->first;
		if (f->list[i].seq >= r->first && at < r->place_count)
			transcript_set_fate(r->new, r->places[at].seq,
			                    f->list[i].fate, f->list[i].held);
	}
}

/* Go on to the message that a byte so far behind the beginning is in. */
static void walk_on(const struct recut *r, uint64_t *seq, size_t *offset)
{
	struct entry e, next;
	if (!transcript_at(r->old, *seq, &e) || !recut_is_cut(&e))
		return;
	next = e;
	for (uint64_t at = *seq; *offset >= next.len;) {
		do
			if (!transcript_at(r->old, ++at, &e))
				return;
		while (!recut_is_cut(&e) || e.session != next.session ||
		       e.dir != next.dir);
		*offset -= next.len;
		*seq = at;
		next = e;
	}
}

void recut_find(const struct recut *r, uint64_t *seq, size_t *offset)
{
	uint64_t i = *seq - r->first, first = transcript_first(r->old);
	struct place p = { 0 };
	if (*seq >= r->first && i < r->place_count)
		p = r->places[i];
	if (*seq >= r->first + r->place_count) {
		*seq = transcript_end(r->old);
		*offset = 0;
	} else if (p.seq + r->base < first) {
		*seq = first;
		*offset = 0;
	} else {
		*seq = p.seq + r->base;
		*offset += p.offset;
		walk_on(r, seq, offset);
	}
}
