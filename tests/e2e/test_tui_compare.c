/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two messages compared on the screen. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define PTY_F7  "\033[18~"
#define PTY_ESC "\033"

/* Two lines of JSON have come, with a line of ours between them. */
static int talk(struct pty *p)
{
	int fd = pty_connect(p);
	net_send_text(fd, "{\"id\":1,\"name\":\"x\"}\n");
	pty_expect(p, "< {\"id\":1,");
	pty_type(p, "next" PTY_ENTER);
	net_expect(fd, "next\n");
	pty_expect(p, "> next\\n");
	net_send_text(fd, "{\"id\":17,\"nick\":\"n\",\"name\":\"y\"}\n");
	pty_expect(p, "< {\"id\":17,");
	return fd;
}

static void hang_up(struct pty *p, int fd)
{
	pty_type(p, PTY_CTRL_C);
	pty_expect_gone(p, "compare: ");
	pty_type(p, PTY_F7);
	pty_quit(p, 0);
	close(fd);
}

static bool is_reversed(struct pty *p, int row, int column)
{
	return pty_cell(p, row, column).attrs.reverse;
}

static void two_messages_stand_side_by_side(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7 " " PTY_UP PTY_UP "=");
	pty_expect(&p, "20 and 32 bytes: 13 places differ");
	pty_expect(&p, "{\"id\":1            ,\"name\":\"x\"}\u240a       | "
	               "{\"id\":17,\"nick\":\"n\",\"name\":\"y\"}\u240a");
	int row = pty_find(&p, "{\"id\":1  ");
	assert_false(is_reversed(&p, row, 6));
	assert_true(is_reversed(&p, row, 7));
	assert_false(is_reversed(&p, row, 41 + 6));
	assert_true(is_reversed(&p, row, 41 + 7));
	hang_up(&p, fd);
}

static void the_former_message_of_that_direction_is_compared(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7 "=");
	pty_expect(&p, "20 and 32 bytes: 13 places differ");
	pty_type(&p, PTY_ESC);
	pty_expect(&p, "1: Space");
	pty_type(&p, PTY_UP "="); /* there is no other one of ours */
	pty_expect(&p, "choose two messages to compare");
	pty_type(&p, PTY_F7);
	pty_quit(&p, 0);
	close(fd);
}

static void the_view_is_followed(void **state)
{
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7 "=");
	pty_expect(&p, "13 places differ");
	pty_type(&p, PTY_F2);
	pty_expect(&p, "0000 7b 22 69 64 22 3a 31 -- {\"id\":1   > "
	               "0000 7b 22 69 64 22 3a 31 37 {\"id\":17");
	pty_expect(&p, "0007 -- -- -- -- -- -- -- --           > "
	               "0008 2c 22 6e 69 63 6b 22 3a ,\"nick\":");
	pty_type(&p, PTY_F2); /* both */
	pty_expect(&p, "{\"id\":1            ,\"name\":\"x\"}");
	pty_expect(&p, "0000 7b 22");
	hang_up(&p, fd);
}

static void a_narrow_screen_has_one_above_the_other(void **state)
{
	static const int sizes[][2] = {
		{ 1, 1 }, { 2, 5 }, { 5, 2 }, { 4, 3 }, { 60, 200 },
	};
	struct pty p;
	int fd = talk(&p);
	(void)state;
	pty_type(&p, PTY_F7 "=");
	pty_expect(&p, "13 places differ");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		pty_resize(&p, sizes[i][0], sizes[i][1]);
		pty_type(&p, PTY_F2 "n" PTY_PAGE_DOWN PTY_F2 "N" PTY_UP PTY_F2);
		pty_watch(&p, 50);
	}
	pty_resize(&p, 24, 44);
	pty_expect(&p, "| {\"id\":1            ,\"name\":\"x\"}");
	pty_expect(&p, "  {\"id\":17,\"nick\":\"n\",\"name\":\"y\"}");
	hang_up(&p, fd);
}

static void what_a_peer_sends_is_harmless_when_compared(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	net_send_text(fd, "a\033[2Jb\xff\xe2\x80\xae" "c\xe2\x82\xac\n");
	pty_expect(&p, "< a^[");
	net_send_text(fd, "a\033]0;b\xff\xe2\x80\xae" "c\xc3\xa9\n");
	pty_expect(&p, "]0;b");
	pty_type(&p, PTY_F7 "=");
	pty_expect(&p, "a\u241b[2Jb....c\u20ac");
	assert_harmless(&p);
	hang_up(&p, fd);
}

static void differences_are_gone_through(void **state)
{
	struct pty p;
	char line[8002];
	int fd = pty_connect(&p);
	(void)state;
	memset(line, '.', sizeof(line));
	line[8000] = '\n';
	line[8001] = '\0';
	net_send(fd, line, 8001);
	line[100] = line[4000] = line[7000] = '#';
	net_send(fd, line, 8001);
	pty_expect(&p, "#");
	pty_type(&p, PTY_F7 "=");
	pty_expect(&p, "3 places differ");
	assert_int_equal(pty_count(&p, "#"), 1);
	pty_type(&p, "n");
	pty_expect(&p, "#");
	pty_type(&p, "n");
	pty_expect(&p, "#");
	pty_type(&p, "n");
	pty_expect(&p, "no difference below");
	pty_type(&p, "NN");
	pty_expect(&p, "#");
	pty_type(&p, "N");
	pty_expect(&p, "no difference above");
	hang_up(&p, fd);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_messages_stand_side_by_side),
		TEST(the_former_message_of_that_direction_is_compared),
		TEST(the_view_is_followed),
		TEST(a_narrow_screen_has_one_above_the_other),
		TEST(what_a_peer_sends_is_harmless_when_compared),
		TEST(differences_are_gone_through),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
