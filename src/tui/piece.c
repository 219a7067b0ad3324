/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <ctype.h>
#include <string.h>

#include "piece.h"
#include "screen.h"

#define CONTENT_MIN 10 /* columns; below that the head gives way */

void piece_write_head(struct piece *p, const struct entry *part,
                      const struct entry *before, size_t columns)
{
	p->head = wrap_head(&p->settings.look, part, before);
	if (p->head.columns + CONTENT_MIN <= columns)
		return;
	struct wrap_look narrow = { .time = TIME_OFF };
	narrow.shows_old = p->settings.look.shows_old;
	narrow.glyph_flags = p->settings.look.glyph_flags;
	p->head = wrap_head(&narrow, part, NULL);
	if (columns <= CONTENT_MIN || columns <= p->head.columns)
		p->head.columns = 0;
}

/* Where an entry's rows go on the screen, and how its text looks. */
struct target {
	int row; /* of the entry's first row; may lie above */
	int column;
	bool is_picked, is_bare, is_old;
	enum style plain, mark;
	struct piece *piece;
};

static enum style style_of(const struct target *t, const struct wrap_run *run)
{
	static const enum style styles[] = {
		[WRAP_PLAIN] = STYLE_PLAIN,  [WRAP_ESCAPED] = STYLE_ESCAPED,
		[WRAP_ENDING] = STYLE_DIM,   [WRAP_MORE] = STYLE_DIM,
		[WRAP_HEX] = STYLE_PLAIN,    [WRAP_FIELDS] = STYLE_DIM,
		[WRAP_QUIET] = STYLE_QUIET,  [WRAP_ALERT] = STYLE_ERROR,
		[WRAP_HINT] = STYLE_HINT,    [WRAP_EXPLAIN] = STYLE_DIM,
	};
	if (run->hit)
		return run->hit == WRAP_HIT_NOW ? STYLE_HIT_NOW : STYLE_HIT;
	if (t->is_picked || t->is_bare)
		return t->plain;
	return styles[run->style] == STYLE_PLAIN || t->is_old
	           ? t->plain
	           : styles[run->style];
}

static enum style mark_style(const struct entry *e)
{
	if (entry_is_old(e))
		return STYLE_DIM;
	if (entry_is_held(e))
		return STYLE_HELD;
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
static void draw_head(const struct piece *p, const struct target *t, int row)
{
	const char *head = p->head.text;
	size_t at = p->head.mark, number = at;
	bool is_peers = p->has_number && p->entry->dir == ENTRY_IN &&
	                !entry_is_held(p->entry);
	enum style peer = theme_peer(p->entry->session);
	while (number && head[number - 1] == ' ')
		number--;
	while (number && isdigit((unsigned char)head[number - 1]))
		number--;
	if (!p->has_number)
		number = at;
	if (t->is_picked)
		peer = STYLE_PICK;
	screen_put(row, 0, head, number,
	           t->is_picked ? STYLE_PICK : STYLE_DIM);
	screen_put(row, (int)number, head + number, at - number, peer);
	screen_put(row, (int)at, head + at, p->head.len - at,
	           is_peers ? peer : t->mark);
}

/* A part that came later has a row and a time of its own. */
static void draw_part_head(const struct target *t, const struct wrap_run *run)
{
	const struct entry *e = t->piece->entry;
	size_t at = run->part->at;
	struct entry part = entry_since(e, at), before = entry_since(e, at - 1);
	piece_write_head(t->piece, &part, &before, (size_t)screen_columns());
	draw_head(t->piece, t, t->row + (int)run->row);
}

static void put_run(void *user, const struct wrap_run *run)
{
	const struct target *t = user;
	if (run->part && t->column)
		draw_part_head(t, run);
	int column = run->is_outdented ? (int)WRAP_DUMP : t->column;
	screen_put(t->row + (int)run->row, column + (int)run->column,
	           run->text, run->len, style_of(t, run));
}

static void find_look(struct target *t, const struct piece *p,
                      const struct viewport *v)
{
	uint64_t seq = p->entry->seq;
	t->is_old = entry_is_old(p->entry) && p->entry->kind != ENTRY_MESSAGE;
	t->is_bare = v->is_bare;
	t->is_picked = seq >= v->picked_first && seq <= v->picked_last &&
	               !v->marked.count;
	t->mark = t->is_picked ? STYLE_PICK : mark_style(p->entry);
	t->plain = t->is_picked || entry_is_old(p->entry) ? t->mark
	                                                  : STYLE_PLAIN;
}

/* What to mark in an entry: what is chosen within it, or the hits if the search
 * has come so far: nothing is searched for while drawing. */
static struct hit_list hits_seen(const struct viewport *v,
                                 const struct entry *e)
{
	if (v->marked.count)
		return e->seq == v->hit_seq ? v->marked
		                            : (struct hit_list){ NULL, 0 };
	if (!v->hits || (v->found && !lens_has(v->found, e->seq)))
		return (struct hit_list){ NULL, 0 };
	return hits_of(v->hits, e);
}

int piece_draw(struct piece *p, const struct viewport *v, size_t skip, int row,
               int rows)
{
	int room = p->rows - skip < (size_t)rows ? (int)(p->rows - skip) : rows;
	if (p->lead && !skip && rows > 0)
		screen_put(row, 0, p->dropped, strlen(p->dropped),
		           STYLE_NOTICE);
	size_t above = skip > p->lead ? skip - p->lead : 0;
	int first = row + (p->lead && !skip ? 1 : 0);
	struct target t = {
		.row = first - (int)above,
		.column = (int)p->head.columns,
		.piece = p,
	};
	find_look(&t, p, v);
	for (int i = first; t.is_picked && i < row + room; i++)
		screen_fill(i, STYLE_PICK);
	p->settings.hits = hits_seen(v, p->entry);
	p->settings.first_row = above;
	p->settings.row_count = (size_t)(row + room - first);
	if (!above && first < row + room && p->head.columns)
		draw_head(p, &t, t.row);
	wrap_entry(p->entry, &p->settings, put_run, &t);
	return room;
}
