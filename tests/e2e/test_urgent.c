/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Urgent data (MSG_OOB) is a byte like any other: it arrives in its place, and
 * its mark is told once. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "proc.h"
#include "unix.h"

#define NOTICE "the peer sent urgent data (MSG_OOB)"

static void send_urgent(int fd, char byte)
{
	assert_int_equal(send(fd, &byte, 1, MSG_OOB), 1);
}

static void say(int fd)
{
	net_send_text(fd, "before ");
	send_urgent(fd, '!');
	net_send_text(fd, " after");
	send_urgent(fd, '?');
	net_send_text(fd, "\n");
}

#define SAID "before ! after?\n"

static size_t times(const char *text, const char *what)
{
	size_t count = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		count++;
	}
	return count;
}

static void expect_said(struct proc *p, int fd)
{
	say(fd);
	proc_expect_out(p, SAID);
	proc_end_in(p);
	close(fd);
	proc_expect_exit(p, 0);
	assert_out(p, SAID);
	assert_int_equal(times(p->err_text.bytes, NOTICE), 1);
	proc_finish(p);
}

static void a_pipe_that_connects_loses_none(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	expect_said(&p, net_accept(listener));
	close(listener);
}

static void a_pipe_that_listens_loses_none(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
	expect_said(&p, net_connect(proc_port(&p)));
}

static void a_unix_socket_loses_none(void **state)
{
	struct proc p;
	int fd = unix_accept_one(&p, "-v", NULL);

	(void)state;
	expect_said(&p, fd);
	fd = unix_dial_one(&p, "-v", NULL);
	expect_said(&p, fd);
}

static void an_echo_listener_sends_the_byte_back_without_the_mark(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--echo", "127.0.0.1", "0", NULL);
	int fd = net_connect(proc_lines_port(&p));
	say(fd);
	net_expect(fd, SAID);
	proc_expect_out(&p, NOTICE);
	close(fd);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void programs_are_told_by_a_code(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "--json", "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	say(fd);
	proc_expect_out(&p, "\"text\":\"before ! after?\\n\"");
	assert_int_equal(times(p.out_text.bytes, "\"code\":\"urgent-data\""),
	                 1);
	close(fd);
	close(listener);
	proc_finish(&p);
}

static void the_doctor_sees_it_as_well(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "-zv", "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	send_urgent(fd, 'h');
	net_send_text(fd, "i there\n");
	proc_expect_exit(&p, 0);
	assert_err_has(&p, NOTICE);
	assert_err_has(&p, "hi there");
	proc_finish(&p);
	close(fd);
	close(listener);
}

/* The system moves such a stream by itself, but for the marks. */
static void a_long_stream_with_many_marks_is_the_same(void **state)
{
	enum { PIECES = 200, PIECE = 9973 };
	static char sent[PIECES * PIECE];
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (char)(i * 31 / 7 + i / 256);
	for (size_t i = 0; i < PIECES; i++) {
		net_send(fd, sent + i * PIECE, PIECE - 1);
		send_urgent(fd, sent[(i + 1) * PIECE - 1]);
		proc_watch(&p, 0);
	}
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_int_equal(p.out_text.len, sizeof(sent));
	assert_memory_equal(p.out_text.bytes, sent, sizeof(sent));
	assert_int_equal(times(p.err_text.bytes, NOTICE), 1);
	proc_finish(&p);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pipe_that_connects_loses_none),
		cmocka_unit_test(a_pipe_that_listens_loses_none),
		cmocka_unit_test_setup_teardown(a_unix_socket_loses_none,
		                                unix_setup, unix_teardown),
		cmocka_unit_test(
		    an_echo_listener_sends_the_byte_back_without_the_mark),
		cmocka_unit_test(programs_are_told_by_a_code),
		cmocka_unit_test(the_doctor_sees_it_as_well),
		cmocka_unit_test(a_long_stream_with_many_marks_is_the_same),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("urgent data", tests, NULL, NULL);
}
