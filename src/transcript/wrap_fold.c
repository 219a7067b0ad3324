/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Long messages in few rows: what they begin with, and how much there is. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/utf8.h>

#include "wrap_rows.h"

#define ROWS        8  /* of a message that is folded */
#define ROWS_BINARY 3
#define MOST        12 /* rows of one that is not */
#define MOST_BINARY 4
#define MOST_TYPED  23
#define LOOK_MAX    ((size_t)1024)

/* Whether a third of it, or more, is no text. */
static bool is_binary(const struct wrap_look *look, const struct entry *e)
{
	size_t len = e->len < LOOK_MAX ? e->len : LOOK_MAX, odd = 0;
	uint32_t cp;
	for (size_t at = 0; at < len;) {
		uint8_t byte = e->bytes[at];
		int n = byte < 0x80 || look->encoding
		            ? 1 : utf8_decode(e->bytes + at, e->len - at, &cp);
		odd += n < 1 || byte == 0x7f ||
		       (byte < ' ' && !strchr("\t\n\r", byte)) || !byte;
		at += n < 1 ? 1 : (size_t)n;
	}
	return odd * 3 > len;
}

/* In hex even what is binary can be read. */
static bool is_short_text(const struct wrap_settings *s, const struct entry *e)
{
	return s->look.view == VIEW_TEXT && is_binary(&s->look, e);
}

size_t wrap_most_rows(const struct entry *e, const struct wrap_settings *s)
{
	if (e->flags & ENTRY_BY_HAND)
		return MOST_TYPED;
	return is_short_text(s, e) ? MOST_BINARY : MOST;
}

static int format_rest(char out[64], const struct layout *l, size_t more)
{
	bool is_ascii = l->settings->look.glyph_flags & GLYPH_ASCII;
	return snprintf(out, 64, "%s %zu more byte%s",
	                is_ascii ? "..." : "\u2026", more,
	                more == 1 ? "" : "s");
}

/* The columns that the mark at the end of the last row takes at most, with a
 * space in front and a tick behind. */
static size_t rest_columns(const struct layout *l, size_t more)
{
	char text[64];
	size_t len = (size_t)format_rest(text, l, more);
	size_t wide = l->settings->look.glyph_flags & GLYPH_ASCII ? 0 : 2;
	return 1 + len - wide + wrap_tail_width(l->settings);
}

void wrap_begin_fold(struct layout *l, const struct entry *e)
{
	size_t columns = rest_columns(l, e->len);
	l->row_limit = is_short_text(l->settings, e) ? ROWS_BINARY : ROWS;
	if (3 * columns <= 2 * l->columns)
		l->reserved = columns;
	else
		l->row_limit--; /* the mark has a row of its own */
}

void wrap_end_fold(struct layout *l, const struct entry *e)
{
	char text[64];
	if (l->row < l->row_limit)
		return;
	l->row = l->row_limit - 1;
	l->row_limit = SIZE_MAX;
	l->run_len = 0;
	l->column = l->run_column = l->last_column;
	l->columns = l->settings->columns;
	l->is_over = true;
	bool is_beside = l->reserved && !l->is_last_outdented &&
	                 l->column + l->reserved <= l->columns;
	if (!is_beside)
		wrap_next_row(l);
	l->is_outdented = false;
	int len = format_rest(text, l, e->len - l->kept);
	if (is_beside)
		wrap_lay_run(l, " ", 1, 1, WRAP_MORE);
	for (int i = 0, n; i < len; i += n) {
		n = (uint8_t)text[i] < 0x80 ? 1 : 3;
		wrap_lay_run(l, text + i, (size_t)n, 1, WRAP_MORE);
	}
}
