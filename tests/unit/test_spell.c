/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a user meant who wrote a name that is not there. */

#include <sockchat/spell.h>

#include "unit.h"

static const char *const words[] = {
	"connect", "listen", "time", "title", "ticks", "eol", "json", "hex",
	"a-name-that-is-longer-than-thirty-one", NULL,
};

static const char *word_name(const void *list, size_t i)
{
	return ((const char *const *)list)[i];
}

static void assert_guess(const char *word, size_t begin, const char *wanted)
{
	const struct spell_names names = { word_name, words, "--" };
	char text[SPELL_MAX];
	assert_int_equal(spell_guess(text, &names, word, strlen(word)), begin);
	if (strcmp(text, wanted) != 0)
		fail_msg("'%s': '%s' in place of '%s'", word, text, wanted);
}

static void a_slip_of_the_finger_is_seen_through(void **state)
{
	(void)state;
	assert_guess("conect", 0, "did you mean --connect?");
	assert_guess("connectt", 0, "did you mean --connect?");
	assert_guess("xonnect", 0, "did you mean --connect?");
	assert_guess("lsiten", 0, "did you mean --listen?");
	assert_guess("JSNO", 0, "did you mean --json?");
	assert_guess("hx", 0, "did you mean --hex?");
	assert_guess("elo", 0, "did you mean --eol?");
}

static void a_beginning_lists_all_that_it_may_mean(void **state)
{
	(void)state;
	assert_guess("ti", 3, "did you mean --time, --title or --ticks?");
	assert_guess("TIT", 1, "did you mean --title?");
	assert_guess("tixe", 0, "did you mean --time?");
}

static void what_is_near_to_nothing_gets_no_guess(void **state)
{
	(void)state;
	assert_guess("", 0, "");
	assert_guess("xy", 0, "");
	assert_guess("serve", 0, "");
	assert_guess("h", 1, "did you mean --hex?");
	assert_guess("a-name-that-is-longer-than-thirty-two", 0, "");
	assert_guess("\xec\x95\x88\xeb\x85\x95", 0, "");
}

static const char *endless_name(const void *list, size_t i)
{
	(void)list;
	return i < 40 ? "a-name-of-20-letters" : NULL;
}

static void a_list_that_is_too_long_is_cut_between_names(void **state)
{
	const struct spell_names names = { endless_name, NULL, "" };
	char text[SPELL_MAX];
	(void)state;
	assert_int_equal(spell_guess(text, &names, "a", 1), 40);
	assert_true(strlen(text) < SPELL_MAX);
	assert_string_equal(text + strlen(text) - 7, "etters?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_finger_is_seen_through),
		cmocka_unit_test(a_beginning_lists_all_that_it_may_mean),
		cmocka_unit_test(what_is_near_to_nothing_gets_no_guess),
		cmocka_unit_test(a_list_that_is_too_long_is_cut_between_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
