/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Paths as they are typed. */

#include "unit.h"

#include <sockchat/file.h>

static void assert_meant(const char *typed, const char *wanted)
{
	struct bytes path = { 0 };
	assert_int_equal(file_append_path(&path, typed, strlen(typed)), 0);
	assert_string_equal(bytes_text(&path), wanted);
	bytes_finish(&path);
}

static void a_tilde_alone_or_before_a_slash_is_home(void **state)
{
	(void)state;
	setenv("HOME", "/home/me", 1);
	assert_meant("~", "/home/me");
	assert_meant("~/a/~", "/home/me/a/~");
	assert_meant("~you/a", "~you/a");
	assert_meant("a/~/b", "a/~/b");
	setenv("HOME", "", 1);
	assert_meant("~/a", "~/a");
	unsetenv("HOME");
	assert_meant("~/a", "~/a");
}

static void spaces_that_completion_left_are_not_of_the_path(void **state)
{
	(void)state;
	assert_meant(" a b  ", " a b");
	assert_meant("  ", " ");
	assert_meant("", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tilde_alone_or_before_a_slash_is_home),
		cmocka_unit_test(
		    spaces_that_completion_left_are_not_of_the_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
