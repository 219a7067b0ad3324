/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The echo listener: all peers at once, byte for byte, whatever one of them
 * does. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "peer.h"

#define PEERS 500

/* What the log says when it isn't a terminal's. */
static uint16_t echo_port(struct proc *p)
{
	static const char before[] = "listening on 127.0.0.1:";

	proc_expect_out(p, before);
	proc_expect_out(p, "this machine only)\n");
	return (uint16_t)strtol(
	    strstr(p->out_text.bytes, before) + strlen(before), NULL, 10);
}

static uint16_t start_echo(struct proc *p)
{
	proc_sockchat(p, "listen", "--echo", "127.0.0.1", "0", NULL);
	return echo_port(p);
}

static void leave(struct proc *p)
{
	kill(p->pid, SIGTERM);
	proc_expect_signal(p, SIGTERM);
	assert_silent(p);
	proc_finish(p);
}

static void expect_bytes(int fd, const uint8_t *bytes, size_t len)
{
	struct text t = { NULL, 0 };

	assert_int_equal(net_read(fd, &t, len), 0);
	assert_int_equal(t.len, len);
	assert_memory_equal(t.bytes, bytes, len);
	text_finish(&t);
}

static void five_hundred_peers_get_their_own_bytes_back(void **state)
{
	static uint8_t bytes[8192];
	static int fds[PEERS];
	struct proc p;
	uint16_t port = start_echo(&p);

	(void)state;
	for (size_t i = 0; i < PEERS; i++)
		fds[i] = net_connect(port);
	for (size_t round = 0; round < 3; round++) {
		size_t len = (size_t[]){ 1, 1000, sizeof(bytes) }[round];
		for (size_t i = 0; i < PEERS; i++) {
			stream_fill(bytes, sizeof(bytes), i * 7919 + round);
			net_send(fds[i], bytes, len);
			proc_watch(&p, 0);
		}
		for (size_t i = 0; i < PEERS; i++) {
			stream_fill(bytes, sizeof(bytes), i * 7919 + round);
			expect_bytes(fds[i], bytes, len);
		}
	}
	for (size_t i = 0; i < PEERS; i++) {
		shutdown(fds[i], SHUT_WR);
		net_expect_end(fds[i]);
		close(fds[i]);
	}
	leave(&p);
}

static void a_half_closed_peer_gets_all_and_then_the_end(void **state)
{
	struct proc p;
	int fd = net_connect(start_echo(&p));
	struct stream s[] = {
		{ .fd = fd, .total = 64 * MIB, .ends = true },
		{ .fd = fd },
	};

	(void)state;
	p.holds_out = true; /* nor does anybody read the log */
	for (int i = 0; i < 2; i++)
		pthread_create(&s[i].thread, NULL, i ? run_checker : run_writer,
		               &s[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(s[i].thread, NULL);
	assert_int_equal(s[1].result, 64 * MIB);
	close(fd);
	p.holds_out = false;
	proc_expect_out(&p, "entries are missing here");
	leave(&p);
}

static void nothing_sent_is_an_end_as_well(void **state)
{
	struct proc p;
	int fd = net_connect(start_echo(&p));

	(void)state;
	shutdown(fd, SHUT_WR);
	net_expect_end(fd);
	close(fd);
	proc_expect_out(&p, "connection closed: 0 bytes received");
	leave(&p);
}

static void a_peer_that_does_not_read_stops_nobody_else(void **state)
{
	static uint8_t bytes[65536];
	struct proc p;
	uint16_t port = start_echo(&p);
	int deaf = net_connect(port), other = net_connect(port);
	size_t sent = 0;

	(void)state;
	p.holds_out = true;
	/* Until the last buffer on the way is full. */
	for (struct pollfd set = { .fd = deaf, .events = POLLOUT };
	     poll(&set, 1, 1500) == 1;) {
		ssize_t n = send(deaf, bytes, sizeof(bytes), MSG_DONTWAIT);
		assert_true(n > 0 || errno == EAGAIN);
		sent += n > 0 ? (size_t)n : 0;
		assert_true(sent < 64 * MIB);
	}
	stream_fill(bytes, sizeof(bytes), 5);
	for (int i = 0; i < 100; i++) {
		net_send(other, bytes, sizeof(bytes));
		expect_bytes(other, bytes, sizeof(bytes));
	}
	/* It pauses: it doesn't spin, and doesn't gather. */
	long cpu = proc_cpu_ms(&p);
	poll(NULL, 0, 500);
	assert_true(proc_cpu_ms(&p) - cpu < 100);
	assert_true(proc_rss_kib(&p) < CHAT_RSS_MAX_KIB);
	/* And goes on as soon as it reads. */
	struct text t = { NULL, 0 };
	shutdown(deaf, SHUT_WR);
	net_read(deaf, &t, 0);
	assert_int_equal(t.len, sent);
	text_finish(&t);
	close(deaf);
	close(other);
	p.holds_out = false;
	leave(&p);
}

static void peers_that_do_not_read_share_what_waits(void **state)
{
	static const char bytes[65536];
	int fds[300];
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--echo", "--queue-max=4M",
	              "127.0.0.1", "0", NULL);
	uint16_t port = echo_port(&p);
	p.holds_out = true;
	for (size_t i = 0; i < 300; i++) {
		fds[i] = net_connect(port);
		for (struct pollfd set = { .fd = fds[i], .events = POLLOUT };
		     poll(&set, 1, i ? 0 : 300) == 1;)
			(void)send(fds[i], bytes, sizeof(bytes), MSG_DONTWAIT);
	}
	poll(NULL, 0, 300);
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	for (size_t i = 0; i < 300; i++)
		close(fds[i]);
	p.holds_out = false;
	leave(&p);
}

static void a_reset_peer_is_told_and_forgotten(void **state)
{
	struct proc p;
	uint16_t port = start_echo(&p);
	int fd = net_connect(port), other = net_connect(port);

	(void)state;
	net_send_text(fd, "x\n");
	net_expect(fd, "x\n");
	net_reset(fd);
	proc_expect_out(&p, " ! connection reset");
	net_send_text(other, "y\n");
	net_expect(other, "y\n");
	close(other);
	leave(&p);
}

/* Limits */

static void it_survives_having_no_descriptors(void **state)
{
	enum { COUNT = 60, LIMIT = 40 };
	static const char script[] = "ulimit -n 40; exec \"$SOCKCHAT_BIN\" "
	                             "listen --echo 127.0.0.1 0";
	const char *argv[] = { "sh", "-c", script, NULL };
	int fds[COUNT], served = 0, first_unserved = -1;
	struct proc p;

	(void)state;
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	uint16_t port = echo_port(&p);
	for (int i = 0; i < COUNT; i++) {
		fds[i] = net_connect(port); /* the system takes them */
		net_send_text(fds[i], "x");
	}
	proc_expect_out(&p, " ! ");
	proc_expect_out(&p, "descriptors");
	long cpu = proc_cpu_ms(&p);
	proc_watch(&p, 1000);
	assert_true(proc_cpu_ms(&p) - cpu < 100);
	for (int i = 0; i < COUNT; i++) {
		struct pollfd set = { .fd = fds[i], .events = POLLIN };
		if (poll(&set, 1, 0) == 1)
			served++;
		else if (first_unserved < 0)
			first_unserved = i;
	}
	assert_true(served > LIMIT - 20 && served < LIMIT);
	assert_int_equal(first_unserved, served); /* in their order */
	for (int i = 0; i < served; i++) {
		net_expect(fds[i], "x");
		close(fds[i]);
	}
	for (int i = served; i < COUNT; i++) {
		net_expect(fds[i], "x");
		close(fds[i]);
	}
	char named[80];
	snprintf(named, sizeof(named), "new peers of 127.0.0.1:%u must", port);
	assert_non_null(strstr(p.out_text.bytes, named));
	const char *told = strstr(p.out_text.bytes, "out of descriptors");
	assert_null(strstr(told + 1, "out of descriptors"));
	leave(&p);
}

static void more_peers_than_wanted_are_refused(void **state)
{
	struct text t = { NULL, 0 };
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--echo", "-m", "2", "127.0.0.1", "0",
	              NULL);
	uint16_t port = echo_port(&p);
	int one = net_connect(port), two = net_connect(port);
	net_send_text(two, "x");
	net_expect(two, "x");
	int three = net_connect(port);
	assert_int_equal(net_read(three, &t, 0), ECONNRESET);
	close(three);
	proc_expect_out(&p, "refused: as many peers as --max-conns allows");
	shutdown(one, SHUT_WR);
	net_expect_end(one);
	close(one);
	proc_expect_out(&p, "connection closed");
	three = net_connect(port);
	net_send_text(three, "z");
	net_expect(three, "z");
	close(two);
	close(three);
	leave(&p);
}

static void a_taken_port_is_an_error(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "listen", "--echo", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, " ! "));
	assert_non_null(strstr(p.out_text.bytes, "in use"));
	close(listener);
	proc_finish(&p);
}

/* As a service */

static void standard_input_is_left_alone(void **state)
{
	const char *argv[] = {
		NULL, "listen", "--echo", "127.0.0.1", "0", NULL
	};
	const int ins[] = { PROC_CLOSED, open("/dev/null", O_RDONLY) };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p;
		proc_start(&p, argv, NULL, ins[i], PROC_PIPE, PROC_PIPE);
		int fd = net_connect(echo_port(&p));
		net_send_text(fd, "x");
		net_expect(fd, "x");
		close(fd);
		leave(&p);
	}
	close(ins[1]);
}

static void a_log_that_nobody_reads_stops_nobody(void **state)
{
	static uint8_t bytes[65536];
	struct proc p;
	int fd = net_connect(start_echo(&p));

	(void)state;
	p.holds_out = true;
	memset(bytes, '\n', sizeof(bytes)); /* a line of the log for each */
	for (int i = 0; i < 32; i++) {
		net_send(fd, bytes, sizeof(bytes));
		expect_bytes(fd, bytes, sizeof(bytes));
	}
	assert_true(proc_rss_kib(&p) < CHAT_RSS_MAX_KIB);
	p.holds_out = false;
	proc_expect_out(&p, "entries are missing here: standard output was "
	                    "not read");
	close(fd);
	leave(&p);
}

static void what_its_log_lacks_is_told_although_a_signal_ends_it(void **state)
{
	static uint8_t bytes[65536];
	struct proc p;
	int fd = net_connect(start_echo(&p));

	(void)state;
	p.holds_out = true;
	memset(bytes, '\n', sizeof(bytes));
	for (int i = 0; i < 32; i++) {
		net_send(fd, bytes, sizeof(bytes));
		expect_bytes(fd, bytes, sizeof(bytes));
	}
	kill(p.pid, SIGTERM);
	net_expect_end(fd);
	close(fd);
	p.holds_out = false;
	proc_expect_signal(&p, SIGTERM);
	assert_non_null(strstr(p.out_text.bytes, "entries are missing here"));
	proc_finish(&p);
}

/* It doesn't say which port it took, so it is given one. */
static uint16_t start_quiet(struct proc *p, const char *const *env)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const char *argv[] = { NULL,        "listen", "--echo", "--quiet",
		               "127.0.0.1", NULL,     NULL };
	uint16_t port;

	close(net_listen(&port));
	argv[5] = port_text(port);
	proc_start(p, argv, env, PROC_CLOSED, null, PROC_PIPE);
	close(null);
	for (int64_t start = now_ms(); net_try_connect(port);) {
		assert_true(now_ms() - start < DEADLINE_MS);
		poll(NULL, 0, 10);
	}
	return port;
}

static void a_quiet_one_keeps_nothing(void **state)
{
	static uint8_t bytes[65536];
	struct proc p;
	int fd = net_connect(start_quiet(&p, NULL));

	(void)state;
	stream_fill(bytes, sizeof(bytes), 1);
	for (int i = 0; i < 500; i++) {
		net_send(fd, bytes, sizeof(bytes));
		expect_bytes(fd, bytes, sizeof(bytes));
	}
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	close(fd);
	leave(&p);
}

/* The peers' bytes go nowhere, and standard error tells of the peers. */
static void peers_are_told_of_where_their_bytes_are_not_wanted(void **state)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	const char *argv[] = { NULL,   "listen",    "--echo", "--ui",
		               "pipe", "127.0.0.1", "0",      NULL };
	struct proc p;

	(void)state;
	proc_start(&p, argv, NULL, PROC_CLOSED, null, PROC_PIPE);
	close(null);
	int fd = net_connect(proc_port(&p));
	net_send_text(fd, "x\n");
	net_expect(fd, "x\n");
	close(fd);
	proc_expect_err(&p, "connection from 127.0.0.1:");
	proc_expect_err(&p, "connection closed: 2 bytes received");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

/* Three streams at once, of which one is not read at first. */
static void send_in_bulk(uint16_t port)
{
	struct stream s[6];
	int slow = net_connect(port);

	for (int i = 0; i < 6; i += 2) {
		int fd = i ? net_connect(port) : slow;
		s[i] = (struct stream){ .fd = fd, .total = 12 * MIB + 13,
			                .ends = true };
		s[i + 1] = (struct stream){ .fd = fd };
	}
	for (int i = 0; i < 6; i++)
		if (i != 1)
			pthread_create(&s[i].thread, NULL,
			               i % 2 ? run_checker : run_writer, &s[i]);
	for (int i = 2; i < 6; i++)
		pthread_join(s[i].thread, NULL);
	pthread_create(&s[1].thread, NULL, run_checker, &s[1]);
	for (int i = 0; i < 2; i++)
		pthread_join(s[i].thread, NULL);
	for (int i = 0; i < 6; i += 2) {
		assert_int_equal(s[i + 1].result, 12 * MIB + 13);
		close(s[i].fd);
	}
}

static void a_quiet_one_returns_every_byte_in_bulk(void **state)
{
	const char *short_env[] = { preload_fault(), "FAULT_SEED=1",
		                    "FAULT_EINTR=20", "FAULT_SHORT=30", NULL };
	const char *refusing_env[] = { preload_fault(), "FAULT_SEED=2",
		                       "FAULT_REFUSE=30", NULL };
	const char *const *const envs[] = { NULL, short_env, refusing_env };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		send_in_bulk(start_quiet(&p, envs[i]));
		assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
		leave(&p);
	}
}

static void a_signal_ends_it_in_order(void **state)
{
	static const int signums[] = { SIGTERM, SIGINT, SIGHUP };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		int fd = net_connect(start_echo(&p));
		net_send_text(fd, "x");
		net_expect(fd, "x");
		kill(p.pid, signums[i]);
		net_expect_end(fd); /* FIN, not RST */
		close(fd);
		proc_expect_signal(&p, signums[i]);
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(five_hundred_peers_get_their_own_bytes_back),
		cmocka_unit_test(a_half_closed_peer_gets_all_and_then_the_end),
		cmocka_unit_test(nothing_sent_is_an_end_as_well),
		cmocka_unit_test(a_peer_that_does_not_read_stops_nobody_else),
		cmocka_unit_test(peers_that_do_not_read_share_what_waits),
		cmocka_unit_test(a_reset_peer_is_told_and_forgotten),
		cmocka_unit_test(it_survives_having_no_descriptors),
		cmocka_unit_test(more_peers_than_wanted_are_refused),
		cmocka_unit_test(a_taken_port_is_an_error),
		cmocka_unit_test(standard_input_is_left_alone),
		cmocka_unit_test(a_log_that_nobody_reads_stops_nobody),
		cmocka_unit_test(
		    what_its_log_lacks_is_told_although_a_signal_ends_it),
		cmocka_unit_test(a_quiet_one_keeps_nothing),
		cmocka_unit_test(
		    peers_are_told_of_where_their_bytes_are_not_wanted),
		cmocka_unit_test(a_quiet_one_returns_every_byte_in_bulk),
		cmocka_unit_test(a_signal_ends_it_in_order),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
