/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Layout of what is folded: long messages, and what notices mean. */

#include "wrap_scene.h"

static struct wrap_settings settings;

/* Begin with settings of so many columns. */
static const struct wrap_settings *folded(size_t columns, enum view view)
{
	settings = (struct wrap_settings){
		.columns = columns, .look.view = view, .look.endings = true,
		.row_count = SIZE_MAX, .is_folded = true,
	};
	return &settings;
}

static const struct page *lay_folded(const struct entry *e)
{
	static struct page p;
	memset(&p, 0, sizeof(p));
	p.rows = wrap_entry(e, &settings, put_run, &p);
	assert_int_equal(p.rows, wrap_entry(e, &settings, NULL, NULL));
	for (size_t i = 0; i < ROWS_MAX; i++)
		assert_true(i < p.rows ? p.columns[i] <= settings.columns
		                       : p.columns[i] == 0);
	return &p;
}

static struct entry lines(char *room, size_t count, unsigned flags)
{
	for (size_t i = 0; i < count; i++)
		memcpy(room + 5 * i, "line\n", 5);
	return message(room, 5 * count, flags);
}

static void a_message_of_more_than_12_rows_is_long(void **state)
{
	char room[400];
	(void)state;
	struct entry e = lines(room, 12, ENTRY_COMPLETE);
	assert_false(wrap_folds(&e, folded(40, VIEW_TEXT)));
	e = lines(room, 13, ENTRY_COMPLETE);
	assert_true(wrap_folds(&e, &settings));
	const struct page *p = lay_folded(&e);
	assert_int_equal(p->rows, 8);
	assert_string_equal(p->row[0], "line\\n");
	assert_string_equal(p->row[7], "line\\n … 25 more bytes");
	assert_string_equal(p->styles[7], "ppppnnmmmmmmmmmmmmmmmm");
}

static void what_was_typed_may_be_longer(void **state)
{
	char room[400];
	(void)state;
	struct entry e = lines(room, 23, ENTRY_COMPLETE | ENTRY_BY_HAND);
	assert_false(wrap_folds(&e, folded(40, VIEW_TEXT)));
	e = lines(room, 24, ENTRY_COMPLETE | ENTRY_BY_HAND);
	assert_true(wrap_folds(&e, &settings));
	settings.tail = " ++";
	assert_string_equal(lay_folded(&e)->row[7],
	                    "line\\n … 80 more bytes ++");
}

static void a_count_behind_it_takes_all_its_columns(void **state)
{
	char room[400];
	(void)state;
	struct entry e = message("123456789", 9, ENTRY_COMPLETE);
	folded(14, VIEW_TEXT);
	settings.tail = " ✓✓ 3/3";
	assert_string_equal(lay_folded(&e)->row[1], " ✓✓ 3/3");
	e = lines(room, 24, ENTRY_COMPLETE | ENTRY_BY_HAND);
	folded(60, VIEW_TEXT);
	settings.tail = " ✓✓ 999/999";
	assert_string_equal(lay_folded(&e)->row[7],
	                    "line\\n … 80 more bytes ✓✓ 999/999");
}

static void what_is_no_text_has_three_rows(void **state)
{
	char bytes[400];
	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 3 ? 1 + i % 8 : 0xff);
	struct entry e = message(bytes, 60, ENTRY_COMPLETE);
	assert_false(wrap_folds(&e, folded(40, VIEW_TEXT))); /* 4 rows */
	e.len = sizeof(bytes);
	assert_true(wrap_folds(&e, &settings));
	assert_int_equal(lay_folded(&e)->rows, 3);
	e.len = 100; /* in hex it can be read */
	assert_false(wrap_folds(&e, folded(80, VIEW_HEX)));
}

static void a_dump_has_the_mark_below_it(void **state)
{
	static char bytes[1000];
	struct entry e = message(bytes, sizeof(bytes), ENTRY_COMPLETE);
	(void)state;
	assert_true(wrap_folds(&e, folded(80, VIEW_HEX)));
	const struct page *p = lay_folded(&e);
	assert_int_equal(p->rows, 8);
	assert_string_equal(p->row[0], "1000 bytes");
	assert_memory_equal(p->row[6], "0050 ", 5);
	assert_string_equal(p->row[7], "… 904 more bytes");
	assert_true(wrap_folds(&e, folded(80, VIEW_MIXED)));
	p = lay_folded(&e);
	assert_int_equal(p->rows, 8);
	assert_string_equal(p->row[0], "\\0 ×1000");
	assert_string_equal(p->row[7], "… 904 more bytes");
}

/* The mark tells exactly what is not shown: nothing is lost or told twice. */
static void the_rows_and_the_mark_make_up_the_message(void **state)
{
	char bytes[600];
	uint32_t seed = 7;
	(void)state;
	for (int turn = 0; turn < 2000; turn++) {
		for (size_t i = 0; i < sizeof(bytes); i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = seed >> 29 ? 'a' : '\n';
		}
		struct entry e = message(bytes, sizeof(bytes), seed >> 31);
		folded(4 + (seed >> 16) % 60,
		       turn % 2 ? VIEW_TEXT : VIEW_MIXED);
		settings.look.endings = false;
		settings.tail = turn % 3 ? " ++" : NULL;
		size_t kept = wrap_kept(&e, &settings), shown = 0, more = 0;
		if (!wrap_folds(&e, &settings))
			continue;
		const struct page *p = lay_folded(&e);
		if (turn % 2 == 0 || settings.columns < 20)
			continue;
		assert_int_equal(p->rows, 8);
		for (size_t i = 0; i < p->rows; i++)
			for (const char *c = p->row[i]; *c == 'a'; c++)
				shown++;
		for (size_t i = 0; i < kept; i++)
			shown += bytes[i] == '\n';
		assert_int_equal(shown, kept);
		assert_int_equal(sscanf(strstr(p->row[7], "…"), "… %zu", &more),
		                 1);
		assert_int_equal(kept + more, e.len);
	}
}

static void a_long_message_needs_no_layout_of_all_of_it(void **state)
{
	static char bytes[1 << 20];
	struct wrap_map map = { .rows = 0 };
	(void)state;
	memset(bytes, 'a', sizeof(bytes));
	struct entry e = message(bytes, sizeof(bytes), ENTRY_COMPLETE);
	folded(40, VIEW_TEXT);
	settings.map = &map;
	assert_true(wrap_folds(&e, &settings));
	assert_int_equal(lay_folded(&e)->rows, 8);
	assert_int_equal(map.count, 0);
	assert_int_equal(wrap_row_of(&e, &settings, 81), 2);
	settings.is_folded = false;
	assert_int_equal(wrap_entry(&e, &settings, NULL, NULL),
	                 sizeof(bytes) / 40 + 1);
	wrap_map_finish(&map);
}

static void folded_json_has_its_first_rows(void **state)
{
	static char text[8000] = "[";
	struct wrap_map map = { .rows = 0 };
	(void)state;
	for (size_t i = 0; i < 1000; i++)
		snprintf(text + 1 + 5 * i, 8, "%zu,", 1000 + i);
	text[5000] = ']';
	struct entry e = message(text, 5001, ENTRY_COMPLETE);
	folded(40, VIEW_TEXT);
	settings.look.indents_json = true;
	settings.map = &map;
	assert_true(wrap_folds(&e, &settings));
	const struct page *p = lay_folded(&e);
	assert_int_equal(p->rows, 8);
	assert_string_equal(p->row[0], "[");
	assert_string_equal(p->row[1], "  1000,");
	wrap_map_finish(&map);
}

static struct entry notice(const char *text, const char *hint)
{
	struct entry e = message(text, strlen(text), 0);
	e.kind = ENTRY_NOTE;
	e.hint = hint;
	return e;
}

static void an_explanation_ends_where_the_text_ends(void **state)
{
	struct entry e = notice("this happened", "it is a b. Do c");
	(void)state;
	folded(80, VIEW_TEXT);
	assert_true(wrap_folds(&e, &settings));
	assert_string_equal(lay_folded(&e)->row[0],
	                    "this happened; it is a b …");
	folded(24, VIEW_TEXT);
	assert_string_equal(lay_folded(&e)->row[0], "this happened; it is a …");
	folded(23, VIEW_TEXT);
	assert_string_equal(lay_folded(&e)->row[0], "this happened; it is …");
	folded(17, VIEW_TEXT);
	assert_string_equal(lay_folded(&e)->row[0], "this happened …");
	folded(14, VIEW_TEXT);
	assert_string_equal(lay_folded(&e)->row[0], "this happened");
	assert_int_equal(lay_folded(&e)->rows, 1);
	folded(10, VIEW_TEXT);
	assert_int_equal(lay_folded(&e)->rows, 2);
	e = notice("this happened", "it is a b");
	folded(24, VIEW_TEXT);
	assert_string_equal(lay_folded(&e)->row[0], "this happened; it is a b");
	e.hint = "";
	assert_false(wrap_folds(&e, &settings));
	settings.look.glyph_flags = GLYPH_ASCII;
	e.hint = "it is a bee";
	assert_string_equal(lay_folded(&e)->row[0], "this happened; it is ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_of_more_than_12_rows_is_long),
		cmocka_unit_test(what_was_typed_may_be_longer),
		cmocka_unit_test(a_count_behind_it_takes_all_its_columns),
		cmocka_unit_test(what_is_no_text_has_three_rows),
		cmocka_unit_test(a_dump_has_the_mark_below_it),
		cmocka_unit_test(the_rows_and_the_mark_make_up_the_message),
		cmocka_unit_test(a_long_message_needs_no_layout_of_all_of_it),
		cmocka_unit_test(folded_json_has_its_first_rows),
		cmocka_unit_test(an_explanation_ends_where_the_text_ends),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
