/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The part of the transcript that is looked at: only what is seen is laid
 * out. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/number.h>
#include <sockchat/transcript.h>
#include <sockchat/wrap.h>

#include "screen.h"
#include "view.h"

#define CONTENT_MIN 10 /* columns; below that the head gives way */

static uint64_t first_seq(const struct chat *c)
{
	uint64_t first = transcript_first(c->transcript);
	return first > c->display.clear_seq ? first : c->display.clear_seq;
}

/* What stands in front of the oldest entry when others have been dropped. */
static size_t format_dropped(char out[128], const struct chat *c, uint64_t seq)
{
	uint64_t bytes, count = transcript_dropped(c->transcript, &bytes);
	char size[16];
	if (!count || seq != transcript_first(c->transcript))
		return 0;
	number_format_size(size, bytes);
	return (size_t)snprintf(out, 128, "* %llu older entries dropped (%s)",
	                        (unsigned long long)count, size);
}

/* An entry as it is laid out here. */
struct piece {
	const struct entry *entry;
	char head[64], dropped[128];
	size_t head_len, lead, rows; /* lead: the row about dropped ones */
	bool has_number;
	struct wrap_settings settings;
};

/* --quiet: what connections tell of themselves is not shown, errors and the
 * answers to commands are. */
static bool is_hushed(const struct chat *c, const struct entry *e)
{
	bool is_told = e->kind == ENTRY_STATE ||
	               (e->kind == ENTRY_NOTE && e->session);
	return is_told && c->options->quiet;
}

static bool lay_out(struct piece *p, const struct viewport *v,
                    const struct chat *c, uint64_t seq)
{
	const struct entry *e = transcript_at(c->transcript, seq);
	size_t columns = (size_t)screen_columns();
	if (!e || is_hushed(c, e))
		return false;
	p->entry = e;
	p->has_number = e->session && chat_shows_numbers(c);
	p->head_len = wrap_head(p->head, c, e,
	                        transcript_at(c->transcript, seq - 1));
	if (p->head_len + CONTENT_MIN > columns) {
		size_t keep = columns > CONTENT_MIN ? 2 : 0;
		memmove(p->head, p->head + p->head_len - keep, keep);
		p->head_len = keep;
	}
	p->settings = (struct wrap_settings){
		.columns = columns - p->head_len,
		.view = (enum view)c->options->view,
		.endings = c->options->endings,
		.glyph_flags = v->glyph_flags,
		.row_count = SIZE_MAX,
	};
	p->lead = format_dropped(p->dropped, c, seq) ? 1 : 0;
	p->rows = p->lead + wrap_entry(e, &p->settings, NULL, NULL);
	return true;
}

static size_t rows_of(const struct viewport *v, const struct chat *c,
                      uint64_t seq)
{
	struct piece p;
	return lay_out(&p, v, c, seq) ? p.rows : 0;
}

/* Where an entry's rows go on the screen. */
struct target {
	int row;        /* of the entry's first row; may lie above */
	int column;
	enum style plain;
};

static enum style style_of(const struct target *t, enum wrap_style style)
{
	switch (style) {
	case WRAP_ESCAPED:
		return STYLE_ESCAPED;
	case WRAP_ENDING:
	case WRAP_MORE:
		return STYLE_DIM;
	case WRAP_PLAIN:
	case WRAP_HEX:
		break;
	}
	return t->plain;
}

static void put_run(void *user, const struct wrap_run *run)
{
	const struct target *t = user;
	screen_put(t->row + (int)run->row, t->column + (int)run->column,
	           run->text, run->len, style_of(t, run->style));
}

static enum style mark_style(const struct entry *e)
{
	switch (entry_mark(e)) {
	case '>':
		return STYLE_OUT;
	case '<':
		return STYLE_IN;
	case '!':
		return STYLE_ERROR;
	default:
		return STYLE_NOTICE;
	}
}

/* The time, the peer's number in its colour, the mark.  Narrow screens have the
 * mark alone, or nothing. */
static void draw_head(const struct piece *p, int row, enum style mark)
{
	size_t at = p->head_len - 2, number = at;
	bool is_peers = p->entry->dir == ENTRY_IN;
	while (number && p->head[number - 1] == ' ')
		number--;
	while (number && isdigit((unsigned char)p->head[number - 1]))
		number--;
	if (!p->has_number)
		number = at;
	enum style peer = theme_peer(p->entry->session);
	screen_put(row, 0, p->head, number, STYLE_DIM);
	screen_put(row, (int)number, p->head + number, at - number, peer);
	screen_put(row, (int)at, p->head + at, 2,
	           p->has_number && is_peers ? peer : mark);
}

/* Draw the rows of a piece from `skip` on; how many there were room for. */
static int draw_piece(struct piece *p, size_t skip, int row, int rows)
{
	bool is_message = p->entry->kind == ENTRY_MESSAGE;
	enum style mark = mark_style(p->entry);
	int room = p->rows - skip < (size_t)rows ? (int)(p->rows - skip) : rows;
	if (p->lead && !skip && rows > 0)
		screen_put(row, 0, p->dropped, strlen(p->dropped),
		           STYLE_NOTICE);
	size_t above = skip > p->lead ? skip - p->lead : 0;
	int first = row + (p->lead && !skip ? 1 : 0);
	struct target t = {
		.row = first - (int)above,
		.column = (int)p->head_len,
		.plain = is_message ? STYLE_PLAIN : mark,
	};
	p->settings.first_row = above;
	p->settings.row_count = (size_t)(row + room - first);
	if (!above && first < row + room && p->head_len)
		draw_head(p, first, mark);
	wrap_entry(p->entry, &p->settings, put_run, &t);
	return room;
}

/* From the end upwards: the entry and its rows above the screen that let the
 * newest one end at the bottom. */
static void find_follow_top(struct viewport *v, const struct chat *c, int rows)
{
	uint64_t first = first_seq(c), seq = transcript_end(c->transcript);
	size_t sum = 0;
	v->top_row = 0;
	while (seq > first && sum < (size_t)rows)
		sum += rows_of(v, c, --seq);
	v->top_seq = seq;
	if (sum > (size_t)rows)
		v->top_row = sum - (size_t)rows;
}

/* Entries may have been dropped or cleared, and rows may have changed. */
static void clamp(struct viewport *v, const struct chat *c)
{
	uint64_t first = first_seq(c);
	if (v->top_seq < first) {
		v->top_seq = first;
		v->top_row = 0;
	}
	size_t rows = rows_of(v, c, v->top_seq);
	if (v->top_row >= rows)
		v->top_row = rows ? rows - 1 : 0;
}

void view_draw(struct viewport *v, const struct chat *c, int row, int rows)
{
	uint64_t end = transcript_end(c->transcript);
	struct piece p;
	if (rows <= 0)
		return;
	if (v->is_scrolled)
		clamp(v, c);
	else
		find_follow_top(v, c, rows);
	size_t skip = v->top_row;
	for (uint64_t seq = v->top_seq; seq < end && rows > 0; seq++) {
		if (!lay_out(&p, v, c, seq))
			continue;
		int drawn = draw_piece(&p, skip, row, rows);
		if (v->below_seq == seq && skip + (size_t)drawn == p.rows)
			v->below_seq++; /* it has been seen */
		row += drawn;
		rows -= drawn;
		skip = 0;
	}
}

static void scroll_up(struct viewport *v, const struct chat *c, size_t by)
{
	uint64_t first = first_seq(c);
	while (by > v->top_row && v->top_seq > first) {
		by -= v->top_row;
		v->top_seq--;
		v->top_row = rows_of(v, c, v->top_seq);
	}
	v->top_row = by < v->top_row ? v->top_row - by : 0;
}

/* Down, but not past the place where the newest entry is at the bottom: from
 * there on it is followed. */
static void scroll_down(struct viewport *v, const struct chat *c, size_t by,
                        int rows)
{
	uint64_t end = transcript_end(c->transcript);
	struct viewport follow = *v;
	v->top_row += by;
	for (size_t n; v->top_seq < end; v->top_seq++) {
		n = rows_of(v, c, v->top_seq);
		if (v->top_row < n)
			break;
		v->top_row -= n;
	}
	find_follow_top(&follow, c, rows);
	if (v->top_seq > follow.top_seq ||
	    (v->top_seq == follow.top_seq && v->top_row >= follow.top_row))
		view_go_end(v);
}

void view_scroll(struct viewport *v, const struct chat *c, int by, int rows)
{
	if (!v->is_scrolled && by > 0)
		return;
	if (!v->is_scrolled) {
		find_follow_top(v, c, rows);
		uint64_t seq = v->top_seq;
		size_t row = v->top_row;
		v->below_seq = transcript_end(c->transcript);
		scroll_up(v, c, (size_t)-by);
		v->is_scrolled = v->top_seq != seq || v->top_row != row;
		return;
	}
	clamp(v, c);
	if (by < 0)
		scroll_up(v, c, (size_t)-by);
	else
		scroll_down(v, c, (size_t)by, rows);
}

void view_go_top(struct viewport *v, const struct chat *c)
{
	if (!v->is_scrolled)
		v->below_seq = transcript_end(c->transcript);
	v->is_scrolled = true;
	v->top_seq = first_seq(c);
	v->top_row = 0;
}

void view_go_end(struct viewport *v)
{
	v->is_scrolled = false;
}

uint64_t view_below(const struct viewport *v, const struct chat *c)
{
	return v->is_scrolled ? transcript_end(c->transcript) - v->below_seq
	                      : 0;
}
