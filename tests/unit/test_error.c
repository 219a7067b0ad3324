/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What went wrong, in a sentence. */

#include <errno.h>

#include <sockchat/error.h>

#include "unit.h"

static void a_sentence_replaces_all_that_was_said(void **state)
{
	struct error e;

	(void)state;
	memset(&e, 'x', sizeof(e));
	assert_int_equal(error_set(&e, "port %d is %s", 7, "taken"), -1);
	assert_string_equal(e.text, "port 7 is taken");
	assert_string_equal(e.hint, "");
	assert_string_equal(e.code, "");
}

static void an_errno_appends_its_meaning_and_its_name(void **state)
{
	struct error e;

	(void)state;
	memset(&e, 'x', sizeof(e));
	assert_int_equal(error_set_errno(&e, ECONNREFUSED, "to %s", "host"),
	                 -1);
	assert_string_equal(e.text, "to host: Connection refused");
	assert_string_equal(e.hint, "");
	assert_string_equal(e.code, "ECONNREFUSED");
}

static void a_hint_and_a_code_leave_the_sentence(void **state)
{
	struct error e;

	(void)state;
	error_set(&e, "no");
	error_set_hint(&e, "try %d", 2);
	error_set_code(&e, ETIMEDOUT);
	assert_string_equal(e.text, "no");
	assert_string_equal(e.hint, "try 2");
	assert_string_equal(e.code, "ETIMEDOUT");
}

static void words_of_strangers_are_made_visible(void **state)
{
	struct error e;

	(void)state;
	error_set(&e, "no peer %s", "\033]0;x\a\xff\n\xc2\x9b\xe2\x80\xae\x7f");
	assert_string_equal(e.text,
	                    "no peer ^[]0;x^G\\xff^J<U+009B><U+202E>^?");
	error_set_hint(&e, "try %s", "\033c");
	assert_string_equal(e.hint, "try ^[c");
	error_set_errno(&e, ENOENT, "%s", "\xfe\xfe");
	assert_string_equal(e.text, "\\xfe\\xfe: No such file or directory");
	error_set(&e, "%s", "\\xff ^[");
	assert_string_equal(e.text, "\\xff ^[");
}

static void letters_stay_letters_in_every_locale(void **state)
{
	struct error e;

	(void)state;
	error_set(&e, "%s", "설정 é e\xcc\x81 🩷");
	assert_string_equal(e.text, "설정 é e\xcc\x81 🩷");
}

static void a_long_sentence_is_not_cut_within_a_letter(void **state)
{
	struct error e;
	char text[300];

	(void)state;
	for (int i = 0; i < 3; i++) {
		memset(text, 'a', sizeof(text));
		snprintf(text + 252 + i, sizeof(text) - 252 - (size_t)i,
		         "안녕");
		error_set(&e, "%s", text);
		assert_int_equal(strlen(e.text), i ? 252 + i : 255);
		assert_null(strchr(e.text, '\\'));
	}
}

static void a_sentence_that_is_too_long_is_cut(void **state)
{
	struct error e;
	char text[600];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set_errno(&e, EPIPE, "%s", text);
	error_set_hint(&e, "%s", text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	assert_int_equal(strlen(e.hint), sizeof(e.hint) - 1);
	assert_string_equal(e.code, "EPIPE");
	error_set(&e, "%s", text);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void every_errno_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(error_name(ENETUNREACH), "ENETUNREACH");
	assert_string_equal(error_name(EAGAIN), "EAGAIN");
	assert_string_equal(error_name(0), "EUNKNOWN");
	assert_string_equal(error_name(-1), "EUNKNOWN");
	assert_string_equal(error_name(1 << 30), "EUNKNOWN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sentence_replaces_all_that_was_said),
		cmocka_unit_test(an_errno_appends_its_meaning_and_its_name),
		cmocka_unit_test(a_hint_and_a_code_leave_the_sentence),
		cmocka_unit_test(words_of_strangers_are_made_visible),
		cmocka_unit_test(letters_stay_letters_in_every_locale),
		cmocka_unit_test(a_long_sentence_is_not_cut_within_a_letter),
		cmocka_unit_test(a_sentence_that_is_too_long_is_cut),
		cmocka_unit_test(every_errno_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
