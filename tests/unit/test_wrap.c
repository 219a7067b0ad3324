/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Layout: what stands where, for every width. */

#include <sockchat/loop.h>

#include "wrap_scene.h"

static void a_message_ends_with_its_visible_ending(void **state)
{
	const struct page *p = TEXT("hello\r\n", 40);
	(void)state;
	assert_int_equal(p->rows, 1);
	assert_string_equal(p->row[0], "hello\\r\\n");
	assert_string_equal(p->styles[0], "pppppnnnn");
	p = TEXT("hello\n", 40);
	assert_string_equal(p->row[0], "hello\\n");
	p = TEXT("hello", 40);
	assert_string_equal(p->row[0], "hello");
}

static void endings_can_be_hidden_and_still_break_rows(void **state)
{
	struct entry e = message("a\nb\r\n", 5, ENTRY_COMPLETE);
	struct page p = { .rows = 0 };
	struct wrap_settings s = { .columns = 40, .row_count = SIZE_MAX };
	(void)state;
	assert_int_equal(wrap_entry(&e, &s, put_run, &p), 2);
	assert_string_equal(p.row[0], "a");
	assert_string_equal(p.row[1], "b");
}

static void typed_text_that_looks_like_an_ending_is_told_apart(void **state)
{
	const struct page *p = TEXT("a\\n\n", 40);
	(void)state;
	assert_string_equal(p->row[0], "a\\n\\n");
	assert_string_equal(p->styles[0], "pppnn");
}

static void a_newline_within_breaks_the_row(void **state)
{
	const struct page *p = TEXT("one\ntwo\r\nthree\n", 40);
	(void)state;
	assert_int_equal(p->rows, 3);
	assert_string_equal(p->row[0], "one\\n");
	assert_string_equal(p->row[1], "two\\r\\n");
	assert_string_equal(p->row[2], "three\\n");
}

static void a_copy_in_one_row_has_no_breaks(void **state)
{
	struct entry e = message("one\ntwo\n", 8, ENTRY_COMPLETE);
	struct page p = { .rows = 0 };
	struct wrap_settings s = {
		.look.endings = true, .columns = SIZE_MAX,
		.row_count = SIZE_MAX,
	};
	(void)state;
	assert_int_equal(wrap_entry(&e, &s, put_run, &p), 1);
	assert_string_equal(p.row[0], "one\\ntwo\\n");
}

static void escaped_bytes_are_told_apart_from_text(void **state)
{
	const struct page *p = TEXT("\033[31m\t\xff", 40);
	(void)state;
	assert_string_equal(p->row[0], "^[[31m^I\\xff");
	assert_string_equal(p->styles[0], "eeppppeeeeee");
}

static void a_wide_character_is_never_cut(void **state)
{
	const struct page *p = TEXT("안녕!", 3);
	(void)state;
	assert_int_equal(p->rows, 2);
	assert_string_equal(p->row[0], "안");
	assert_string_equal(p->row[1], "녕!");
	assert_int_equal(p->columns[1], 3);
	p = TEXT("안a", 1);
	assert_string_equal(p->row[0], "?");
	assert_string_equal(p->row[1], "a");
}

static void combining_marks_stay_with_their_base(void **state)
{
	const struct page *p = TEXT("ae\xcc\x81" "b", 2);
	(void)state;
	assert_int_equal(p->rows, 2);
	assert_string_equal(p->row[0], "ae\xcc\x81");
	assert_string_equal(p->row[1], "b");
}

static void an_escaped_form_stays_together_where_it_can(void **state)
{
	const struct page *p = TEXT("abc\xff", 5);
	(void)state;
	assert_string_equal(p->row[0], "abc");
	assert_string_equal(p->row[1], "\\xff");
	p = TEXT("\xff", 3);
	assert_string_equal(p->row[0], "\\xf");
	assert_string_equal(p->row[1], "f");
}

static void an_unfinished_character_is_seen_until_it_is_whole(void **state)
{
	struct entry e = message("안\xeb\x85\x95", 4, 0);
	(void)state;
	assert_string_equal(lay_out(&e, 40, VIEW_TEXT)->row[0], "안\\xeb");
	assert_string_equal(lay_out(&e, 80, VIEW_MIXED)->row[0], "안\\xeb");
	e.len = 6;
	assert_string_equal(lay_out(&e, 40, VIEW_TEXT)->row[0], "안녕");
}

static void a_cut_message_says_that_it_goes_on(void **state)
{
	struct entry e = message("abc", 3, ENTRY_COMPLETE | ENTRY_CUT);
	(void)state;
	const struct page *p = lay_out(&e, 40, VIEW_TEXT);
	assert_string_equal(p->row[0], "abc\u2026 cut");
	assert_string_equal(p->styles[0], "pppmmmmm");
	assert_string_equal(lay_out(&e, 40, VIEW_HEX)->row[2], "\u2026 cut");
}

static void in_ascii_only_ascii_is_shown(void **state)
{
	struct entry e = message("안\t\n", 5, ENTRY_COMPLETE | ENTRY_CUT);
	struct page p = { .rows = 0 };
	struct wrap_settings s = {
		.columns = 40, .look.endings = true, .row_count = SIZE_MAX,
		.look.glyph_flags = GLYPH_ASCII,
	};
	(void)state;
	wrap_entry(&e, &s, put_run, &p);
	assert_string_equal(p.row[0], "\\xec\\x95\\x88^I\\n... cut");
}

static void the_hex_view_fits_the_width(void **state)
{
	struct entry e = message("0123456789abcdef\n", 17, ENTRY_COMPLETE);
	const struct page *p = lay_out(&e, 80, VIEW_HEX);
	(void)state;
	assert_int_equal(p->rows, 3);
	assert_string_equal(p->row[0], "17 bytes");
	assert_non_null(strstr(p->row[1], "|0123456789abcdef|"));
	assert_memory_equal(p->row[2], "0010  0a ", 9);
	p = lay_out(&e, 41, VIEW_HEX);
	assert_int_equal(p->rows, 4);
	assert_memory_equal(p->row[3], "0010  0a ", 9);
	lay_out(&e, 7, VIEW_HEX);
	lay_out(&e, 5, VIEW_MIXED);
}

static void mixed_shows_the_text_and_then_the_bytes(void **state)
{
	struct entry e = message("hi\n", 3, ENTRY_COMPLETE);
	const struct page *p = lay_out(&e, 80, VIEW_MIXED);
	(void)state;
	assert_int_equal(p->rows, 2);
	assert_string_equal(p->row[0], "hi\\n");
	assert_memory_equal(p->row[1], "0000  68 69 0a", 14);
	assert_int_equal(p->styles[1][0], 'h');
}

static void a_note_is_no_hex_dump_in_any_view(void **state)
{
	struct entry e = message("listening", 9, ENTRY_COMPLETE);
	(void)state;
	e.kind = ENTRY_NOTE;
	assert_string_equal(lay_out(&e, 80, VIEW_HEX)->row[0], "listening");
	assert_int_equal(lay_out(&e, 80, VIEW_MIXED)->rows, 1);
}

static void our_sentences_break_between_words(void **state)
{
	struct entry e = message("nothing listens there", 21, 0);
	(void)state;
	e.kind = ENTRY_ERROR;
	e.hint = "start it";
	const struct page *p = lay_out(&e, 16, VIEW_TEXT);
	assert_int_equal(p->rows, 2);
	assert_string_equal(p->row[0], "nothing listens");
	assert_string_equal(p->row[1], "there; start it");
	p = lay_out(&e, 5, VIEW_TEXT);
	assert_string_equal(p->row[0], "nothi");
	assert_string_equal(p->row[1], "ng li");
	lay_out(&e, 1, VIEW_TEXT);
}

static void the_rows_asked_for_are_the_ones_given(void **state)
{
	struct entry e = message("aabbccdd", 8, ENTRY_COMPLETE);
	struct page p = { .rows = 0 };
	struct wrap_settings s = {
		.columns = 2, .first_row = 1, .row_count = 2,
	};
	(void)state;
	assert_int_equal(wrap_entry(&e, &s, put_run, &p), 4);
	assert_string_equal(p.row[0], "");
	assert_string_equal(p.row[1], "bb");
	assert_string_equal(p.row[2], "cc");
	assert_string_equal(p.row[3], "");
	p = (struct page){ .rows = 0 };
	s.row_count = SIZE_MAX;
	wrap_entry(&e, &s, put_run, &p);
	assert_string_equal(p.row[0], "");
	assert_string_equal(p.row[3], "dd");
}

static void an_empty_message_takes_a_row(void **state)
{
	(void)state;
	assert_int_equal(TEXT("", 10)->rows, 1);
}

/* Random bytes in any width: rows are never too wide, and every byte of
 * printable ASCII is seen. */
static void no_row_is_wider_than_it_may_be(void **state)
{
	char bytes[40];
	uint32_t seed = 1;
	(void)state;
	for (int turn = 0; turn < 3000; turn++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = (char)(seed >> 24);
		}
		struct entry e = message(bytes, (seed >> 8) % 16, seed >> 30);
		e.kind = turn % 4 ? ENTRY_MESSAGE : ENTRY_NOTE;
		struct entry_part parts[2] = {
			{ 1 + (seed % 3 & 3), true, ENTRY_PAUSE_MS * 1000 },
			{ 5 + (seed % 7 & 7), true, ENTRY_PAUSE_MS * 2000 },
		};
		e.parts = parts;
		e.part_count = e.kind == ENTRY_MESSAGE ? seed % 3 : 0;
		lay_out(&e, 2 + (seed >> 16) % 30, (enum view)(turn % 3));
	}
}

/* The head */

/* What stands before the entry, as a string. */
static const char *head_of(enum time_mode time, const struct entry *e,
                           const struct entry *before)
{
	static struct wrap_head head;
	struct wrap_look look = { .time = time, .start_ns = 1000 * MS_NS };
	head = wrap_head(&look, e, before);
	assert_true(head.len < sizeof(head.text));
	assert_int_equal(head.columns, head.len);
	return head.text;
}

static void the_head_has_the_time_the_display_wants(void **state)
{
	struct entry e = message("x", 1, 0), before = e;
	(void)state;
	e.time.mono_ns = 3500 * MS_NS;
	before.time.mono_ns = 2000 * MS_NS;
	assert_string_equal(head_of(TIME_OFF, &e, &before), "< ");
	assert_string_equal(head_of(TIME_START, &e, &before), "   2.500 < ");
	assert_string_equal(head_of(TIME_DELTA, &e, &before), "   1.500 < ");
	assert_string_equal(head_of(TIME_DELTA, &e, NULL), "0.000000 < ");
	assert_int_equal(strlen(head_of(TIME_CLOCK, &e, &before)), 11);
	e.time.wall_us = 7012345;
	assert_string_equal(head_of(TIME_CLOCK_MS, &e, &before) + 5,
	                    ":07.012 < ");
}

static void the_mark_tells_the_kind_of_entry(void **state)
{
	struct entry e = message("x", 1, 0);
	(void)state;
	e.dir = ENTRY_OUT;
	assert_string_equal(head_of(TIME_OFF, &e, NULL), "> ");
	e.kind = ENTRY_STATE;
	assert_string_equal(head_of(TIME_OFF, &e, NULL), "* ");
	e.kind = ENTRY_ERROR;
	assert_string_equal(head_of(TIME_OFF, &e, NULL), "! ");
}

/* All that is drawn of some rows, as text. */
struct window {
	char text[8000];
};

static void put_window(void *user, const struct wrap_run *run)
{
	struct window *w = user;
	size_t used = strlen(w->text);
	snprintf(w->text + used, sizeof(w->text) - used, "%zu,%zu%s:%.*s;",
	         run->row, run->column, run->part ? "+" : "",
	         (int)run->len, run->text);
}

static void fill_long(uint8_t *bytes, size_t len, unsigned seed)
{
	static const char *const parts[] = {
		"plain text ", "\n", "\xed\x95\x9c", "\xff", "\033",
		"e\xcc\x81", "\r\n", "\xf0\x9f\x98\x80", "\xe2\x80\xae",
	};
	size_t used = 0;
	while (used < len) {
		seed = seed * 1103515245 + 12345;
		unsigned i = (seed >> 16) % 10;
		size_t n = i < 9 ? strlen(parts[i]) : seed >> 20 & 63;
		n = n < len - used ? n : len - used;
		if (i < 9)
			memcpy(bytes + used, parts[i], n);
		else
			memset(bytes + used, 0, n);
		used += n;
	}
}

#define PARTS 200

/* Parts of a long message, each between two characters. */
static size_t fill_parts(struct entry_part parts[PARTS], const uint8_t *bytes,
                         size_t len)
{
	size_t count = 0;
	uint32_t us = 0;
	for (size_t at = 100; at < len && count < PARTS; at += 1 + at % 511)
		if (bytes[at] < 0x80 && bytes[at - 1] < 0x80)
			parts[count++] = (struct entry_part){
				.at = at & 0xffff,
				.is_late = true,
				.after = us += at % 3 ? 700000 : 100000,
			};
	return count;
}

static void check_map(const struct entry *e, size_t columns, enum view view)
{
	static struct window with, without;
	struct wrap_map map = { 0 };
	struct wrap_settings s = {
		.columns = columns, .look.view = view, .look.endings = true,
		.row_count = SIZE_MAX,
	};
	size_t rows = wrap_entry(e, &s, NULL, NULL);
	s.map = &map;
	assert_int_equal(wrap_entry(e, &s, NULL, NULL), rows);
	assert_true(map.count > 0 || view == VIEW_HEX);
	s.row_count = 20;
	for (s.first_row = 0; s.first_row < rows; s.first_row += 97) {
		with.text[0] = without.text[0] = '\0';
		s.map = NULL;
		wrap_entry(e, &s, put_window, &without);
		s.map = &map;
		assert_int_equal(wrap_entry(e, &s, put_window, &with), rows);
		assert_string_equal(with.text, without.text);
	}
	wrap_map_finish(&map);
}

static void a_long_message_is_drawn_from_the_middle(void **state)
{
	static uint8_t bytes[60000];
	static struct entry_part parts[PARTS];
	struct entry e = message((const char *)bytes, sizeof(bytes),
	                         ENTRY_COMPLETE);
	(void)state;
	for (unsigned seed = 1; seed < 4; seed++) {
		fill_long(bytes, sizeof(bytes), seed);
		e.parts = parts;
		e.part_count = seed == 1 ? 0 : fill_parts(parts, bytes,
		                                          sizeof(bytes));
		for (size_t columns = 24; columns < 80; columns += 25)
			for (enum view v = 0; v < VIEW_COUNT; v++)
				check_map(&e, columns, v);
	}
}

static void a_map_of_another_layout_is_not_used(void **state)
{
	static uint8_t bytes[20000];
	struct entry e = message((const char *)bytes, sizeof(bytes), 0);
	struct wrap_map map = { 0 };
	struct wrap_settings s = { .row_count = SIZE_MAX };
	(void)state;
	fill_long(bytes, sizeof(bytes), 7);
	for (int i = 0; i < 64; i++) {
		s.columns = i & 1 ? 40 : 60;
		s.look.view = i & 2 ? VIEW_TEXT : VIEW_MIXED;
		s.look.endings = i & 4;
		s.look.glyph_flags = i & 8 ? GLYPH_ASCII : 0;
		e.len = i & 16 ? sizeof(bytes) : sizeof(bytes) - 500;
		e.flags = i & 32 ? ENTRY_COMPLETE : 0;
		s.map = NULL;
		size_t rows = wrap_entry(&e, &s, NULL, NULL);
		s.map = &map;
		assert_int_equal(wrap_entry(&e, &s, NULL, NULL), rows);
	}
	wrap_map_finish(&map);
}

static void a_length_that_holds_a_newline_stays_in_its_row(void **state)
{
	struct entry e = message("\n\0\0\0ten bytes!", 14, ENTRY_COMPLETE);
	(void)state;
	e.prefix = 4;
	const struct page *p = lay_out(&e, 40, VIEW_TEXT);
	assert_int_equal(p->rows, 1);
	assert_string_equal(p->row[0], "^J^@^@^@ten bytes!");
	assert_string_equal(p->styles[0], "nnnnnnnnpppppppppp");
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_ends_with_its_visible_ending),
		TEST(endings_can_be_hidden_and_still_break_rows),
		TEST(typed_text_that_looks_like_an_ending_is_told_apart),
		TEST(a_newline_within_breaks_the_row),
		TEST(a_length_that_holds_a_newline_stays_in_its_row),
		TEST(a_copy_in_one_row_has_no_breaks),
		TEST(escaped_bytes_are_told_apart_from_text),
		TEST(a_wide_character_is_never_cut),
		TEST(combining_marks_stay_with_their_base),
		TEST(an_escaped_form_stays_together_where_it_can),
		TEST(an_unfinished_character_is_seen_until_it_is_whole),
		TEST(a_cut_message_says_that_it_goes_on),
		TEST(in_ascii_only_ascii_is_shown),
		TEST(the_hex_view_fits_the_width),
		TEST(mixed_shows_the_text_and_then_the_bytes),
		TEST(a_note_is_no_hex_dump_in_any_view),
		TEST(our_sentences_break_between_words),
		TEST(the_rows_asked_for_are_the_ones_given),
		TEST(an_empty_message_takes_a_row),
		TEST(no_row_is_wider_than_it_may_be),
		TEST(the_head_has_the_time_the_display_wants),
		TEST(the_mark_tells_the_kind_of_entry),
		cmocka_unit_test(a_long_message_is_drawn_from_the_middle),
		cmocka_unit_test(a_map_of_another_layout_is_not_used),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
