/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What differs is reversed, and the row has a mark: colour is never the only
 * signal. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>
#include <sockchat/glyph.h>
#include <sockchat/utf8.h>

#include "beside.h"
#include "screen.h"

#define GUTTER      3  /* columns between the messages */
#define STACKED_MAX 44 /* columns: there they are one above the other */
#define PER_ROW_MAX 16

int beside_begin(struct beside *b, const uint8_t *left, size_t left_len,
                 const uint8_t *right, size_t right_len)
{
	*b = (struct beside){ .columns = -1 };
	if (bytes_append(&b->a, left, left_len) ||
	    bytes_append(&b->b, right, right_len) ||
	    compare_bytes(&b->places, b->a.data, b->a.len, b->b.data,
	                  b->b.len)) {
		beside_finish(b);
		return -1;
	}
	b->now = b->now_end = 0;
	beside_go(b, false);
	return 0;
}

void beside_finish(struct beside *b)
{
	compare_finish(&b->places);
	bytes_finish(&b->a);
	bytes_finish(&b->b);
	free(b->begins);
	*b = (struct beside){ .columns = -1 };
}

static bool differs_at(const struct beside *b, size_t place)
{
	bool has_a, has_b;
	return compare_differs(&b->places, place, &has_a, &has_b);
}

bool beside_go(struct beside *b, bool goes_up)
{
	size_t at = goes_up ? b->now : b->now_end, end;
	at = compare_next(&b->places, at, goes_up);
	if (at == SIZE_MAX)
		return false;
	for (end = at; end < b->places.places && differs_at(b, end);)
		end++;
	while (at && differs_at(b, at - 1))
		at--;
	b->now = at;
	b->now_end = end;
	return true;
}

/* The byte that a message has at this place; -1 for none. */
static int byte_at(const struct beside *b, size_t place, bool is_right)
{
	bool has[2];
	size_t at[2];
	compare_differs(&b->places, place, &has[0], &has[1]);
	compare_at(&b->places, place, &at[0], &at[1]);
	if (!has[is_right])
		return -1;
	return (is_right ? &b->b : &b->a)->data[at[is_right]];
}

/* Rows */

static int add_begin(struct beside *b, size_t place)
{
	size_t *grown =
	    array_grow(b->begins, &b->cap, b->count, sizeof(*grown));
	if (!grown)
		return -1;
	b->begins = grown;
	b->begins[b->count++] = place;
	return 0;
}

/* The place behind the next end of a line in either message, within the run. */
static size_t next_line(const struct beside *b, const struct compare_run *r,
                        size_t i, size_t len)
{
	const uint8_t *sides[] = { b->a.data + r->a, b->b.data + r->b };
	size_t lens[] = { r->a_len, r->b_len };
	for (int k = 0; k < 2; k++) {
		if (lens[k] <= i)
			continue;
		size_t left = lens[k] - i;
		const uint8_t *at =
		    memchr(sides[k] + i, '\n', left < len ? left : len);
		if (at)
			len = (size_t)(at - sides[k]) - i + 1;
	}
	return i + len;
}

static size_t run_len(const struct compare_run *r)
{
	return r->a_len > r->b_len ? r->a_len : r->b_len;
}

static bool ends_line(const struct beside *b, size_t place)
{
	return byte_at(b, place, false) == '\n' ||
	       byte_at(b, place, true) == '\n';
}

/* Go through a run.  `*begin`: the place at which the present row begins. */
static int find_begins_in(struct beside *b, const struct compare_run *r,
                          size_t *begin)
{
	size_t side = (size_t)b->side, len = run_len(r);
	for (size_t i = 0; i < len;) {
		size_t room = side - (r->place + i - *begin), left = len - i;
		i = next_line(b, r, i, left < room ? left : room);
		size_t to = r->place + i;
		if (!ends_line(b, to - 1) && to - *begin < side)
			continue;
		*begin = to;
		if (to < b->places.places && add_begin(b, to))
			return -1;
	}
	return 0;
}

/* A row of text ends with a line of either message, or when it is full. */
static int find_begins(struct beside *b)
{
	size_t begin = 0;
	int failed = add_begin(b, 0);
	for (size_t k = 0; k < b->places.count && !failed; k++)
		failed = find_begins_in(b, &b->places.runs[k], &begin);
	return failed;
}

static int at_least(int value, int least)
{
	return value > least ? value : least;
}

/* An offset, a space, the digits of each byte, and its character. */
static void choose_per_row(struct beside *b)
{
	size_t longer = b->a.len > b->b.len ? b->a.len : b->b.len;
	b->digits = longer > 0xffff ? 8 : 4;
	b->per_row = PER_ROW_MAX;
	while (b->per_row > 1 &&
	       b->digits + 1 + 4 * (int)b->per_row > b->side)
		b->per_row /= 2;
}

int beside_lay_out(struct beside *b, int columns, enum view view)
{
	if (b->columns == columns && b->view == view)
		return 0;
	b->columns = columns;
	b->view = view;
	b->is_stacked = columns <= STACKED_MAX;
	b->side = at_least(b->is_stacked ? columns - 2
	                                 : (columns - GUTTER) / 2, 1);
	b->count = 0;
	choose_per_row(b);
	return view == VIEW_HEX ? 0 : find_begins(b);
}

static size_t dump_rows(const struct beside *b)
{
	return b->view == VIEW_TEXT
	           ? 0 : (b->places.places + b->per_row - 1) / b->per_row;
}

size_t beside_rows(const struct beside *b)
{
	return b->count + dump_rows(b);
}

int beside_height(const struct beside *b)
{
	return b->is_stacked ? 2 : 1;
}

size_t beside_row_now(const struct beside *b)
{
	size_t i;
	if (b->view == VIEW_HEX)
		return b->now / b->per_row;
	ARRAY_FIND(i, b->count, b->begins[i] > b->now);
	return i ? i - 1 : 0;
}

/* Drawing */

/* A message in a row: the places from `begin` to before `end`. */
struct side_row {
	const struct beside *b;
	bool is_right;
	int row, column;
	size_t begin, end;
	unsigned glyph_flags;
};

static enum style style_at(const struct beside *b, size_t place,
                           enum style plain)
{
	if (!differs_at(b, place))
		return plain;
	return place >= b->now && place < b->now_end ? STYLE_HIT_NOW
	                                             : STYLE_HIT;
}

/* How many places from `place` on a character of several bytes takes, which
 * goes to `g`; 0 if there is none. */
static size_t find_character(const struct side_row *s, size_t place,
                             struct glyph *g)
{
	uint8_t bytes[GLYPH_TEXT_MAX];
	size_t n = 0;
	int byte;
	for (; n < sizeof(bytes) && place + n < s->end; n++) {
		byte = byte_at(s->b, place + n, s->is_right);
		if (byte < 0)
			break;
		bytes[n] = (uint8_t)byte;
	}
	size_t len = glyph_next(g, bytes, n, s->glyph_flags);
	return g->is_escaped || g->width > len ? 0 : len;
}

/* What stands for a byte that is no text, in one column. */
static size_t put_symbol(char out[4], uint8_t byte, unsigned glyph_flags)
{
	bool is_control = byte < 0x20 || byte == 0x7f;
	if (!is_control || glyph_flags & GLYPH_ASCII)
		return (size_t)snprintf(out, 4, ".");
	return utf8_encode((uint8_t *)out,
	                   0x2400 + (byte == 0x7f ? 0x21u : byte));
}

/* Draw the text of the places from `place` on that belong together.  How many
 * they are. */
static size_t draw_character(const struct side_row *s, size_t place)
{
	int column = s->column + (int)(place - s->begin);
	int byte = byte_at(s->b, place, s->is_right);
	char symbol[4];
	struct glyph g;
	size_t n = byte < 0 ? 0 : find_character(s, place, &g);
	enum style style = style_at(s->b, place, STYLE_PLAIN);
	for (size_t i = 1; i < n; i++)
		if (style == STYLE_PLAIN)
			style = style_at(s->b, place + i, STYLE_PLAIN);
	if (n) {
		screen_put(s->row, column, g.text, g.text_len, style);
		return n;
	}
	if (byte < 0)
		screen_put(s->row, column, " ", 1, style);
	else
		screen_put(s->row, column, symbol,
		           put_symbol(symbol, (uint8_t)byte, s->glyph_flags),
		           style == STYLE_PLAIN ? STYLE_DIM : style);
	return 1;
}

static void draw_text(const struct side_row *s)
{
	for (size_t i = s->begin; i < s->end;)
		i += draw_character(s, i);
}

static void draw_dump(const struct side_row *s)
{
	const struct beside *b = s->b;
	int column = s->column + b->digits + 1;
	struct side_row text = *s;
	size_t at[2];
	char digits[16];
	compare_at(&b->places, s->begin, &at[0], &at[1]);
	int len = snprintf(digits, sizeof(digits), "%0*zx", b->digits,
	                   at[s->is_right]);
	screen_put(s->row, s->column, digits, (size_t)len, STYLE_DIM);
	for (size_t i = s->begin; i < s->end; i++, column += 3) {
		int byte = byte_at(b, i, s->is_right);
		snprintf(digits, sizeof(digits), "%02x", byte & 0xff);
		screen_put(s->row, column, byte < 0 ? "--" : digits, 2,
		           style_at(b, i, STYLE_PLAIN));
	}
	text.column += b->digits + 1 + 3 * (int)b->per_row;
	draw_text(&text);
}

/* The places of a row.  True if it is a row of the dump. */
static bool find_places(const struct beside *b, size_t row, size_t *begin,
                        size_t *end)
{
	size_t places = b->places.places;
	bool is_dump = row >= b->count;
	if (is_dump) {
		*begin = (row - b->count) * b->per_row;
		*end = *begin + b->per_row;
	} else {
		*begin = b->begins[row];
		*end = row + 1 < b->count ? b->begins[row + 1] : places;
	}
	if (*end > places)
		*end = places;
	return is_dump;
}

/* "<": the left one alone has bytes there, ">": the right one, "|": both. */
static const char *mark_of(const struct beside *b, size_t begin, size_t end)
{
	static const char *const marks[] = { " ", "<", ">", "|" };
	unsigned found = 0;
	for (size_t i = begin; i < end; i++) {
		bool has_a, has_b;
		if (compare_differs(&b->places, i, &has_a, &has_b))
			found |= (has_a ? 1u : 0) | (has_b ? 2u : 0);
	}
	return marks[found];
}

void beside_draw(const struct beside *b, size_t row, int at, int end,
                 unsigned glyph_flags)
{
	struct side_row s = { .b = b, .row = at, .glyph_flags = glyph_flags };
	bool is_dump = find_places(b, row, &s.begin, &s.end);
	const char *mark = mark_of(b, s.begin, s.end);
	s.column = b->is_stacked ? 2 : 0;
	(is_dump ? draw_dump : draw_text)(&s);
	screen_put(at, b->is_stacked ? 0 : b->side + 1, mark, 1,
	           STYLE_PROMPT);
	s.is_right = true;
	s.row += b->is_stacked;
	s.column = b->is_stacked ? 2 : b->side + GUTTER;
	if (s.row < end)
		(is_dump ? draw_dump : draw_text)(&s);
}
