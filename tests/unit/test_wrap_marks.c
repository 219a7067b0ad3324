/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Layout of what is in an entry beside its text: the parts in which it came,
 * zeros that are folded, and what a search has found. */

#include "wrap_scene.h"

static const struct entry_part later[] = {
	{ 1, true, 699999 }, /* not clearly */
	{ 3, true, 1400000 },
	{ 4, false, 1400001 },
	{ 6, true, 2300000 },
};

static void what_came_clearly_later_has_a_row_of_its_own(void **state)
{
	struct entry e = message("abcdef\n", 7, ENTRY_COMPLETE);
	(void)state;
	e.parts = later;
	e.part_count = 4;
	const struct page *p = lay_out(&e, 80, VIEW_TEXT);
	assert_int_equal(p->rows, 3);
	assert_string_equal(p->row[0], "abc");
	assert_string_equal(p->row[1], "def");
	assert_string_equal(p->row[2], "\\n");
	assert_memory_equal(p->parts, "\0++", 3);
	p = lay_out(&e, 2, VIEW_TEXT);
	assert_int_equal(p->rows, 5);
	assert_memory_equal(p->parts, "\0\0+\0+", 5);
	p = lay_out(&e, 80, VIEW_MIXED);
	assert_int_equal(p->rows, 8);
	assert_memory_equal(p->row[3], "0000  61 62 63   ", 16);
	assert_string_equal(p->row[4], "3 more bytes");
	assert_memory_equal(p->row[5], "0003  64 65 66   ", 16);
	assert_string_equal(p->row[6], "1 more byte");
	assert_memory_equal(p->row[7], "0006  0a   ", 11);
	assert_memory_equal(p->parts, "\0++\0+\0+", 8);
}

static void a_character_that_came_in_parts_is_whole(void **state)
{
	struct entry e = message("ab\xec\x95\x88" "cd", 7, ENTRY_COMPLETE);
	(void)state;
	e.parts = later;
	e.part_count = 4;
	const struct page *p = lay_out(&e, 80, VIEW_TEXT);
	assert_int_equal(p->rows, 3);
	assert_string_equal(p->row[0], "ab\uc548");
	assert_string_equal(p->row[1], "c");
	assert_string_equal(p->row[2], "d");
	assert_memory_equal(p->parts, "\0++", 3);
}

/* The styles of all rows, one after another, with a bar between. */
static const char *marks(const struct entry *e, size_t columns, enum view view,
                         const char *text, size_t now)
{
	static char out[4096];
	static struct page p;
	struct error error;
	struct pattern *pattern = pattern_new(text, &error);
	struct hits *hits = hits_new(pattern, NULL);
	struct wrap_settings s = {
		.columns = columns, .look.view = view, .look.endings = true,
		.row_count = SIZE_MAX, .hits = hits_of(hits, e), .now = now,
	};
	memset(&p, 0, sizeof(p));
	out[0] = '\0';
	p.rows = wrap_entry(e, &s, put_run, &p);
	s.hits.count = 0; /* which changes no row */
	assert_int_equal(p.rows, wrap_entry(e, &s, NULL, NULL));
	for (size_t i = 0; i < p.rows; i++)
		snprintf(out + strlen(out), sizeof(out) - strlen(out), "%s%s",
		         i ? "|" : "", p.styles[i]);
	hits_free(hits);
	pattern_free(pattern);
	return out;
}

static void zeros_that_fill_a_buffer_are_counted(void **state)
{
	char buffer[1024] = "hello";
	struct entry e = message(buffer, sizeof(buffer), 0);
	const struct page *p = lay_out(&e, 80, VIEW_TEXT);
	(void)state;
	assert_string_equal(p->row[0], "hello\\0 ×1019");
	assert_string_equal(p->styles[0], "pppppqqqqqqqq");
	memcpy(buffer + 512, "bye\n", 4);
	p = lay_out(&e, 11, VIEW_TEXT);
	assert_string_equal(p->row[0], "hello");
	assert_string_equal(p->row[1], "\\0 ×507bye");
	assert_string_equal(p->row[2], "\\n");
	assert_string_equal(p->row[3], "\\0 ×508");
	p = lay_out(&e, 4, VIEW_TEXT);
	assert_string_equal(p->row[1], "o\\0 ");
	assert_string_equal(p->row[2], "x507");
	p = TEXT("a\0\0\0\0\0\0\0b", 80);
	assert_string_equal(p->row[0], "a^@^@^@^@^@^@^@b");
}

static void folded_zeros_are_plain_in_ascii_and_bytes_in_a_dump(void **state)
{
	struct entry e = message("hi\0\0\0\0\0\0\0\0", 10, 0);
	struct page p = { .rows = 0 };
	struct wrap_settings s = {
		.columns = 80, .look.glyph_flags = GLYPH_ASCII,
		.row_count = SIZE_MAX,
	};
	(void)state;
	wrap_entry(&e, &s, put_run, &p);
	assert_string_equal(p.row[0], "hi\\0 x8");
	const struct page *mixed = lay_out(&e, 80, VIEW_MIXED);
	assert_string_equal(mixed->row[0], "hi\\0 ×8");
	assert_non_null(strstr(mixed->row[1], "68 69 00 00 00 00 00 00"));
}

static void a_match_within_folded_zeros_marks_the_fold(void **state)
{
	struct entry e = message("ab\0\0\0\0\0\0\0\0\1\0", 12, 0);
	struct wrap_settings s = { .columns = 7, .row_count = SIZE_MAX };
	(void)state;
	assert_string_equal(marks(&e, 80, VIEW_TEXT, "hex:0001", 0),
	                    "pp#######ee");
	assert_string_equal(marks(&e, 80, VIEW_TEXT, "hex:0001", 9),
	                    "pp@@@@@@@ee");
	assert_int_equal(wrap_row_of(&e, &s, 1), 0);
	assert_int_equal(wrap_row_of(&e, &s, 5), 0);
}

static void matches_of_a_search_are_marked(void **state)
{
	struct entry e = message("one two one\r\n", 13, ENTRY_COMPLETE);
	(void)state;
	assert_string_equal(marks(&e, 80, VIEW_TEXT, "one", 8),
	                    "###ppppp@@@nnnn");
	assert_string_equal(marks(&e, 80, VIEW_TEXT, "hex:0d0a", 0),
	                    "ppppppppppp####");
	assert_string_equal(marks(&e, 80, VIEW_TEXT, "re:o.e", 0),
	                    "@@@ppppp###nnnn");
	assert_string_equal(marks(&e, 80, VIEW_TEXT, "none", 0),
	                    "pppppppppppnnnn");
}

static void a_match_is_marked_across_rows(void **state)
{
	struct entry e = message("aaabcdeaa", 9, ENTRY_COMPLETE);
	(void)state;
	assert_string_equal(marks(&e, 4, VIEW_TEXT, "bcde", 0),
	                    "ppp#|###p|p");
}

static void a_match_is_marked_in_both_columns_of_a_dump(void **state)
{
	struct entry e = message("abcabc", 6, ENTRY_COMPLETE);
	(void)state;
	assert_string_equal(marks(&e, 41, VIEW_HEX, "bc", 4),
	                    "fffffff|hhhhhhhhh##h##hhhh@@h@@hhhhhhhhh"
	                    "h##h@@h");
	assert_string_equal(marks(&e, 17, VIEW_HEX, "abc", 0),
	                    "fffffff|hhhhhh@@h@@hhh@@h|"
	                    "hhhhhh@@h##hhh@#h|"
	                    "hhhhhh##h##hhh##h");
}

static void the_row_of_a_byte_is_known(void **state)
{
	struct entry e = message("aaaa\nbbbbbb\n", 12, ENTRY_COMPLETE);
	struct wrap_settings s = { .columns = 4, .row_count = SIZE_MAX };
	(void)state;
	assert_int_equal(wrap_row_of(&e, &s, 0), 0);
	assert_int_equal(wrap_row_of(&e, &s, 4), 0);
	assert_int_equal(wrap_row_of(&e, &s, 5), 1);
	assert_int_equal(wrap_row_of(&e, &s, 9), 2);
	s.look.view = VIEW_HEX; /* a byte a row, in four rows of characters */
	size_t head = 2, rows = (wrap_entry(&e, &s, NULL, NULL) - head) / 12;
	assert_true(wrap_row_of(&e, &s, 6) >= head + 6 * rows);
	assert_true(wrap_row_of(&e, &s, 6) < head + 7 * rows);
}

static void check_row(const struct entry *e, const struct wrap_settings *s,
                      size_t offset, size_t begin, size_t end)
{
	size_t from, to;
	wrap_row_bytes(e, s, offset, &from, &to);
	assert_int_equal(from, begin);
	assert_int_equal(to, end);
}

static void the_bytes_of_a_row_are_known(void **state)
{
	struct entry e = message("abcdefgh\xec\x95\x88\nxy\n", 15, 1);
	struct wrap_settings s = {
		.columns = 5, .row_count = SIZE_MAX,
		.look = { .view = VIEW_TEXT, .endings = true },
	};
	(void)state;
	check_row(&e, &s, 0, 0, 5);
	check_row(&e, &s, 4, 0, 5);
	check_row(&e, &s, 7, 5, 11);
	check_row(&e, &s, 9, 5, 11); /* within a character */
	check_row(&e, &s, 11, 11, 12); /* \n, which has no room */
	check_row(&e, &s, 13, 12, 15);
	check_row(&e, &s, 15, 15, 15); /* there is none */
	s.columns = 45;
	s.look.view = VIEW_HEX;
	check_row(&e, &s, 3, 0, 8);
	check_row(&e, &s, 8, 8, 15);
	s.look.view = VIEW_MIXED;
	check_row(&e, &s, 14, 8, 15);
	e.parts = later;
	e.part_count = 4;
	check_row(&e, &s, 2, 0, 3);
	check_row(&e, &s, 4, 3, 6);
	check_row(&e, &s, 8, 6, 14);
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_came_clearly_later_has_a_row_of_its_own),
		TEST(a_character_that_came_in_parts_is_whole),
		TEST(zeros_that_fill_a_buffer_are_counted),
		TEST(folded_zeros_are_plain_in_ascii_and_bytes_in_a_dump),
		TEST(a_match_within_folded_zeros_marks_the_fold),
		TEST(matches_of_a_search_are_marked),
		TEST(a_match_is_marked_across_rows),
		TEST(a_match_is_marked_in_both_columns_of_a_dump),
		TEST(the_row_of_a_byte_is_known),
		TEST(the_bytes_of_a_row_are_known),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
