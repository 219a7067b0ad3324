/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Completion in the input line. */

#include "input_scene.h"

static const char *const one[] = { "/help", NULL };
static const char *const path[] = { "/home/", NULL };
static const char *const option[] = { "--eol=", NULL };
static const char *const several[] = { "/peers", "/pensive", NULL };
static const char *const accents[] = { "/\xc3\xa9t", "/\xc3\xa8t", NULL };

static void tab_completes_as_far_as_it_is_certain(void **unused)
{
	static const struct {
		const char *typed;
		const char *const *words;
		size_t start, shown;
		const char *expected;
	} rows[] = {
		{ "/he", one, 0, 0, "/help |" },
		{ "/help", one, 0, 0, "/help |" },
		{ "cd /ho", path, 3, 0, "cd /home/|" },
		{ "--e", option, 0, 0, "--eol=|" },
		{ "/p", several, 0, 2, "/pe|" },
		{ "/pe", several, 0, 2, "/pe|" },
		{ "/", accents, 0, 2, "/|" },
		{ "/he", one, 9, 0, "/he|" },
		{ "/zz", NULL, 0, 0, "/zz|" },
		{ "", one, 0, 0, "/help |" },
	};
	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		told.words = rows[i].words;
		told.word_start = rows[i].start;
		told.shown = 0;
		type(rows[i].typed);
		type("\t");
		assert_line(rows[i].expected);
		assert_int_equal(told.shown, rows[i].shown);
		type("\003");
	}
}

static void a_completion_is_one_undo_and_keeps_what_follows(void **unused)
{
	(void)unused;
	told.words = several;
	type("/p x" LEFT LEFT "\t");
	assert_line("/pe| x");
	type(UNDO);
	assert_line("/p| x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tab_completes_as_far_as_it_is_certain),
		TEST(a_completion_is_one_undo_and_keeps_what_follows),
	};
	return cmocka_run_group_tests_name("input_complete", tests, make_folder,
	                                   remove_folder);
}
