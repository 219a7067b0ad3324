/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How lines and json end: with standard input, with their peers, by a signal,
 * and what they say of what was not delivered. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

static uint16_t listen_with(struct proc *p, const char *option,
                            const char *value)
{
	proc_sockchat(p, "listen", "--ui", "lines", "127.0.0.1", "0", option,
	              value, NULL);
	return proc_lines_port(p);
}

static bool has_ended_within(int fd, int ms)
{
	struct pollfd set = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&set, 1, ms) == 1 && recv(fd, &byte, 1, MSG_PEEK) == 0;
}

/* The end of standard input */

static void no_peer_is_taken_after_the_end_of_input(void **state)
{
	struct proc p;
	uint16_t port = listen_with(&p, "-k", NULL);
	int one = net_connect(port);

	(void)state;
	proc_expect_out(&p, " 1 * connection from");
	proc_write_text(&p, "said\n");
	proc_end_in(&p);
	net_expect(one, "said\n");
	net_expect_end(one);
	assert_int_equal(net_try_connect(port), ECONNREFUSED);
	net_send_text(one, "heard\n");
	proc_expect_out(&p, " 1 < heard");
	close(one);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_listener_whose_peers_have_gone_ends_with_its_input(void **state)
{
	struct proc p;
	int fd = net_connect(listen_with(&p, "-k", NULL));

	(void)state;
	proc_write_text(&p, "/close\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_out(&p, "connection closed");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void input_that_ended_before_the_first_peer_ends_nothing(void **state)
{
	struct proc p;
	uint16_t port = listen_with(&p, "-q", "0");

	(void)state;
	proc_write_text(&p, "early\n");
	proc_end_in(&p);
	int fd = net_connect(port);
	net_expect(fd, "early\n");
	assert_false(has_ended_within(fd, 300));
	net_send_text(fd, "answer\n");
	proc_expect_out(&p, "< answer");
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void early_lines_go_to_the_first_of_many_peers(void **state)
{
	static const char *const uis[] = { "lines", "json" };
	struct proc p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		proc_sockchat(&p, "listen", "-k", "-q", "0", "--ui", uis[i],
		              "127.0.0.1", "0", NULL);
		proc_write_text(&p, "early\n");
		proc_end_in(&p);
		uint16_t port = proc_lines_port(&p);
		for (int peer = 0; peer < 2; peer++) {
			int fd = net_connect(port);
			if (!peer)
				net_expect(fd, "early\n");
			assert_false(has_ended_within(fd, 100));
			shutdown(fd, SHUT_WR);
			net_expect_end(fd);
			close(fd);
		}
		kill(p.pid, SIGTERM);
		proc_expect_signal(&p, SIGTERM);
		proc_finish(&p);
	}
}

static void without_input_peers_are_served_one_after_another(void **state)
{
	struct proc p;
	uint16_t port;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", "127.0.0.1", "0",
	              NULL);
	proc_end_in(&p);
	port = proc_lines_port(&p);
	for (int i = 0; i < 3; i++) {
		int fd = net_connect(port);
		net_send_text(fd, "x\n");
		assert_false(has_ended_within(fd, 100));
		shutdown(fd, SHUT_WR);
		net_expect_end(fd);
		close(fd);
	}
	proc_expect_out(&p, " 3 < x");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void strangers_do_not_lengthen_the_wait_for_an_answer(void **state)
{
	struct proc p;
	uint16_t port;
	int strangers[100], count = 0;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--linger", "1", "--ui", "lines",
	              "127.0.0.1", "0", NULL);
	port = proc_lines_port(&p);
	int fd = net_connect(port);
	shutdown(fd, SHUT_WR);
	while (!has_ended_within(fd, 200)) {
		assert_true(count < 100); /* for 20 s */
		strangers[count] = net_connect(port);
		shutdown(strangers[count++], SHUT_WR);
	}
	while (count)
		close(strangers[--count]);
	close(fd);
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* Leaving with bytes undelivered */

/* Type lines until no more are taken. */
static void type_flood(struct proc *p)
{
	static char lines[64 << 10];
	size_t sum = 0;

	memset(lines, 'x', sizeof(lines));
	for (size_t i = 1023; i < sizeof(lines); i += 1024)
		lines[i] = '\n';
	fcntl(p->in, F_SETFL, O_NONBLOCK);
	for (int idle = 0; idle < 75;) {
		/* what is not written of a line is its end: whole lines */
		ssize_t n = write(p->in, lines + sum % 1024,
		                  sizeof(lines) - sum % 1024);
		assert_true(n > 0 || errno == EAGAIN);
		sum += n > 0 ? (size_t)n : 0;
		assert_true(sum < 64 * MIB);
		idle = n > 0 ? 0 : idle + 1;
		proc_watch(p, n > 0 ? 0 : 20);
	}
}

/* A peer that was sent more than its system takes. */
static int connect_flooded(struct proc *p, const char *ui)
{
	int fd = connect_with(p, "--ui", ui);

	proc_expect_out(p, "connected to");
	type_flood(p);
	return fd;
}

static void expect_given_up(struct proc *p)
{
	const char *at;

	if (!p->out_text.len ||
	    !(at = strstr(p->out_text.bytes, "gave up on 127.0.0.1:")))
		fail_msg("nobody gave up");
	assert_non_null(strstr(at, "were not acknowledged, "));
	assert_non_null(strstr(at, " more were not sent"));
}

static void a_signal_tells_what_was_not_delivered(void **state)
{
	static const char *const uis[] = { "lines", "json" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p;
		int fd = connect_flooded(&p, uis[i]);
		kill(p.pid, SIGINT);
		proc_expect_signal(&p, SIGINT);
		expect_given_up(&p);
		close(fd);
		proc_finish(&p);
	}
}

/* How long it takes to end after two signals. */
static int64_t end_by_two_signals(void)
{
	struct proc p;
	int fd = connect_flooded(&p, "lines");
	int64_t start = now_ms();

	kill(p.pid, SIGTERM);
	poll(NULL, 0, 50); /* or both would be one */
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	int64_t took = now_ms() - start;
	close(fd);
	proc_finish(&p);
	return took;
}

/* After one signal it waits for a second at least.  A busy machine may take as
 * long, but not always. */
static void a_second_signal_ends_it_at_once(void **state)
{
	int tries = 5;

	(void)state;
	while (tries && end_by_two_signals() >= 900)
		tries--;
	assert_int_not_equal(tries, 0);
}

/* Read so little at a time that all would take minutes. */
static void *run_slow_reader(void *arg)
{
	struct stream *s = arg;
	char bytes[2048];

	while (!s->ends && recv(s->fd, bytes, sizeof(bytes), 0) > 0)
		poll(NULL, 0, 300);
	return NULL;
}

static void after_a_signal_a_slow_peer_has_five_seconds(void **state)
{
	struct proc p;
	struct stream s = { .fd = connect_flooded(&p, "lines") };
	int64_t start = now_ms();

	(void)state;
	pthread_create(&s.thread, NULL, run_slow_reader, &s);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_true(now_ms() - start < 30000);
	expect_given_up(&p);
	s.ends = true;
	close(p.in);
	p.in = -1;
	pthread_join(s.thread, NULL);
	close(s.fd);
	proc_finish(&p);
}

static void an_answer_that_is_cut_short_is_told(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "-q", "0", "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	proc_write_text(&p, "question\n");
	proc_end_in(&p);
	net_expect(fd, "question\n");
	proc_expect_exit(&p, 0);
	assert_non_null(strstr(p.out_text.bytes, "--quit-after: left before "
	                                         "127.0.0.1:"));
	close(fd);
	proc_finish(&p);
	close(listener);
}

static void what_is_not_acknowledged_when_time_is_up_is_a_failure(void **state)
{
	static char line[512 << 10];
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), little = 4096;

	(void)state;
	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little));
	proc_sockchat(&p, "connect", "--ui", "lines", "-q", "0", "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	memset(line, 'x', sizeof(line));
	proc_write(&p, line, sizeof(line));
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	expect_given_up(&p);
	close(fd);
	close(listener);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_peer_is_taken_after_the_end_of_input),
		cmocka_unit_test(
		    a_listener_whose_peers_have_gone_ends_with_its_input),
		cmocka_unit_test(
		    input_that_ended_before_the_first_peer_ends_nothing),
		cmocka_unit_test(early_lines_go_to_the_first_of_many_peers),
		cmocka_unit_test(
		    without_input_peers_are_served_one_after_another),
		cmocka_unit_test(
		    strangers_do_not_lengthen_the_wait_for_an_answer),
		cmocka_unit_test(a_signal_tells_what_was_not_delivered),
		cmocka_unit_test(a_second_signal_ends_it_at_once),
		cmocka_unit_test(after_a_signal_a_slow_peer_has_five_seconds),
		cmocka_unit_test(an_answer_that_is_cut_short_is_told),
		cmocka_unit_test(
		    what_is_not_acknowledged_when_time_is_up_is_a_failure),
	};

	signal(SIGPIPE, SIG_IGN);
	setenv("LANG", "C.UTF-8", 1);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
