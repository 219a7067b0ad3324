/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines on a terminal, with a line editor below them. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

static const char *const dumb[] = { "TERM=dumb", NULL };

static int accept_one(struct pty *p, int listener)
{
	int fd = net_accept(listener);
	close(listener);
	pty_expect(p, " * connected to");
	return fd;
}

/* Start lines with a peer of ours.  Returns our descriptor. */
static int start_lines(struct pty *p, const char *const *env)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "--ui", "lines", "127.0.0.1",
		               port_text(port), NULL };
	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, env);
	return accept_one(p, listener);
}

/* True if the row of the cursor is this, and the cursor in this column. */
struct typed {
	const char *text;
	int column;
};

static bool is_typed(struct pty *p, const void *user)
{
	const struct typed *t = user;
	VTermPos at = pty_cursor(p);
	return at.col == t->column && strcmp(pty_row(p, at.row), t->text) == 0;
}

static void expect_typed(struct pty *p, const char *text, int column)
{
	struct typed t = { text, column };
	pty_until(p, is_typed, &t, text);
}

static void leave(struct pty *p, int fd)
{
	pty_type(p, PTY_CTRL_D);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(p, 0);
	assert_restored(p);
	pty_finish(p);
}

static void what_arrives_does_not_tear_the_line_that_is_typed(void **state)
{
	static const char *const *const envs[] = { dumb, NULL };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pty p;
		int fd = start_lines(&p, envs[i]);
		pty_type(&p, "half 안녕 line\033b");
		expect_typed(&p, "> half 안녕 line", 12);
		net_send_text(fd, "one\n");
		pty_expect(&p, " < one\\n");
		expect_typed(&p, "> half 안녕 line", 12);
		net_send_text(fd, "unfinished");
		pty_expect(&p, " < unfinished");
		expect_typed(&p, "> half 안녕 line", 12);
		net_send_text(fd, " rest\033[2J\n");
		pty_expect(&p, "rest^[[2J\\n");
		expect_typed(&p, "> half 안녕 line", 12);
		assert_int_equal(pty_count(&p, "> half"), 1);
		pty_type(&p, "whole " PTY_ENTER);
		net_expect(fd, "half 안녕 whole line\n");
		pty_expect(&p, " > half 안녕 whole line\\n");
		expect_typed(&p, ">", 2);
		if (envs[i])
			assert_null(strchr(p.stream.bytes, '\033'));
		leave(&p, fd);
	}
}

static void words_are_completed_and_lines_remembered(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct pty p;
		int fd = start_lines(&p, dumb);
		if (i) /* what was typed the first time */
			pty_type(&p, "\022remem");
		else
			pty_type(&p, "remember me");
		pty_expect(&p, i ? "(reverse-i-search)`remem': remember me"
		                 : "> remember me");
		pty_type(&p, PTY_ENTER);
		net_expect(fd, "remember me\n");
		pty_type(&p, "/s\t");
		pty_expect(&p, "/shutdown  /starttls  /send  /set  /save");
		expect_typed(&p, "> /s", 4);
		pty_type(&p, "\025/pee\t");
		expect_typed(&p, "> /peers", 9);
		pty_type(&p, PTY_ENTER);
		pty_expect(&p, " * peer 1: ");
		leave(&p, fd);
	}
}

static void a_second_ctrl_c_leaves(void **state)
{
	struct pty p;
	int fd = start_lines(&p, dumb);
	(void)state;
	pty_type(&p, "not sent" PTY_CTRL_C);
	expect_typed(&p, ">", 2);
	pty_type(&p, PTY_CTRL_C);
	pty_expect(&p, "Ctrl-C again within two seconds leaves");
	pty_type(&p, PTY_CTRL_C);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

static void ctrl_d_ends_our_half_and_then_leaves(void **state)
{
	struct pty p;
	int fd = start_lines(&p, dumb);
	(void)state;
	pty_type(&p, "a" PTY_CTRL_D); /* a line that is not empty */
	pty_type(&p, "\001" PTY_CTRL_D PTY_CTRL_D);
	net_expect_end(fd);
	net_send_text(fd, "still here\n");
	pty_expect(&p, " < still here\\n");
	pty_type(&p, PTY_CTRL_D);
	close(fd);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

static void it_goes_on_when_the_peer_has_gone(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "--ui", "lines", "127.0.0.1",
		               port_text(port), NULL };
	(void)state;
	pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, dumb);
	net_reset(net_accept(listener));
	pty_expect(&p, "Enter");
	pty_type(&p, PTY_ENTER);
	int fd = accept_one(&p, listener);
	pty_type(&p, "again" PTY_ENTER);
	net_expect(fd, "again\n");
	pty_type(&p, "/quit" PTY_ENTER);
	close(fd);
	pty_wait(&p);
	assert_restored(&p);
	pty_finish(&p);
}

static void a_peer_that_has_finished_may_be_answered_at_leisure(void **state)
{
	struct pty p;
	int fd = start_lines(&p, dumb);
	(void)state;
	pty_type(&p, "an answer that takes");
	shutdown(fd, SHUT_WR);
	pty_watch(&p, 2500); /* a script would be waited for for 2 s */
	pty_type(&p, " its time" PTY_ENTER);
	net_expect(fd, "an answer that takes its time\n");
	pty_type(&p, PTY_CTRL_D);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

static void a_terminal_that_goes_away_ends_it_in_order(void **state)
{
	struct pty p;
	int fd = start_lines(&p, dumb);
	(void)state;
	pty_type(&p, "half");
	expect_typed(&p, "> half", 6);
	pty_hang_up(&p);
	net_expect_end(fd);
	close(fd);
	pty_expect_signal(&p, SIGHUP);
	pty_finish(&p);
}

static void a_resize_shows_the_line_anew(void **state)
{
	struct pty p;
	int fd = start_lines(&p, NULL);
	(void)state;
	pty_type(&p, "0123456789012345678901234567890123456789");
	expect_typed(&p, "> 0123456789012345678901234567890123456789", 42);
	pty_resize(&p, 10, 30);
	expect_typed(&p, "> <7890123456789", 16);
	net_send_text(fd, "ping\n");
	pty_expect(&p, " < ping\\n");
	expect_typed(&p, "> <7890123456789", 16);
	pty_resize(&p, 24, 80);
	expect_typed(&p, "> 0123456789012345678901234567890123456789", 42);
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "0123456789012345678901234567890123456789\n");
	leave(&p, fd);
}

static void a_paste_is_one_line_until_enter(void **state)
{
	struct pty p;
	int fd = start_lines(&p, NULL);
	(void)state;
	pty_expect_cursor(&p, pty_cursor(&p).row, 2);
	pty_type(&p, "\033[200~two\rlines\033[2J\xff\033[201~");
	pty_expect(&p, "(pasted: 1 unprintable left out)");
	expect_typed(&p, "> two\\nlines[2J\\xff", 19);
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "two\nlines[2J\xff\n");
	leave(&p, fd);
}

static bool has_shell_modes(struct pty *p, const void *user)
{
	(void)user;
	return (pty_local_modes(p) & (ICANON | ECHO)) == (ICANON | ECHO);
}

/* Give a shell this command, with the port of a peer of ours in it.  Returns
 * our descriptor. */
static int start_in_shell(struct pty *p, const char *command)
{
	static const char *const argv[] = { "sh", "-i", NULL };
	static const char *const env[] = { "PS1=ready> ", "ENV", "TERM=dumb",
		                           NULL };
	uint16_t port;
	int listener = net_listen(&port);
	char set[32];
	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, env);
	pty_expect(p, "ready>");
	snprintf(set, sizeof(set), "export PORT=%u; ", port);
	pty_type(p, set);
	pty_type(p, command);
	pty_type(p, PTY_ENTER);
	return accept_one(p, listener);
}

static void it_stops_with_the_script_that_started_it(void **state)
{
	struct pty p;
	(void)state;
	int fd = start_in_shell(&p, "sh -c '\"$SOCKCHAT_BIN\" "
	                            "connect 127.0.0.1 $PORT; exit $?'");
	pty_type(&p, "draft");
	expect_typed(&p, "> draft", 7);
	pty_type(&p, PTY_CTRL_Z);
	pty_expect(&p, "Stopped");
	pty_until(&p, has_shell_modes, NULL, "the modes of the shell");
	net_send_text(fd, "meanwhile\n");
	pty_type(&p, "fg\r");
	pty_expect(&p, " < meanwhile\\n");
	expect_typed(&p, "> draft", 7);
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "draft\n");
	pty_type(&p, "/quit" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_until(&p, has_shell_modes, NULL, "the modes of the shell");
	pty_type(&p, "exit 0\r");
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

static void every_signal_gives_the_terminal_back(void **state)
{
	static const int signums[] = { SIGTERM, SIGHUP, SIGINT, SIGSEGV,
		                       SIGABRT, SIGQUIT };
	(void)state;
	for (size_t i = 0; i < sizeof(signums) / sizeof(signums[0]); i++) {
		struct pty p;
		int fd = start_lines(&p, NULL);
		pty_type(&p, "typed");
		expect_typed(&p, "> typed", 7);
		kill(p.pid, signums[i]);
		pty_expect_signal(&p, signums[i]);
		assert_restored(&p);
		close(fd);
		pty_finish(&p);
	}
}

static void in_the_background_the_terminal_is_the_shells(void **state)
{
	struct pty p;
	(void)state;
	int fd = start_in_shell(&p, "\"$SOCKCHAT_BIN\" connect --recv-only "
	                            "--ui lines 127.0.0.1 $PORT &");
	net_send_text(fd, "heard\n");
	pty_expect(&p, " < heard\\n");
	close(fd);
	pty_type(&p, "\rwait; echo all over\r");
	pty_expect(&p, "all over");
	pty_type(&p, "exit 0\r");
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(what_arrives_does_not_tear_the_line_that_is_typed),
		T(words_are_completed_and_lines_remembered),
		T(a_second_ctrl_c_leaves),
		T(ctrl_d_ends_our_half_and_then_leaves),
		T(it_goes_on_when_the_peer_has_gone),
		T(a_peer_that_has_finished_may_be_answered_at_leisure),
		T(a_terminal_that_goes_away_ends_it_in_order),
		T(a_resize_shows_the_line_anew),
		T(a_paste_is_one_line_until_enter),
		T(it_stops_with_the_script_that_started_it),
		T(every_signal_gives_the_terminal_back),
		T(in_the_background_the_terminal_is_the_shells),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
