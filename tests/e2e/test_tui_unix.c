/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A unix socket on the screen. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "pty.h"
#include "unix.h"

static void assert_gone(const char *path)
{
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(errno, ENOENT);
}

static void the_screen_shows_a_unix_socket(void **state)
{
	struct pty p;
	int listener = unix_listen(at_path("server"));
	char line[200];

	(void)state;
	pty_sockchat(&p, "listen", at_url("x"), NULL);
	pty_expect(&p, "(this user only)");
	snprintf(line, sizeof(line), "/connect unix:%s\t", at_path("ser"));
	pty_type(&p, line);
	pty_expect(&p, "/server");
	pty_type(&p, PTY_ENTER);
	int fd = net_accept(listener);
	pty_expect(&p, "connected to unix:");
	pty_expect(&p, "test_tui_unix (pid ");
	net_send_text(fd, "hello\n");
	pty_expect(&p, "< hello");
	pty_type(&p, PTY_F5);
	pty_expect(&p, " created by");
	assert_int_equal(pty_find(&p, "TCP"), -1);
	assert_int_equal(pty_find(&p, "ESTABLISHED"), -1);
	assert_int_equal(pty_find(&p, "round trip"), -1);
	pty_type(&p, PTY_F5);
	shutdown(fd, SHUT_WR);
	pty_expect(&p, "the peer has finished sending;");
	pty_quit(&p, 0);
	assert_gone(at_path("x"));
	close(fd);
	close(listener);
}

static void a_screen_that_crashes_removes_its_file(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", at_url("x"), NULL);
	pty_expect(&p, "(this user only)");
	struct rlimit none = { 0, 0 };
	prlimit(p.pid, RLIMIT_CORE, &none, NULL);
	kill(p.pid, SIGSEGV);
	pty_expect_signal(&p, SIGSEGV);
	assert_restored(&p);
	assert_gone(at_path("x"));
	pty_finish(&p);
}

static int setup_both(void **state)
{
	return unix_setup(state) || pty_setup(state);
}

static int teardown_both(void **state)
{
	return pty_teardown(state) || unix_teardown(state);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup_both, teardown_both)
	const struct CMUnitTest tests[] = {
		T(the_screen_shows_a_unix_socket),
		T(a_screen_that_crashes_removes_its_file),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
