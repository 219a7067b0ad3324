/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The history's file: however a chat ends, the lines are there, or it says that
 * they are not. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define CHATS 4

static const char *read_history(void)
{
	static char text[4096];
	int fd = open(pty_home(".local/state/sockchat/history"), O_RDONLY);

	assert_true(fd >= 0);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void chats_that_are_hung_up_together_lose_no_line(void **state)
{
	struct pty chats[CHATS];
	int fds[CHATS];
	char line[32];

	(void)state;
	for (int i = 0; i < CHATS; i++) {
		fds[i] = pty_connect(&chats[i]);
		snprintf(line, sizeof(line), "from chat %d\n", i);
		pty_send(&chats[i], line, strlen(line));
		net_expect(fds[i], line);
	}
	for (int i = 0; i < CHATS; i++)
		kill(chats[i].pid, SIGHUP);
	for (int i = 0; i < CHATS; i++) {
		close(fds[i]);
		pty_expect_signal(&chats[i], SIGHUP);
		pty_finish(&chats[i]);
		snprintf(line, sizeof(line), "\nfrom chat %d\n", i);
		assert_non_null(strstr(read_history(), line));
	}
}

static void a_chat_that_is_killed_has_kept_what_was_entered(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "one" PTY_ENTER "two" PTY_ENTER "not entered");
	net_expect(fd, "one\ntwo\n");
	pty_expect(&p, "not entered");
	kill(p.pid, SIGKILL);
	pty_expect_signal(&p, SIGKILL);
	close(fd);
	pty_finish(&p);
	assert_non_null(strstr(read_history(), "\none\n"));
	assert_non_null(strstr(read_history(), "\ntwo\n"));
	assert_null(strstr(read_history(), "not entered"));
}

/* A file in the place of a folder: that stops root as well. */
static void a_history_that_cannot_be_kept_is_told_on_the_way_out(void **state)
{
	struct pty p;
	char room[256];
	const char *const env[] = { room, NULL };

	(void)state;
	int file = open(pty_home("file"), O_WRONLY | O_CREAT, 0600);
	assert_true(file >= 0);
	close(file);
	snprintf(room, sizeof(room), "XDG_STATE_HOME=%s", pty_home("file"));
	int fd = pty_connect_in(&p, env);
	pty_expect(&p, "cannot read the history:");
	pty_type(&p, "one" PTY_ENTER "two" PTY_ENTER);
	net_expect(fd, "one\ntwo\n");
	close(fd);
	pty_type(&p, "/quit" PTY_ENTER);
	pty_expect(&p, "sockchat: history is not kept: 3 lines are not in");
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(chats_that_are_hung_up_together_lose_no_line),
		TEST(a_chat_that_is_killed_has_kept_what_was_entered),
		TEST(a_history_that_cannot_be_kept_is_told_on_the_way_out),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
