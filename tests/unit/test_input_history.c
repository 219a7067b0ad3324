/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Earlier lines: gone through, searched, kept in a file. */

#include "input_scene.h"

static void search_edit_and_enter_use_no_history_that_is_freed(void **unused)
{
	(void)unused;
	histfile_remember("one");
	type("c");
	press("\033<");
	type("\033p\007");
	press("\033>");
	type("x" ENTER);
	press("\033<");
	type(ENTER);
	assert_sent(2, "one");
}

static void edited_lines_of_the_history_may_be_left_and_met_again(void **unused)
{
	(void)unused;
	for (int i = 0; i < 5; i++) {
		type("line" ENTER UP "a" UP "b" DOWN "c" ENTER);
		type(UP UP "\033r" "z" UNDO UNDO DOWN ENTER);
		input_cancel();
	}
	assert_line("|");
}

static void letters_typed_into_an_earlier_line_stay_when_it_is_left(
    void **unused)
{
	(void)unused;
	histfile_remember("한국");
	type(UP "\001" "a" DOWN UP "\001\006" "xy" DOWN UP);
	assert_line("axy한국|");
	type(UNDO);
	assert_line("|한국");
	type(UP "\001" "a" DOWN UP "\001\006" "xy" DOWN UP "\033\022");
	assert_line("|한국");
}

static void ctrl_r_finds_wide_characters(void **unused)
{
	(void)unused;
	type(CTRL_R);
	assert_false(input_is_empty());
	input_cancel();
	histfile_remember("세계 안녕");
	histfile_remember("other");
	type(CTRL_R "안");
	assert_prompt("reverse-i-search");
	assert_false(input_is_empty());
	type("녕");
	assert_line("세계 |안녕");
	type(ENTER);
	assert_sent(1, "세계 안녕");
	assert_prompt(NULL);
}

static void an_arrow_that_ends_a_search_leaves_no_tail(void **unused)
{
	(void)unused;
	histfile_remember("abc");
	type(CTRL_R "bc" LEFT);
	assert_line("|abc");
	assert_prompt(NULL);
}

static mode_t mode_of(const char *name)
{
	struct stat st;
	assert_int_equal(lstat(in_folder(name), &st), 0);
	return st.st_mode;
}

static void restart(void)
{
	finish(NULL);
	start(NULL);
}

/* Going back from an empty line, these are met one after another. */
static void assert_history(const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct input_line line;
		type(CTRL_P);
		input_show(&line);
		assert_string_equal(line.text, lines[i]);
	}
	type(CTRL_P);
	type("\003");
}

static void what_was_entered_is_not_always_kept(void **unused)
{
	static const char *const kept[] = { "b", "a", "b", "b" };
	(void)unused;
	type("b" ENTER "a" ENTER "a" ENTER " secret" ENTER ENTER "b" ENTER);
	assert_int_equal(told.lines, 6);
	assert_history(kept, 3);
	type(UP UP UP UP);
	assert_line("b|");
}

static void every_line_comes_back_from_the_file_as_it_was(void **unused)
{
	static const char *const lines[] = {
		"GET / HTTP/1.1\nHost: x\n\n", "#1234567890", "plain",
		"a\n#5\n\\#6\n\\\\7\r", "\\", "#", "\n\n", "안녕",
	};
	const char *newest_first[COUNT(lines)];
	(void)unused;
	for (size_t i = 0; i < COUNT(lines); i++) {
		histfile_remember(lines[i]);
		newest_first[COUNT(lines) - 1 - i] = lines[i];
	}
	assert_int_equal(histfile_save(in_folder("s/t/history"), 100), 0);
	restart();
	assert_int_equal(histfile_load(in_folder("s/t/history"), 100), 0);
	assert_history(newest_first, COUNT(lines));
	assert_int_equal(histfile_save(in_folder("s/t/history"), 100), 0);
	assert_history(newest_first, COUNT(lines));
}

static void the_file_is_for_its_owner_alone(void **unused)
{
	(void)unused;
	write_file("target", "untouched\n");
	assert_int_equal(symlink("target", in_folder("link")), 0);
	chmod(in_folder("target"), 0644);
	histfile_remember("line");
	assert_int_equal(histfile_save(in_folder("n/m/history"), 9), 0);
	assert_int_equal(mode_of("n/m/history"), S_IFREG | 0600);
	assert_int_equal(mode_of("n/m"), S_IFDIR | 0700);
	assert_int_equal(histfile_save(in_folder("link"), 9), 0);
	assert_int_equal(mode_of("link"), S_IFREG | 0600);
	assert_int_equal(mode_of("target"), S_IFREG | 0644);
}

static void only_so_many_lines_are_kept(void **unused)
{
	static const char *const kept[] = { "e", "d", "c", "c" };
	(void)unused;
	assert_int_equal(histfile_load(in_folder("few"), 3), 0);
	type("a" ENTER "b" ENTER "c" ENTER "d" ENTER "e" ENTER);
	assert_int_equal(histfile_save(in_folder("few"), 3), 0);
	restart();
	assert_int_equal(histfile_load(in_folder("few"), 3), 0);
	assert_history(kept, COUNT(kept));
}

static void two_at_a_time_do_not_lose_each_others_lines(void **unused)
{
	static const char *const kept[] = { "mine", "theirs", "old", "old" };
	(void)unused;
	write_file("both", "old\n");
	assert_int_equal(histfile_load(in_folder("both"), 9), 0);
	type("mine" ENTER);
	write_file("both", "old\ntheirs\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(histfile_save(in_folder("both"), 9), 0);
		assert_history(kept, COUNT(kept));
	}
}

static void a_very_long_line_is_not_written_to_the_file(void **unused)
{
	static const char *const kept[] = { "after", "before", "before" };
	static char line[(64 << 10) + 2];
	(void)unused;
	memset(line, 'x', sizeof(line) - 1);
	histfile_remember("before");
	histfile_remember(line);
	histfile_remember("after");
	assert_int_equal(histfile_save(in_folder("long"), 9), 0);
	type(UP UP);
	type(ENTER);
	assert_sent(1, line);
	restart();
	assert_int_equal(histfile_load(in_folder("long"), 9), 0);
	assert_history(kept, COUNT(kept));
}

/* readline's own would read beyond a line that ends in a backslash */
static void the_last_word_of_an_earlier_line_is_had_again(void **unused)
{
	(void)unused;
	histfile_remember("get one");
	histfile_remember("a path\\");
	type("x ");
	press("\033.");
	assert_line("x path\\|");
	press("\033.");
	assert_line("x one|");
	press("\033.");
	assert_line("x one|");
}

static void a_history_that_cannot_be_is_told(void **unused)
{
	(void)unused;
	assert_int_equal(histfile_load(in_folder("no-such-file"), 9), 0);
	assert_int_equal(histfile_load(folder, 9), -1);
	assert_int_equal(errno, EISDIR);
	histfile_remember("line");
	write_file("file", "");
	assert_int_equal(histfile_save(in_folder("file/history"), 9), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(histfile_save(in_folder("few"), 9), 0);
	type(UP);
	assert_line("line|");
}

static void search_by_prefix_walks_and_gives_the_draft_back(void **unused)
{
	static const char *const keys[][2] = {
		{ CTRL_X "p", CTRL_X "n" }, { "\033p", "\033n" }
	};
	(void)unused;
	histfile_remember("get one");
	histfile_remember("put");
	histfile_remember("get two");
	for (size_t i = 0; i < COUNT(keys); i++) {
		type("get!" LEFT);
		type(keys[i][0]);
		assert_line("get| two");
		type(keys[i][0]);
		assert_line("get| one");
		type(keys[i][0]);
		assert_line("get| one");
		type(keys[i][1]);
		assert_line("get| two");
		type(keys[i][1]);
		assert_line("get|!");
		type(keys[i][1]);
		assert_line("get|!");
		type(keys[i][0]);
		paste("s");
		assert_line("gets| two");
		type(keys[i][0]);
		assert_line("gets| two");
		type(UNDO UNDO);
		assert_line("get!|");
		type("\003");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(search_edit_and_enter_use_no_history_that_is_freed),
		TEST(edited_lines_of_the_history_may_be_left_and_met_again),
		TEST(letters_typed_into_an_earlier_line_stay_when_it_is_left),
		TEST(ctrl_r_finds_wide_characters),
		TEST(an_arrow_that_ends_a_search_leaves_no_tail),
		TEST(what_was_entered_is_not_always_kept),
		TEST(every_line_comes_back_from_the_file_as_it_was),
		TEST(the_file_is_for_its_owner_alone),
		TEST(only_so_many_lines_are_kept),
		TEST(two_at_a_time_do_not_lose_each_others_lines),
		TEST(a_very_long_line_is_not_written_to_the_file),
		TEST(the_last_word_of_an_earlier_line_is_had_again),
		TEST(a_history_that_cannot_be_is_told),
		TEST(search_by_prefix_walks_and_gives_the_draft_back),
	};
	return cmocka_run_group_tests_name("input history", tests, make_folder,
	                                   remove_folder);
}
