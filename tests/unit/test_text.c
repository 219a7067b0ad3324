/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Sentences that are put together in a small buffer. */


#include "unit.h"

#include <sockchat/bytes.h>
#include <sockchat/number.h>

static void text_that_fits_is_appended(void **state)
{
	char text[8] = "";

	(void)state;
	assert_true(text_add(text, sizeof(text), "%d", 12));
	assert_true(text_add(text, sizeof(text), "%s", ""));
	assert_true(text_add(text, sizeof(text), ", %s", "abc"));
	assert_string_equal(text, "12, abc");
}

static void text_that_does_not_fit_is_left_out_whole(void **state)
{
	char text[8] = "12345";

	(void)state;
	assert_false(text_add(text, sizeof(text), "%s", "abc"));
	assert_string_equal(text, "12345");
	assert_true(text_add(text, sizeof(text), "%s", "ab"));
	assert_false(text_add(text, sizeof(text), "%c", 'c'));
	assert_string_equal(text, "12345ab");
}

static void nouns_have_an_s_for_any_number_but_one(void **state)
{
	(void)state;
	assert_string_equal(plural(0), "s");
	assert_string_equal(plural(1), "");
	assert_string_equal(plural(UINT64_C(0x100000001)), "s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_that_fits_is_appended),
		cmocka_unit_test(text_that_does_not_fit_is_left_out_whole),
		cmocka_unit_test(nouns_have_an_s_for_any_number_but_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
