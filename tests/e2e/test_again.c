/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A server goes and comes back, and the user or the program connects again. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "pty.h"

static void expect_press_enter(struct pty *p, uint16_t port)
{
	char text[128];
	snprintf(text, sizeof(text), "press Enter to connect again to "
	         "127.0.0.1:%s", port_text(port));
	pty_expect(p, text);
}

/* Press Enter when the server listens again, and say something there. */
static int come_back(struct pty *p, int listener)
{
	pty_type(p, "\r");
	int fd = net_accept(listener);
	pty_type(p, "back\r");
	net_expect(fd, "back\n");
	return fd;
}

/* Enter */

static void enter_connects_to_a_server_that_came_back(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_bind(&port);
	(void)state;
	pty_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	expect_press_enter(&p, port);
	assert_int_equal(listen(listener, 16), 0);
	int fd = come_back(&p, listener);
	pty_expect_gone(&p, "not connected |");
	net_reset(fd);
	pty_expect(&p, "not connected | press Enter to connect again");
	fd = come_back(&p, listener);
	close(fd);
	close(listener);
	pty_quit(&p, 0);
}

static void enter_connects_when_the_program_there_has_gone(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	pty_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	close(net_accept(listener));
	pty_expect(&p, "half-closed (by the peer, which is gone)");
	int fd = come_back(&p, listener);
	close(fd);
	close(listener);
	pty_quit(&p, 0);
}

static void lines_on_a_terminal_goes_on_until_its_input_ends(void **state)
{
	static const char *const env[] = { "TERM=dumb", NULL };
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL, "connect", "127.0.0.1", port_text(port),
		               NULL };
	(void)state;
	pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, env);
	net_reset(net_accept(listener));
	expect_press_enter(&p, port);
	int fd = come_back(&p, listener);
	close(fd);
	close(listener);
	pty_type(&p, PTY_CTRL_D);
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

static void an_empty_line_of_a_script_does_not_connect(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "-k", "127.0.0.1", "0",
	              NULL);
	proc_lines_port(&p);
	proc_write_text(&p, "/connect 127.0.0.1 ");
	proc_write_text(&p, port_text(port));
	proc_write_text(&p, "\n");
	int fd = net_accept(listener);
	proc_expect_out(&p, "connected to");
	net_reset(fd);
	proc_expect_out(&p, "! connection reset");
	proc_write_text(&p, "\n");
	proc_expect_out(&p, "not sent: nobody is connected");
	proc_write_text(&p, "/connect\n");
	fd = net_accept(listener);
	close(fd);
	close(listener);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void a_follower_comes_back_although_its_input_has_ended(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--reconnect", "-N",
	              "127.0.0.1", port_text(port), NULL);
	proc_end_in(&p);
	for (int i = 0; i < 2; i++) {
		int fd = net_accept(listener);
		net_send_text(fd, "news\n");
		close(fd);
		proc_expect_out(&p, "trying again in");
	}
	int fd = net_accept(listener);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
	close(fd);
	close(listener);
}

/* The history */

static void a_later_run_offers_the_endpoints_of_earlier_ones(void **state)
{
	struct pty p;
	uint16_t port;
	char line[64];
	int listener = net_listen(&port), fd;
	(void)state;
	for (int i = 0; i < 2; i++) { /* the second time it is known */
		pty_sockchat(&p, "connect", "127.0.0.1", port_text(port),
		             NULL);
		fd = net_accept(listener);
		pty_type(&p, "hello\r");
		net_expect(fd, "hello\n");
		close(fd);
		pty_quit(&p, 0);
	}
	pty_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	pty_expect(&p, "listening on");
	pty_type(&p, "/connect \t\r");
	fd = net_accept(listener);
	close(fd);
	snprintf(line, sizeof(line), "> /connect 127.0.0.1:%s",
	         port_text(port));
	pty_type(&p, PTY_UP PTY_UP PTY_UP PTY_UP);
	pty_expect(&p, "> hello");
	pty_type(&p, PTY_CTRL_C "/c" PTY_UP);
	pty_expect(&p, line);
	pty_type(&p, PTY_CTRL_C);
	close(listener);
	pty_quit(&p, 0);
}

/* --retry */

static void a_pipe_waits_for_the_server_and_loses_nothing(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_bind(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--retry", "127.0.0.1", port_text(port),
	              NULL);
	proc_write_text(&p, "early\n");
	proc_end_in(&p);
	proc_expect_err(&p, "nothing listens on that port; trying again in "
	                    "0.2 s");
	assert_int_equal(listen(listener, 16), 0);
	int fd = net_accept(listener);
	net_expect(fd, "early\n");
	net_expect_end(fd);
	net_send_text(fd, "answer");
	close(fd);
	close(listener);
	proc_expect_exit(&p, 0);
	assert_out(&p, "answer");
	proc_finish(&p);
}

static void a_pipe_gives_up_after_so_many_tries(void **state)
{
	static const char *const modes[] = { "--quiet", "-z", "-zv" };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		uint16_t port;
		int listener = net_bind(&port);
		proc_sockchat(&p, "connect", modes[i], "--retry=3",
		              "127.0.0.1", port_text(port), NULL);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "gave up after 3 tries");
		assert_err_has(&p, "nothing listens on that port");
		assert_int_equal(strstr(p.err_text.bytes, "trying again") !=
		                     NULL, i > 0);
		proc_finish(&p);
		close(listener);
	}
}

static void a_probe_waits_for_the_port(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_bind(&port);
	(void)state;
	proc_sockchat(&p, "connect", "-z", "--retry", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_err(&p, "trying again in 0.2 s");
	assert_int_equal(listen(listener, 16), 0);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "connected to 127.0.0.1");
	proc_finish(&p);
	close(listener);
}

static void a_probe_has_one_result_in_json(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_bind(&port);
	(void)state;
	for (int i = 0; i < 2; i++) {
		proc_sockchat(&p, "connect", "-z", "--json", "--retry=3",
		              "127.0.0.1", port_text(port), NULL);
		proc_expect_exit(&p, i == 0);
		const char *end = strchr(p.out_text.bytes, '\n');
		assert_true(end && !end[1]);
		assert_non_null(strstr(p.out_text.bytes,
		                       i ? "\"state\":\"open\""
		                         : "\"code\":\"ECONNREFUSED\""));
		proc_finish(&p);
		assert_int_equal(listen(listener, 16), 0);
	}
	close(listener);
}

static void a_later_loss_does_not_count_the_tries_before(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_bind(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--retry", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_err(&p, "trying again in 0.2 s");
	assert_int_equal(listen(listener, 16), 0);
	int fd = net_accept(listener);
	proc_write_text(&p, "x");
	net_expect(fd, "x");
	net_reset(fd);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "connection reset");
	assert_null(strstr(p.err_text.bytes, "gave up"));
	proc_finish(&p);
	close(listener);
}

static void a_script_waits_for_the_server(void **state)
{
	static const char *const uis[] = { "lines", "json" };
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p;
		uint16_t port;
		int listener = net_bind(&port);
		proc_sockchat(&p, "connect", "--ui", uis[i], "--retry", "-q",
		              "30", "--on-connect", "HELO me", "--on-connect",
		              "AUTH", "127.0.0.1", port_text(port), NULL);
		proc_write_text(&p, "early\n\n");
		proc_end_in(&p);
		proc_expect_out(&p, "trying again in 0.2 s");
		assert_int_equal(listen(listener, 16), 0);
		int fd = net_accept(listener);
		net_expect(fd, "HELO me\nAUTH\nearly\n\n");
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
		close(listener);
	}
}

/* --reconnect */

static void lines_come_back_after_each_loss(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--reconnect",
	              "--on-connect", "HELO", "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	net_expect(fd, "HELO\n");
	close(fd); /* FIN */
	proc_expect_out(&p, "trying again in 0.1 s");
	fd = net_accept(listener);
	net_expect(fd, "HELO\n");
	proc_write_text(&p, "one\n");
	net_expect(fd, "one\n");
	net_reset(fd);
	fd = net_accept(listener);
	net_expect(fd, "HELO\n");
	proc_write_text(&p, "two\n");
	net_expect(fd, "two\n");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	close(listener);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void the_screen_counts_down_until_it_is_told_otherwise(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_bind(&port);
	(void)state;
	pty_sockchat(&p, "connect", "--retry", "127.0.0.1", port_text(port),
	             NULL);
	pty_expect(&p, "trying again in 3 s: Enter tries now, Ctrl-C stops");
	pty_type(&p, "early\r");
	pty_expect(&p, "not sent: not connected yet");
	pty_type(&p, PTY_CTRL_C);
	pty_expect(&p, "no longer trying to connect");
	expect_press_enter(&p, port);
	assert_int_equal(listen(listener, 16), 0);
	int fd = come_back(&p, listener);
	close(fd);
	close(listener);
	pty_quit(&p, 0);
}

static void lines_on_a_terminal_stop_trying_at_ctrl_c(void **state)
{
	static const char *const env[] = { "TERM=dumb", NULL };
	struct pty p;
	uint16_t port;
	int listener = net_bind(&port);
	const char *argv[] = { NULL, "connect", "--retry", "127.0.0.1",
		               port_text(port), NULL };
	(void)state;
	pty_start(&p, PTY_ROWS, PTY_COLUMNS, argv, env);
	pty_expect(&p, "trying again in");
	pty_type(&p, PTY_CTRL_C);
	pty_expect(&p, "no longer trying to connect");
	expect_press_enter(&p, port);
	assert_int_equal(listen(listener, 16), 0);
	int fd = come_back(&p, listener);
	pty_type(&p, PTY_CTRL_D);
	net_expect_end(fd);
	close(fd);
	close(listener);
	pty_expect_exit(&p, 0);
	pty_finish(&p);
}

static void a_pipe_and_a_listener_refuse_to_send_again(void **state)
{
	static const char *const words[][4] = {
		{ "connect", "--reconnect", "127.0.0.1", "9" },
		{ "connect", "--on-connect=x", "127.0.0.1", "9" },
		{ "listen", "--reconnect", "127.0.0.1", "0" },
		{ "listen", "--retry", "127.0.0.1", "0" },
	};
	static const char *const said[] = {
	        "option --reconnect does not work in a pipe",
	        "option --on-connect does not work in a pipe",
		"option --reconnect is for 'sockchat connect'",
		"option --retry is for 'sockchat connect'",
	};
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct proc p;
		proc_sockchat(&p, words[i][0], words[i][1], words[i][2],
		              words[i][3], NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, said[i]);
		proc_finish(&p);
	}
}

static void in_a_file_it_does_not_concern_a_pipe(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	FILE *file = fopen(pty_home("again"), "w");
	(void)state;
	fputs("reconnect\non-connect HELO me\n", file);
	fclose(file);
	proc_sockchat(&p, "connect", "--config", pty_home("again"),
	              "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	proc_write_text(&p, "bytes");
	proc_end_in(&p);
	net_expect(fd, "bytes");
	net_expect_end(fd);
	close(fd);
	close(listener);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* --timeout */

static void timeout_ends_every_front_end(void **state)
{
	static const char *const words[][3] = {
		{ "connect", "--ui=pipe", "--quiet" },
		{ "connect", "--ui=lines", "--reconnect" },
		{ "connect", "--json", "--retry" },
		{ "connect", "-z", "--retry" },
		{ "connect", "-zv", "--retry" },
		{ "listen", "--echo", "--quiet" },
		{ "listen", "--ui=lines", "-k" },
		{ "listen", "--ui=pipe", "-k" },
	};
	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct proc p;
		uint16_t port;
		bool listens = *words[i][0] == 'l', is_refused = i >= 3;
		int listener = is_refused ? net_bind(&port) : net_listen(&port);
		proc_sockchat(&p, words[i][0], words[i][1], words[i][2],
		              "--timeout", "300ms", "127.0.0.1",
		              listens ? "0" : port_text(port), NULL);
		proc_expect_exit(&p, 1);
		if (p.out_text.len)
			text_append(&p.err_text, p.out_text.bytes,
			            p.out_text.len);
		assert_err_has(&p, "--timeout: stopped after 0.3 s");
		proc_finish(&p);
		close(listener);
	}
}

static void timeout_says_what_was_not_delivered(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--timeout", "3", "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	static char block[1 << 16];
	for (int i = 0; i < 200; i++)
		if (write(p.in, block, sizeof(block)) < 0)
			break;
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "--timeout: stopped after 3 s");
	assert_err_has(&p, "are not acknowledged");
	proc_finish(&p);
	close(fd);
	close(listener);
}

/* The sentence is the last of what is never read, too.  A pipe of another user
 * cannot be opened anew, so as not to wait. */
static void timeout_is_told_though_the_output_is_not_read(void **state)
{
	static const char *const fronts[] = { "--ui=lines", "--json" };
	static const char *const procs[] = { "FAULT_NO_PROC=0",
		                             "FAULT_NO_PROC=1" };
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct proc p;
		uint16_t port;
		int listener = net_listen(&port);
		const char *argv[] = { NULL, "connect", fronts[i % 2],
			               "--timeout", "1500ms", "127.0.0.1",
			               port_text(port), NULL };
		const char *env[] = { preload_fault(), procs[i / 2], NULL };
		proc_start(&p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
		p.holds_out = true;
		for (int n = 0; n < 100; n++)
			proc_write_text(&p, "/help\n");
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "--timeout: stopped after 1.5 s");
		proc_finish(&p);
		close(listener);
	}
}

static void timeout_gives_the_terminal_back_and_says_why(void **state)
{
	struct pty p;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	pty_sockchat(&p, "connect", "--timeout", "1", "127.0.0.1",
	             port_text(port), NULL);
	pty_expect_exit(&p, 1);
	assert_restored(&p);
	assert_non_null(strstr(p.stream.bytes,
	                       "sockchat: --timeout: stopped after 1 s"));
	pty_finish(&p);
	close(listener);
}

#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(enter_connects_to_a_server_that_came_back),
		T(enter_connects_when_the_program_there_has_gone),
		T(lines_on_a_terminal_goes_on_until_its_input_ends),
		T(an_empty_line_of_a_script_does_not_connect),
		T(a_follower_comes_back_although_its_input_has_ended),
		T(a_later_run_offers_the_endpoints_of_earlier_ones),
		T(a_pipe_waits_for_the_server_and_loses_nothing),
		T(a_pipe_gives_up_after_so_many_tries),
		T(a_probe_waits_for_the_port),
		T(a_probe_has_one_result_in_json),
		T(a_later_loss_does_not_count_the_tries_before),
		T(a_script_waits_for_the_server),
		T(lines_come_back_after_each_loss),
		T(the_screen_counts_down_until_it_is_told_otherwise),
		T(lines_on_a_terminal_stop_trying_at_ctrl_c),
		T(a_pipe_and_a_listener_refuse_to_send_again),
		T(in_a_file_it_does_not_concern_a_pipe),
		T(timeout_ends_every_front_end),
		T(timeout_says_what_was_not_delivered),
		T(timeout_is_told_though_the_output_is_not_read),
		T(timeout_gives_the_terminal_back_and_says_why),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
