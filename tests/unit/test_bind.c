/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The functions of the program that an inputrc puts on keys. */

#include "../../src/tui/bind.h"
#include "../../src/tui/keys.h"
#include "input_scene.h"

static void an_inputrc_puts_functions_of_the_program_on_keys(void **unused)
{
	(void)unused;
	type("a" CTRL_X "fb\017c");
	assert_line("abc|");
	assert_string_equal(bytes_text(&told.ran), "01");
	assert_int_equal(bind_find("\017", 1), 1);
	assert_int_equal(bind_find("\033[5~", 4), 1);
	assert_int_equal(bind_find("\030f", 2), 0);
	assert_int_equal(bind_find("\030", 1), -1);
	assert_int_equal(bind_find("\033[6~", 4), -1);
	assert_int_equal(bind_find("f", 1), -1);
}

static void a_default_gives_way_to_what_is_there(void **unused)
{
	(void)unused;
	bind_default(0, "\\C-xz", false);
	bind_default(0, "\\C-o", false);
	assert_int_equal(bind_find("\030z", 2), 0);
	assert_int_equal(bind_find("\017", 1), 1);
	bind_default(1, "v", true);
	type(CTRL_X "t\033v");
	assert_string_equal(bytes_text(&told.ran), "1");
}

static void note_key(void *user, const uint8_t *bytes, size_t len)
{
	keyname_append(user, bytes, len);
	bytes_append_text(user, ".");
}

static void the_keys_of_a_function_have_names(void **unused)
{
	struct bytes list = { 0 };
	(void)unused;
	bind_each_key(0, note_key, &list);
	assert_non_null(strstr(bytes_text(&list), "Ctrl-X f."));
	bind_each_key(1, note_key, &list);
	assert_non_null(strstr(bytes_text(&list), "Ctrl-O."));
	assert_non_null(strstr(bytes_text(&list), "PgUp."));
	bytes_finish(&list);
}

static void an_inputrc_may_ask_for_this_program(void **unused)
{
	(void)unused;
	type(CTRL_X "k");
	assert_line("kept|");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_inputrc_puts_functions_of_the_program_on_keys),
		TEST(a_default_gives_way_to_what_is_there),
		TEST(the_keys_of_a_function_have_names),
		TEST(an_inputrc_may_ask_for_this_program),
	};
	return cmocka_run_group_tests_name("bind", tests, make_folder,
	                                   remove_folder);
}
