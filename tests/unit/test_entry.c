/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries: their marks, names and endings. */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_mark_tells_who_speaks),
		cmocka_unit_test(every_state_has_its_own_name),
		cmocka_unit_test(
		    an_ending_is_a_newline_and_the_return_before_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
