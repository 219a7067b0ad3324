/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a terminal is told beside what is painted: title, mouse, bell,
 * notifications, and nothing at all if it would not understand. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

#define FOCUS_OUT "\033[O"
#define FOCUS_IN  "\033[I"

static bool has_sent(struct pty *p, const void *text)
{
	return p->stream.len && memmem(p->stream.bytes, p->stream.len, text,
	                               strlen(text));
}

static bool is_titled(struct pty *p, const void *title)
{
	return strcmp(pty_title(p), title) == 0;
}

static bool has_mouse(struct pty *p, const void *user)
{
	(void)user;
	return p->mouse == VTERM_PROP_MOUSE_CLICK;
}

static bool has_no_mouse(struct pty *p, const void *user)
{
	return !has_mouse(p, user);
}

static int connect_option(struct pty *p, const char *option, const char *value,
                        const char *const *env)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", option, value, "127.0.0.1",
		               port_text(port), NULL };

	pty_start(p, PTY_ROWS, PTY_COLUMNS, argv, env);
	return pty_accept(p, listener);
}

static void the_title_follows_the_conversation_and_is_given_back(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_until(&p, has_sent, " open\033\\", "a title that says open");
	assert_non_null(strstr(pty_title(&p), "sockchat 127.0.0.1:"));
	close(fd);
	pty_type(&p, "/close" PTY_ENTER);
	pty_until(&p, is_titled, "sockchat not connected", "its title");
	pty_quit(&p, 0);
}

static void without_its_options_title_and_mouse_are_left_alone(void **state)
{
	struct pty p;
	int fd = connect_option(&p, "--title", "off", NULL);

	(void)state;
	assert_false(has_sent(&p, "\033]2;"));
	assert_false(has_sent(&p, "\033[22;2t"));
	pty_quit(&p, 0);
	close(fd);
	fd = connect_option(&p, "--mouse", "off", NULL);
	assert_int_equal(p.mouse, 0);
	pty_quit(&p, 0);
	close(fd);
}

static void the_mouse_comes_and_goes_at_a_command(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_until(&p, has_mouse, NULL, "the mouse");
	pty_type(&p, "/mouse off" PTY_ENTER);
	pty_until(&p, has_no_mouse, NULL, "the mouse to be given back");
	pty_type(&p, "/mouse on" PTY_ENTER);
	pty_until(&p, has_mouse, NULL, "the mouse");
	pty_quit(&p, 0);
	close(fd);
}

/* Press the left button on this text, and let it go. */
static void click(struct pty *p, const char *text)
{
	char report[64];
	int row = pty_find(p, text);

	assert_true(row >= 0);
	const char *line = pty_row(p, row);
	int column = (int)(strstr(line, text) - line);
	snprintf(report, sizeof(report), "\033[<0;%d;%dM\033[<0;%d;%dm",
	         column + 1, row + 1, column + 1, row + 1);
	pty_type(p, report);
}

static void a_click_does_what_its_key_does(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_expect(&p, "| text |");
	click(&p, "text |");
	pty_expect(&p, "| hex |");
	click(&p, "F2 View");
	pty_expect(&p, "| mixed |");
	click(&p, "eol lf");
	pty_expect(&p, "eol crlf");
	click(&p, "F1 Help");
	pty_expect(&p, "Enter");
	click(&p, "F1 Back"); /* the bar of keys is that of the help */
	pty_expect_gone(&p, "Tab");
	pty_type(&p, "draft");
	click(&p, "^C Leave");
	pty_expect_gone(&p, "draft");
	pty_quit(&p, 0);
	close(fd);
}

static void a_stream_shows_its_rate_until_it_rests(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (int i = 0; i < 15; i++) {
		net_send_text(fd, "0123456789\n");
		pty_watch(&p, 100);
	}
	pty_type(&p, "/bar off" PTY_ENTER);
	pty_expect(&p, "/s in");
	pty_expect_gone(&p, "/s in");
	pty_quit(&p, 0);
	close(fd);
}

static void a_file_on_its_way_and_who_is_slow_are_told(void **state)
{
	static const char line[] = "/file ";
	struct pty p;
	int fd = pty_connect(&p);
	FILE *file = fopen(pty_home("big.bin"), "we");

	(void)state;
	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), 64 << 20), 0);
	fclose(file);
	pty_type(&p, line);
	pty_type(&p, pty_home("big.bin"));
	pty_type(&p, PTY_ENTER);
	pty_expect(&p, "| big.bin "); /* nobody reads */
	pty_expect(&p, "| peer not reading |");
	kill(p.pid, SIGTERM);
	close(fd);
	pty_wait(&p);
	pty_finish(&p);
}

static void a_bell_rings_only_when_nobody_looks(void **state)
{
	struct pty p;
	int fd = connect_option(&p, "--bell", "unfocused", NULL);

	(void)state;
	net_send_text(fd, "first\n");
	pty_expect(&p, "< first");
	assert_int_equal(p.bells, 0);
	pty_type(&p, FOCUS_OUT "x"); /* the x is seen behind it */
	pty_expect(&p, "> x");
	net_send_text(fd, "second\n");
	pty_expect(&p, "< second");
	assert_int_equal(p.bells, 1);
	pty_type(&p, FOCUS_IN "y");
	pty_expect(&p, "> xy");
	net_send_text(fd, "third\n");
	pty_expect(&p, "< third");
	assert_int_equal(p.bells, 1);
	kill(p.pid, SIGTERM);
	close(fd);
	pty_expect_signal(&p, SIGTERM);
	pty_finish(&p);
}

static void who_types_looks(void **state)
{
	struct pty p;
	int fd = connect_option(&p, "--bell", "unfocused", NULL);

	(void)state;
	pty_type(&p, FOCUS_OUT "x");
	pty_expect(&p, "> x");
	pty_type(&p, "y");
	pty_expect(&p, "> xy");
	net_send_text(fd, "first\n");
	pty_expect(&p, "< first");
	assert_int_equal(p.bells, 0);
	kill(p.pid, SIGTERM);
	close(fd);
	pty_expect_signal(&p, SIGTERM);
	pty_finish(&p);
}

static void a_notification_tells_who_and_not_what(void **state)
{
	struct pty p;
	int fd = connect_option(&p, "--notify", "osc9", NULL);

	(void)state;
	pty_type(&p, FOCUS_OUT "x");
	pty_expect(&p, "> x");
	net_send_text(fd, "\033]9;first\a\n");
	pty_expect(&p, "first^G");
	assert_true(has_sent(&p, "\033]9;sockchat: message from 127.0.0.1:"));
	assert_false(has_sent(&p, "\033]9;first"));
	kill(p.pid, SIGTERM);
	close(fd);
	pty_expect_signal(&p, SIGTERM);
	pty_finish(&p);
}

/* Also when it dies: the modes are not switched off that were not on. */
static void terminals_without_private_modes_are_told_none(void **state)
{
	static const char *const envs[][2] = {
		{ "TERM=vt52", NULL },
		{ "TERM=vt100", NULL },
		{ "TERM=vt220", NULL },
	};
	static const char *const never[] = {
		"?2026", "?2004", "?1000", "?1006", "?1004", "?1049",
		"\033]", "22;2t", "23;2t",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(envs) / sizeof(envs[0]); i++) {
		struct pty p;
		uint16_t port;
		int listener = net_listen(&port);
		const char *argv[] = { NULL, "connect", "127.0.0.1",
			               port_text(port), NULL };
		pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, envs[i]);
		int fd = net_accept(listener);
		close(listener);
		pty_until(&p, has_sent, "open", "the connection");
		if (i)
			kill(p.pid, SIGABRT);
		else
			pty_type(&p, "/quit" PTY_ENTER);
		pty_wait(&p);
		for (size_t n = 0; n < sizeof(never) / sizeof(never[0]); n++)
			assert_false(has_sent(&p, never[n]));
		close(fd);
		pty_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(the_title_follows_the_conversation_and_is_given_back),
		T(without_its_options_title_and_mouse_are_left_alone),
		T(the_mouse_comes_and_goes_at_a_command),
		T(a_click_does_what_its_key_does),
		T(a_stream_shows_its_rate_until_it_rests),
		T(a_file_on_its_way_and_who_is_slow_are_told),
		T(a_bell_rings_only_when_nobody_looks),
		T(who_types_looks),
		T(a_notification_tells_who_and_not_what),
		T(terminals_without_private_modes_are_told_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
