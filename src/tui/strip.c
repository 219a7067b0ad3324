/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/glyph.h>

#include "strip.h"

/* What is shown of the line: its columns from `from` to before `to`. */
struct window {
	size_t from, to;
	bool is_cut_before, is_cut_behind;
};

/* As glyph_next(), but a newline has the form that it has elsewhere. */
static size_t next_glyph(struct glyph *g, const uint8_t *bytes, size_t len,
                         unsigned flags)
{
	size_t n = glyph_next(g, bytes, len, flags);
	if (n && *bytes == '\n')
		memcpy(g->text, "\\n", 2); /* in place of ^J */
	return n;
}

/* The columns of the line before the byte `end`. */
static size_t column_of(const struct input_line *line, size_t end,
                        unsigned flags)
{
	const uint8_t *bytes = (const uint8_t *)line->text;
	size_t column = 0, n;
	struct glyph g;
	for (size_t at = 0; at < end; at += n) {
		n = next_glyph(&g, bytes + at, line->len - at, flags);
		column += g.width;
	}
	return column;
}

/* Choose the part of `room` columns that has the cursor in it, and move it by
 * half of itself when it must move. */
static struct window choose_window(struct strip *s, size_t width,
                                   size_t cursor, size_t room)
{
	if (width < room)
		s->first = 0;
	else if (cursor < s->first + 1 || cursor + 2 >= s->first + room)
		s->first = cursor > room / 2 ? cursor - room / 2 : 0;
	struct window w = {
		.is_cut_before = s->first > 0,
		.is_cut_behind = width > s->first + room - 1,
	};
	w.from = s->first + w.is_cut_before;
	w.to = s->first + room - 1 - w.is_cut_behind;
	return w;
}

static int append_repeated(struct bytes *out, char c, size_t count)
{
	if (!count)
		return 0;
	if (bytes_reserve(out, count))
		return -1;
	memset(out->data + out->len, c, count);
	out->len += count;
	return 0;
}

/* The columns between `from` and `to` that the window has. */
static size_t seen_columns(const struct window *w, size_t from, size_t to)
{
	from = from > w->from ? from : w->from;
	to = to < w->to ? to : w->to;
	return from < to ? to - from : 0;
}

/* Append what the window shows, and find the cursor in it.  A glyph that is in
 * it in part is blank. */
static int append_window(struct bytes *row, size_t *cursor,
                         const struct input_line *line, const struct window *w,
                         unsigned flags)
{
	const uint8_t *bytes = (const uint8_t *)line->text;
	int failed = w->is_cut_before && bytes_append_byte(row, '<');
	size_t column = 0, n;
	struct glyph g;
	for (size_t at = 0; at < line->len && column < w->to; at += n) {
		n = next_glyph(&g, bytes + at, line->len - at, flags);
		size_t seen = seen_columns(w, column, column + g.width);
		if (at <= line->point)
			*cursor = row->len;
		column += g.width;
		failed |= seen == g.width
		              ? bytes_append_text(row, g.text)
		              : append_repeated(row, ' ', seen);
	}
	if (line->point == line->len)
		*cursor = row->len;
	return failed || (w->is_cut_behind && bytes_append_byte(row, '>'));
}

/* At most `room` columns of a prompt, without readline's marks of what is not
 * seen. */
static int append_prompt(struct bytes *row, const char *prompt, size_t room,
                         unsigned flags)
{
	const uint8_t *bytes = (const uint8_t *)prompt;
	size_t len = strlen(prompt), n;
	struct glyph g;
	int failed = 0;
	for (; (n = glyph_next(&g, bytes, len, flags)); bytes += n, len -= n) {
		if (*bytes <= 2)
			continue;
		if (g.width > room)
			break;
		room -= g.width;
		failed |= bytes_append_text(row, g.text);
	}
	return failed;
}

/* Make the row that is wanted. */
static int make_row(struct strip *s, struct bytes *row, size_t *cursor,
                    const char *prompt, const struct input_line *line,
                    size_t columns, unsigned flags)
{
	int failed = append_prompt(row, line->prompt ? line->prompt : prompt,
	                           columns - columns / 4, flags);
	size_t used = glyph_width(row->data, row->len, flags);
	size_t room = columns > used + 4 ? columns - used : 4;
	size_t width = column_of(line, line->len, flags);
	struct window w = choose_window(
	    s, width, column_of(line, line->point, flags), room);
	return failed || append_window(row, cursor, line, &w, flags);
}

static size_t width_of(const struct bytes *row, size_t end, unsigned flags)
{
	return glyph_width(row->data, end, flags);
}

/* How many bytes two rows have in common, in whole glyphs. */
static size_t common_row_len(const struct bytes *a, const struct bytes *b,
                             unsigned flags)
{
	struct glyph in_a, in_b;
	size_t at = 0;
	while (glyph_next(&in_a, a->data + at, a->len - at, flags) &&
	       glyph_next(&in_b, b->data + at, b->len - at, flags) &&
	       strcmp(in_a.text, in_b.text) == 0)
		at += in_a.len;
	return at;
}

/* Move the cursor within a row that is shown, from one byte to another. */
static int append_move(struct bytes *out, const struct bytes *row, size_t from,
                       size_t to, unsigned flags)
{
	if (from < to)
		return bytes_append(out, row->data + from, to - from);
	return append_repeated(out, '\b', width_of(row, from, flags) -
	                                      width_of(row, to, flags));
}

/* Append what leads from the row that is shown to `row`. */
static int append_change(const struct strip *s, struct bytes *out,
                         const struct bytes *row, size_t cursor, unsigned flags)
{
	size_t same = common_row_len(&s->text, row, flags);
	if (same == s->text.len && same == row->len)
		return append_move(out, row, s->cursor, cursor, flags);
	size_t before = width_of(&s->text, s->text.len, flags);
	size_t width = width_of(row, row->len, flags);
	size_t less = before > width ? before - width : 0;
	return append_move(out, &s->text, s->cursor, same, flags) ||
	       bytes_append(out, row->data + same, row->len - same) ||
	       append_repeated(out, ' ', less) ||
	       append_repeated(out, '\b', less) ||
	       append_move(out, row, row->len, cursor, flags);
}

int strip_show(struct strip *s, struct bytes *out, const char *prompt,
               const struct input_line *line, int columns, unsigned glyph_flags)
{
	struct bytes row = { 0 };
	size_t cursor = 0, len = out->len;
	if (make_row(s, &row, &cursor, prompt, line, (size_t)columns,
	             glyph_flags) ||
	    append_change(s, out, &row, cursor, glyph_flags)) {
		bytes_finish(&row);
		out->len = len;
		return -1;
	}
	bytes_finish(&s->text);
	s->text = row;
	s->cursor = cursor;
	return 0;
}

int strip_hide(struct strip *s, struct bytes *out, int columns,
               unsigned glyph_flags)
{
	size_t width = width_of(&s->text, s->text.len, glyph_flags);
	size_t most = columns > 1 ? (size_t)columns : 1;
	if (!width)
		return 0;
	width = width < most ? width : most;
	if (bytes_append_byte(out, '\r') ||
	    append_repeated(out, ' ', width) || bytes_append_byte(out, '\r'))
		return -1;
	bytes_clear(&s->text);
	s->cursor = 0;
	return 0;
}

void strip_finish(struct strip *s)
{
	bytes_finish(&s->text);
}
