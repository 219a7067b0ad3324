/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Old conversations, loaded from files into those of today. */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "entries.h"
#include "peer.h"
#include "pty.h"

#define PTY_F7 "\033[18~"

static const char old_talk[] =
    "{\"seq\":1,\"time\":\"2026-01-02T03:04:05.000000Z\",\"session\":1,"
    "\"kind\":\"message\",\"dir\":\"out\",\"peer\":\"h:1\",\"len\":7,"
    "\"text\":\"HELO a\\n\",\"complete\":true}\n"
    "{\"seq\":2,\"time\":\"2026-01-02T03:04:06.500000Z\",\"session\":1,"
    "\"kind\":\"message\",\"dir\":\"in\",\"peer\":\"h:1\","
    "\"frame\":\"auto\",\"len\":8,\"text\":\"250 hi\\r\\n\","
    "\"complete\":true}\n";

/* Returns its path, good until the next call. */
static const char *make_file(const char *name, const char *text, size_t len)
{
	static char path[400];
	FILE *file;
	snprintf(path, sizeof(path), "%s", pty_home(name));
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return path;
}

static const char *make_old(void)
{
	return make_file("old.jsonl", old_talk, sizeof(old_talk) - 1);
}

static void leave(struct proc *p, int fd, int status)
{
	proc_end_in(p);
	close(fd);
	proc_expect_exit(p, status);
	assert_silent(p);
	proc_finish(p);
}

/* Start with --load and --ui.  Returns our descriptor. */
static int start(struct proc *p, const char *ui, const char *path)
{
	uint16_t port;
	int listener = net_listen(&port), fd;
	proc_sockchat(p, "connect", ui, "--time=date", "--load", path,
	              "127.0.0.1", port_text(port), NULL);
	fd = net_accept(listener);
	close(listener);
	return fd;
}

static void lines_show_it_first_and_marked(void **state)
{
	struct proc p;
	(void)state;
	setenv("TZ", "UTC0", 1);
	int fd = start(&p, "--ui=lines", make_old());
	net_send_text(fd, "today\n");
	proc_expect_out(&p, " < today");
	static const char begin[] =
	    "2026-01-02 03:04:05 :* 2026-01-02\n"
	    "2026-01-02 03:04:05 :> HELO a\\n\n"
	    "2026-01-02 03:04:06 :< 250 hi\\r\\n\n";
	assert_true(p.out_text.len > sizeof(begin));
	assert_memory_equal(p.out_text.bytes, begin, sizeof(begin) - 1);
	assert_non_null(strstr(p.out_text.bytes, "  * loaded 2 messages "));
	leave(&p, fd, 0);
	unsetenv("TZ");
}

static void json_says_what_is_old(void **state)
{
	struct proc p, check;
	(void)state;
	int fd = start(&p, "--ui=json", make_old());
	proc_expect_out(&p, "\"code\":\"loaded\"");
	assert_non_null(strstr(p.out_text.bytes, "\"session\":1,\"old\":true,"
	                       "\"kind\":\"message\",\"dir\":\"in\""));
	net_send_text(fd, "today\n");
	proc_expect_out(&p, "\"today");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	check_entries(&check, &p, NULL);
	proc_finish(&check);
	proc_finish(&p);
}

/* What is saved of a recording is that recording: bytes, times, directions. */
static void a_recording_survives_being_loaded_and_saved(void **state)
{
	static const char *const argv[] = { "python3", NULL, NULL, NULL, NULL };
	const char *words[5];
	struct proc p;
	char line[500], once[400], again[400];
	(void)state;
	int fd = connect_with(&p, "--ui=json", NULL);
	net_send(fd, "a\0\xff\n", 4);
	net_send_text(fd, "pie");
	proc_expect_out(&p, "base64");
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	proc_expect_out(&p, "hello");
	net_send_text(fd, "ce\r\n안녕\n");
	proc_expect_out(&p, "안녕");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	snprintf(once, sizeof(once), "%s",
	         make_file("once.jsonl", p.out_text.bytes, p.out_text.len));
	proc_finish(&p);
	snprintf(again, sizeof(again), "%s", pty_home("again.jsonl"));
	fd = start(&p, "--ui=lines", once);
	snprintf(line, sizeof(line), "/save %s\n", again);
	proc_write_text(&p, line);
	proc_expect_out(&p, "* saved ");
	leave(&p, fd, 0);
	memcpy(words, argv, sizeof(argv));
	words[1] = peer_path("check_loaded.py");
	words[2] = once;
	words[3] = again;
	proc_start(&p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

static void a_command_loads_it_where_it_is_typed(void **state)
{
	struct proc p;
	char line[500];
	int fd = connect_with(&p, "--ui=lines", "--time=off");
	(void)state;
	net_send_text(fd, "before\n");
	proc_expect_out(&p, "< before");
	snprintf(line, sizeof(line), "/load %s\n/find HELO\nafter\n",
	         make_old());
	proc_write_text(&p, line);
	net_expect(fd, "after\n");
	proc_expect_out(&p, " > after");
	const char *old = strstr(p.out_text.bytes, ":> HELO a");
	const char *found = strstr(p.out_text.bytes, "1 found in 1 entries");
	assert_non_null(old);
	assert_non_null(found);
	assert_true(strstr(p.out_text.bytes, "< before") < old && old < found);
	leave(&p, fd, 0);
}

static void what_cannot_be_loaded_is_status_2(void **state)
{
	static const char bad[] = "{\"kind\":\"note\"}\n{\"kind\"\n{}\n";
	const char *const files[][2] = {
		{ "/dev/zero", "not a regular file" },
		{ "/", "cannot load /: " },
		{ "/nowhere.jsonl", "cannot load /nowhere.jsonl: " },
		{ make_file("bad.jsonl", bad, sizeof(bad) - 1),
		  "bad.jsonl:2:8: this line is not a JSON object" },
	};
	static const char *const uis[] = { "--ui=lines", "--json" };
	struct proc p;
	(void)state;
	for (size_t i = 0; i < 8; i++) {
		proc_sockchat(&p, "connect", uis[i % 2], "--load",
		              files[i / 2][0], "127.0.0.1", "9", NULL);
		proc_expect_exit(&p, 2);
		assert_out(&p, "");
		assert_err_has(&p, files[i / 2][1]);
		proc_finish(&p);
	}
}

static void steps_that_contradict_each_other_are_status_2(void **state)
{
	static const char text[] = "# sockchat conversation 1\n> fin\n> \"x\"";
	struct proc p;
	(void)state;
	proc_sockchat(&p, "connect", "--ui=lines", "--load",
	              make_file("wrong.chat", text, sizeof(text) - 1),
	              "127.0.0.1", "9", NULL);
	proc_expect_exit(&p, 2);
	assert_out(&p, "");
	assert_err_has(&p, "wrong.chat:3:3: > ended in line 2 (fin)");
	proc_finish(&p);
}

static void a_pipe_refuses_it(void **state)
{
	static const char *const rows[] = { "--ui=pipe", "-z", "--quiet" };
	struct proc p;
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		proc_sockchat(&p, "connect", rows[i], "--load", make_old(),
		              "127.0.0.1", "9", NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, "option --load ");
		proc_finish(&p);
	}
	proc_sockchat(&p, "listen", "--echo", "--ui=pipe", "--load", make_old(),
	              "127.0.0.1", "0", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "option --load ");
	proc_finish(&p);
}

/* The screen */

static int start_screen(struct pty *p)
{
	uint16_t port;
	int listener = net_listen(&port);
	pty_sockchat(p, "connect", "--time=off", "--load", make_old(),
	             "127.0.0.1", port_text(port), NULL);
	return pty_accept(p, listener);
}

/* What is old is grey from its mark on. */
static bool is_dim(struct pty *p, const char *text)
{
	VTermScreenCell cell = pty_cell(p, pty_find(p, text), 5);
	VTermScreenCell today = pty_cell(p, pty_find(p, "250 hello"), 5);
	return !vterm_color_is_equal(&cell.fg, &today.fg);
}

static void the_screen_shows_it_dim_with_a_colon(void **state)
{
	struct pty p;
	int fd = start_screen(&p);
	(void)state;
	net_send_text(fd, "250 hello\n");
	pty_expect(&p, " < 250 hello");
	assert_int_equal(strncmp(pty_row(&p, pty_find(&p, "HELO")),
	                         ":> HELO a", 9), 0);
	assert_true(is_dim(&p, ":> HELO a"));
	assert_true(is_dim(&p, ":< 250 hi"));
	assert_false(pty_cell(&p, pty_find(&p, "250 hi"), 1).attrs.bold);
	assert_true(pty_cell(&p, pty_find(&p, "250 hello"), 1).attrs.bold);
	pty_quit(&p, 0);
	close(fd);
}

static void what_is_old_is_found_compared_and_sent_again(void **state)
{
	struct pty p;
	int fd = start_screen(&p);
	(void)state;
	net_send_text(fd, "250 hello\r\n");
	pty_expect(&p, " < 250 hello");
	pty_type(&p, "/find 250 hi" PTY_ENTER);
	pty_expect(&p, "find 1/1 ");
	pty_type(&p, "\033");
	pty_expect_gone(&p, "find 1/1");
	pty_type(&p, "/filter in" PTY_ENTER); /* notices come when they like */
	pty_expect_gone(&p, "* connected");
	pty_type(&p, PTY_F7);
	pty_expect(&p, "1: Space");
	pty_type(&p, " " PTY_UP);
	pty_expect(&p, "2: Space");
	pty_type(&p, "=");
	pty_expect(&p, "8 and 11 bytes: ");
	pty_type(&p, "\033");
	pty_expect_gone(&p, "8 and 11 bytes");
	pty_type(&p, PTY_CTRL_C);
	pty_expect_gone(&p, "2: Space");
	pty_type(&p, "/filter off" PTY_ENTER);
	pty_expect(&p, "* connected");
	pty_type(&p, PTY_F7);
	pty_expect(&p, "1: Space");
	for (int i = 0; i < 20 && !strstr(pty_row(&p, INPUT_ROW), "none"); i++)
		pty_type(&p, PTY_UP); /* up to the first, which is the date */
	pty_type(&p, "j" PTY_ENTER);
	pty_expect(&p, "> HELO a");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "HELO a\n");
	pty_expect(&p, " > HELO a");
	pty_type(&p, "/filter peer :1" PTY_ENTER);
	pty_expect_gone(&p, "250 hello");
	pty_expect(&p, ":< 250 hi");
	pty_quit(&p, 0);
	close(fd);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_show_it_first_and_marked),
		TEST(json_says_what_is_old),
		TEST(a_recording_survives_being_loaded_and_saved),
		TEST(a_command_loads_it_where_it_is_typed),
		TEST(what_cannot_be_loaded_is_status_2),
		TEST(steps_that_contradict_each_other_are_status_2),
		TEST(a_pipe_refuses_it),
		TEST(the_screen_shows_it_dim_with_a_colon),
		TEST(what_is_old_is_found_compared_and_sent_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
