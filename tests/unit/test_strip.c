/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The input line on one row, on a terminal that knows nothing but CR,
 * backspace and text. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sockchat/glyph.h>

#include "../../src/tui/strip.h"

#define COLUMNS_MAX 100

/* A row of a terminal.  A place has the glyph that begins there, "" behind the
 * first place of a wide one. */
static struct {
	char cells[COLUMNS_MAX][GLYPH_TEXT_MAX];
	int column, columns;
} row;

static struct strip strip;

static int start_row(void **state)
{
	(void)state;
	memset(&row, 0, sizeof(row));
	row.columns = 20;
	return 0;
}

static int stop_row(void **state)
{
	(void)state;
	strip_finish(&strip);
	memset(&strip, 0, sizeof(strip));
	return 0;
}

/* The last place of the row may only become blank: a terminal may scroll when
 * more is written then. */
static void write_glyph(const struct glyph *g)
{
	int end = row.column + g->width;
	assert_false(g->is_escaped);
	assert_true(end < row.columns + (*g->text == ' '));
	for (int i = 0; i < g->width; i++)
		row.cells[row.column + i][0] = '\0';
	memcpy(row.cells[row.column], g->text, g->text_len + 1u);
	row.column += g->width;
}

static void play(struct bytes *out)
{
	struct glyph g;
	for (size_t at = 0; at < out->len; at += g.len) {
		g.len = 1;
		if (out->data[at] == '\r')
			row.column = 0;
		else if (out->data[at] == '\b')
			assert_true(row.column-- > 0);
		else if (glyph_next(&g, out->data + at, out->len - at, 0))
			write_glyph(&g);
	}
	bytes_finish(out);
}

static const char *text_of_row(void)
{
	static char text[COLUMNS_MAX * GLYPH_TEXT_MAX];
	size_t len = 0;
	for (int i = 0; i < row.columns; i++) {
		size_t n = strlen(row.cells[i]);
		memcpy(text + len, row.cells[i], n);
		len += n;
	}
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

/* Show the line; returns how many bytes that took. */
static size_t show(const char *text, size_t point)
{
	struct input_line line = {
		.text = text, .len = strlen(text), .point = point,
	};
	struct bytes out = { 0 };
	assert_int_equal(strip_show(&strip, &out, "> ", &line, row.columns, 0),
	                 0);
	size_t len = out.len;
	play(&out);
	return len;
}

/* A terminal that becomes narrower may keep what stood there. */
static void resize(int columns)
{
	struct bytes out = { 0 };
	row.columns = columns;
	assert_int_equal(strip_hide(&strip, &out, columns, 0), 0);
	play(&out);
	memset(row.cells, 0, sizeof(row.cells));
}

static void assert_shows(const char *text, int column)
{
	assert_string_equal(text_of_row(), text);
	assert_int_equal(row.column, column);
}

static void a_letter_at_the_end_is_all_that_is_written(void **state)
{
	(void)state;
	show("", 0);
	assert_shows(">", 2);
	assert_int_equal(show("a", 1), 1);
	assert_int_equal(show("a가", 4), 3);
	assert_shows("> a가", 5);
	assert_int_equal(show("a가", 1), 2); /* two columns back */
	assert_shows("> a가", 3);
	assert_int_equal(show("a", 1), 4); /* blanks over it */
	assert_shows("> a", 3);
}

static void a_letter_in_the_middle_moves_the_rest(void **state)
{
	(void)state;
	show("ab나d", 2);
	assert_shows("> ab나d", 4);
	show("abX나d", 3);
	assert_shows("> abX나d", 5);
	show("ab나d", 2);
	assert_shows("> ab나d", 4);
	show("e\xcc\x81", 3);
	assert_shows("> e\xcc\x81", 3);
	show("e", 1);
	assert_shows("> e", 3);
}

static void what_is_no_text_is_visible(void **state)
{
	(void)state;
	show("\033[2J\n\xff\xc2\x9b", 4);
	assert_shows("> ^[[2J\\n\\xff     >", 7);
}

static void a_long_line_is_seen_around_the_cursor(void **state)
{
	(void)state;
	show("0123456789abcdefghijklmnop", 26);
	assert_shows("> <ijklmnop", 11);
	show("0123456789abcdefghijklmnop", 0);
	assert_shows("> 0123456789abcdef>", 2);
	show("가나다라마바사아자차", 30);
	assert_shows("> <사아자차", 11);
}

static void hidden_it_leaves_an_empty_row(void **state)
{
	struct bytes out = { 0 };
	(void)state;
	show("가나다", 3);
	assert_int_equal(strip_hide(&strip, &out, row.columns, 0), 0);
	play(&out);
	assert_shows("", 0);
	assert_int_equal(strip_hide(&strip, &out, row.columns, 0), 0);
	assert_int_equal(out.len, 0);
	show("가나다", 3);
	assert_shows("> 가나다", 4);
}

/* However it got there, the row is as if it had been written anew. */
static void any_change_ends_in_the_same_row(void **state)
{
	static const char *const parts[] = {
		"a", "bc", "가", "\n", "\xff", "e\xcc\x81", "\033", " ", "long",
	};
	char text[200] = "", seen[COLUMNS_MAX * GLYPH_TEXT_MAX];
	struct input_line line;
	(void)state;
	srandom(1);
	for (int i = 0; i < 5000; i++) {
		size_t len = strlen(text), n;
		const char *part = parts[random() % 9];
		if (random() % 3 && len + strlen(part) < sizeof(text))
			memcpy(text + len, part, strlen(part) + 1);
		else
			text[random() % (long)(len + 1)] = '\0';
		struct glyph g;
		size_t point = 0, stop_at = strlen(text);
		while (random() % 20 && point < stop_at &&
		       (n = glyph_next(&g, (const uint8_t *)text + point,
		                       stop_at - point, 0)))
			point += n;
		if (random() % 50 == 0)
			resize(12 + (int)(random() % 80));
		show(text, point);
		int column = row.column;
		snprintf(seen, sizeof(seen), "%s", text_of_row());
		struct strip fresh = { .first = strip.first };
		struct bytes out = { 0 };
		line = (struct input_line){ .text = text, .len = stop_at,
			                    .point = point };
		memset(row.cells, 0, sizeof(row.cells));
		row.column = 0;
		assert_int_equal(strip_show(&fresh, &out, "> ", &line,
		                            row.columns, 0), 0);
		play(&out);
		strip_finish(&fresh);
		assert_string_equal(text_of_row(), seen);
		assert_int_equal(row.column, column);
	}
}

static int set_locale(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, start_row, stop_row)
	static const struct CMUnitTest tests[] = {
		T(a_letter_at_the_end_is_all_that_is_written),
		T(a_letter_in_the_middle_moves_the_rest),
		T(what_is_no_text_is_visible),
		T(a_long_line_is_seen_around_the_cursor),
		T(hidden_it_leaves_an_empty_row),
		T(any_change_ends_in_the_same_row),
	};
	return cmocka_run_group_tests(tests, set_locale, NULL);
}
