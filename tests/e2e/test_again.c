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
	pty_type(&p, "\r");
	int fd = net_accept(listener);
	pty_type(&p, "hello\r");
	net_expect(fd, "hello\n");
	pty_expect_gone(&p, "not connected |");
	net_reset(fd);
	pty_expect(&p, "not connected | press Enter to connect again");
	pty_type(&p, "\r");
	fd = net_accept(listener);
	pty_type(&p, "again\r");
	net_expect(fd, "again\n");
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
	pty_type(&p, "\r");
	int fd = net_accept(listener);
	pty_type(&p, "again\r");
	net_expect(fd, "again\n");
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
	proc_expect_out(&p, "connection closed");
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

#define T(name) cmocka_unit_test_setup_teardown(name, pty_setup, pty_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(enter_connects_to_a_server_that_came_back),
		T(lines_on_a_terminal_goes_on_until_its_input_ends),
		T(an_empty_line_of_a_script_does_not_connect),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
