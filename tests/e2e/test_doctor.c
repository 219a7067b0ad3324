/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* connect -z -v: what it finds on the way, and its verdict. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "entries.h"
#include "peer.h"
#include "proc.h"

/* It has begun to look at a listener of ours. */
static int consult(struct proc *p, uint16_t *port)
{
	int listener = net_listen(port);

	proc_sockchat(p, "connect", "-z", "-v", "127.0.0.1", port_text(*port),
	              NULL);
	return listener;
}

static void assert_verdict(struct proc *p, const char *verdict,
                           const char *next, int status)
{
	if (p->pid)
		proc_expect_exit(p, status);
	assert_err_has(p, verdict);
	assert_err_has(p, next);
	assert_out(p, "");
	proc_finish(p);
}

static void a_server_that_waits_is_well(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = consult(&p, &port), fd = net_accept(listener);
	char command[64];

	(void)state;
	snprintf(command, sizeof(command),
	         "try next: sockchat connect 127.0.0.1:%u\n", port);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "route to 127.0.0.1: by lo, from 127.0.0.1, this "
	                   "machine itself\n");
	assert_err_has(&p, "connected to 127.0.0.1:");
	assert_err_has(&p, "round trip ");
	assert_err_has(&p, "the peer is ");
	assert_verdict(&p, "verdict: it works: the port is open, and the "
	                   "server waits for the client to speak first\n",
	               command, 0);
	net_expect_end(fd); /* nothing was sent */
	close(fd);
	close(listener);
}

static void a_greeting_is_shown(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = consult(&p, &port), fd = net_accept(listener);

	(void)state;
	net_send_text(fd, "hello \033there\r\nmore");
	assert_verdict(&p, "verdict: it works: the server speaks first "
	                   "(\"hello ^[there\")\n",
	               "first bytes after ", 0);
	close(fd);
	close(listener);
}

static void a_protocol_is_named_though_it_comes_in_pieces(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = consult(&p, &port), fd = net_accept(listener);

	(void)state;
	net_send_text(fd, "SSH-");
	proc_watch(&p, 20);
	net_send_text(fd, "2.0-OpenSSH_9.2\r\n");
	assert_verdict(&p, "verdict: it works: ", "SSH", 0);
	close(fd);
	close(listener);
}

static void a_server_that_hangs_up_at_once_is_remarked_upon(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = consult(&p, &port);

	(void)state;
	close(net_accept(listener));
	assert_verdict(&p, "verdict: the port is open, but the connection is "
	                   "closed at once, before anything came\n",
	               "try next: look at the server's log", 0);
	close(listener);
}

static void a_program_that_does_not_accept_is_named(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = consult(&p, &port);
	char pid[32];

	(void)state;
	snprintf(pid, sizeof(pid), "(pid %d, ", (int)getpid());
	proc_expect_exit(&p, 0);
	assert_err_has(&p, pid);
	assert_err_has(&p, "not accepted yet, 1 waits in its backlog of ");
	assert_verdict(&p, " has not accepted the connection: it is busy",
	               "nothing came within 1.0 s\n", 0);
	close(listener);
}

static void a_program_that_is_stopped_is_named(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = consult(&p, &port);
	pid_t pid = fork();

	(void)state;
	if (!pid) {
		(void)net_accept(listener);
		raise(SIGSTOP);
		_exit(0);
	}
	close(listener);
	assert_verdict(&p, " does not answer: it was stopped (SIGSTOP)\n",
	               "try next: continue it with `kill -CONT` and its pid\n",
	               0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void a_reset_is_a_failure(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = consult(&p, &port), fd = net_accept(listener);

	(void)state;
	proc_expect_err(&p, "connected to");
	net_reset(fd);
	assert_verdict(&p, "connection reset by 127.0.0.1:",
	               "verdict: something there drops connections at once\n",
	               1);
	close(listener);
}

static void a_refusal_ends_with_a_verdict_too(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);

	(void)state;
	close(fd);
	proc_sockchat(&p, "connect", "-z", "-v", "127.0.0.1", port_text(port),
	              NULL);
	assert_verdict(&p, "connection refused after ",
	               "verdict: its host answers, but no program listens "
	               "there\n", 1);
}

/* The server is there, at another address. */
static void what_is_found_here_is_what_to_try(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-v", "127.0.0.2", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "try next: on this machine ");
	assert_verdict(&p, "verdict: the reason is on this machine\n",
	               ": connect there, or make it listen on this address "
	               "too\n", 1);
	close(listener);
}

static void without_v_it_says_one_line(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);
	char line[64];

	(void)state;
	proc_sockchat(&p, "connect", "-z", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 0);
	snprintf(line, sizeof(line), "sockchat: connected to 127.0.0.1:%u\n",
	         port);
	assert_string_equal(p.err_text.bytes, line);
	proc_finish(&p);
	close(fd);
}

/* As JSON */

static void the_steps_and_the_verdict_come_as_entries(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-v", "--json", "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	net_send_text(fd, "SSH-2.0-OpenSSH_9.2\r\n");
	proc_expect_out(&p, "\"code\":\"connected\"");
	proc_expect_out(&p, "\"code\":\"first-byte\"");
	proc_expect_out(&p, "\"verdict\":\"protocol-ssh\",\"status\":0}\n");
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	check_json(&p, "", 0);
	proc_finish(&p);
	close(fd);
	close(listener);
}

static void a_failure_comes_as_an_error_and_a_verdict(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);

	(void)state;
	close(fd);
	proc_sockchat(&p, "connect", "-z", "-v", "--json", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_out(&p, "\"code\":\"ECONNREFUSED\"");
	proc_expect_out(&p, "\"verdict\":\"failed\",\"status\":1}\n");
	proc_expect_exit(&p, 1);
	assert_silent(&p);
	check_json(&p, "", 0);
	proc_finish(&p);
}

static void without_v_one_object_tells_the_result(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "--json", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_out(&p, "\"state\":\"open\"");
	proc_expect_exit(&p, 0);
	assert_ptr_equal(strchr(p.out_text.bytes, '\n') + 1,
	                 p.out_text.bytes + p.out_text.len);
	check_json(&p, "", 0);
	proc_finish(&p);
	close(fd);
}

static void a_report_that_cannot_be_written_is_a_failure(void **state)
{
	const char *argv[] = { "sh", "-c", "exec \"$SOCKCHAT_BIN\" connect -z "
		               "-v --json 127.0.0.1 $0 >/dev/full", NULL,
		               NULL };
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);

	(void)state;
	argv[3] = port_text(port);
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "cannot write standard output");
	proc_finish(&p);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_waits_is_well),
		cmocka_unit_test(a_greeting_is_shown),
		cmocka_unit_test(a_protocol_is_named_though_it_comes_in_pieces),
		cmocka_unit_test(
		    a_server_that_hangs_up_at_once_is_remarked_upon),
		cmocka_unit_test(a_program_that_does_not_accept_is_named),
		cmocka_unit_test(a_program_that_is_stopped_is_named),
		cmocka_unit_test(a_reset_is_a_failure),
		cmocka_unit_test(a_refusal_ends_with_a_verdict_too),
		cmocka_unit_test(what_is_found_here_is_what_to_try),
		cmocka_unit_test(without_v_it_says_one_line),
		cmocka_unit_test(the_steps_and_the_verdict_come_as_entries),
		cmocka_unit_test(a_failure_comes_as_an_error_and_a_verdict),
		cmocka_unit_test(without_v_one_object_tells_the_result),
		cmocka_unit_test(a_report_that_cannot_be_written_is_a_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
