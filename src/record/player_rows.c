/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What was awaited and what came, side by side.  What is the same stands in the
 * same columns. */

#include <stdio.h>
#include <string.h>

#include <sockchat/compare.h>
#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/player.h>
#include <sockchat/utf8.h>

#define SIDE       31  /* columns for each: with a head they fit 80 */
#define ROWS_ABOVE 2   /* the row with the first difference */
#define ROWS_MAX   12
#define CAME_ABOVE 100 /* bytes before it, beside an expression */

struct rows {
	const struct player_failure *failure;
	unsigned glyph_flags;
	struct comparison places;
	size_t first, end; /* the places of the first difference */
	size_t row, top;   /* the next row, and the first that is shown */
	bool is_measuring; /* find the row of the first difference */
	struct bytes *out;
	/* The row under way: each side with its bytes, and a mark below those
	 * that differ first. */
	struct bytes sides[2], marks;
	size_t width;      /* columns of each side */
	unsigned differing; /* 1: awaited bytes do, 2: bytes that came */
	bool has_first;
	int failed;
};

static void finish(struct rows *r)
{
	compare_finish(&r->places);
	bytes_finish(&r->sides[0]);
	bytes_finish(&r->sides[1]);
	bytes_finish(&r->marks);
}

static void pad(struct rows *r, struct bytes *b, size_t columns, char fill)
{
	while (columns-- && !r->failed)
		r->failed = bytes_append_byte(b, (uint8_t)fill);
}

/* Add an end of line to the output, behind no blanks. */
static void end_line(struct rows *r)
{
	while (r->out->len && r->out->data[r->out->len - 1] == ' ')
		r->out->len--;
	r->failed |= bytes_append_byte(r->out, '\n');
}

static void put_line(struct rows *r, const struct bytes *left, char gutter,
                     const struct bytes *right, size_t width)
{
	r->failed |= bytes_append(r->out, left->data, left->len);
	pad(r, r->out, SIDE - width, ' ');
	r->failed |= bytes_printf(r->out, " %c ", gutter);
	r->failed |= bytes_append(r->out, right->data, right->len);
	end_line(r);
}

/* End the row under way: show it, if it is near the first difference. */
static void end_row(struct rows *r)
{
	static const char gutters[] = " <>|";
	bool is_shown = !r->is_measuring && r->row >= r->top &&
	                r->row < r->top + ROWS_MAX;
	if (r->is_measuring && r->has_first)
		r->top = r->row > ROWS_ABOVE ? r->row - ROWS_ABOVE : 0;
	if (is_shown)
		put_line(r, &r->sides[0], gutters[r->differing], &r->sides[1],
		         r->width);
	if (is_shown && r->has_first)
		put_line(r, &r->marks, ' ', &r->marks, r->width);
	bytes_clear(&r->sides[0]);
	bytes_clear(&r->sides[1]);
	bytes_clear(&r->marks);
	r->row++;
	r->width = 0;
	r->differing = 0;
	r->has_first = false;
}

/* Add a mark of so many columns for these places. */
static void mark(struct rows *r, size_t place, size_t count, size_t columns)
{
	bool has[2], is_first = false;
	for (size_t i = place; i < place + count; i++) {
		if (compare_differs(&r->places, i, &has[0], &has[1]))
			r->differing |= (has[0] ? 1u : 0) | (has[1] ? 2u : 0);
		is_first |= i >= r->first && i < r->end;
		r->has_first |= i == r->first;
	}
	pad(r, &r->marks, columns, is_first ? '^' : ' ');
}

static size_t longer(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Text */

/* Append the first character as a .chat file has it, or as it is within an
 * expression.  How many bytes it has; its columns are added to `*width`. */
static size_t add_character(struct rows *r, struct bytes *out,
                            const uint8_t *bytes, size_t len,
                            bool is_expression, size_t *width)
{
	struct glyph g;
	size_t n = glyph_next(&g, bytes, len, r->glyph_flags);
	size_t before = out->len;
	bool is_plain = !g.is_escaped && (*bytes != '\\' || is_expression);
	r->failed |= is_plain ? bytes_append(out, g.text, g.text_len)
	                      : escape_append(out, bytes, 1);
	*width += is_plain ? g.width : out->len - before;
	return is_plain ? n : 1;
}

/* The bytes that a side has at these places, up to GLYPH_TEXT_MAX. */
static size_t bytes_at(const struct rows *r, size_t place, size_t count,
                       bool is_right, uint8_t out[GLYPH_TEXT_MAX])
{
	const struct comparison *c = &r->places;
	size_t at[2], end[2];
	size_t last = place + count < c->places ? place + count : c->places;
	compare_at(c, place, &at[0], &at[1]);
	compare_at(c, last, &end[0], &end[1]);
	size_t n = end[is_right] - at[is_right];
	if (n > GLYPH_TEXT_MAX)
		n = GLYPH_TEXT_MAX;
	if (n)
		memcpy(out, (is_right ? c->b : c->a) + at[is_right], n);
	return n;
}

/* How many places the character has that begins here; 1 where none does. */
static size_t character_places(const struct rows *r, size_t place,
                               bool is_right)
{
	uint8_t bytes[GLYPH_TEXT_MAX];
	struct glyph g;
	size_t len = bytes_at(r, place, sizeof(bytes), is_right, bytes);
	size_t n = glyph_next(&g, bytes, len, r->glyph_flags);
	/* there may be places in between at which this side has nothing */
	return !n || g.is_escaped ||
	               bytes_at(r, place, n, is_right, bytes) < n ? 1 : n;
}

/* Make the text of a side at these places; its columns. */
static size_t make_cell(struct rows *r, struct bytes *out, size_t place,
                        size_t count, bool is_right, bool *ends_line)
{
	uint8_t bytes[GLYPH_TEXT_MAX];
	size_t width = 0, len = bytes_at(r, place, count, is_right, bytes);
	for (size_t at = 0; at < len && !r->failed;)
		at += add_character(r, out, bytes + at, len - at, false,
		                    &width);
	*ends_line |= len && bytes[len - 1] == '\n';
	return width;
}

/* Add the characters of both sides that begin at this place, and tell how many
 * places these are. */
static size_t put_cell(struct rows *r, size_t place)
{
	struct bytes cells[2] = { { 0 }, { 0 } };
	bool ends_line = false;
	size_t count = longer(character_places(r, place, false),
	                      character_places(r, place, true));
	size_t widths[] = {
		make_cell(r, &cells[0], place, count, false, &ends_line),
		make_cell(r, &cells[1], place, count, true, &ends_line),
	};
	size_t width = longer(widths[0], widths[1]);
	if (r->width + width > SIDE)
		end_row(r);
	for (int k = 0; k < 2; k++) {
		r->failed |= bytes_append(&r->sides[k], cells[k].data,
		                          cells[k].len);
		pad(r, &r->sides[k], width - widths[k], ' ');
		bytes_finish(&cells[k]);
	}
	r->width += width;
	mark(r, place, count, width);
	if (ends_line)
		end_row(r);
	return count;
}

static void put_text(struct rows *r)
{
	for (size_t at = 0; at < r->places.places && !r->failed;)
		at += put_cell(r, at);
	if (r->width)
		end_row(r);
}

/* A dump */

static void put_dump_side(struct rows *r, size_t begin, size_t end, int digits,
                          bool is_right)
{
	struct bytes *out = &r->sides[is_right];
	const uint8_t *bytes = is_right ? r->places.b : r->places.a;
	char text[20] = "";
	size_t at[2];
	bool has[2];
	compare_at(&r->places, begin, &at[0], &at[1]);
	r->failed |= bytes_printf(
	    out, "%0*llx", digits,
	    (unsigned long long)r->failure->from + at[is_right]);
	for (size_t i = begin; i < end; i++) {
		compare_differs(&r->places, i, &has[0], &has[1]);
		compare_at(&r->places, i, &at[0], &at[1]);
		uint8_t byte = has[is_right] ? bytes[at[is_right]] : ' ';
		bool is_text = byte >= ' ' && byte < 0x7f;
		text[i - begin] = is_text ? (char)byte : '.';
		r->failed |= has[is_right] ? bytes_printf(out, " %02x", byte)
		                           : bytes_append_text(out, "   ");
	}
	r->failed |= bytes_append_text(out, " ") ||
	             bytes_append_text(out, text);
}

static void put_dump(struct rows *r)
{
	size_t longest = longer(r->places.a_len, r->places.b_len);
	int digits = r->failure->from + longest > 0xffff ? 8 : 4;
	size_t per_row = digits == 8 ? 5 : 6, count = r->places.places;
	for (size_t at = 0; at < count && !r->failed; at += per_row) {
		size_t end = at + per_row < count ? at + per_row : count;
		put_dump_side(r, at, end, digits, false);
		put_dump_side(r, at, end, digits, true);
		pad(r, &r->marks, (size_t)digits, ' ');
		for (size_t i = at; i < end; i++) {
			pad(r, &r->marks, 1, ' ');
			mark(r, i, 1, 2);
		}
		r->width = (size_t)digits + 4 * (end - at) + 1;
		pad(r, &r->marks, end - at + 1, ' ');
		end_row(r);
	}
}

/* True if more than one byte in eight is neither a character nor white. */
static bool is_binary(const uint8_t *bytes, size_t len)
{
	size_t odd = 0, n = 1;
	for (size_t i = 0; i < len; i += n) {
		uint32_t cp = 0;
		int size = utf8_decode(bytes + i, len - i, &cp);
		bool is_white = cp == '\r' || cp == '\n' || cp == '\t';
		n = size > 0 ? (size_t)size : 1;
		odd += size < 1 || (utf8_is_control(cp) && !is_white);
	}
	return odd * 8 > len;
}

static void find_first(struct rows *r)
{
	const struct player_failure *f = r->failure;
	bool has[2];
	r->first = r->end = SIZE_MAX;
	if (f->at >= f->came_len && f->at >= f->awaited_len)
		return;
	r->first = r->end = compare_next(&r->places, 0, false);
	while (r->end < r->places.places &&
	       compare_differs(&r->places, r->end, &has[0], &has[1]))
		r->end++;
}

/* Say that there is more than is shown. */
static void put_more(struct rows *r)
{
	bool is_ascii = r->glyph_flags & GLYPH_ASCII;
	r->failed |= bytes_append_text(r->out, is_ascii ? "...\n" : "…\n");
}

static void put_beside(struct rows *r, bool is_dump)
{
	const struct player_failure *f = r->failure;
	if (compare_bytes(&r->places, f->awaited, f->awaited_len, f->came,
	                  f->came_len)) {
		r->failed = -1;
		return;
	}
	find_first(r);
	void (*put)(struct rows *) = is_dump ? put_dump : put_text;
	r->is_measuring = true;
	put(r);
	r->is_measuring = false;
	r->row = 0;
	if (r->top || f->from)
		put_more(r);
	put(r);
	if (r->row > r->top + ROWS_MAX)
		put_more(r);
}

/* An expression, or a word */

/* Fill a row of a side with its bytes from `*at` on.  The column of byte
 * `mark_at`, if that is in it. */
static size_t fill_row(struct rows *r, bool is_right, size_t *at,
                       size_t mark_at, size_t *width)
{
	const struct player_failure *f = r->failure;
	const uint8_t *bytes = is_right ? f->came : f->awaited;
	size_t len = is_right ? f->came_len : f->awaited_len;
	struct bytes *out = &r->sides[is_right];
	size_t marked = SIZE_MAX;
	struct bytes cell = { 0 };
	*width = 0;
	bytes_clear(out);
	while (*at < len && !r->failed) {
		size_t columns = 0;
		bytes_clear(&cell);
		size_t n = add_character(r, &cell, bytes + *at, len - *at,
		                         f->is_expression && !is_right,
		                         &columns);
		if (*width + columns > SIDE)
			break;
		if (mark_at >= *at && mark_at < *at + n)
			marked = *width;
		r->failed |= bytes_append(out, cell.data, cell.len);
		*width += columns;
		*at += n;
		if (bytes[*at - 1] == '\n')
			break;
	}
	bytes_finish(&cell);
	return marked;
}

/* Nothing is the same in them: each has its rows. */
static void put_apart(struct rows *r)
{
	const struct player_failure *f = r->failure;
	size_t left = 0, right = f->at > CAME_ABOVE ? f->at - CAME_ABOVE : 0;
	size_t width, ignored;
	for (int row = 0; row < ROWS_MAX && !r->failed &&
	     (left < f->awaited_len || right < f->came_len); row++) {
		fill_row(r, false, &left, SIZE_MAX, &width);
		size_t marked = fill_row(r, true, &right, f->at, &ignored);
		put_line(r, &r->sides[0], ' ', &r->sides[1], width);
		if (marked == SIZE_MAX)
			continue;
		pad(r, r->out, SIDE + 3 + marked, ' ');
		pad(r, r->out, 1, '^');
		end_line(r);
	}
}

int player_rows(const struct player_failure *f, bool is_hex,
                unsigned glyph_flags, struct bytes *out)
{
	struct rows r = { .failure = f, .glyph_flags = glyph_flags,
		          .out = out };
	bool is_dump = is_hex || is_binary(f->awaited, f->awaited_len) ||
	               is_binary(f->came, f->came_len);
	if (!f->awaited_len && !f->came_len)
		return 0;
	r.failed = bytes_printf(out, "%-*s   %s\n", SIDE, "expected", "came");
	if (f->is_expression || f->is_within)
		put_apart(&r);
	else
		put_beside(&r, is_dump);
	finish(&r);
	return r.failed ? -1 : 0;
}
