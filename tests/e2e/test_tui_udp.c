/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Datagrams on the screen. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "datagrams.h"
#include "pty.h"

static void the_screen_shows_datagrams_and_no_tcp(void **state)
{
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	struct sender from;
	struct pty p;
	char url[40];

	(void)state;
	snprintf(url, sizeof(url), "udp://127.0.0.1:%u", port);
	pty_sockchat(&p, "connect", "--eol", "none", url, NULL);
	pty_expect(&p, "ready to send to 127.0.0.1:");
	pty_type(&p, "hello" PTY_ENTER PTY_ENTER);
	udp_expect(fd, "hello", &from);
	udp_expect(fd, "", NULL);
	pty_expect(&p, "> (empty datagram)");
	udp_answer(fd, &from, "", 0);
	pty_expect(&p, "< (empty datagram)");
	pty_type(&p, PTY_F5);
	pty_expect(&p, "5 B in 2 datagrams");
	pty_expect(&p, "0 B in 1 datagram,");
	pty_expect(&p, "dropped");
	assert_int_equal(pty_find(&p, "ESTABLISHED"), -1);
	assert_int_equal(pty_find(&p, "round trip"), -1);
	pty_type(&p, PTY_F5 "/frame u32" PTY_ENTER);
	pty_expect(&p, "over UDP each datagram is a message already");
	pty_type(&p, PTY_CTRL_D);
	pty_expect(&p, "cannot be told that you have finished");
	pty_type(&p, "more" PTY_ENTER);
	udp_expect(fd, "more", NULL);
	pty_quit(&p, 0);
	close(fd);
}

static void who_comes_has_a_number_and_can_be_let_go(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "udp://127.0.0.1:0", NULL);
	pty_expect(&p, "(UDP, this machine only)");
	uint16_t port = pty_port(&p);
	int a = udp_connect(port), b = udp_connect(port);
	assert_int_equal(send(a, "one", 3, 0), 3);
	pty_expect(&p, "< one");
	assert_int_equal(send(b, "two", 3, 0), 3);
	pty_expect(&p, " 2 < two");
	pty_type(&p, "/close 2" PTY_ENTER);
	pty_expect(&p, " 2 * peer let go: ");
	assert_int_equal(send(b, "three", 5, 0), 5);
	pty_expect(&p, " 3 < three");
	pty_quit(&p, 0);
	close(a);
	close(b);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, pty_setup, pty_teardown)
	const struct CMUnitTest tests[] = {
		T(the_screen_shows_datagrams_and_no_tcp),
		T(who_comes_has_a_number_and_can_be_let_go),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
