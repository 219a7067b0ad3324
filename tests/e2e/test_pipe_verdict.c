/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Exit 0 of the byte pipe is a promise: what was not delivered or written is
 * said, whatever came first and whoever closed first. */

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

/* All that happens while it stands still is there at once when it goes on. */
static void stand_still(struct proc *p)
{
	int status;

	kill(p->pid, SIGSTOP);
	assert_int_equal(waitpid(p->pid, &status, WUNTRACED), p->pid);
}

static void go_on(struct proc *p)
{
	kill(p->pid, SIGCONT);
}

/* Standard output that is closed */

static int connect_closed(struct proc *p, const char *option)
{
	uint16_t port;
	int listener = net_listen(&port);
	const char *argv[] = { NULL,   "connect",       "127.0.0.1",
		               port_text(port), option, NULL };

	proc_start(p, argv, NULL, PROC_PIPE, PROC_CLOSED, PROC_PIPE);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void what_came_while_output_was_closed_is_counted(void **state)
{
	struct proc p;
	int fd = connect_closed(&p, "-4");

	(void)state;
	net_send_text(fd, "answer");
	proc_write_text(&p, "all of it");
	proc_end_in(&p);
	net_expect(fd, "all of it");
	net_expect_end(fd);
	net_send_text(fd, "more");
	close(fd);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "standard output is closed: 10 bytes received");
	proc_finish(&p);
}

static void a_closed_output_that_nothing_came_for_is_fine(void **state)
{
	static const char *const options[] = { "-4", "--send-only" };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct proc p;
		int fd = connect_closed(&p, options[i]);
		if (i)
			net_send_text(fd, "nobody wants it");
		proc_write_text(&p, "x");
		proc_end_in(&p);
		net_expect(fd, "x");
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_silent(&p);
		proc_finish(&p);
	}
}

static void help_that_nobody_can_read_is_a_failure(void **state)
{
	static const char *const options[] = { "--help", "--version" };
	struct proc p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *argv[] = { NULL, options[i], NULL };
		proc_start(&p, argv, NULL, PROC_PIPE, PROC_CLOSED, PROC_PIPE);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "cannot write standard output: ");
		proc_finish(&p);
	}
}

static void an_output_that_is_not_safe_when_closed_is_a_failure(void **state)
{
	static const char *const quits[] = { "-4", "-q0" };
	static char preload[400];
	const char *fault = getenv("SOCKCHAT_FAULT");
	const char *env[] = { preload, "FAULT_BAD_CLOSE=1", NULL };

	(void)state;
	if (!fault)
		skip();
	snprintf(preload, sizeof(preload), "LD_PRELOAD=%s", fault);
	for (int i = 0; i < 2; i++) {
		struct proc p;
		uint16_t port;
		int listener = net_listen(&port);
		const char *argv[] = { NULL, "connect", "127.0.0.1",
			               port_text(port), quits[i], NULL };
		proc_start(&p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
		int fd = net_accept(listener);
		close(listener);
		net_send_text(fd, "kept?");
		proc_expect_out(&p, "kept?");
		if (!i)
			close(fd);
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "some of 5 bytes received may be lost");
		if (i)
			close(fd);
		proc_finish(&p);
	}
}

/* --quit-after */

static void leaving_before_the_answer_has_ended_is_said(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-q", "0");

	(void)state;
	net_send_text(fd, "the beginning");
	proc_expect_out(&p, "the beginning");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "had finished");
	assert_err_has(&p, "13 bytes received");
	close(fd);
	proc_finish(&p);
	fd = connect_with(&p, "--quiet", "-q0");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	close(fd);
	proc_finish(&p);
}

static void an_answer_that_had_ended_is_not_cut(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-q", "60");

	(void)state;
	proc_end_in(&p);
	net_expect_end(fd);
	net_send_text(fd, "all");
	close(fd);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

static void what_had_come_when_it_left_is_written(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-q", "0"), left;

	(void)state;
	p.holds_out = true;
	size_t sent = net_flood(fd);
	stand_still(&p);
	assert_int_equal(ioctl(fd, SIOCOUTQ, &left), 0);
	proc_end_in(&p);
	go_on(&p);
	proc_watch(&p, 200);
	p.holds_out = false;
	proc_expect_exit(&p, 0);
	assert_true(p.out_text.len >= sent - (size_t)left);
	close(fd);
	proc_finish(&p);
}

static void a_reader_that_takes_nothing_is_given_up_after_quit(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-q0", "--linger=300ms");

	(void)state;
	p.holds_out = true;
	(void)net_flood(fd);
	proc_end_in(&p);
	proc_expect_err(&p, "not written");
	p.holds_out = false;
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "bytes received are not written");
	close(fd);
	proc_finish(&p);
}

/* Signals */

static void a_signal_says_what_was_not_delivered(void **state)
{
	struct proc p;
	int fd = connect_plain(&p);

	(void)state;
	(void)net_flood(p.in);
	int64_t start = now_ms();
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_true(now_ms() - start >= 4500);
	assert_err_has(&p, "not acknowledged");
	assert_err_has(&p, "not sent");
	close(fd);
	proc_finish(&p);
}

/* How long it takes to end after two signals. */
static int64_t end_by_two_signals(void)
{
	struct proc p;
	int fd = connect_plain(&p);

	(void)net_flood(p.in);
	int64_t start = now_ms();
	kill(p.pid, SIGINT);
	proc_watch(&p, 200);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	int64_t took = now_ms() - start;
	assert_err_has(&p, "not acknowledged");
	close(fd);
	proc_finish(&p);
	return took;
}

/* After one signal it waits for five seconds.  A busy machine may take as long,
 * but not always. */
static void a_second_signal_ends_it_at_once(void **state)
{
	int tries = 5;

	(void)state;
	while (tries && end_by_two_signals() >= 4500)
		tries--;
	assert_int_not_equal(tries, 0);
}

static void after_a_signal_what_was_taken_is_delivered(void **state)
{
	struct proc p;
	int fd = connect_plain(&p);
	struct text t = { NULL, 0 };

	(void)state;
	(void)net_flood(p.in);
	kill(p.pid, SIGHUP);
	proc_watch(&p, 200);
	assert_int_equal(net_read(fd, &t, 0), 0);
	close(fd);
	proc_expect_signal(&p, SIGHUP);
	assert_silent(&p);
	text_finish(&t);
	proc_finish(&p);
}

static void a_signal_between_two_peers_ends_it(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "127.0.0.1", "0", NULL);
	uint16_t port = proc_port(&p);
	close(net_connect(port));
	proc_expect_err(&p, "connection from");
	proc_watch(&p, 100);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

/* Resets */

/* A peer that closes with our bytes unread resets the connection: what it said
 * before is read all the same, also when our write meets the reset first. */
static void last_words_are_written_when_our_write_fails(void **state)
{
	(void)state;
	EACH_MODE(i)
	{
		struct proc p;
		int fd = both[i](&p);
		proc_write_text(&p, "first");
		net_expect(fd, "f");
		stand_still(&p);
		net_send_text(fd, "421 go away\n");
		close(fd);
		proc_write_text(&p, "second");
		go_on(&p);
		proc_expect_exit(&p, 1);
		assert_out(&p, "421 go away\n");
		assert_err_has(&p, "12 bytes received");
		proc_finish(&p);
	}
}

static void last_words_of_a_python_server_are_written(void **state)
{
	struct proc server, p;
	char port[8];

	(void)state;
	start_python_server(&server, "last_words.py", NULL, port);
	proc_sockchat(&p, "connect", "127.0.0.1", port, NULL);
	proc_write_text(&p, "lines that\nnobody reads\n");
	proc_expect_exit(&p, 1);
	assert_out(&p, "421 too many connections, good bye\n");
	assert_err_has(&p, "35 bytes received");
	proc_finish(&p);
	proc_finish(&server);
}

static void a_reset_before_it_was_accepted_is_a_failure(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		struct proc p;
		proc_sockchat(&p, "listen", "127.0.0.1", "0", NULL);
		uint16_t port = proc_port(&p);
		if (i % 2)
			stand_still(&p);
		proc_write_text(&p, "waiting for a peer\n");
		proc_end_in(&p);
		net_reset(net_connect(port));
		if (i % 2)
			go_on(&p);
		proc_expect_exit(&p, 1);
		proc_finish(&p);
	}
}

/* Limits */

static void too_few_descriptors_end_in_a_sentence(void **state)
{
	static const char *const words[] = {
		"connect 127.0.0.1 1", "connect -z 127.0.0.1 1",
		"connect -zv 127.0.0.1 1", "connect localhost 1",
	};

	(void)state;
	for (int limit = 4; limit < 12; limit++)
		for (int i = 0; i < 4; i++) {
			char script[200];
			struct proc p;
			const char *argv[] = { "sh", "-c", script, NULL };
			snprintf(script, sizeof(script),
			         "ulimit -n %d; exec \"$SOCKCHAT_BIN\" %s",
			         limit, words[i]);
			proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE,
			           PROC_PIPE);
			proc_end_in(&p);
			proc_expect_exit(&p, 1);
			assert_err_has(&p, "sockchat: ");
			proc_finish(&p);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_came_while_output_was_closed_is_counted),
		cmocka_unit_test(a_closed_output_that_nothing_came_for_is_fine),
		cmocka_unit_test(help_that_nobody_can_read_is_a_failure),
		cmocka_unit_test(
		    an_output_that_is_not_safe_when_closed_is_a_failure),
		cmocka_unit_test(leaving_before_the_answer_has_ended_is_said),
		cmocka_unit_test(an_answer_that_had_ended_is_not_cut),
		cmocka_unit_test(what_had_come_when_it_left_is_written),
		cmocka_unit_test(
		    a_reader_that_takes_nothing_is_given_up_after_quit),
		cmocka_unit_test(a_signal_says_what_was_not_delivered),
		cmocka_unit_test(a_second_signal_ends_it_at_once),
		cmocka_unit_test(after_a_signal_what_was_taken_is_delivered),
		cmocka_unit_test(a_signal_between_two_peers_ends_it),
		cmocka_unit_test(last_words_are_written_when_our_write_fails),
		cmocka_unit_test(last_words_of_a_python_server_are_written),
		cmocka_unit_test(a_reset_before_it_was_accepted_is_a_failure),
		cmocka_unit_test(too_few_descriptors_end_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
