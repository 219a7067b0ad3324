/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The screen's input line: commands, completion, history, and to whom
 * it goes. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

/* Commands */

static void commands_are_never_sent_and_two_slashes_are_one(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/nonsense" PTY_ENTER);
	pty_expect(&p, " ! there is no command /nonsense: nothing was sent");
	pty_type(&p, "/p" PTY_ENTER);
	pty_expect(&p, " ! command /p is ambiguous: nothing was done");
	pty_type(&p, "/help exit" PTY_ENTER); /* it stands in no list */
	pty_expect(&p, " /quit: leave");
	pty_type(&p, "/" PTY_ENTER "/ x" PTY_ENTER "/pee" PTY_ENTER);
	pty_expect(&p, " peer 1: 127.0.0.1:");
	pty_type(&p, "//two" PTY_ENTER " /spaced" PTY_ENTER PTY_ENTER);
	net_expect(fd, "/two\n /spaced\n\n");
	pty_type(&p, "/send a\\x00\\u{e9}\\n" PTY_ENTER "/hex 0d0a" PTY_ENTER);
	pty_expect(&p, " > a^@é\\n");
	struct text t = { NULL, 0 };
	net_read(fd, &t, 7);
	assert_memory_equal(t.bytes, "a\0\xc3\xa9\n\r\n", 7);
	text_finish(&t);
	pty_type(&p, "/eol crlf" PTY_ENTER "x" PTY_ENTER);
	net_expect(fd, "x\r\n");
	pty_expect(&p, "| eol crlf");
	pty_quit(&p, 0);
	net_expect_end(fd);
	close(fd);
}

static void a_quoted_key_is_data_whatever_it_does_otherwise(void **state)
{
	static const char *const rows[][2] = {
		{ PTY_ENTER, "^M" },        { PTY_CTRL_C, "^C" },
		{ PTY_CTRL_D, "^D" },       { PTY_CTRL_Z, "^Z" },
		{ PTY_CTRL_L, "^L" },       { "\023", "^S" },
		{ PTY_F1, "^[OP" },         { PTY_UP, "^[[A" },
		{ PTY_PAGE_UP, "^[[5~" },   { "\033", "^[" },
		{ "\033[99;5u", "^C" },     { "\033\r", "^[^M" },
	};
	char shown[16];
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pty_type(&p, "\026");
		pty_type(&p, rows[i][0]);
		snprintf(shown, sizeof(shown), "> %s", rows[i][1]);
		pty_expect(&p, shown);
		pty_type(&p, "\025"); /* kill the line */
		pty_expect_cursor(&p, INPUT_ROW, 2);
	}
	pty_type(&p, "\026\033[200~a\rb\033[201~\026\r\026\t");
	pty_expect(&p, "> a\\n");
	pty_expect(&p, "b^M");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "a\nb\r\t\n");
	pty_quit(&p, 0);
	close(fd);
}

static void another_connection_follows_in_the_same_window(void **state)
{
	struct pty p;
	uint16_t port;
	char line[64];
	int fd = pty_connect(&p), listener = net_listen(&port);

	(void)state;
	snprintf(line, sizeof(line), "/connect 127.0.0.1 %u" PTY_ENTER, port);
	pty_type(&p, line);
	pty_expect(&p, " ! already connected to 127.0.0.1:");
	close(fd);
	pty_expect(&p, "half-closed (");
	pty_type(&p, line);
	fd = net_accept(listener);
	pty_expect(&p, "| open |");
	pty_type(&p, "there" PTY_ENTER);
	net_expect(fd, "there\n");
	pty_type(&p, "/close" PTY_ENTER);
	net_expect_end(fd);
	close(fd);
	pty_expect(&p, "not connected");
	pty_type(&p, "to nobody" PTY_ENTER);
	pty_expect(&p, " ! not sent: nobody is connected");
	pty_type(&p, line);
	fd = net_accept(listener);
	pty_expect(&p, "| open |");
	pty_quit(&p, 0);
	close(fd);
	close(listener);
}

static void
a_refused_connection_is_explained_and_can_be_tried_again(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);
	char line[64];

	(void)state;
	close(listener);
	pty_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	pty_expect(&p, " ! connection refused: 127.0.0.1:");
	pty_expect(&p, "nothing listens"); /* perhaps somebody near it */
	pty_expect(&p, "not connected");
	listener = net_listen(&port);
	snprintf(line, sizeof(line), "/connect 127.0.0.1:%u" PTY_ENTER, port);
	pty_type(&p, line);
	int fd = net_accept(listener);
	pty_expect(&p, "| open |");
	pty_quit(&p, 0);
	close(fd);
	close(listener);
}

/* Peers */

static void a_listener_tells_its_addresses_in_one_row(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "0", NULL);
	pty_expect(&p, "(this machine only); also on");
	pty_expect(&p, " [::1]:");
	assert_int_equal(pty_find(&p, "* listening on 127.0.0.1:"), 0);
	assert_int_equal(pty_find(&p, "* listening on [::1]:"), -1);
	pty_quit(&p, 0);
}

static void peers_have_numbers_and_can_be_chosen(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	uint16_t port = pty_port(&p);
	int one = net_connect(port);
	net_send_text(one, "first\n");
	pty_expect(&p, " < first\\n");
	int two = net_connect(port);
	pty_expect(&p, " 2 peers |");
	net_send_text(two, "second\n");
	pty_expect(&p, " 1 < first\\n");
	pty_expect(&p, " 2 < second\\n");
	pty_expect_cursor(&p, INPUT_ROW, 5);
	assert_string_equal(pty_row(&p, INPUT_ROW), "all>");
	pty_type(&p, "both" PTY_ENTER);
	net_expect(one, "both\n");
	net_expect(two, "both\n");
	pty_expect(&p, "   > both\\n");
	pty_expect(&p, " 2/2"); /* one row for both */
	pty_type(&p, "/to 2" PTY_ENTER);
	pty_expect_cursor(&p, INPUT_ROW, 3);
	assert_memory_equal(pty_row(&p, INPUT_ROW), "2>", 2);
	pty_type(&p, "only two" PTY_ENTER);
	net_expect(two, "only two\n");
	pty_type(&p, PTY_F6); /* behind the last come all */
	pty_expect_cursor(&p, INPUT_ROW, 5);
	pty_type(&p, PTY_F6);
	pty_expect(&p, "1>");
	pty_type(&p, "only one" PTY_ENTER);
	net_expect(one, "only one\n");
	close(one);
	pty_expect(&p, "half-closed (");
	pty_type(&p, "/close 1" PTY_ENTER);
	pty_expect(&p, " 1 * connection closed");
	/* Who was spoken to is not mistaken for another. */
	pty_type(&p, "secret" PTY_ENTER);
	pty_expect(&p, " ! not sent: peer 1 is gone");
	pty_type(&p, "/to all" PTY_ENTER "the rest" PTY_ENTER);
	net_expect(two, "the rest\n");
	pty_quit(&p, 0);
	close(two);
}

static void one_key_shows_a_peer_alone_and_speaks_to_it(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	uint16_t port = pty_port(&p);
	int one = net_connect(port);
	net_send_text(one, "first\n");
	pty_expect(&p, " < first\\n");
	int two = net_connect(port);
	net_send_text(two, "second\n");
	pty_expect(&p, " 2 < second\\n");
	pty_type(&p, PTY_F9); /* the one heard last */
	pty_expect(&p, "| only peer 2, ");
	pty_expect_cursor(&p, INPUT_ROW, 8);
	assert_string_equal(pty_row(&p, INPUT_ROW), "only 2>");
	pty_expect_gone(&p, "< first");
	pty_type(&p, "to two" PTY_ENTER);
	net_expect(two, "to two\n");
	pty_expect(&p, " 2 > to two\\n");
	pty_type(&p, PTY_F6 PTY_F6); /* all, then the first */
	pty_expect(&p, "1>");
	pty_type(&p, PTY_F9);
	pty_expect(&p, "| only peer 1, ");
	pty_expect_gone(&p, "< second");
	pty_type(&p, PTY_F9);
	pty_expect(&p, " 2 < second\\n");
	pty_expect(&p, "all>");
	pty_type(&p, "/filter in" PTY_ENTER);
	pty_expect(&p, "| filter: in, ");
	pty_type(&p, "seen anyway" PTY_ENTER);
	pty_expect(&p, "   > seen anyway\\n");
	net_expect(one, "seen anyway\n");
	pty_quit(&p, 0);
	close(one);
	close(two);
}

static void an_echo_listener_on_the_screen_shows_both_ways(void **state)
{
	struct pty p;

	(void)state;
	pty_sockchat(&p, "listen", "--echo", "127.0.0.1", "0", NULL);
	int fd = net_connect(pty_port(&p));
	net_send_text(fd, "ping\n");
	net_expect(fd, "ping\n");
	pty_expect(&p, " < ping\\n");
	pty_expect(&p, " > ping\\n");
	pty_type(&p, "ours" PTY_ENTER);
	net_expect(fd, "ours\n");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	close(fd);
	pty_expect(&p, "not connected");
	fd = net_connect(pty_port(&p));
	pty_expect(&p, "| open |");
	pty_quit(&p, 0);
	close(fd);
}

/* The line editor */

static void tab_completes_commands_words_and_peers(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "/he\t");
	pty_expect_cursor(&p, INPUT_ROW, 5);
	pty_type(&p, "\t\t");
	pty_expect(&p, "/help");
	pty_expect(&p, "/hex");
	pty_type(&p, PTY_CTRL_C "/ec\t");
	pty_expect_cursor(&p, INPUT_ROW, 8);
	pty_type(&p, "of\t");
	pty_expect_cursor(&p, INPUT_ROW, 12);
	pty_type(&p, PTY_CTRL_C "/clos\t");
	pty_expect_cursor(&p, INPUT_ROW, 9);
	pty_type(&p, "\t");
	pty_expect(&p, "> /close 1");
	pty_type(&p, PTY_CTRL_C "no\tcommand" PTY_ENTER);
	net_expect(fd, "no");
	pty_quit(&p, 0);
	close(fd);
}

static void the_history_is_kept_for_oneself(void **state)
{
	struct pty p;
	struct stat st;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "first" PTY_ENTER " secret" PTY_ENTER "last" PTY_ENTER);
	net_expect(fd, "first\n secret\nlast\n");
	pty_quit(&p, 0);
	close(fd);
	assert_int_equal(stat(pty_home(".local/state/sockchat/history"), &st),
	                 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	fd = pty_connect(&p);
	pty_type(&p, PTY_UP PTY_UP);
	pty_expect(&p, "> last");
	pty_type(&p, PTY_UP);
	pty_expect(&p, "> first");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "first\n");
	pty_type(&p, "\022las"); /* Ctrl-R */
	pty_expect(&p, "': last");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "last\n");
	pty_quit(&p, 0);
	close(fd);
}

static void a_character_of_any_width_is_edited_as_one(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "a한e\xcc\x81🙂b");
	pty_expect_cursor(&p, INPUT_ROW, 2 + 1 + 2 + 1 + 2 + 1);
	pty_type(&p, PTY_CTRL_B PTY_CTRL_B);
	pty_expect_cursor(&p, INPUT_ROW, 2 + 1 + 2 + 1);
	pty_type(&p, "\x7f\x7f");
	pty_expect(&p, "> a🙂b");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "a🙂b\n");
	pty_quit(&p, 0);
	close(fd);
}

static void a_long_line_takes_rows_and_gives_them_back(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	char line[400];

	(void)state;
	memset(line, 'w', sizeof(line));
	pty_send(&p, line, 200);
	pty_expect_cursor(&p, INPUT_ROW, (200 + 2) % 80);
	assert_true(strstr(pty_row(&p, INPUT_ROW - 3), "| open |") != NULL);
	pty_send(&p, line, 200);
	pty_expect_cursor(&p, INPUT_ROW, (400 + 2) % 80);
	pty_type(&p, "\033\r"
	             "below");
	pty_expect_cursor(&p, INPUT_ROW, 5);
	pty_type(&p, PTY_CTRL_C);
	pty_expect_cursor(&p, INPUT_ROW, 2);
	assert_true(strstr(pty_row(&p, STATUS_ROW), "| open |") != NULL);
	pty_quit(&p, 0);
	close(fd);
}

static void what_enter_would_send_is_seen_before(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);

	(void)state;
	pty_type(&p, "h\xc3\xa9");
	pty_expect(&p, "| 4 bytes");
	pty_type(&p, "\033h");
	pty_expect(&p, "0000  68 c3 a9 0a ");
	assert_int_equal(pty_find(&p, "0000"), INPUT_ROW - 1);
	pty_type(&p, PTY_CTRL_C "/send a\\x0");
	pty_expect(&p, "column 2: \\x needs two hex digits");
	pty_expect_gone(&p, "0000");
	pty_type(&p, "d");
	pty_expect(&p, "0000  61 0d ");
	pty_expect(&p, "| 2 bytes");
	pty_type(&p, "\033h");
	pty_expect_gone(&p, "0000");
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "a\r");
	pty_expect_gone(&p, "| 2 bytes");
	pty_quit(&p, 0);
	close(fd);
}

/* Sizes */

static void any_size_will_do_in_the_middle_of_data(void **state)
{
	static const int sizes[][2] = {
		{ 1, 1 },  { 2, 1 },   { 1, 80 },   { 24, 1 },
		{ 3, 3 },  { 2, 200 }, { 60, 250 }, { 8, 10 },
		{ 7, 12 }, { 1, 1 },   { 24, 80 },
	};
	static const char line[] = "some text 한글 that is wrapped\n";
	struct pty p;
	int fd = pty_connect(&p);
	char in[40];

	(void)state;
	pty_type(&p, "draft 한글");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int k = 0; k < 20; k++)
			net_send_text(fd, line);
		pty_resize(&p, sizes[i][0], sizes[i][1]);
		pty_watch(&p, 20);
		assert_true(pty_cursor(&p).row < sizes[i][0]);
	}
	snprintf(in, sizeof(in), "| %zu.", 11 * 20 * strlen(line) / 1024);
	pty_expect(&p, in);
	pty_expect(&p, "> draft 한글");
	pty_expect_cursor(&p, INPUT_ROW, 12);
	assert_int_equal(pty_count(&p, "< some text 한글 that is wrapped\\n"),
	                 21);
	pty_resize(&p, 10, 80);
	pty_expect_cursor(&p, 8, 12);
	assert_int_equal(pty_count(&p, "< some text 한글 that is wrapped\\n"),
	                 7);
	pty_type(&p, PTY_ENTER);
	net_expect(fd, "draft 한글\n");
	pty_quit(&p, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)
		T(commands_are_never_sent_and_two_slashes_are_one),
		T(a_quoted_key_is_data_whatever_it_does_otherwise),
		T(another_connection_follows_in_the_same_window),
		T(a_refused_connection_is_explained_and_can_be_tried_again),
		T(a_listener_tells_its_addresses_in_one_row),
		T(peers_have_numbers_and_can_be_chosen),
		T(one_key_shows_a_peer_alone_and_speaks_to_it),
		T(an_echo_listener_on_the_screen_shows_both_ways),
		T(tab_completes_commands_words_and_peers),
		T(the_history_is_kept_for_oneself),
		T(a_character_of_any_width_is_edited_as_one),
		T(a_long_line_takes_rows_and_gives_them_back),
		T(what_enter_would_send_is_seen_before),
		T(any_size_will_do_in_the_middle_of_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
