/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The connection panel and /info about real connections. */

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

#define PTY_ESC "\033"

static void the_panel_comes_and_goes_and_the_line_goes_on(void **state)
{
	static const char *const ways_out[] = { PTY_F5, PTY_ESC, "q" };
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	for (size_t i = 0; i < sizeof(ways_out) / sizeof(*ways_out); i++) {
		pty_type(&p, PTY_F5);
		pty_expect(&p, " healthy");
		assert_int_equal(pty_find(&p, " healthy"), 0);
		pty_expect(&p, " SYN-SENT → [ESTABLISHED] → FIN-WAIT-1");
		pty_expect(&p, " round trip");
		pty_expect(&p, " process ");
		pty_type(&p, ways_out[i]);
		pty_expect(&p, "* connected to 127.0.0.1");
	}
	pty_type(&p, PTY_F5 "hello" PTY_ENTER);
	net_expect(fd, "hello\n");
	pty_expect(&p, " sent         6 B in 1 message, ");
	net_send_text(fd, "a\nb\n");
	pty_expect(&p, " received     4 B in 2 messages, ");
	pty_resize(&p, 40, 80); /* all of it is seen: Up is for the line */
	pty_expect(&p, " held up");
	pty_type(&p, PTY_UP);
	pty_expect(&p, "> hello");
	pty_type(&p, PTY_CTRL_C);
	pty_type(&p, "/nonsense" PTY_ENTER); /* the answer has to be seen */
	pty_expect(&p, " ! ");
	assert_int_equal(pty_find(&p, "healthy"), -1);
	pty_quit(&p, 0);
	assert_harmless(&p);
	close(fd);
}

static void write_file(const char *path, size_t len)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	while (len--)
		fputc('x', file);
	assert_int_equal(fclose(file), 0);
}

/* Live: nobody presses a key meanwhile. */
static void a_peer_that_does_not_read_is_seen_by_itself(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	write_file(pty_home("big"), 8 << 20);
	pty_type(&p, "/file ~/big" PTY_ENTER);
	pty_type(&p, PTY_F5);
	pty_expect(&p, "peer not reading for 2 s, ");
	pty_expect(&p, "peer not reading for 3 s, ");
	pty_resize(&p, 40, 80);
	pty_expect(&p, "by the peer's window");
	pty_type(&p, "/reset" PTY_ENTER);
	pty_expect(&p, "closed ");
	pty_expect(&p, "CLOSED, no connection");
	pty_quit(&p, 1); /* for the file has not arrived */
	close(fd);
}

static void each_end_is_seen_in_the_picture(void **state)
{
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	pty_type(&p, PTY_F5);
	pty_expect(&p, "[ESTABLISHED]");
	shutdown(fd, SHUT_WR);
	pty_expect(&p, "↘ [CLOSE-WAIT] → LAST-ACK");
	pty_expect(&p, "the peer finished sending ");
	pty_type(&p, PTY_CTRL_D);
	pty_expect(&p, " closed ");
	pty_quit(&p, 0);
	close(fd);

	fd = pty_connect(&p);
	pty_type(&p, PTY_F5 PTY_CTRL_D);
	pty_expect(&p, "[FIN-WAIT-2]");
	pty_expect(&p, "this side finished sending ");
	close(fd);
	pty_expect(&p, " closed ");
	pty_quit(&p, 0);
}

static void of_two_peers_the_one_spoken_to_is_shown(void **state)
{
	struct pty p;
	(void)state;
	pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	uint16_t port = pty_port(&p);
	pty_type(&p, PTY_F5);
	pty_expect(&p, " nobody is connected");
	pty_expect(&p, " listening    127.0.0.1:");
	int first = net_connect(port);
	pty_expect(&p, "SYN-RECEIVED → [ESTABLISHED]");
	int second = net_connect(port);
	pty_expect(&p, " 2 peers (F6 chooses one)");
	pty_expect(&p, " peer 2       127.0.0.1:");
	pty_type(&p, PTY_F6);
	pty_expect(&p, " peer 1: healthy");
	pty_type(&p, PTY_F6);
	pty_expect(&p, " peer 2: healthy");
	net_send_text(second, "hi\n");
	pty_expect(&p, " received     3 B in 1 message, ");
	pty_quit(&p, 0);
	close(first);
	close(second);
}

static void it_fits_any_screen(void **state)
{
	static const int sizes[][2] = {
		{ 10, 40 }, { 5, 20 }, { 1, 1 }, { 2, 2 }, { 3, 200 },
	};
	struct pty p;
	int fd = pty_connect(&p);
	(void)state;
	pty_type(&p, PTY_F5);
	pty_expect(&p, " healthy");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		pty_resize(&p, sizes[i][0], sizes[i][1]);
		pty_type(&p, PTY_PAGE_DOWN PTY_CTRL_END PTY_PAGE_UP);
		pty_watch(&p, 50);
	}
	pty_resize(&p, 10, 40);
	pty_type(&p, PTY_CTRL_HOME);
	pty_expect(&p, " more below (PgDn)");
	pty_type(&p, PTY_CTRL_END);
	pty_expect(&p, "the end (PgUp)");
	pty_resize(&p, 40, 80);
	pty_expect(&p, " healthy");
	pty_quit(&p, 0);
	assert_harmless(&p);
	close(fd);
}

/* The process at the other end is this test. */
static void without_a_screen_the_facts_are_lines(void **state)
{
	struct proc p;
	char text[64];
	int fd = connect_with(&p, "--ui=lines", "-v"); /* -v: also who it is */
	(void)state;
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, ": healthy\n");
	snprintf(text, sizeof(text), " (pid %ld, ", (long)getpid());
	proc_expect_out(&p, text);
	snprintf(text, sizeof(text), "sockchat (pid %ld)", (long)p.pid);
	proc_expect_out(&p, text);
	proc_expect_out(&p, "* state: ESTABLISHED, open both ways, since ");
	proc_expect_out(&p, "* sent: 6 B in 1 message, ");
	proc_expect_out(&p, "* round trip: ");
	proc_expect_out(&p, "* held up: ");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void programs_get_the_facts_as_notes(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "json");
	(void)state;
	proc_expect_out(&p, "\"state\":\"open\"");
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, "\"text\":\"retransmits: none");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_panel_comes_and_goes_and_the_line_goes_on),
		TEST(a_peer_that_does_not_read_is_seen_by_itself),
		TEST(each_end_is_seen_in_the_picture),
		TEST(of_two_peers_the_one_spoken_to_is_shown),
		TEST(it_fits_any_screen),
		TEST(without_a_screen_the_facts_are_lines),
		TEST(programs_get_the_facts_as_notes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
