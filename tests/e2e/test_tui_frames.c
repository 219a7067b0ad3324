/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages on the screen: under way, cut anew, put together. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

static const char two[] = "\5\0\0\0hello\3\0\0\0bye";

static void what_came_is_cut_anew(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	net_send(fd, two, sizeof(two) - 1);
	pty_expect(&p, " < ^E^@^@^@hello^C^@^@^@bye");
	pty_expect(&p, "| binary |");
	pty_type(&p, "/frame u32,le" PTY_ENTER);
	pty_expect(&p, " < ^E^@^@^@hello");
	pty_expect(&p, " < ^C^@^@^@bye");
	pty_expect_gone(&p, "hello^C");
	pty_expect(&p, "| frame u32,le");
	pty_type(&p, "/frame read" PTY_ENTER);
	pty_expect(&p, " < ^E^@^@^@hello^C^@^@^@bye");
	pty_quit(&p, 0);
	close(fd);
}

static void what_is_awaited_is_told_until_it_comes(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/frame u16" PTY_ENTER);
	pty_expect(&p, "frame is now u16");
	net_send(fd, "\0\14hel", 5);
	pty_expect(&p, "hel waiting for 9 of 12 bytes");
	net_send_text(fd, "lo wo");
	pty_expect(&p, "hello wo waiting for 4 of 12 bytes");
	net_send_text(fd, "rld!");
	pty_expect(&p, " < ^@^Lhello world!");
	pty_expect_gone(&p, "waiting for");
	pty_quit(&p, 0);
	close(fd);
}

static void what_is_typed_gets_its_length(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/frame u16" PTY_ENTER);
	pty_expect(&p, "frame is now u16");
	pty_type(&p, "hi");
	pty_expect(&p, "| 2 bytes + 2");
	pty_type(&p, PTY_ENTER);
	char got[4];
	assert_int_equal(recv(fd, got, 4, MSG_WAITALL), 4);
	assert_memory_equal(got, "\0\2hi", 4);
	pty_expect(&p, " > ^@^Bhi");
	pty_quit(&p, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(what_came_is_cut_anew),
		T(what_is_awaited_is_told_until_it_comes),
		T(what_is_typed_gets_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
