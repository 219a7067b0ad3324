/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The screen, as somebody who sits at it sees it: what is said, how it looks,
 * where one is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

/* What is said */

static void a_typed_line_is_sent_and_its_echo_comes_below(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "hello");
	pty_expect_cursor(&p, INPUT_ROW, 7);
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "hello\n");
	pty_expect(&p, " > hello\\n");
	pty_expect_cursor(&p, INPUT_ROW, 2);
	net_send_text(fd, "hello\n");
	pty_expect(&p, " < hello\\n");
	assert_int_equal(pty_find(&p, " < hello\\n"),
	                 pty_find(&p, " > hello\\n") + 1);
	pty_expect(&p, "6 B in, 6 B out");
	pty_quit(&p, 0);
	net_expect_end(fd);
	close(fd);
}

static void
the_tutorial_server_answers_and_one_drip_shows_its_flaw(void **state)
{
	struct proc server;
	struct pty p;
	char port[8];

	(void)state;
	start_python_server(&server, "tutorial_server.py", "0", port);
	pty_sockchat(&p, "connect", "127.0.0.1", port, NULL);
	pty_expect(&p, "connected");
	pty_type(&p, "안녕!" PTY_ENTER);
	pty_expect(&p, " > 안녕!\\n");
	pty_expect(&p, " < 안녕!\\n");
	proc_expect_out(&server, "안녕!");
	pty_type(&p, "/drip 1" PTY_ENTER "안녕!" PTY_ENTER);
	pty_expect(&p, "not connected");
	proc_expect_exit(&server, 1);
	assert_err_has(&server, "UnicodeDecodeError");
	proc_finish(&server);
	pty_expect(&p, " ! connection ");
	pty_quit(&p, 1);
}

static void the_tutorial_client_is_heard_and_answered(void **state)
{
	struct proc client;
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	start_python(&client, "tutorial_client.py", port_text(pty_port(&p)),
	             NULL);
	pty_expect(&p, " < 안녕!");
	assert_null(strstr(pty_row(&p, pty_find(&p, "안녕!")), "\\n"));
	pty_type(&p, "네!" PTY_ENTER);
	proc_expect_out(&client, "Received '네!\\n'");
	proc_expect_exit(&client, 0);
	proc_finish(&client);
	pty_quit(&p, 0);
}

/* It knows no line ends. */
static void what_a_device_says_each_second_has_its_own_time(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (int i = 1; i <= 3; i++) {
		char in[32];
		net_send_text(fd, "\x02" "D1\x03");
		snprintf(in, sizeof(in), "| %d B in", 4 * i);
		pty_expect(&p, in);
		assert_int_equal(pty_count(&p, " < ^BD1^C"), i);
		pty_watch(&p, 1000);
	}
	pty_quit(&p, 0);
	close(fd);
}

/* Its bytes are seen as soon as they are there. */
static void a_split_character_is_completed_in_place(void **state)
{
	static const char text[] = "안녕!\n";
	static const char *const shown[] = {
		" < \\xec", " < \\xec\\x95", " < 안",
		" < 안\\xeb", " < 안\\xeb\\x85", " < 안녕",
		" < 안녕!", " < 안녕!\\n",
	};
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		char in[32];
		net_send(fd, text + i, 1);
		snprintf(in, sizeof(in), "| %zu B in", i + 1);
		pty_expect(&p, in);
		assert_int_equal(pty_count(&p, " <"), 1);
		pty_expect(&p, shown[i]);
	}
	assert_int_equal(pty_find(&p, "\\x"), -1);
	pty_quit(&p, 0);
	close(fd);
}

static void what_a_hostile_peer_sends_is_shown_and_not_done(void **state)
{
	static const char hostile[] =
	    "\033]0;title\a\033[2J\033[?1049l\033[?1003h\033[6n\033["
	    "c\033Pq\033\\"
	    "\033[31mred\r over\b\b\v\f\x9b"
	    "2J\x9d"
	    "0;t\x9c"
	    "\xc2\x9b"
	    "5n"
	    "\033[?25l\016\017\033(0\033[3;1H\005\033c\x7f\0\xff\xfe"
	    "\xe2\x80\xae"
	    "bidi\xe2\x80\x8b\xef\xbb\xbf\xf3\xa0\x81\x81 end\n";
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "draft");
	for (size_t i = 0; i < sizeof(hostile) - 1; i++) {
		net_send(fd, hostile + i, 1); /* cut everywhere */
		pty_take(&p, 0);
	}
	net_send(fd, hostile, sizeof(hostile) - 1);
	net_send_text(fd, "last\n");
	pty_expect(&p, " last\\n");
	pty_expect(&p, "^[]0;title^G^[[2J^[[?1049l^[[?1003h^[[6n^[[c");
	pty_expect(&p, "<U+202E>bidi<U+200B><U+FEFF><U+E0041> end\\n");
	pty_expect(&p, "\\x9b2J");
	pty_expect(&p, "<U+009B>5n");
	pty_expect_cursor(&p, INPUT_ROW, 7);
	assert_string_equal(pty_row(&p, INPUT_ROW), "> draft");
	assert_true(p.is_alternate);
	assert_int_equal(p.mouse, VTERM_PROP_MOUSE_CLICK);
	assert_harmless(&p);
	pty_type(&p, PTY_F2);
	pty_expect(&p, "30 3b 74 69 74 6c  65 07");
	pty_type(&p, PTY_CTRL_C);
	pty_quit(&p, 0);
	close(fd);
}

static void what_arrives_does_not_disturb_what_is_typed(void **state)
{
	static const char draft[] =
	    "the quick brown fox jumps over the lazy dog";
	struct pty p;
	int fd = pty_connect(&p);
	char line[32];

	(void)state;
	for (size_t i = 0; i < sizeof(draft) - 1; i++) {
		snprintf(line, sizeof(line), "line %zu\n", i);
		net_send_text(fd, line);
		pty_send(&p, draft + i, 1);
		pty_watch(&p, 10);
		const char *row = pty_row(&p, INPUT_ROW);
		assert_memory_equal(row, "> ", strlen(row) < 2 ? 1 : 2);
		if (row[1])
			assert_memory_equal(row + 2, draft, strlen(row + 2));
	}
	pty_expect(&p, "< line 42\\n");
	pty_expect(&p, draft);
	pty_expect_cursor(&p, INPUT_ROW, (int)sizeof(draft) + 1);
	pty_type(&p, PTY_ENTER);
	net_expect(fd, draft);
	pty_quit(&p, 0);
	close(fd);
}

/* How it looks */

static void the_view_changes_for_what_is_there_already(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	net_send(fd, "hi\0\xff\n", 5);
	pty_expect(&p, " < hi^@\\xff\\n");
	pty_type(&p, PTY_F2);
	pty_expect(&p, " < 5 bytes");
	pty_expect(&p, "  0000  68 69 00 ff 0a");
	pty_expect(&p, "|hi...|");
	assert_int_equal(pty_find(&p, "hi^@"), -1);
	assert_true(strstr(pty_row(&p, STATUS_ROW), "| hex") != NULL);
	pty_type(&p, PTY_F2);
	pty_expect(&p, " < hi^@\\xff\\n");
	pty_expect(&p, "  0000  68 69 00 ff 0a");
	pty_type(&p, "/view text" PTY_ENTER);
	pty_expect_gone(&p, "68 69 00");
	pty_quit(&p, 0);
	close(fd);
}

static bool has_clock(struct pty *p, const void *user)
{
	const char *row = pty_row(p, 0);

	(void)user;
	return strlen(row) > 8 && row[2] == ':' && row[5] == ':';
}

static bool has_no_time(struct pty *p, const void *user)
{
	(void)user;
	return strncmp(pty_row(p, 0), "* connected", 11) == 0;
}

static bool has_span(struct pty *p, const void *wanted)
{
	return strncmp(pty_row(p, 0), wanted, 3) == 0;
}

static bool has_wait(struct pty *p, const void *wanted)
{
	int row = pty_find(p, wanted);
	return row >= 0 && strncmp(pty_row(p, row), "0.0", 3) == 0;
}

static void time_and_endings_are_switched_by_keys(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	net_send_text(fd, "one\r\n");
	pty_expect(&p, " < one\\r\\n");
	int row = pty_find(&p, " < one"), column = 14;
	assert_int_equal(pty_cell(&p, row, column).chars[0], '\\');
	pty_type(&p, PTY_F4);
	pty_expect_gone(&p, "one\\r\\n");
	pty_expect(&p, " < one");
	pty_until(&p, has_clock, NULL, "the clock");
	pty_type(&p, PTY_F3);
	pty_until(&p, has_span, "0.0", "the time since the start");
	pty_type(&p, PTY_F3);
	pty_until(&p, has_span, "0.0", "the time since the entry before");
	pty_type(&p, PTY_F3);
	pty_until(&p, has_no_time, NULL, "no time");
	pty_type(&p, PTY_F3);
	pty_expect(&p, "         < one"); /* it answers nothing */
	pty_type(&p, "two\r");
	net_expect(fd, "two\n");
	pty_expect(&p, "\xe2\x9c\x93\xe2\x9c\x93"); /* it has arrived */
	net_send_text(fd, "three\n");
	pty_until(&p, has_wait, " < three", "how long the answer took");
	pty_type(&p, PTY_F3);
	pty_until(&p, has_clock, NULL, "the clock again");
	pty_quit(&p, 0);
	close(fd);
}

static void help_comes_over_the_screen_and_goes(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, PTY_F1);
	pty_expect(&p, "Esc or q leaves");
	pty_expect_gone(&p, "* connected");
	pty_type(&p, "q");
	pty_expect(&p, "* connected");
	pty_type(&p, "\033?");
	pty_expect(&p, "Esc or q leaves");
	pty_type(&p, PTY_PAGE_DOWN PTY_PAGE_DOWN);
	pty_expect(&p, "/listen ENDPOINT");
	pty_type(&p, "\033");
	pty_expect(&p, "* connected");
	/* As fast as a program types. */
	pty_type(&p, PTY_F1);
	pty_expect(&p, "Esc or q leaves");
	pty_type(&p, "qquick" PTY_ENTER);
	net_expect(fd, "quick\n");
	pty_expect(&p, " > quick\\n");
	pty_type(&p, "/help drip" PTY_ENTER);
	pty_expect(&p, "/drip BYTES [DELAY]");
	pty_expect_gone(&p, "/connect ENDPOINT");
	/* A line entered there is for the transcript. */
	pty_type(&p, "seen" PTY_ENTER);
	pty_expect(&p, " > seen\\n");
	pty_expect_gone(&p, "Esc or q leaves");
	pty_type(&p, "/clear" PTY_ENTER);
	pty_expect_gone(&p, " > seen\\n");
	pty_quit(&p, 0);
	close(fd);
}

/* Where one is */

static void send_lines(int fd, int from, int to)
{
	char line[32];

	for (int i = from; i <= to; i++) {
		snprintf(line, sizeof(line), "line %d.\n", i);
		net_send_text(fd, line);
	}
}

static bool shows_line_first(struct pty *p, const void *text)
{
	return strstr(pty_row(p, 0), text) != NULL;
}

static void a_scrolled_view_stands_still_and_counts_what_is_below(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	char before[21][200];

	(void)state;
	send_lines(fd, 1, 60);
	pty_expect(&p, "line 60.");
	pty_type(&p, PTY_PAGE_UP);
	pty_expect_gone(&p, "line 60.");
	for (int i = 0; i < 21; i++)
		snprintf(before[i], sizeof(before[i]), "%s", pty_row(&p, i));
	send_lines(fd, 61, 72);
	pty_expect(&p, "12 new below");
	for (int i = 0; i < 21; i++)
		assert_string_equal(pty_row(&p, i), before[i]);
	net_send_text(fd, "unfinished");
	pty_expect(&p, "13 new below");
	net_send_text(fd, " and finished\n");
	pty_expect(&p, "663 B in");
	pty_expect(&p, "13 new below");
	pty_type(&p, PTY_CTRL_END);
	pty_expect(&p, "< unfinished and finished\\n");
	pty_expect_gone(&p, "new below");
	pty_quit(&p, 0);
	close(fd);
}

static void all_ways_to_scroll_lead_there_and_back(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	send_lines(fd, 1, 60);
	pty_expect(&p, "line 60.");
	pty_type(&p, PTY_CTRL_HOME);
	pty_until(&p, shows_line_first, "connected", "the first entry");
	pty_type(&p, PTY_CTRL_END);
	pty_expect(&p, "line 60.");
	pty_type(&p, "\033<");
	pty_until(&p, shows_line_first, "connected", "the first entry");
	pty_type(&p, "\033>");
	pty_expect(&p, "line 60.");
	pty_type(&p, "\033[<64;10;10M"); /* the wheel: three lines */
	pty_until(&p, shows_line_first, "line 37.", "three lines up");
	pty_type(&p, "\033[<65;10;10M");
	pty_until(&p, shows_line_first, "line 40.", "three lines down");
	pty_type(&p, PTY_PAGE_UP);
	pty_until(&p, shows_line_first, "line 20.", "a page up");
	pty_type(&p, PTY_PAGE_DOWN);
	pty_until(&p, shows_line_first, "line 40.", "a page down");
	pty_type(&p, PTY_PAGE_UP PTY_PAGE_UP "typed" PTY_ENTER);
	pty_expect(&p, " > typed\\n");
	assert_int_equal(pty_cursor(&p).row, INPUT_ROW);
	pty_quit(&p, 0);
	close(fd);
}

/* Ends */

static void ctrl_c_clears_then_warns_then_leaves(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "never sent");
	pty_expect(&p, "> never sent");
	pty_type(&p, PTY_CTRL_C);
	pty_expect_gone(&p, "never sent");
	pty_type(&p, PTY_CTRL_C);
	pty_expect(&p, "Ctrl-C again");
	pty_type(&p, "x"); /* anything else calls it off */
	pty_expect_gone(&p, "Ctrl-C again");
	pty_type(&p, PTY_CTRL_C PTY_CTRL_C);
	pty_expect(&p, "Ctrl-C again");
	pty_expect_gone(&p, "Ctrl-C again"); /* two seconds later */
	pty_type(&p, PTY_CTRL_C PTY_CTRL_C);
	net_expect_end(fd);
	close(fd);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

static void ctrl_c_stops_what_is_repeated(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/repeat 100 1h tick" PTY_ENTER);
	net_expect(fd, "tick\n");
	pty_expect(&p, "repeat 1/100: Ctrl-C stops it");
	pty_type(&p, "\x03");
	pty_expect(&p, "* /repeat has typed it 1 of 100 times");
	close(fd);
	pty_quit(&p, 0);
}

static void ctrl_d_sends_fin_and_then_leaves(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "ab" PTY_CTRL_B PTY_CTRL_D PTY_ENTER);
	net_expect(fd, "a\n");
	pty_type(&p, PTY_CTRL_D);
	net_expect_end(fd);
	pty_expect(&p, "half-closed (by us)");
	net_send_text(fd, "still here\n");
	pty_expect(&p, " < still here\\n");
	pty_type(&p, "too late" PTY_ENTER);
	pty_expect(&p, " ! ");
	pty_type(&p, PTY_CTRL_D);
	close(fd);
	pty_expect_exit(&p, 0);
	assert_restored(&p);
	pty_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(a_typed_line_is_sent_and_its_echo_comes_below),
		T(the_tutorial_server_answers_and_one_drip_shows_its_flaw),
		T(the_tutorial_client_is_heard_and_answered),
		T(what_a_device_says_each_second_has_its_own_time),
		T(a_split_character_is_completed_in_place),
		T(what_a_hostile_peer_sends_is_shown_and_not_done),
		T(what_arrives_does_not_disturb_what_is_typed),
		T(the_view_changes_for_what_is_there_already),
		T(time_and_endings_are_switched_by_keys),
		T(help_comes_over_the_screen_and_goes),
		T(a_scrolled_view_stands_still_and_counts_what_is_below),
		T(all_ways_to_scroll_lead_there_and_back),
		T(ctrl_c_clears_then_warns_then_leaves),
		T(ctrl_c_stops_what_is_repeated),
		T(ctrl_d_sends_fin_and_then_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
