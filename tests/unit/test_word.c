/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Words that have spaces between them. */

#include "unit.h"

#include <sockchat/word.h>

static const struct {
	const char *text, *word, *rest;
} rows[] = {
	{ "one", "one", "" },
	{ "one two three", "one", "two three" },
	{ "  one   two  ", "one", "two  " },
	{ "one ", "one", "" },
	{ "  ", "", "" },
	{ "", "", "" },
	{ "a\tb\nc d", "a\tb\nc", "d" },
};

static void a_word_is_found_with_what_follows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *rest = rows[i].text, *word;
		size_t len = word_next(&rest, &word);
		assert_int_equal(len, strlen(rows[i].word));
		assert_memory_equal(word, rows[i].word, len);
		assert_string_equal(rest, rows[i].rest);
	}
}

static void a_word_is_cut_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[40], *rest = text;
		snprintf(text, sizeof(text), "%s", rows[i].text);
		assert_string_equal(word_cut(&rest), rows[i].word);
		assert_string_equal(rest, rows[i].rest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_found_with_what_follows),
		cmocka_unit_test(a_word_is_cut_off),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
