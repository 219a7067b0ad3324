/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries: their marks, names, endings and parts. */

#include <sockchat/entry.h>

#include "unit.h"

static void the_mark_tells_who_speaks(void **state)
{
	static const struct {
		uint8_t kind, dir;
		char mark;
	} rows[] = {
		{ ENTRY_MESSAGE, ENTRY_IN, '<' },
		{ ENTRY_MESSAGE, ENTRY_OUT, '>' },
		{ ENTRY_STATE, ENTRY_NO_DIR, '*' },
		{ ENTRY_NOTE, ENTRY_NO_DIR, '*' },
		{ ENTRY_ERROR, ENTRY_NO_DIR, '!' },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct entry e = { .kind = rows[i].kind,
			                 .dir = rows[i].dir };
		assert_int_equal(entry_mark(&e), rows[i].mark);
	}
}

static void every_state_has_its_own_name(void **state)
{
	(void)state;
	for (int i = ENTRY_RESOLVING; i <= ENTRY_CLOSED; i++)
		for (int k = ENTRY_RESOLVING; k < i; k++)
			assert_string_not_equal(
			    entry_state_name((enum entry_state)i),
			    entry_state_name((enum entry_state)k));
	assert_string_equal(entry_state_name(ENTRY_HALF_CLOSED),
	                    "half-closed");
}

static size_t ending(enum entry_kind kind, const char *text)
{
	const struct entry e = {
		.kind = (uint8_t)kind,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
	};
	return entry_ending(&e);
}

static void an_ending_is_a_newline_and_the_return_before_it(void **state)
{
	(void)state;
	assert_int_equal(ending(ENTRY_MESSAGE, ""), 0);
	assert_int_equal(ending(ENTRY_MESSAGE, "a"), 0);
	assert_int_equal(ending(ENTRY_MESSAGE, "a\r"), 0);
	assert_int_equal(ending(ENTRY_MESSAGE, "\n"), 1);
	assert_int_equal(ending(ENTRY_MESSAGE, "a\n"), 1);
	assert_int_equal(ending(ENTRY_MESSAGE, "\r\n"), 2);
	assert_int_equal(ending(ENTRY_MESSAGE, "a\r\n"), 2);
	assert_int_equal(ending(ENTRY_MESSAGE, "a\n\n"), 1);
	assert_int_equal(ending(ENTRY_NOTE, "a\n"), 0);
}

static void a_part_knows_when_it_came(void **state)
{
	static const struct {
		int64_t ns, kept_ns;
	} rows[] = {
		{ -5, 0 },
		{ 0, 0 },
		{ 1999, 1000 },
		{ 2147483647999, 2147483647000 },
		{ 2147483648999, 2147483000000 },
		{ 86400 * SECOND_NS + 1, 86400 * SECOND_NS },
		{ INT64_MAX, INT32_MAX * MS_NS },
	};
	struct entry_part p = { 0 };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p.after = entry_part_after(rows[i].ns);
		assert_int_equal(entry_part_ns(&p), rows[i].kept_ns);
	}
}

static void a_byte_has_the_time_of_its_late_part(void **state)
{
	static const struct entry_part parts[] = {
		{ 1, false, 10 }, { 3, true, 20 }, { 4, false, 70 },
	};
	const struct entry e = {
		.time = { 1000, 1000000 }, .parts = parts, .part_count = 3,
		.wait_ns = 5000,
	};
	(void)state;
	for (size_t at = 0; at < 6; at++) {
		struct entry since = entry_since(&e, at);
		assert_int_equal(since.part_count, 0);
		assert_int_equal(since.time.wall_us, at < 3 ? 1000 : 1020);
		assert_int_equal(since.time.mono_ns,
		                 at < 3 ? 1000000 : 1020000);
		assert_int_equal(since.wait_ns, at < 3 ? 5000 : 25000);
	}
	assert_int_equal(entry_pause_ns(&e, 0), 10000);
	assert_int_equal(entry_pause_ns(&e, 2), 50000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mark_tells_who_speaks),
		cmocka_unit_test(every_state_has_its_own_name),
		cmocka_unit_test(
		    an_ending_is_a_newline_and_the_return_before_it),
		cmocka_unit_test(a_part_knows_when_it_came),
		cmocka_unit_test(a_byte_has_the_time_of_its_late_part),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
