/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How the input line looks: one walk over its glyphs measures and draws. */

#include <stdbool.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "line.h"
#include "screen.h"

struct walk {
	int columns, row, column;
	/* to draw: the rows from `first` to before `end`, on the screen from
	 * `at` on */
	bool draws;
	int at, first, end;
};

static void put_cells(struct walk *w, const char *text, size_t len, int width,
                      enum style style)
{
	if (w->column && w->column + width > w->columns) {
		w->row++;
		w->column = 0;
	}
	if (w->draws && w->row >= w->first && w->row < w->end)
		screen_put(w->at + w->row - w->first, w->column, text, len,
		           style);
	w->column += width;
}

/* Put ASCII, a column for each character; it may go on in the next row. */
static void put_ascii_cells(struct walk *w, const char *text, enum style style)
{
	for (; *text; text++)
		put_cells(w, text, 1, 1, style);
}

/* The columns that have to be free in the row: only an escape may be cut. */
static int lead_width(const struct walk *w, const struct glyph *g)
{
	return g->is_escaped || g->width > w->columns ? 1 : g->width;
}

static void put_glyph_cells(struct walk *w, const struct glyph *g,
                            enum style style)
{
	if (g->is_escaped)
		put_ascii_cells(w, g->text, STYLE_ESCAPED);
	else if (g->width > w->columns)
		put_ascii_cells(w, "?", STYLE_ESCAPED);
	else
		put_cells(w, g->text, g->text_len, g->width, style);
}

static void put_prompt(struct walk *w, const char *text, unsigned flags)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t len = strlen(text), n;
	struct glyph g;
	for (; (n = glyph_next(&g, bytes, len, flags)); bytes += n, len -= n)
		if (*bytes > 2) /* readline's marks of what is not seen */
			put_glyph_cells(w, &g, STYLE_PROMPT);
}

static void put_line_glyph(struct walk *w, uint8_t byte, const struct glyph *g)
{
	if (byte == '\n') {
		put_ascii_cells(w, "\\n", STYLE_DIM);
		w->row++;
		w->column = 0;
	} else {
		put_glyph_cells(w, g, STYLE_PLAIN);
	}
}

static void walk_line(struct walk *w, const struct input_line *line,
                      const char *prompt, unsigned flags, struct line_layout *l)
{
	const uint8_t *bytes = (const uint8_t *)line->text;
	struct glyph g;
	size_t n;
	put_prompt(w, line->prompt ? line->prompt : prompt, flags);
	for (size_t at = 0;; at += n) {
		n = glyph_next(&g, bytes + at, line->len - at, flags);
		int width = n ? lead_width(w, &g) : 1;
		if (line->point >= at) {
			/* the cursor is at the last glyph that begins at or
			 * before the point */
			bool is_full = w->column + width > w->columns;
			l->cursor_row = w->row + is_full;
			l->cursor_column = is_full ? 0 : w->column;
		}
		if (!n)
			break;
		put_line_glyph(w, bytes[at], &g);
	}
	l->rows = (w->row > l->cursor_row ? w->row : l->cursor_row) + 1;
}

struct line_layout line_measure(const struct input_line *line,
                                const char *prompt, int columns,
                                unsigned glyph_flags)
{
	struct walk w = { .columns = columns };
	struct line_layout l;
	walk_line(&w, line, prompt, glyph_flags, &l);
	return l;
}

void line_draw(const struct input_line *line, const char *prompt, int row,
               int first, int rows, unsigned glyph_flags)
{
	struct walk w = {
		.columns = screen_columns(),
		.draws = true,
		.at = row,
		.first = first,
		.end = first + rows,
	};
	struct line_layout l;
	walk_line(&w, line, prompt, glyph_flags, &l);
}
