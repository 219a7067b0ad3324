/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Layout of what is no message: events, hints, errors, what they mean; and of
 * what must not be louder than a conversation. */

#include <sockchat/format.h>
#include <sockchat/hexdump.h>

#include "wrap_scene.h"

static struct entry notice(enum entry_kind kind, const char *text,
                           const char *hint)
{
	struct entry e = message(text, strlen(text), 0);
	e.kind = (uint8_t)kind;
	e.hint = hint;
	return e;
}

static void an_event_is_plain_and_its_meaning_dim(void **state)
{
	struct entry e = notice(ENTRY_STATE, "connected", "it is nc");
	const struct page *p = lay_out(&e, 40, VIEW_TEXT);
	(void)state;
	assert_string_equal(p->row[0], "connected; it is nc");
	assert_string_equal(p->styles[0], "pppppppppxxxxxxxxxx");
}

static void a_hint_is_told_from_an_event_by_its_first_word(void **state)
{
	struct entry e = notice(ENTRY_NOTE, "it echoes", "so what");
	(void)state;
	e.role = ROLE_HINT;
	const struct page *p = lay_out(&e, 40, VIEW_TEXT);
	assert_string_equal(p->row[0], "hint: it echoes; so what");
	assert_string_equal(p->styles[0], "iiiiiiiiiiiiiiixxxxxxxxx");
	p = lay_out(&e, 4, VIEW_HEX);
	assert_string_equal(p->row[0], "hint");
}

static void an_error_is_red_up_to_its_colon(void **state)
{
	struct entry e = notice(ENTRY_ERROR, "refused: a: b", "try c");
	const struct page *p = lay_out(&e, 40, VIEW_TEXT);
	(void)state;
	assert_string_equal(p->styles[0], "!!!!!!!!pppppxxxxxxx");
	e = notice(ENTRY_ERROR, "no:colon:", "");
	assert_string_equal(lay_out(&e, 40, VIEW_TEXT)->styles[0],
	                    "!!!!!!!!!");
}

static void long_runs_of_control_characters_are_quiet(void **state)
{
	(void)state;
	assert_string_equal(TEXT("\1\2\3a\1\2\3\4b\xff", 80)->styles[0],
	                    "eeeeeepqqqqqqqqpeeee");
	const struct page *p = TEXT("\1\2\3\4\5\6", 4); /* each row anew */
	assert_string_equal(p->styles[0], "qqqq");
	assert_string_equal(p->styles[1], "qqqq");
	assert_string_equal(p->styles[2], "eeee");
	assert_string_equal(TEXT("a\1\2\3\nb", 80)->styles[0], "peeeeeenn");
}

/* Rows of a dump, where they are put on a screen. */
struct dump {
	size_t rows;
	size_t at[8], width[8];
};

static void put_dump(void *user, const struct wrap_run *run)
{
	struct dump *d = user;
	if (run->style != WRAP_HEX)
		return;
	assert_true(d->rows < 8);
	d->at[d->rows] = run->is_outdented ? WRAP_DUMP : 1000;
	d->width[d->rows++] = run->column + run->width;
}

static void at_80_columns_a_dump_has_16_bytes_a_row(void **state)
{
	static char bytes[0x10001];
	(void)state;
	for (size_t margin = 4; margin < 24; margin += 7) {
		struct entry e = message(bytes, 17, ENTRY_COMPLETE);
		struct wrap_settings s = {
			.columns = 80 - margin, .margin = margin,
			.look.view = VIEW_HEX, .row_count = SIZE_MAX,
		};
		struct dump d = { .rows = 0 };
		assert_int_equal(wrap_entry(&e, &s, put_dump, &d), 3);
		assert_int_equal(d.rows, 2);
		assert_int_equal(d.at[1], WRAP_DUMP);
		assert_true(d.width[0] + WRAP_DUMP <= 80);
		e.len = sizeof(bytes); /* its offsets are long */
		s.first_row = 4097;
		d.rows = 0;
		assert_int_equal(wrap_entry(&e, &s, put_dump, &d), 4098);
		assert_int_equal(d.rows, 1);
		assert_true(d.width[0] + WRAP_DUMP <= 80);
	}
}

static void four_digits_do_for_offsets_below_64_kib(void **state)
{
	static char bytes[0x10001];
	struct entry e = message(bytes, 0x10000, ENTRY_COMPLETE);
	struct wrap_settings s = {
		.columns = 80, .look.view = VIEW_HEX, .row_count = 2,
	};
	struct page p = { .rows = 0 };
	(void)state;
	wrap_entry(&e, &s, put_run, &p);
	assert_memory_equal(p.row[1], "0000  00 ", 9);
	e.len++;
	p = (struct page){ .rows = 0 };
	wrap_entry(&e, &s, put_run, &p);
	assert_memory_equal(p.row[1], "00000000  00 ", 13);
	e.len = 1;
	s.base = 0xffff; /* of its direction */
	p = (struct page){ .rows = 0 };
	wrap_entry(&e, &s, put_run, &p);
	assert_memory_equal(p.row[1], "ffff  00 ", 9);
	s.base++;
	p = (struct page){ .rows = 0 };
	wrap_entry(&e, &s, put_run, &p);
	assert_memory_equal(p.row[1], "00010000  00 ", 13);
}

static void lines_have_the_dump_where_the_screen_has_it(void **state)
{
	struct entry e = message("hi\n", 3, ENTRY_COMPLETE);
	struct wrap_look look = { .view = VIEW_HEX, .time = TIME_OFF,
		                  .shows_numbers = true };
	struct bytes out = { 0 };
	(void)state;
	e.session = 1;
	assert_int_equal(format_entry(&out, FORMAT_TEXT, &look, &e, 0), 0);
	assert_memory_equal(bytes_text(&out), " 1 < 3 bytes\n  0000  68 69 0a",
	                    29);
	bytes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_plain_and_its_meaning_dim),
		cmocka_unit_test(
		    a_hint_is_told_from_an_event_by_its_first_word),
		cmocka_unit_test(an_error_is_red_up_to_its_colon),
		cmocka_unit_test(long_runs_of_control_characters_are_quiet),
		cmocka_unit_test(at_80_columns_a_dump_has_16_bytes_a_row),
		cmocka_unit_test(four_digits_do_for_offsets_below_64_kib),
		cmocka_unit_test(lines_have_the_dump_where_the_screen_has_it),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
