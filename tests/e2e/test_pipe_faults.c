/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe when something is wrong: peers, signals, the system. */

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "peer.h"

static void a_stuck_reader_stops_neither_memory_bound_nor_input(void **state)
{
	struct proc p;
	int fd;

	(void)state;
	fd = connect_plain(&p);
	p.holds_out = true;
	size_t sent = net_flood(fd);
	long cpu = proc_cpu_ms(&p);
	proc_write_text(&p, "still alive");
	net_expect(fd, "still alive");
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) - cpu < 50);
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	p.holds_out = false;
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_int_equal(p.out_text.len, sent);
	proc_finish(&p);
}

static void a_stuck_peer_stops_neither_memory_bound_nor_output(void **state)
{
	struct proc p;
	struct text t = { NULL, 0 };
	int fd;

	(void)state;
	fd = connect_plain(&p);
	size_t sent = net_flood(p.in);
	long cpu = proc_cpu_ms(&p);
	net_send_text(fd, "still alive");
	proc_expect_out(&p, "still alive");
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) - cpu < 50);
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	proc_end_in(&p);
	assert_int_equal(net_read(fd, &t, 0), 0);
	assert_int_equal(t.len, sent);
	close(fd);
	proc_expect_exit(&p, 0);
	text_finish(&t);
	proc_finish(&p);
}

static void quiet_connections_cost_no_time(void **state)
{
	struct proc p;
	int fd;

	(void)state;
	fd = connect_plain(&p);
	proc_write_text(&p, "x");
	net_expect(fd, "x");
	proc_end_in(&p);
	net_expect_end(fd);
	long cpu = proc_cpu_ms(&p);
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) - cpu < 50);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_refused_connection_is_explained(void **state)
{
	struct proc p;
	uint16_t port;
	char sentence[200];

	(void)state;
	close(net_listen(&port));
	proc_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	snprintf(sentence, sizeof(sentence),
	         "sockchat: connection refused: 127.0.0.1:%u is reachable, but "
	         "nothing listens on that port\nsockchat: hint: ",
	         port);
	assert_err_has(&p, sentence);
	assert_out(&p, "");
	proc_finish(&p);
}

static void an_unknown_name_is_told(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "no..such", "9", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no..such");
	proc_finish(&p);
}

static void a_reset_loses_nothing_that_came_and_is_told(void **state)
{
	struct proc p;
	char sentence[80];

	(void)state;
	EACH_MODE(i)
	{
		int fd = both[i](&p);
		net_send_text(fd, "0123456789");
		proc_write_text(&p, "abc");
		net_expect(fd, "abc");
		proc_expect_out(&p, "0123456789");
		net_reset(fd);
		proc_expect_exit(&p, 1);
		snprintf(sentence, sizeof(sentence),
		         "10 bytes received and 3 bytes sent");
		assert_err_has(&p, sentence);
		assert_err_has(&p, "reset by");
		assert_out(&p, "0123456789");
		proc_finish(&p);
	}
}

static void a_reset_after_our_end_is_a_failure(void **state)
{
	struct proc p;
	int fd = connect_plain(&p);

	(void)state;
	proc_end_in(&p);
	net_expect_end(fd);
	net_send_text(fd, "0123456789");
	proc_expect_out(&p, "0123456789");
	net_reset(fd);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "reset by");
	proc_finish(&p);
}

static void a_reset_amid_our_sending_still_shows_what_came(void **state)
{
	struct proc p;
	int fd;

	(void)state;
	fd = connect_plain(&p);
	(void)net_flood(p.in);
	net_send_text(fd, "too much!");
	net_reset(fd);
	proc_expect_exit(&p, 1);
	assert_out(&p, "too much!");
	assert_err_has(&p, "9 bytes received");
	proc_finish(&p);
}

#define UNREAD 98304

/* Fill the pipe behind its output, and leave something in the socket that it
 * cannot hand on; how much there is to be read in all. */
static size_t send_unread(struct proc *p, int fd)
{
	char path[40];

	p->holds_out = true;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p->out);
	int writer = open(path, O_WRONLY | O_CLOEXEC);
	size_t filled = net_flood(writer);
	close(writer);
	net_send_acked(fd, UNREAD);
	proc_watch(p, 100);
	return filled + UNREAD;
}

static void a_reset_loses_nothing_behind_a_stuck_reader(void **state)
{
	struct proc p;
	int fd = connect_plain(&p);
	size_t sent = send_unread(&p, fd);

	(void)state;
	(void)net_flood(p.in);
	net_reset(fd);
	proc_watch(&p, 200);
	p.holds_out = false;
	proc_expect_exit(&p, 1);
	assert_int_equal(p.out_text.len, sent);
	assert_err_has(&p, "98304 bytes received");
	proc_finish(&p);
}

static void an_address_in_use_is_told(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	char where[40];

	(void)state;
	proc_sockchat(&p, "listen", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	snprintf(where, sizeof(where), "in use: 127.0.0.1:%u", port);
	assert_err_has(&p, where);
	proc_finish(&p);
	close(listener);
}

static void wrong_ports_are_wrong_command_lines(void **state)
{
	static const char *const ports[] = { "80x", "65536", "99999999999",
		                             "",    "-1",    "0" };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		proc_sockchat(&p, "connect", "--", "127.0.0.1", ports[i], NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, "--help");
		proc_finish(&p);
	}
}

static void an_unknown_service_is_a_wrong_command_line(void **state)
{
	static const char *const modes[] = { "connect", "listen" };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		proc_sockchat(&p, modes[i], "127.0.0.1", "abc-no-service",
		              NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, "unknown service: abc-no-service");
		assert_err_has(&p, "--help");
		proc_finish(&p);
	}
	proc_sockchat(&p, "listen", "abc-no-service", NULL);
	proc_expect_exit(&p, 2);
	proc_finish(&p);
	proc_sockchat(&p, "listen", "nohost.invalid", "1", NULL);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void signals_close_in_order_and_are_died_of(void **state)
{
	static const int signums[] = { SIGTERM, SIGINT, SIGHUP };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		int fd = connect_plain(&p);
		proc_write_text(&p, "abc");
		net_expect(fd, "abc");
		p.holds_out = true;
		if (!i) /* unread input must not become a reset */
			(void)net_flood(fd);
		kill(p.pid, signums[i]);
		proc_expect_signal(&p, signums[i]);
		net_expect_end(fd);
		close(fd);
		proc_finish(&p);
	}
}

static void a_signal_ends_a_waiting_listener(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "0", NULL);
	(void)proc_port(&p);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

static void only_an_idle_connection_times_out(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "-i", "2s");
	int64_t start = now_ms();

	(void)state;
	for (int i = 0; i < 3; i++) {
		proc_watch(&p, 700);
		net_send_text(fd, "x");
	}
	proc_expect_exit(&p, 1);
	assert_true(now_ms() - start >= 2100 + 2000);
	assert_out(&p, "xxx");
	assert_err_has(&p, "idle: ");
	assert_err_has(&p, "after 3 bytes received and 0 sent");
	net_expect_end(fd);
	close(fd);
	proc_finish(&p);
}

static void a_peer_that_never_answers_times_out(void **state)
{
	uint16_t port;
	int fds[8], count = 0;
	int listener = net_listen(&port);
	struct proc p;

	(void)state;
	listen(listener, 0);
	for (; count < 8; count++) { /* more than the backlog takes */
		fds[count] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		struct sockaddr_storage sa;
		socklen_t len = sizeof(sa);
		getsockname(listener, (struct sockaddr *)&sa, &len);
		(void)connect(fds[count], (struct sockaddr *)&sa, len);
	}
	proc_sockchat(&p, "connect", "-w", "0.3", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "timed out");
	proc_finish(&p);
	while (count)
		close(fds[--count]);
	close(listener);
}

/* A peer whose system takes only a little, so that ours has to keep the rest;
 * `text` was all written and standard input has ended. */
static int start_unacknowledged(struct proc *p, const char *option,
                                const char *value)
{
	static const char much[1 << 20];
	static const int little = 4096;
	uint16_t port;
	int listener = net_listen(&port);

	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little));
	proc_sockchat(p, "connect", option, value, "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	proc_write(p, much, sizeof(much));
	proc_end_in(p);
	close(listener);
	return fd;
}

static void a_signal_destroys_nothing_that_is_on_its_way(void **state)
{
	struct proc p;
	struct text t = { NULL, 0 };
	int fd = start_unacknowledged(&p, "-v", "--");

	(void)state;
	(void)send_unread(&p, fd);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_int_equal(net_read(fd, &t, 0), 0);
	assert_int_equal(t.len, MIB);
	text_finish(&t);
	close(fd);
	proc_finish(&p);
}

static void quit_gives_up_a_peer_that_takes_nothing(void **state)
{
	struct proc p;
	int fd = start_unacknowledged(&p, "-q0", "--linger=300ms");

	(void)state;
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "gave up on 127.0.0.1:");
	assert_err_has(&p, "of 1048576 bytes sent");
	close(fd);
	proc_finish(&p);
}

static void success_waits_until_the_peers_system_has_everything(void **state)
{
	struct proc p;
	struct text t = { NULL, 0 };
	int fd = start_unacknowledged(&p, "--linger=0", "--");

	(void)state;
	shutdown(fd, SHUT_WR);
	proc_expect_out_end(&p);
	long cpu = proc_cpu_ms(&p);
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) - cpu < 50);
	assert_int_equal(waitpid(p.pid, NULL, WNOHANG), 0);
	assert_int_equal(net_read(fd, &t, 0), 0);
	assert_int_equal(t.len, MIB);
	proc_expect_exit(&p, 0);
	text_finish(&t);
	close(fd);
	proc_finish(&p);
}

static void a_reset_after_both_ends_is_still_a_failure(void **state)
{
	struct proc p;
	int fd = start_unacknowledged(&p, "--linger=0", "--");

	(void)state;
	shutdown(fd, SHUT_WR);
	proc_expect_out_end(&p);
	net_reset(fd);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "0 bytes received and 1048576 bytes sent");
	proc_finish(&p);
}

static void an_unkind_system_changes_no_byte(void **state)
{
	char seed[40];

	(void)state;
	for (int i = 0; i < 3; i++) {
		snprintf(seed, sizeof(seed), "FAULT_SEED=%d", 4711 + i);
		const char *env[] = {
			NULL, seed, "FAULT_EINTR=20", "FAULT_SHORT=30",
			"FAULT_COUNT=1", NULL
		};
		struct proc p;
		int fd = connect_between(&p, env, PROC_PIPE, PROC_PIPE,
		                         PROC_PIPE);
		exchange(&p, fd, 3 * MIB);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_err_has(&p, "calls hit");
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_stuck_reader_stops_neither_memory_bound_nor_input),
		cmocka_unit_test(
		    a_stuck_peer_stops_neither_memory_bound_nor_output),
		cmocka_unit_test(quiet_connections_cost_no_time),
		cmocka_unit_test(a_refused_connection_is_explained),
		cmocka_unit_test(an_unknown_name_is_told),
		cmocka_unit_test(a_reset_loses_nothing_that_came_and_is_told),
		cmocka_unit_test(a_reset_after_our_end_is_a_failure),
		cmocka_unit_test(
		    a_reset_amid_our_sending_still_shows_what_came),
		cmocka_unit_test(a_reset_loses_nothing_behind_a_stuck_reader),
		cmocka_unit_test(an_address_in_use_is_told),
		cmocka_unit_test(wrong_ports_are_wrong_command_lines),
		cmocka_unit_test(an_unknown_service_is_a_wrong_command_line),
		cmocka_unit_test(signals_close_in_order_and_are_died_of),
		cmocka_unit_test(a_signal_ends_a_waiting_listener),
		cmocka_unit_test(only_an_idle_connection_times_out),
		cmocka_unit_test(a_peer_that_never_answers_times_out),
		cmocka_unit_test(a_signal_destroys_nothing_that_is_on_its_way),
		cmocka_unit_test(quit_gives_up_a_peer_that_takes_nothing),
		cmocka_unit_test(
		    success_waits_until_the_peers_system_has_everything),
		cmocka_unit_test(a_reset_after_both_ends_is_still_a_failure),
		cmocka_unit_test(an_unkind_system_changes_no_byte),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("pipe faults", tests, NULL, NULL);
}
