/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The part of the transcript that is looked at: only what is seen is laid
 * out. */

#include <stdio.h>
#include <stdlib.h>

#include <sockchat/array.h>
#include <sockchat/number.h>
#include <sockchat/recut.h>
#include <sockchat/shared.h>
#include <sockchat/transcript.h>
#include <sockchat/wrap.h>

#include "piece.h"
#include "screen.h"
#include "view_shown.h"

/* What stands in front of the oldest entry when others have been dropped. */
static size_t format_dropped(char out[128], const struct viewport *v,
                             uint64_t seq)
{
	struct transcript_sums sums = transcript_sums(v->chat->transcript);
	char size[16];
	if (!sums.dropped || filter_is_on(&v->chat->filter) ||
	    seq != shown_first(v) ||
	    shown_base(v) != transcript_first(v->chat->transcript))
		return 0;
	return (size_t)snprintf(out, 128, "* %llu older entries dropped (%s)",
	                        (unsigned long long)sums.dropped,
	                        number_format_size(size, sums.dropped_bytes));
}

/* So many long messages are seen at once at most. */
#define MAPS 4

struct view_maps {
	struct wrap_map list[MAPS];
	size_t next; /* the map that is given up next */
};

static struct wrap_map *map_of(struct viewport *v, const struct entry *e)
{
	if (e->len < WRAP_MAP_MIN)
		return NULL;
	if (!v->maps)
		v->maps = calloc(1, sizeof(*v->maps));
	if (!v->maps) /* without memory it is laid out anew each time */
		return NULL;
	for (size_t i = 0; i < MAPS; i++)
		if (v->maps->list[i].key.seq == e->seq)
			return &v->maps->list[i];
	v->maps->next = (v->maps->next + 1) % MAPS;
	return &v->maps->list[v->maps->next];
}

static void make_head(struct piece *p, const struct viewport *v, size_t columns)
{
	struct entry room;
	const struct entry *before = transcript_at(
	    v->chat->transcript, shown_before(v, p->entry->seq), &room);
	if (before && before->part_count)
		room = entry_since(before, before->len - 1);
	p->has_number = p->entry->session && !entry_is_old(p->entry) &&
	                p->settings.look.shows_numbers;
	p->head.columns = 0;
	if (!v->is_bare)
		piece_write_head(p, p->entry, before, columns);
}

/* The tick of a message that was sent by hand, in the middle of any; or NULL.
 * All ticks are equally wide. */
static const char *tail_of(enum tick_state state, bool is_ascii)
{
	static const char *const tails[][2] = {
		[TICK_QUEUED] = { " … ", " - " },
		[TICK_SENT] = { " ✓ ", " + " },
		[TICK_ACKED] = { " ✓✓", " ++" },
		[TICK_LOST] = { " ✗ ", " x " },
	};
	return tails[state][is_ascii];
}

/* Of a message to several peers how many have got it, which is no wider when
 * it is more; and it is no one's alone. */
static void add_tail(struct piece *p, const struct viewport *v)
{
	const struct chat *c = v->chat;
	const struct entry *e = p->entry;
	bool is_ascii = v->glyph_flags & GLYPH_ASCII, has_ticks = !v->is_bare &&
	                c->options->ticks && e->kind == ENTRY_MESSAGE;
	char count[16];
	struct shared_sum sum = { .state = ticks_at(c->ticks, e->seq).state };
	if (shared_is_for_all(&c->filter, e)) {
		sum = shared_sum(c->transcript, c->ticks, e->seq);
		p->own.session = 0;
	}
	const char *tail = has_ticks ? tail_of(sum.state, is_ascii) : NULL;
	p->settings.tail = tail;
	if (!tail || !sum.count)
		return;
	int digits = snprintf(count, sizeof(count), "%zu", sum.count);
	snprintf(p->tail, sizeof(p->tail), "%s %*zu/%s", tail, digits,
	         sum.acked, count);
	p->settings.tail = p->tail;
}

/* On a screen of fewer rows notices are folded even when they are the newest
 * entries. */
#define ROOMY 12

static bool folds_itself(const struct viewport *v, const struct piece *p)
{
	const struct entry *e = p->entry;
	if (e->kind == ENTRY_MESSAGE)
		return wrap_folds(e, &p->settings);
	return e->seq < v->newest_message || v->rows < ROOMY ||
	       fold_is_advice(e);
}

static bool is_folded(const struct viewport *v, const struct piece *p)
{
	enum fold_word word = folds_said(v->folds, p->entry->seq);
	return !v->is_bare && (word == FOLD_UNSAID ? folds_itself(v, p)
	                                           : word == FOLD_SHUT);
}

static bool lay_out(struct piece *p, struct viewport *v, uint64_t seq)
{
	size_t columns = (size_t)screen_columns();
	p->entry = transcript_at(v->chat->transcript, seq, &p->own);
	if (!p->entry || !shown_is_seen(v, p->entry))
		return false;
	if (v->is_bare)
		p->own.fate = FATE_NONE;
	if (v->is_bare || v->chat->options->time == TIME_OFF)
		p->own.part_count = 0; /* nothing would tell them apart */
	p->settings = (struct wrap_settings){
		.look = chat_look(v->chat),
		.row_count = SIZE_MAX,
		.now = seq == v->hit_seq ? v->hit_offset : SIZE_MAX,
		.map = map_of(v, p->entry),
	};
	add_tail(p, v);
	p->settings.base = wrap_base(&p->settings.look, p->entry);
	p->settings.look.glyph_flags = v->glyph_flags;
	p->settings.look.endings &= !v->is_bare;
	make_head(p, v, columns);
	p->settings.columns = columns - p->head.columns;
	p->settings.margin = p->head.columns;
	p->settings.is_folded = is_folded(v, p);
	p->lead = format_dropped(p->dropped, v, seq) ? 1 : 0;
	p->rows = p->lead + wrap_entry(p->entry, &p->settings, NULL, NULL);
	return true;
}

static size_t rows_of(struct viewport *v, uint64_t seq)
{
	struct piece p;
	return lay_out(&p, v, seq) ? p.rows : 0;
}

#define SEEK_MAX ((size_t)1 << 20) /* of a longer message, the top is shown */

/* The byte that begins the row at the top. */
static size_t find_top_offset(struct viewport *v)
{
	struct piece p;
	size_t at;
	if (!lay_out(&p, v, v->top_seq) || v->top_row <= p.lead ||
	    p.entry->len > SEEK_MAX)
		return 0;
	ARRAY_FIND(at, p.entry->len,
	           p.lead + wrap_row_of(p.entry, &p.settings, at) >=
	               v->top_row);
	return at;
}

static void move_top(struct viewport *v, const struct recut *r)
{
	struct piece p;
	recut_find(r, &v->top_seq, &v->top_offset);
	v->top_row = 0;
	if (v->top_offset && lay_out(&p, v, v->top_seq))
		v->top_row = p.lead + wrap_row_of(p.entry, &p.settings,
		                                  v->top_offset);
}

void view_recut(struct viewport *v, const struct recut *r)
{
	if (!r && v->is_scrolled)
		v->top_offset = find_top_offset(v);
	if (!r)
		return;
	folds_recut(v->folds, r);
	v->newest_message = v->newest_seen = 0;
	recut_move(r, &v->below_seq);
	recut_move(r, &v->cleared_seq);
	if (v->hit_seq)
		recut_find(r, &v->hit_seq, &v->hit_offset);
	if (v->is_scrolled)
		move_top(v, r);
	shown_recut(v);
}

void view_finish(struct viewport *v)
{
	lens_free(v->shown);
	for (size_t i = 0; v->maps && i < MAPS; i++)
		wrap_map_finish(&v->maps->list[i]);
	free(v->maps);
	folds_free(v->folds);
	v->shown = NULL;
	v->maps = NULL;
	v->folds = NULL;
}

/* While it is scrolled nothing that is seen may move. */
static void find_newest_message(struct viewport *v)
{
	uint64_t end = transcript_end(v->chat->transcript), seq = end;
	struct entry e;
	if (v->is_scrolled)
		return;
	while (--seq > v->newest_seen &&
	       transcript_at(v->chat->transcript, seq, &e))
		if (e.kind == ENTRY_MESSAGE) {
			v->newest_message = seq;
			break;
		}
	v->newest_seen = end - 1;
}

/* Set the top so that the newest entry ends at the bottom. */
static void find_follow_top(struct viewport *v, int rows)
{
	uint64_t seq = transcript_end(v->chat->transcript), above;
	size_t sum = 0;
	find_newest_message(v);
	while (sum < (size_t)rows && (above = shown_before(v, seq))) {
		seq = above;
		sum += rows_of(v, seq);
	}
	v->top_seq = seq;
	v->top_row = sum > (size_t)rows ? sum - (size_t)rows : 0;
}

/* Bring the top to a row that is there: entries may have been dropped, cleared
 * or hidden since. */
static void clamp(struct viewport *v)
{
	uint64_t first = shown_first(v);
	if (v->top_seq < first) {
		v->top_seq = first;
		v->top_row = 0;
	}
	if (!shown_has(v, v->top_seq)) {
		v->top_seq = shown_next(v, v->top_seq);
		v->top_row = 0;
	}
	size_t rows = rows_of(v, v->top_seq);
	if (v->top_row >= rows)
		v->top_row = rows ? rows - 1 : 0;
}

void view_draw(struct viewport *v, int row, int rows)
{
	uint64_t end = transcript_end(v->chat->transcript);
	struct piece p;
	if (rows <= 0)
		return;
	v->rows = rows;
	if (v->is_scrolled)
		clamp(v);
	else
		find_follow_top(v, rows);
	size_t skip = v->top_row;
	for (uint64_t seq = v->top_seq; seq < end && rows > 0;
	     seq = shown_next(v, seq)) {
		if (!lay_out(&p, v, seq))
			continue;
		int drawn = piece_draw(&p, v, skip, row, rows);
		if (v->below_seq <= seq && skip + (size_t)drawn == p.rows)
			v->below_seq = seq + 1; /* it has been seen */
		row += drawn;
		rows -= drawn;
		skip = 0;
	}
}

static void scroll_up(struct viewport *v, size_t by)
{
	uint64_t above;
	while (by > v->top_row && (above = shown_before(v, v->top_seq))) {
		by -= v->top_row;
		v->top_seq = above;
		v->top_row = rows_of(v, above);
	}
	v->top_row = by < v->top_row ? v->top_row - by : 0;
}

/* Once the newest entry would end above the bottom, it is followed again. */
static void stop_at_end(struct viewport *v, int rows)
{
	struct viewport follow = *v;
	find_follow_top(&follow, rows);
	v->maps = follow.maps;
	if (v->top_seq > follow.top_seq ||
	    (v->top_seq == follow.top_seq && v->top_row >= follow.top_row))
		view_go_end(v);
}

static void scroll_down(struct viewport *v, size_t by, int rows)
{
	uint64_t end = transcript_end(v->chat->transcript);
	v->top_row += by;
	for (; v->top_seq < end; v->top_seq = shown_next(v, v->top_seq)) {
		size_t n = rows_of(v, v->top_seq);
		if (v->top_row < n)
			break;
		v->top_row -= n;
	}
	stop_at_end(v, rows);
}

/* The view stands still from now on, and what is new waits below. */
static void begin_scroll(struct viewport *v, int rows)
{
	if (v->is_scrolled)
		return;
	find_follow_top(v, rows);
	v->below_seq = transcript_end(v->chat->transcript);
	v->is_scrolled = true;
}

void view_scroll(struct viewport *v, int by, int rows)
{
	bool was_scrolled = v->is_scrolled;
	if (!was_scrolled && by > 0)
		return;
	begin_scroll(v, rows);
	clamp(v);
	uint64_t seq = v->top_seq;
	size_t row = v->top_row;
	if (by < 0)
		scroll_up(v, (size_t)-by);
	else
		scroll_down(v, (size_t)by, rows);
	if (!was_scrolled && v->top_seq == seq && v->top_row == row)
		view_go_end(v); /* there was nothing above */
}

/* The rows from the top of what is seen down to the row `at` of `seq`; -1: it
 * is above, or at least `rows` below. */
static int distance_to(struct viewport *v, uint64_t seq, size_t at, int rows)
{
	size_t sum = 0;
	uint64_t i = v->top_seq;
	for (; i < seq && sum < (size_t)rows + v->top_row; i = shown_next(v, i))
		sum += rows_of(v, i);
	sum += at;
	if (i != seq || sum < v->top_row || sum >= v->top_row + (size_t)rows)
		return -1;
	return (int)(sum - v->top_row);
}

uint64_t view_end(struct viewport *v, int rows)
{
	uint64_t end = transcript_end(v->chat->transcript), seq = v->top_seq;
	size_t sum = 0;
	if (!v->is_scrolled)
		return end;
	for (; seq < end && sum < (size_t)rows + v->top_row;
	     seq = shown_next(v, seq))
		sum += rows_of(v, seq);
	return seq;
}

enum fold_word view_fold(struct viewport *v, uint64_t seq)
{
	struct piece p;
	if (!lay_out(&p, v, seq) || !wrap_folds(p.entry, &p.settings))
		return FOLD_UNSAID;
	return p.settings.is_folded ? FOLD_SHUT : FOLD_OPEN;
}

/* A place in what is folded away cannot be shown. */
static bool lay_open(struct piece *p, struct viewport *v, uint64_t seq,
                     size_t offset)
{
	if (!lay_out(p, v, seq))
		return false;
	if (!p->settings.is_folded || p->entry->kind != ENTRY_MESSAGE ||
	    offset < wrap_kept(p->entry, &p->settings))
		return true;
	return !folds_say(&v->folds, seq, FOLD_OPEN) && lay_out(p, v, seq);
}

void view_show(struct viewport *v, uint64_t seq, size_t offset, int rows)
{
	struct piece p;
	if (rows <= 0 || !lay_open(&p, v, seq, offset))
		return;
	size_t at = offset ? wrap_row_of(p.entry, &p.settings, offset) : 0;
	at += p.lead;
	begin_scroll(v, rows);
	if (distance_to(v, seq, at, rows) < 0) {
		v->top_seq = seq;
		v->top_row = at;
		scroll_up(v, (size_t)rows / 2);
	}
	stop_at_end(v, rows);
}

bool view_row_bytes(struct viewport *v, uint64_t seq, size_t offset,
                    size_t *begin, size_t *end)
{
	struct piece p;
	if (!lay_out(&p, v, seq))
		return false;
	wrap_row_bytes(p.entry, &p.settings, offset, begin, end);
	return true;
}

void view_go_top(struct viewport *v)
{
	begin_scroll(v, 1);
	v->top_seq = shown_first(v);
	v->top_row = 0;
}

void view_go_end(struct viewport *v)
{
	v->is_scrolled = false;
}

int view_percent(const struct viewport *v)
{
	uint64_t end = transcript_end(v->chat->transcript);
	uint64_t first = shown_base(v);
	if (!v->is_scrolled || v->top_seq < first || end <= first)
		return v->is_scrolled ? 0 : 100;
	return (int)((v->top_seq - first) * 100 / (end - first));
}
