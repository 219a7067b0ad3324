/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A lens goes through all entries when a filter or the like hides some.  What
 * others tell is hidden without one: each such entry says so itself, and the
 * transcript counts them. */

#include <sockchat/fates.h>
#include <sockchat/shared.h>
#include <sockchat/transcript.h>

#include "view_shown.h"

/* With --quiet, what connections tell of themselves is hidden; errors and the
 * answers to commands are shown. */
static bool is_hushed(const struct chat *c, const struct entry *e)
{
	bool is_told =
	    e->kind == ENTRY_STATE || (e->kind == ENTRY_NOTE && e->session);
	return is_told && c->options->quiet;
}

/* The bare view has messages only: nothing would tell others from them. */
bool shown_is_seen(const struct viewport *v, const struct entry *e)
{
	return !is_hushed(v->chat, e) && !(e->flags & ENTRY_FOLDED) &&
	       !shared_is_hidden(&v->chat->filter, e) &&
	       (!v->is_bare || e->kind == ENTRY_MESSAGE);
}

static bool is_seen_at(const struct viewport *v, uint64_t seq)
{
	struct entry room;
	const struct entry *e = transcript_at(v->chat->transcript, seq, &room);
	return e && shown_is_seen(v, e);
}

bool shown_has(const struct viewport *v, uint64_t seq)
{
	return v->shown ? lens_has(v->shown, seq) : is_seen_at(v, seq);
}

uint64_t shown_base(const struct viewport *v)
{
	uint64_t first = transcript_first(v->chat->transcript);
	return first > v->cleared_seq ? first : v->cleared_seq;
}

uint64_t shown_next(const struct viewport *v, uint64_t seq)
{
	uint64_t end = transcript_end(v->chat->transcript);
	if (v->shown)
		seq = lens_next(v->shown, seq);
	else
		while (++seq < end && !is_seen_at(v, seq))
			;
	return seq && seq < end ? seq : end;
}

uint64_t shown_before(const struct viewport *v, uint64_t seq)
{
	uint64_t base = shown_base(v);
	if (v->shown) {
		seq = lens_before(v->shown, seq);
		return seq >= base ? seq : 0;
	}
	while (seq > base)
		if (is_seen_at(v, --seq))
			return seq;
	return 0;
}

uint64_t shown_first(const struct viewport *v)
{
	return shown_next(v, shown_base(v) - 1);
}

/* For the lens: 1 for an entry that is not hidden. */
static size_t count_shown(void *user, const struct entry *e)
{
	const struct viewport *v = user;
	return shown_is_seen(v, e) && filter_shows(&v->chat->filter, e);
}

static unsigned hiding(const struct viewport *v)
{
	return v->chat->filter.serial << 2 | (unsigned)v->is_bare << 1 |
	       (unsigned)v->chat->options->quiet;
}

/* Without memory to follow the filter, nothing is hidden. */
static void give_up_hiding(struct viewport *v)
{
	lens_free(v->shown);
	v->shown = NULL;
	filter_off(&v->chat->filter);
	v->hiding = hiding(v);
	chat_refuse(v->chat, "", "no memory to filter: showing all entries");
}

static void follow_hiding(struct viewport *v)
{
	uint64_t end = transcript_end(v->chat->transcript);
	if (v->hiding == hiding(v))
		return;
	v->hiding = hiding(v);
	lens_free(v->shown);
	v->shown = NULL;
	if (!filter_is_on(&v->chat->filter) && !v->is_bare &&
	    !v->chat->options->quiet)
		return;
	v->shown = lens_new(v->chat->transcript,
	                    v->is_scrolled ? v->top_seq : end, count_shown, v);
	if (!v->shown)
		give_up_hiding(v);
}

void shown_recut(struct viewport *v)
{
	v->hiding = ~hiding(v);
	follow_hiding(v);
}

bool view_work(struct viewport *v, int64_t ns)
{
	struct filter *filter = &v->chat->filter;
	struct error e;
	follow_hiding(v);
	int goes_on = v->shown ? lens_step(v->shown, ns, &e) : 0;
	if (goes_on < 0)
		give_up_hiding(v);
	else if (v->shown && filter_gave_up(filter, &e))
		chat_error(v->chat, &e);
	return goes_on > 0;
}

void view_touch(struct viewport *v, uint64_t seq)
{
	if (v->shown)
		lens_touch(v->shown, seq);
}

/* How many are shown from `first` to before `end`. */
static uint64_t count_between(const struct viewport *v, uint64_t first,
                              uint64_t end)
{
	if (v->shown)
		return lens_sum_before(v->shown, end) -
		       lens_sum_before(v->shown, first);
	return end - first - transcript_folded(v->chat->transcript, first, end);
}

uint64_t view_below(const struct viewport *v)
{
	uint64_t end = transcript_end(v->chat->transcript);
	return v->is_scrolled ? count_between(v, v->below_seq, end) : 0;
}

uint64_t view_hidden(const struct viewport *v)
{
	if (!v->shown)
		return 0;
	return transcript_end(v->chat->transcript) - lens_low(v->shown) -
	       lens_entries(v->shown);
}

uint64_t view_count(const struct viewport *v, uint64_t first, uint64_t last)
{
	return count_between(v, first, last + 1);
}

/* A lens may have found what is hidden since. */
uint64_t view_next(const struct viewport *v, uint64_t seq)
{
	uint64_t end = transcript_end(v->chat->transcript);
	uint64_t base = shown_base(v);
	if (seq < base) /* nothing before it is kept */
		seq = base - 1;
	while ((seq = shown_next(v, seq)) < end)
		if (is_seen_at(v, seq))
			return seq;
	return 0;
}

uint64_t view_before(const struct viewport *v, uint64_t seq)
{
	while ((seq = shown_before(v, seq)))
		if (is_seen_at(v, seq))
			return seq;
	return 0;
}
