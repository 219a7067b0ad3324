/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the regression tests of OpenBSD's nc and of ncat ask of a listener, in
 * each form in which one is written: both sides have something to say, and get
 * what the other says. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "unix.h"

/* The port behind the last colon of "listening on 127.0.0.1:9999". */
static uint16_t port_told(struct proc *p)
{
	static const char before[] = "listening on ";

	proc_expect_err(p, before);
	proc_expect_err(p, "\n");
	const char *at = strstr(p->err_text.bytes, before);
	const char *end = strchr(at, '\n');
	while (end[-1] != ':')
		end--;
	return (uint16_t)strtol(end, NULL, 10);
}

/* Both end well, and each has got what the other said. */
static void assert_talk(struct proc *server, struct proc *client)
{
	proc_write_text(server, "greeting\n");
	proc_write_text(client, "command\n");
	proc_expect_out(client, "greeting\n");
	proc_expect_out(server, "command\n");
	proc_end_in(server);
	proc_end_in(client);
	proc_expect_exit(server, 0);
	proc_expect_exit(client, 0);
	assert_out(server, "command\n");
	assert_out(client, "greeting\n");
	proc_finish(server);
	proc_finish(client);
}

static void every_form_of_a_listener_talks(void **state)
{
	static const struct {
		const char *listener[4], *client[3]; /* behind it the port */
	} rows[] = {
		{ { "127.0.0.1", "0" }, { "127.0.0.1" } },
		{ { "-n", "127.0.0.1:0" }, { "-n", "127.0.0.1" } },
		{ { "::1", "0" }, { "::1" } },
		{ { "-n", "[::1]:0" }, { "-n", "::1" } },
		{ { "-4", "localhost", "0" }, { "127.0.0.1" } },
		{ { "127.0.0.1", "0" }, { "-4", "localhost" } },
		{ { "::1", "0" }, { "-6", "::1" } },
		{ { "0" }, { "127.0.0.1" } },
		{ { "0" }, { "::1" } },
		{ { "0" }, { "localhost" } },
		{ { "-4", "0" }, { "localhost" } },
		{ { "-6", "0" }, { "::1" } },
		{ { "*", "0" }, { "127.0.0.2" } },
		{ { "*", "0" }, { "::1" } },
		{ { "-4", "*", "0" }, { "127.0.0.1" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct proc server, client;
		const char *const *l = rows[i].listener;
		const char *const *c = rows[i].client;
		proc_sockchat(&server, "listen", l[0], l[1], l[2], NULL);
		const char *port = port_text(port_told(&server));
		proc_sockchat(&client, "connect", c[0], c[1] ? c[1] : port,
		              c[1] ? port : NULL, NULL);
		assert_talk(&server, &client);
	}
}

static void a_unix_socket_talks_in_each_form(void **state)
{
	char path[120];
	struct proc server, client;

	(void)state;
	snprintf(path, sizeof(path), "%s", at_path("x"));
	for (int i = 0; i < 4; i++) {
		if (i < 2)
			proc_sockchat(&server, "listen", "-U", path, NULL);
		else
			proc_sockchat(&server, "listen", at_url("x"), NULL);
		proc_expect_err(&server, "listening on unix:");
		if (i % 2)
			proc_sockchat(&client, "connect", "-U", path, NULL);
		else
			proc_sockchat(&client, "connect", at_url("x"), NULL);
		assert_talk(&server, &client);
	}
}

/* Behind -4 or -6 the other family is not there. */
static void the_other_family_is_not_served(void **state)
{
	static const char *const rows[][3] = {
		{ "listen", "-4", "::1" },
		{ "listen", "-6", "127.0.0.1" },
		{ "connect", "-4", "::1" },
		{ "connect", "-6", "127.0.0.1" },
	};
	struct proc p, client;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		proc_sockchat(&p, rows[i][0], rows[i][1], rows[i][2],
		              i < 2 ? "0" : "9", NULL);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "no such address");
		proc_finish(&p);
	}
	for (int i = 0; i < 2; i++) {
		proc_sockchat(&p, "listen", i ? "-4" : "-6", "0", NULL);
		const char *port = port_text(port_told(&p));
		proc_sockchat(&client, "connect", i ? "::1" : "127.0.0.1", port,
		              NULL);
		proc_expect_exit(&client, 1);
		assert_err_has(&client, "connection refused");
		proc_finish(&client);
		proc_finish(&p);
	}
}

/* ncat ends with the status 2 for a wrong option, in both modes. */
static void an_option_that_is_not_there_is_a_wrong_command_line(void **state)
{
	struct proc p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		proc_sockchat(&p, i ? "listen" : "connect", "--baffle", "9",
		              NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, "--baffle");
		proc_finish(&p);
	}
}

/* Who only sends leaves when its input has ended, although the client stays,
 * and shows nothing of it. */
static void a_listener_that_only_sends_ends_with_its_input(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--send-only", "127.0.0.1", "0", NULL);
	int fd = net_connect(proc_port(&p));
	net_send_text(fd, "abc\n");
	proc_write_text(&p, "def\n");
	net_expect(fd, "def\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "");
	close(fd);
	proc_finish(&p);
}

static void a_listener_that_only_receives_sends_nothing(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--recv-only", "127.0.0.1", "0", NULL);
	int fd = net_connect(proc_port(&p));
	proc_write_text(&p, "def\n");
	net_send_text(fd, "abc\n");
	proc_expect_out(&p, "abc\n");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	proc_expect_exit(&p, 0);
	close(fd);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_listener_talks),
		cmocka_unit_test_setup_teardown(
		    a_unix_socket_talks_in_each_form, unix_setup,
		    unix_teardown),
		cmocka_unit_test(the_other_family_is_not_served),
		cmocka_unit_test(
		    an_option_that_is_not_there_is_a_wrong_command_line),
		cmocka_unit_test(
		    a_listener_that_only_sends_ends_with_its_input),
		cmocka_unit_test(a_listener_that_only_receives_sends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
