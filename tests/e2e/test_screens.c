/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The same conversation on screens of all sizes, in each theme and without
 * colours, with and without UTF-8: what one talks about is seen. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "peer.h"
#include "pty.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

#define PTY_CTRL_S "\023"
#define PTY_ESCAPE "\033"
#define PTY_F7     "\033[18~"
#define PTY_CLEAR  "\033[H\033[2J"
/* Columns that the program does not know of: nothing is painted there. */
#define BEYOND 12

struct screen {
	int rows, columns;
};

static const struct screen screens[] = {
	{ 5, 20 }, { 10, 40 }, { 24, 80 }, { 40, 120 }, { 50, 200 },
};

static const char *const themes[] = { "dark", "light", "16" };

/* What there is to look at beside the conversation. */
static const struct mode {
	const char *name, *opens, *leaves;
} modes[] = {
	{ "help", PTY_F1, "q" },
	{ "panel", PTY_F5, PTY_F5 },
	{ "selection", PTY_F7, PTY_ESCAPE },
	{ "search", PTY_CTRL_S "Z" PTY_ENTER, PTY_ESCAPE },
};

static int columns_of(const struct pty *p)
{
	return p->columns - BEYOND;
}

/* No row is wider than the screen that the program knows. */
static void assert_within(struct pty *p, const char *what)
{
	for (int row = 0; row < p->rows; row++) {
		for (int i = columns_of(p); i < p->columns; i++) {
			uint32_t c = pty_cell(p, row, i).chars[0];
			if (c && c != ' ')
				fail_msg("%s: row %d goes on: %s", what, row,
				         pty_row(p, row));
		}
	}
}

static void assert_ascii(const struct pty *p, const char *what)
{
	for (size_t i = 0; i < p->stream.len; i++)
		if ((uint8_t)p->stream.bytes[i] >= 0x80)
			fail_msg("%s: byte %zu is not ASCII", what, i);
}

/* Ctrl-L has been answered by a whole new picture. */
static bool is_painted(struct pty *p, const void *user)
{
	const size_t *since = user;
	const char *from = p->stream.bytes + *since;
	size_t len = p->stream.len - *since;

	return len && memmem(from, len, PTY_CLEAR, strlen(PTY_CLEAR));
}

static void repaint(struct pty *p, const char *what)
{
	size_t since = p->stream.len;

	pty_type(p, PTY_CTRL_L);
	pty_until(p, is_painted, &since, what);
	pty_watch(p, 20);
	assert_within(p, what);
}

static bool has_prompt(struct pty *p, const void *user)
{
	(void)user;
	return pty_row(p, pty_cursor(p).row)[0] == '>';
}

struct said {
	int fd;
	const char *text, *seen;
	int64_t sent_ms;
};

/* On five rows a notice that comes right behind it may hide it: once more. */
static bool is_seen(struct pty *p, const void *user)
{
	struct said *said = (struct said *)(uintptr_t)user;

	if (now_ms() - said->sent_ms > 2000) {
		net_send_text(said->fd, said->text);
		said->sent_ms = now_ms();
	}
	pty_take(p, 20);
	return pty_find(p, said->seen) >= 0;
}

/* A message that comes is seen, whatever else there is, and so is the
 * prompt. */
static void say(struct pty *p, int fd, const char *text, const char *seen)
{
	struct said said = { fd, text, seen, 0 };

	pty_until(p, is_seen, &said, seen);
	pty_until(p, has_prompt, NULL, "the prompt");
}

/* Each mode is painted inside the screen, and the conversation goes on behind
 * it. */
static void look_at_modes(struct pty *p, int fd, const char *what)
{
	char name[120];

	for (size_t i = 0; i < COUNT(modes); i++) {
		snprintf(name, sizeof(name), "%s, %s", what, modes[i].name);
		pty_type(p, modes[i].opens);
		repaint(p, name);
		pty_type(p, modes[i].leaves);
		pty_until(p, has_prompt, NULL, name);
		say(p, fd, (char[]){ 'Y', (char)('0' + i), '\n', 0 },
		    (char[]){ 'Y', (char)('0' + i), 0 });
	}
}

static void look_at_hex(struct pty *p, int fd, const char *what)
{
	pty_type(p, "/view hex" PTY_ENTER);
	say(p, fd, "ZZZZ\n", "5a 5a");
	repaint(p, what);
	pty_type(p, "/view text" PTY_ENTER);
	say(p, fd, "Z9\n", "Z9");
}

/* Text, wide text, what is no text, more than a screen, a notice. */
static void converse(struct pty *p, int fd)
{
	static uint8_t binary[2000];

	pty_type(p, "hello" PTY_ENTER);
	net_expect(fd, "hello\n");
	net_send_text(fd, "안녕! 반가워요, 오늘은 화면을 봅니다.\n");
	net_send_text(fd, "\033[31mred?\033[0m\a\r\n");
	stream_fill(binary, sizeof(binary), 0);
	net_send(fd, binary, sizeof(binary));
	pty_type(p, "/drip 1" PTY_ENTER "/drip off" PTY_ENTER);
	net_send_text(fd, "\nA long line, of which the end is seen:");
	for (int i = 0; i < 30; i++)
		net_send_text(fd, " so it goes on and on");
	say(p, fd, "\nZ9\n", "Z9");
}

/* A sockchat on a screen that has more columns than it is told. */
static int start_on(struct pty *p, const struct screen *s, const char *color,
                    const char *const *env)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "--color", color, "127.0.0.1",
		               port_text(port), NULL };

	pty_start(p, s->rows, s->columns, argv, env);
	p->columns += BEYOND;
	vterm_set_size(p->vt, p->rows, p->columns);
	int fd = net_accept(listener);
	close(listener);
	pty_until(p, has_prompt, NULL, "the prompt");
	return fd;
}

static void look_at(const struct screen *s, const char *color,
                    const char *const *env, const char *more)
{
	struct pty p;
	char what[80];
	int fd = start_on(&p, s, color, env);

	converse(&p, fd);
	for (size_t i = 0; i < COUNT(themes); i++) {
		snprintf(what, sizeof(what), "%dx%d, %s, %s", s->columns,
		         s->rows, themes[i], more);
		char line[40];
		snprintf(line, sizeof(line), "/set theme %s" PTY_ENTER,
		         themes[i]);
		if (strcmp(color, "never"))
			pty_type(&p, line);
		else if (i)
			break;
		repaint(&p, what);
		look_at_modes(&p, fd, what);
		look_at_hex(&p, fd, what);
	}
	if (env)
		assert_ascii(&p, what);
	pty_quit(&p, 0);
	close(fd);
}

#define EACH_SCREEN(s) \
	for (const struct screen *s = screens; s < screens + COUNT(screens); \
	     s++)

static void each_size_shows_the_conversation_in_each_theme(void **state)
{
	(void)state;
	EACH_SCREEN(s)
		look_at(s, "always", NULL, "UTF-8");
}

static void each_size_shows_it_in_ascii_without_utf8(void **state)
{
	static const char *const env[] = { "LC_ALL=C", NULL };

	(void)state;
	EACH_SCREEN(s)
		look_at(s, "always", env, "ASCII");
}

static void each_size_shows_it_without_colours(void **state)
{
	(void)state;
	EACH_SCREEN(s)
		look_at(s, "never", NULL, "no colours");
}

/* Rows of the transcript that are no messages. */
static int count_notices(struct pty *p)
{
	int n = 0;

	for (int row = 0; row < STATUS_ROW; row++) {
		const char *text = pty_row(p, row);
		n += *text && !strstr(text, " > ") && !strstr(text, " < ");
	}
	return n;
}

static void a_first_conversation_has_three_notices_at_most(void **state)
{
	struct proc server;
	struct pty p;
	char port[8];

	(void)state;
	start_python_server(&server, "tutorial_server.py", "0", port);
	pty_sockchat(&p, "connect", "127.0.0.1", port, NULL);
	pty_expect(&p, "| open");
	pty_type(&p, "안녕!" PTY_ENTER);
	pty_expect(&p, "< 안녕!");
	pty_type(&p, "hello" PTY_ENTER);
	pty_expect(&p, "< hello");
	pty_expect(&p, "hint: ");
	pty_type(&p, PTY_CTRL_D);
	pty_expect(&p, "not connected");
	proc_expect_exit(&server, 0);
	pty_watch(&p, 500);
	assert_int_equal(pty_count(&p, " > "), 2);
	assert_int_equal(pty_count(&p, " < "), 2);
	assert_between(count_notices(&p), 1, 3);
	pty_quit(&p, 0);
	proc_finish(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(each_size_shows_the_conversation_in_each_theme),
		T(each_size_shows_it_in_ascii_without_utf8),
		T(each_size_shows_it_without_colours),
		T(a_first_conversation_has_three_notices_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
