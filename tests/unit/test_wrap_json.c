/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages that are JSON, laid out with their tokens below each other. */

#include "wrap_scene.h"

static struct wrap_settings settings_for(size_t columns)
{
	return (struct wrap_settings){
		.columns = columns, .look.endings = true,
		.look.indents_json = true, .row_count = SIZE_MAX,
	};
}

static const struct page *lay_json_out(const char *text, size_t columns)
{
	static struct page p;
	struct entry e = message(text, strlen(text), ENTRY_COMPLETE);
	struct wrap_settings s = settings_for(columns);
	memset(&p, 0, sizeof(p));
	p.rows = wrap_entry(&e, &s, put_run, &p);
	assert_int_equal(p.rows, wrap_entry(&e, &s, NULL, NULL));
	return &p;
}

static void members_stand_in_rows_and_the_ending_stays(void **state)
{
	const struct page *p =
	    lay_json_out("{\"a\":1,\"b\":[true, {}]}\r\n", 40);
	(void)state;
	assert_int_equal(p->rows, 7);
	assert_string_equal(p->row[0], "{");
	assert_string_equal(p->row[1], "  \"a\": 1,");
	assert_string_equal(p->row[2], "  \"b\": [");
	assert_string_equal(p->row[3], "    true,");
	assert_string_equal(p->row[4], "    {}");
	assert_string_equal(p->row[5], "  ]");
	assert_string_equal(p->row[6], "}\\r\\n");
	assert_string_equal(p->styles[6], "pnnnn");
}

static void a_copy_without_width_has_rows_as_well(void **state)
{
	const struct page *p = lay_json_out("[1,2]\n", SIZE_MAX);
	(void)state;
	assert_int_equal(p->rows, 4);
	assert_string_equal(p->row[2], "  2");
	assert_string_equal(p->row[3], "]\\n");
}

static void text_and_scalars_stay_as_they_came(void **state)
{
	(void)state;
	assert_string_equal(lay_json_out("\"{}\"\n", 40)->row[0], "\"{}\"\\n");
	assert_string_equal(lay_json_out("12, 3\n", 40)->row[0], "12, 3\\n");
	assert_string_equal(lay_json_out("a{}\n", 40)->row[0], "a{}\\n");
}

static void a_broken_one_says_where_and_is_shown_as_it_came(void **state)
{
	const struct page *p = lay_json_out("{\"a\":1,\n \"b\" 2}\n", 80);
	(void)state;
	assert_int_equal(p->rows, 3);
	assert_string_equal(p->row[0], "{\"a\":1,\\n");
	assert_string_equal(p->row[1], " \"b\" 2}\\n");
	assert_string_equal(p->row[2],
	                    "not JSON: line 2, column 6 (byte 14) should be a "
	                    "colon");
	assert_int_equal(p->styles[2][0], 'f');
	p = lay_json_out("[1", 80);
	assert_string_equal(p->row[1], "not JSON: line 1, column 3 (byte 3) "
	                               "should be a comma or ]");
	p = lay_json_out("[\n", 80);
	assert_string_equal(p->row[1],
	                    "not JSON: line 1, column 2 (byte 2) should be a "
	                    "value or ]: if it has more");
	assert_string_equal(p->row[2], "lines, try /frame json");
}

static void one_that_is_too_long_to_wait_for_says_so(void **state)
{
	size_t len = ((size_t)4 << 20) + 1;
	char *text = malloc(len);
	struct wrap_settings s = settings_for(SIZE_MAX);
	(void)state;
	assert_non_null(text);
	memset(text, ' ', len);
	text[0] = '[';
	text[len - 1] = ']';
	struct entry e = message(text, len, ENTRY_COMPLETE);
	assert_int_equal(wrap_entry(&e, &s, NULL, NULL), 2);
	e.len--;
	text[len - 2] = ']';
	assert_int_equal(wrap_entry(&e, &s, NULL, NULL), 1);
	text[0] = '<';
	e.len++;
	assert_int_equal(wrap_entry(&e, &s, NULL, NULL), 1);
	free(text);
}

static void one_under_way_is_shown_as_it_came(void **state)
{
	struct entry e = message("{\"a\":", 5, 0);
	struct wrap_settings s = settings_for(40);
	struct page p = { .rows = 0 };
	(void)state;
	assert_int_equal(wrap_entry(&e, &s, put_run, &p), 1);
	assert_string_equal(p.row[0], "{\"a\":");
	e = message("{}", 2, 0);
	assert_int_equal(wrap_entry(&e, &s, NULL, NULL), 1);
	e = message("[1]", 3, 0);
	assert_int_equal(wrap_entry(&e, &s, NULL, NULL), 3);
}

static void what_is_before_the_payload_stays(void **state)
{
	struct entry e = message("\0\0\0\3[1]", 7, ENTRY_COMPLETE);
	struct wrap_settings s = settings_for(40);
	struct page p = { .rows = 0 };
	(void)state;
	e.prefix = 4;
	assert_int_equal(wrap_entry(&e, &s, put_run, &p), 3);
	assert_string_equal(p.row[1], "  1");
	assert_string_equal(p.row[2], "]");
}

static void hits_and_rows_are_those_of_the_messages_bytes(void **state)
{
	static const struct hit hits[] = { { 2, 8 } };
	struct entry e = message("{  \"a\":1,\"b\":2}", 15, ENTRY_COMPLETE);
	struct wrap_settings s = settings_for(40);
	struct page p = { .rows = 0 };
	(void)state;
	s.hits = (struct hit_list){ hits, 1 };
	s.now = SIZE_MAX;
	wrap_entry(&e, &s, put_run, &p);
	assert_string_equal(p.row[1], "  \"a\": 1,");
	assert_string_equal(p.styles[1], "pp####p#p");
	assert_int_equal(wrap_row_of(&e, &s, 9), 2);
	assert_int_equal(wrap_row_of(&e, &s, 14), 3);
}

/* The rows that a map lets begin in the middle, as they are without. */
struct few {
	char text[4][COLUMNS_MAX * 4];
	size_t first;
};

static void put_few(void *user, const struct wrap_run *run)
{
	struct few *f = user;
	assert_true(run->row >= f->first && run->row < f->first + 4);
	strncat(f->text[run->row - f->first], run->text, run->len);
}

static void assert_same_from(const struct entry *e, struct wrap_settings *s,
                             size_t row)
{
	struct few with = { .first = row }, without = { .first = row };
	struct wrap_map *map = s->map;
	s->first_row = row;
	s->row_count = 4;
	wrap_entry(e, s, put_few, &with);
	s->map = NULL;
	wrap_entry(e, s, put_few, &without);
	s->map = map;
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(with.text[i], without.text[i]);
}

static void deep_levels_do_not_move_off_the_row(void **state)
{
	enum { LEVELS = 100000 };
	char *text = malloc(2 * LEVELS);
	struct wrap_settings s = settings_for(20);
	struct wrap_map map = { .rows = 0 };
	(void)state;
	assert_non_null(text);
	memset(text, '[', LEVELS);
	memset(text + LEVELS, ']', LEVELS);
	struct entry e = message(text, 2 * LEVELS, ENTRY_COMPLETE);
	s.map = &map;
	assert_int_equal(wrap_entry(&e, &s, NULL, NULL), 2 * LEVELS - 1);
	assert_same_from(&e, &s, LEVELS - 2);
	wrap_map_finish(&map);
	free(text);
}

/* Objects, long strings with escapes and wide characters, in any order. */
static void make_text(struct bytes *text, unsigned seed)
{
	static const char *const pieces[] = {
		"\"a\": \"\\\\\\\"b\",\n", "\"long\":[1,2,[],{}],",
		"\"\xec\x95\x88\xeb\x85\x95\":{\"x\":null },",
		"\"n\":-1.50e+3,",
	};
	bytes_append_byte(text, '{');
	while (text->len < 60000) {
		seed = seed * 1103515245 + 12345;
		bytes_append_text(text, pieces[seed >> 16 & 3]);
		if ((seed >> 18) % 64 == 0) {
			bytes_append_text(text, "\"s\":\"");
			for (int i = 0; i < 9000; i++)
				bytes_append_text(text, i % 7 ? "x" : "\\\"");
			bytes_append_text(text, "\",");
		}
	}
	bytes_append_text(text, "\"end\":1}\n");
}

static void drawing_from_the_middle_is_as_from_the_beginning(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed < 4; seed++) {
		struct bytes text = { 0 };
		struct wrap_map map = { .rows = 0 };
		struct wrap_settings s = settings_for(30 + 7 * seed);
		make_text(&text, seed);
		struct entry e = message(bytes_text(&text), text.len,
		                         ENTRY_COMPLETE);
		size_t rows = wrap_entry(&e, &s, NULL, NULL);
		s.map = &map;
		assert_int_equal(wrap_entry(&e, &s, NULL, NULL), rows);
		assert_int_equal(map.json, JSON_GOOD);
		assert_int_equal(map.count, (rows - 1) / WRAP_MAP_ROWS);
		for (size_t row = 0; row + 4 < rows; row += 61)
			assert_same_from(&e, &s, row);
		wrap_map_finish(&map);
		bytes_finish(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_stand_in_rows_and_the_ending_stays),
		cmocka_unit_test(a_copy_without_width_has_rows_as_well),
		cmocka_unit_test(text_and_scalars_stay_as_they_came),
		cmocka_unit_test(
		    a_broken_one_says_where_and_is_shown_as_it_came),
		cmocka_unit_test(one_that_is_too_long_to_wait_for_says_so),
		cmocka_unit_test(one_under_way_is_shown_as_it_came),
		cmocka_unit_test(what_is_before_the_payload_stays),
		cmocka_unit_test(hits_and_rows_are_those_of_the_messages_bytes),
		cmocka_unit_test(deep_levels_do_not_move_off_the_row),
		cmocka_unit_test(
		    drawing_from_the_middle_is_as_from_the_beginning),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
