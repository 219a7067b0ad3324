/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries selected on the screen: copied, saved, sent again. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define PTY_F7 "\033[18~"
#define PTY_RIGHT "\033[C"

/* Two lines there and back. */
static int talk(struct pty *p)
{
	int fd = pty_connect(p);
	pty_type(p, "hello" PTY_ENTER);
	net_expect(fd, "hello\n");
	net_send_text(fd, "hello\n");
	pty_expect(p, "< hello");
	pty_type(p, "/send a\\x01 b" PTY_ENTER);
	net_expect(fd, "a\001 b");
	net_send_text(fd, "bye\n");
	pty_expect(p, "< bye");
	return fd;
}

static void hang_up(struct pty *p, int fd)
{
	pty_type(p, PTY_CTRL_C);
	pty_quit(p, 0);
	close(fd);
}

static bool has_been_written(struct pty *p, const void *text)
{
	return memmem(p->stream.bytes, p->stream.len, text, strlen(text));
}

static void expect_written(struct pty *p, const char *text)
{
	pty_until(p, has_been_written, text, text);
}

static void what_is_copied_goes_to_the_terminal(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7);
	pty_expect(&p, "1: Space");
	pty_type(&p, "t");
	pty_expect(&p, "1 (4 B) as text: sent to the terminal (OSC 52), not "
	               "confirmed");
	expect_written(&p, "\033]52;c;YnllCg==\033\\");
	pty_type(&p, "x");
	pty_expect_gone(&p, "confirmed"); /* it has been read */
	pty_type(&p, PTY_CTRL_C);
	pty_type(&p, PTY_F7 " " PTY_UP PTY_UP PTY_UP "p");
	pty_expect(&p, "4 (20 B) as Python: sent to the terminal");
	/* b'hello\nhello\na\x01 bbye\n' */
	expect_written(&p, "\033]52;c;"
	                   "YidoZWxsb1xuaGVsbG9cbmFceDAxIGJieWVcbic=");
	pty_type(&p, PTY_F7 "s");
	pty_expect(&p, "as shell");
	hang_up(&p, fd);
}

static void what_is_folded_is_opened_and_folded_again(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	char text[64 * 20];
	(void)state;
	for (size_t i = 0, at = 0; i < 20; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at,
		                       "row %zu\n", i);
	pty_type(&p, "/frame idle:5s" PTY_ENTER);
	net_send_text(fd, text);
	pty_expect(&p, "row 7\\n … 82 more bytes");
	assert_int_equal(pty_find(&p, "row 8"), -1);
	pty_type(&p, PTY_F7 "o");
	pty_expect(&p, "row 19\\n");
	pty_type(&p, "o");
	pty_expect(&p, "… 82 more bytes");
	pty_expect_gone(&p, "row 19");
	pty_type(&p, PTY_RIGHT);
	pty_expect_gone(&p, "more bytes");
	pty_type(&p, PTY_CTRL_C);
	hang_up(&p, fd);
}

static void a_notice_is_explained_over_the_screen(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	pty_type(&p, "/close 7" PTY_ENTER "/filter error" PTY_ENTER);
	pty_expect_gone(&p, "* connected");
	pty_type(&p, PTY_F7);
	pty_expect(&p, "1: Space");
	pty_type(&p, PTY_F1);
	pty_expect(&p, "Esc or q leaves");
	assert_int_equal(pty_find(&p, "there is no peer 7"), 2);
	assert_int_equal(pty_find(&p, "/peers lists"), 3);
	pty_type(&p, "\033");
	pty_expect_gone(&p, "Esc or q leaves");
	hang_up(&p, fd);
}

static void on_a_small_screen_the_words_fit_in_one_row(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7);
	pty_expect(&p, "1: Space All | copy Text");
	pty_resize(&p, 10, 40);
	pty_expect(&p, "1: All | copy T H C P B S | F1 more");
	pty_resize(&p, 5, 20);
	pty_expect(&p, "1: F1 more");
	pty_resize(&p, 24, 80);
	pty_expect(&p, "1: Space All | copy Text");
	hang_up(&p, fd);
}

static void a_message_is_sent_again(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7 PTY_UP PTY_ENTER);
	pty_expect(&p, "> /send a\\x01 b");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "a\001 b");
	pty_type(&p, PTY_F7 PTY_UP PTY_UP PTY_UP PTY_UP PTY_ENTER);
	pty_expect(&p, "> hello");
	pty_expect_cursor(&p, INPUT_ROW, 7);
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "hello\n");
	pty_type(&p, PTY_F7);
	for (int i = 0; i < 20; i++) /* up to what we said ourselves */
		pty_type(&p, PTY_UP);
	pty_type(&p, PTY_ENTER);
	pty_expect(&p, "only messages can be sent again");
	pty_type(&p, "\033");
	hang_up(&p, fd);
}

/* Messages in this frame, and how they are shown. */
static int talk_in_frame(struct pty *p, const char *frame, const char *bytes,
                         size_t len, const char *shown)
{
	int fd = pty_connect(p);
	pty_expect(p, "* connected to");
	pty_type(p, frame);
	pty_type(p, PTY_ENTER);
	pty_expect_gone(p, "> /frame");
	net_send(fd, bytes, len);
	pty_expect(p, shown);
	return fd;
}

static void a_payload_is_copied_and_sent_in_a_frame_again(void **state)
{
	static const char bytes[] = "\0\0\0\005hello\0\0\0\003abc";
	struct pty p;
	int fd = talk_in_frame(&p, "/frame u32", bytes, sizeof(bytes) - 1,
	                       "abc");
	(void)state;
	pty_type(&p, PTY_F7 PTY_UP "h");
	pty_expect(&p, "1 (5 B) as hex: sent to the terminal");
	expect_written(&p, "\033]52;c;NjggNjUgNmMgNmMgNmY=");
	pty_type(&p, PTY_F7 "f");
	pty_expect(&p, "1 whole: Space");
	pty_type(&p, "h"); /* 00 00 00 03 61 62 63 */
	pty_expect(&p, "1 (7 B) as hex: sent to the terminal");
	expect_written(&p, "\033]52;c;MDAgMDAgMDAgMDMgNjEgNjIgNjM=");
	pty_type(&p, PTY_F7 " " PTY_UP "t"); /* helloabc */
	pty_expect(&p, "2 (8 B) as text: sent to the terminal");
	pty_type(&p, PTY_F7 PTY_UP PTY_ENTER);
	pty_expect(&p, "> hello");
	pty_type(&p, PTY_ENTER);
	struct text got = { .len = 0 };
	assert_int_equal(net_read(fd, &got, 9), 0);
	assert_memory_equal(got.bytes, bytes, 9);
	text_finish(&got);
	hang_up(&p, fd);
}

static void several_lines_are_copied_with_the_ends_between(void **state)
{
	struct pty p;
	int fd = talk_in_frame(&p, "/frame line", "one\ntwo\n", 8, "< two");
	(void)state;
	pty_type(&p, PTY_F7 " " PTY_UP "t"); /* one\ntwo */
	pty_expect(&p, "2 (7 B) as text: sent to the terminal");
	expect_written(&p, "\033]52;c;b25lCnR3bw==");
	hang_up(&p, fd);
}

static void ctrl_space_is_not_enter(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7);
	pty_expect(&p, "1: Space");
	pty_send(&p, "\0", 1);
	pty_type(&p, PTY_F2);
	pty_expect(&p, "| hex |");
	pty_expect(&p, "1: Space");
	pty_type(&p, PTY_F7);
	hang_up(&p, fd);
}

static void the_selection_is_saved_and_nothing_overwritten(void **state)
{
	struct pty p;
	struct stat st;
	char text[100];
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7 " " PTY_UP "w");
	pty_expect(&p, "> /save");
	pty_type(&p, "~/out.bin" PTY_ENTER);
	pty_expect(&p, "* saved 2 entries (8 B) to ");
	FILE *file = fopen(pty_home("out.bin"), "re");
	assert_non_null(file);
	size_t n = fread(text, 1, sizeof(text), file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	fclose(file);
	assert_int_equal(n, 8);
	assert_memory_equal(text, "a\001 bbye\n", 8);
	assert_int_equal(st.st_mode & 0777, 0600);
	pty_type(&p, "/save ~/out.bin" PTY_ENTER);
	pty_expect(&p, "overwrites no file: choose");
	hang_up(&p, fd);
}

static void all_is_saved_as_text(void **state)
{
	struct pty p;
	char text[4096];
	int fd = talk(&p);
	(void)state;
	pty_type(&p, "/time off" PTY_ENTER "/save ~/all.txt" PTY_ENTER);
	pty_expect(&p, "* saved");
	FILE *file = fopen(pty_home("all.txt"), "re");
	assert_non_null(file);
	size_t n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	fclose(file);
	assert_non_null(strstr(text, "\n> hello\\n\n< hello\\n\n"
	                             "> a^A b\n< bye\\n\n"));
	hang_up(&p, fd);
}

static void leaving_the_selection_changes_nothing(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, "draft" PTY_F7);
	pty_expect(&p, "1: Space");
	pty_type(&p, PTY_UP "x ");
	pty_type(&p, PTY_F7);
	pty_expect(&p, "> draft");
	pty_expect_cursor(&p, INPUT_ROW, 7);
	pty_type(&p, PTY_F7 "qmore"); /* what follows is typed */
	pty_expect(&p, "> draftmore");
	hang_up(&p, fd);
}

static char display[] = "DISPLAY=:0", search_path[300];
static const char *env[] = { display, search_path, NULL };

/* With a program of this name that does this, before others. */
static int talk_with_program(struct pty *p, const char *name, const char *does)
{
	const char *path = pty_home(name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", does);
	fclose(file);
	assert_int_equal(chmod(path, 0700), 0);
	snprintf(search_path, sizeof(search_path), "PATH=%s:/usr/bin:/bin",
	         pty_home("."));
	return pty_connect_in(p, env);
}

static bool has_appeared(struct pty *p, const void *path)
{
	struct stat st;
	(void)p;
	return stat(path, &st) == 0 && st.st_size > 0;
}

static void a_program_that_keeps_the_clipboard_is_given_it_too(void **state)
{
	struct pty p;
	char text[64] = "";
	int fd = talk_with_program(&p, "xclip",
	                           "cat >~/clip.new; echo \"$*\" >>~/clip.new;"
	                           "mv ~/clip.new ~/clip");
	(void)state;
	net_send_text(fd, "hello\n");
	pty_expect(&p, "< hello");
	pty_type(&p, PTY_F7 "h");
	pty_expect(&p, "copied 1 (6 B) as hex");
	pty_until(&p, has_appeared, pty_home("clip"), "the clipboard");
	FILE *file = fopen(pty_home("clip"), "re");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(text, "68 65 6c 6c 6f 0a-selection clipboard\n");
	hang_up(&p, fd);
}

/* In tmux its clipboard is told, and the machine's as well. */
static void in_tmux_the_copy_is_given_to_tmux(void **state)
{
	static const struct {
		const char *does, *told, *notice;
		bool has_osc52;
	} rows[] = {
		{ "echo \"$*\" >~/args; cat >~/clip", NULL,
		  "copied 1 (4 B) as text", false },
		{ "exit 1", " ! tmux load-buffer failed: it ended with status "
		            "1",
		  "1 (4 B) as text: sent to the terminal (OSC 52), not "
		  "confirmed", true },
	};
	static char tmux[] = "TMUX=/tmp/tmux-0/default,1,0";
	struct pty p;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		env[0] = tmux;
		int fd = talk_with_program(&p, "tmux", rows[i].does);
		env[0] = display;
		net_send_text(fd, "bye\n");
		pty_expect(&p, "< bye");
		pty_type(&p, PTY_F7 "t");
		pty_expect(&p, rows[i].notice);
		if (rows[i].told)
			pty_expect(&p, rows[i].told);
		assert_int_equal(
		    has_been_written(&p, "\033]52;c;YnllCg==\033\\"),
		    rows[i].has_osc52);
		hang_up(&p, fd);
	}
}

static void a_program_that_hangs_or_fails_stops_nothing(void **state)
{
	static const char *const does[] = { "sleep 1000 & kill $!; exit 1",
		                            "exec >/dev/null; read x; exec "
		                            "sleep 2" };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pty p;
		char line[100];
		int fd = talk_with_program(&p, "xclip", does[i]);
		memset(line, 'x', sizeof(line) - 1);
		line[sizeof(line) - 1] = '\n';
		for (int k = 0; k < 2000; k++) /* more than a pipe takes */
			net_send(fd, line, sizeof(line));
		net_send_text(fd, "end\n");
		pty_expect(&p, "< end");
		pty_type(&p, PTY_F7 "at");
		pty_expect(&p, i ? "copying 2001 (195.3 KiB) as text"
		                 : "not copied: the terminal accepts");
		pty_type(&p, "still here" PTY_ENTER);
		net_expect(fd, "still here\n");
		if (i)
			pty_expect(&p, "not copied: the terminal accepts");
		hang_up(&p, fd);
	}
}

static void without_a_clipboard_that_takes_it_there_is_a_way(void **state)
{
	struct pty p;
	char line[1000];
	int fd = pty_connect(&p);
	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\n';
	for (int k = 0; k < 100; k++)
		net_send(fd, line, sizeof(line));
	net_send_text(fd, "end\n");
	pty_expect(&p, "< end");
	pty_type(&p, PTY_F7 "at");
	pty_expect(&p, "not copied: the terminal accepts at most 54 KB");
	pty_expect(&p, "/save PATH");
	hang_up(&p, fd);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_copied_goes_to_the_terminal),
		TEST(what_is_folded_is_opened_and_folded_again),
		TEST(on_a_small_screen_the_words_fit_in_one_row),
		TEST(a_notice_is_explained_over_the_screen),
		TEST(a_message_is_sent_again),
		TEST(a_payload_is_copied_and_sent_in_a_frame_again),
		TEST(several_lines_are_copied_with_the_ends_between),
		TEST(ctrl_space_is_not_enter),
		TEST(the_selection_is_saved_and_nothing_overwritten),
		TEST(all_is_saved_as_text),
		TEST(leaving_the_selection_changes_nothing),
		TEST(a_program_that_keeps_the_clipboard_is_given_it_too),
		TEST(in_tmux_the_copy_is_given_to_tmux),
		TEST(a_program_that_hangs_or_fails_stops_nothing),
		TEST(without_a_clipboard_that_takes_it_there_is_a_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
