/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Earlier lines: gone through, searched, kept in a file. */

#include "input_scene.h"

#include <signal.h>
#include <sys/resource.h>

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

static void open_file(const char *name, int max)
{
	assert_int_equal(histfile_open(in_folder(name), max), 0);
}

static void every_line_comes_back_from_the_file_as_it_was(void **unused)
{
	static const char *const lines[] = {
		"GET / HTTP/1.1\nHost: x\n\n", "#1234567890", "plain",
		"a\n#5\n\\#6\n\\\\7\r", "\\", "#", "\n\n", "안녕",
	};
	const char *newest_first[COUNT(lines)];
	(void)unused;
	open_file("s/t/history", 100);
	for (size_t i = 0; i < COUNT(lines); i++) {
		histfile_remember(lines[i]);
		newest_first[COUNT(lines) - 1 - i] = lines[i];
	}
	restart();
	open_file("s/t/history", 100);
	assert_history(newest_first, COUNT(lines));
}

static void the_file_is_for_its_owner_alone(void **unused)
{
	(void)unused;
	write_file("target", "old\n");
	assert_int_equal(symlink("target", in_folder("link")), 0);
	chmod(in_folder("target"), 0644);
	open_file("n/m/history", 9);
	histfile_remember("line");
	assert_int_equal(mode_of("n/m/history"), S_IFREG | 0600);
	assert_int_equal(mode_of("n/m"), S_IFDIR | 0700);
	open_file("link", 9);
	histfile_remember("line");
	assert_true(S_ISLNK(mode_of("link")));
	assert_int_equal(mode_of("target"), S_IFREG | 0600);
}

static void only_so_many_lines_are_kept(void **unused)
{
	static const char *const kept[] = { "e", "d", "c", "c" };
	(void)unused;
	open_file("few", 3);
	type("a" ENTER "b" ENTER "c" ENTER "d" ENTER "e" ENTER);
	restart();
	open_file("few", 3);
	assert_history(kept, COUNT(kept));
}

static off_t size_of(const char *name)
{
	struct stat st;
	assert_int_equal(stat(in_folder(name), &st), 0);
	return st.st_size;
}

static void a_file_that_has_grown_is_made_short_at_the_start(void **unused)
{
	static const char *const kept[] = { "7", "6", "5", "5" };
	(void)unused;
	write_file("few", "#1\n0\n#1\n1\n#1\n2\n#1\n3\n#1\n4\n#1\n5\n#1\n6\n"
	                  "#1\n7\n");
	chmod(in_folder("few"), 0600);
	open_file("few", 4);
	assert_int_equal(size_of("few"), 8 * 5);
	open_file("few", 3);
	assert_int_equal(size_of("few"), 3 * 5);
	assert_history(kept, COUNT(kept));
}

static void two_at_a_time_do_not_lose_each_others_lines(void **unused)
{
	static const char *const kept[] = { "mine", "theirs", "old", "old" };
	(void)unused;
	write_file("both", "old\n");
	open_file("both", 9);
	write_file("both", "old\ntheirs\n");
	type("mine" ENTER);
	restart();
	open_file("both", 9);
	assert_history(kept, COUNT(kept));
}

static void a_line_that_was_cut_off_does_not_spoil_the_next(void **unused)
{
	static const char *const kept[] = { "next", "cut o", "old", "old" };
	(void)unused;
	write_file("both", "#1\nold\n#2\ncut o");
	open_file("both", 9);
	histfile_remember("next");
	restart();
	open_file("both", 9);
	assert_history(kept, COUNT(kept));
}

static void a_very_long_line_is_not_written_to_the_file(void **unused)
{
	static const char *const kept[] = { "after", "before", "before" };
	static char line[(64 << 10) + 2];
	(void)unused;
	memset(line, 'x', sizeof(line) - 1);
	open_file("long", 9);
	histfile_remember("before");
	histfile_remember(line);
	histfile_remember("after");
	type(UP UP);
	type(ENTER);
	assert_sent(1, line);
	restart();
	open_file("long", 9);
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
	struct error e;
	char expected[256];
	(void)unused;
	assert_int_equal(histfile_open(folder, 9), -1);
	assert_int_equal(errno, EISDIR);
	write_file("file", "");
	assert_int_equal(histfile_open(in_folder("file/history"), 9), -1);
	assert_int_equal(errno, ENOTDIR);
	histfile_remember("one");
	histfile_remember("two");
	assert_int_equal(histfile_close(&e), -1);
	snprintf(expected, sizeof(expected), "history is not kept: 2 lines are "
	         "not in %s: Not a directory", in_folder("file/history"));
	assert_string_equal(e.text, expected);
}

/* No file may grow beyond this. */
static void limit_files(rlim_t size)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void half_a_line_on_a_full_disk_is_taken_back(void **unused)
{
	struct error e;
	(void)unused;
	signal(SIGXFSZ, SIG_IGN);
	write_file("both", "#1\nold\n");
	open_file("both", 9);
	limit_files(20);
	histfile_remember("a line");
	int failed = histfile_close(&e);
	limit_files(RLIM_INFINITY);
	assert_int_equal(failed, -1);
	assert_non_null(strstr(e.text, "1 line is not in "));
	assert_non_null(strstr(e.text, "both: File too large"));
	assert_int_equal(size_of("both"), 7);
	assert_int_equal(histfile_close(&e), 0);
	assert_int_equal(size_of("both"), 7 + 12 + 7);
}

static void lines_that_did_not_fit_go_into_the_file_later(void **unused)
{
	static const char *const kept[] = { "two", "one", "one" };
	struct error e;
	(void)unused;
	write_file("late", "");
	assert_int_equal(histfile_open(in_folder("late/history"), 9), -1);
	histfile_remember("one");
	assert_int_equal(remove(in_folder("late")), 0);
	histfile_remember("two");
	assert_int_equal(histfile_close(&e), 0);
	restart();
	open_file("late/history", 9);
	assert_history(kept, COUNT(kept));
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
		TEST(a_file_that_has_grown_is_made_short_at_the_start),
		TEST(two_at_a_time_do_not_lose_each_others_lines),
		TEST(a_line_that_was_cut_off_does_not_spoil_the_next),
		TEST(a_very_long_line_is_not_written_to_the_file),
		TEST(the_last_word_of_an_earlier_line_is_had_again),
		TEST(a_history_that_cannot_be_is_told),
		TEST(half_a_line_on_a_full_disk_is_taken_back),
		TEST(lines_that_did_not_fit_go_into_the_file_later),
		TEST(search_by_prefix_walks_and_gives_the_draft_back),
	};
	return cmocka_run_group_tests_name("input history", tests, make_folder,
	                                   remove_folder);
}
