/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A cursor within a message: what its bytes could mean, and a range of them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define PTY_F7          "\033[18~"
#define PTY_RIGHT       "\033[C"
#define PTY_LEFT        "\033[D"
#define PTY_HOME        "\033[H"
#define PTY_END         "\033[F"
#define PTY_DOWN        "\033[B"
#define PTY_SHIFT_RIGHT "\033[1;2C"
#define PTY_SHIFT_END   "\033[1;2F"

/* Within a message that has come, with the cursor on its first byte. */
static int go_within(struct pty *p, const char *bytes, size_t len)
{
	int fd = pty_connect(p);
	net_send(fd, bytes, len);
	pty_expect(p, "< a");
	pty_type(p, PTY_F7);
	pty_expect(p, "1: Space");
	pty_type(p, PTY_RIGHT);
	pty_expect(p, "0 (0x0): ");
	return fd;
}

#define GO_WITHIN(p, text) go_within(p, text, sizeof(text) - 1)

static void hang_up(struct pty *p, int fd)
{
	pty_quit(p, 0);
	close(fd);
}

static void leave_and_hang_up(struct pty *p, int fd)
{
	pty_type(p, PTY_F7);
	hang_up(p, fd);
}

/* A row begins with the name of a kind and has this. */
static void expect_meaning(struct pty *p, const char *name, const char *text)
{
	char row[80];
	snprintf(row, sizeof(row), "%-8s%s", name, text);
	pty_expect(p, row);
}

static void a_cursor_shows_what_its_bytes_could_mean(void **state)
{
	struct pty p;
	int fd = GO_WITHIN(&p, "\x61\x01\x02\xff\xff\xff\xfe\x00\x00\x00");
	(void)state;
	pty_type(&p, PTY_RIGHT);
	pty_expect(&p, "1 (0x1): ");
	expect_meaning(&p, "u16", "258                     513");
	expect_meaning(&p, "u24", "66303                   16712193");
	pty_type(&p, PTY_RIGHT PTY_RIGHT);
	expect_meaning(&p, "i32", "-2                      -16777217");
	pty_type(&p, PTY_END);
	pty_expect(&p, "9 (0x9): ");
	expect_meaning(&p, "u16", "-                       -");
	pty_type(&p, PTY_HOME);
	pty_expect(&p, "a U+0061");
	pty_type(&p, PTY_LEFT);
	pty_expect(&p, "1: Space");
	pty_expect_gone(&p, "big endian");
	leave_and_hang_up(&p, fd);
}

static bool has_been_written(struct pty *p, const void *text)
{
	return memmem(p->stream.bytes, p->stream.len, text, strlen(text));
}

static void a_range_is_copied(void **state)
{
	struct pty p;
	int fd = GO_WITHIN(&p, "\x61\x01\x02\xff\xff\xff\xfe");
	(void)state;
	pty_type(&p, PTY_RIGHT PTY_SHIFT_RIGHT);
	pty_expect(&p, "2 bytes at 1 (0x1): ");
	expect_meaning(&p, "u16", "258                     513");
	expect_meaning(&p, "u24", "-");
	pty_type(&p, "h");
	pty_expect(&p, "2 B as hex: sent to the terminal");
	/* 01 02 */
	pty_until(&p, has_been_written, "\033]52;c;MDEgMDI=", "the copy");
	pty_expect_gone(&p, "big endian");
	hang_up(&p, fd);
}

static void a_range_is_sent_again(void **state)
{
	struct pty p;
	int fd = GO_WITHIN(&p, "\x61\x01\x02\xff");
	(void)state;
	pty_type(&p, PTY_RIGHT " " PTY_RIGHT PTY_ENTER);
	pty_expect(&p, "> /send \\x01\\x02");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "\x01\x02");
	hang_up(&p, fd);
}

static void up_and_down_go_by_the_rows_that_are_seen(void **state)
{
	struct pty p;
	int fd = GO_WITHIN(&p, "abcdefghijklmnopqrs");
	(void)state;
	pty_type(&p, PTY_RIGHT PTY_RIGHT PTY_DOWN); /* there is one row */
	pty_expect(&p, "2 (0x2): ");
	pty_type(&p, PTY_F2); /* rows of sixteen bytes */
	pty_type(&p, PTY_DOWN);
	pty_expect(&p, "18 (0x12): ");
	pty_type(&p, PTY_HOME);
	pty_expect(&p, "16 (0x10): ");
	pty_type(&p, PTY_UP PTY_SHIFT_END);
	pty_expect(&p, "16 bytes at 0 (0x0): ");
	leave_and_hang_up(&p, fd);
}

static void only_messages_are_entered(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	pty_expect(&p, "* connected to");
	pty_type(&p, PTY_F7 PTY_RIGHT);
	pty_expect(&p, "only a message has bytes to choose from");
	leave_and_hang_up(&p, fd);
}

static void any_size_of_the_screen_will_do(void **state)
{
	static const int sizes[][2] = {
		{ 1, 1 }, { 2, 5 }, { 5, 2 }, { 8, 30 }, { 60, 200 },
		{ 24, 80 },
	};
	struct pty p;
	int fd = GO_WITHIN(&p, "\x61\x01\x02\xff\xff\xff\xfe\x00\x00\x00");
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		pty_resize(&p, sizes[i][0], sizes[i][1]);
		pty_type(&p, PTY_DOWN PTY_RIGHT PTY_F2 "\t" PTY_UP);
		pty_watch(&p, 50);
	}
	pty_type(&p, PTY_HOME);
	pty_expect(&p, " (0x");
	pty_expect(&p, "little endian");
	leave_and_hang_up(&p, fd);
}

static void more_values_are_a_key_away(void **state)
{
	struct pty p;
	int fd = GO_WITHIN(&p, "\x61\x01\x02\xff\xff\xff\xfe\x00\x00\x00");
	(void)state;
	pty_expect_gone(&p, "| Tab");
	pty_resize(&p, 12, 60);
	pty_expect(&p, "| Tab");
	pty_expect_gone(&p, "time ms");
	pty_type(&p, "\t\t\t");
	pty_expect(&p, "time ms");
	leave_and_hang_up(&p, fd);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_cursor_shows_what_its_bytes_could_mean),
		TEST(a_range_is_copied),
		TEST(a_range_is_sent_again),
		TEST(up_and_down_go_by_the_rows_that_are_seen),
		TEST(only_messages_are_entered),
		TEST(any_size_of_the_screen_will_do),
		TEST(more_values_are_a_key_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
