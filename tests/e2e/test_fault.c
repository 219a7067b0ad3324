/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Trouble on purpose between real sockets: the byte pipe, both ways. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"

#define SECONDS 3
#define RATE    (64 << 10)

/* Bytes with the time at which each read came. */
struct log {
	char text[4096];
	size_t len, reads;
	size_t most; /* in one read */
	int64_t first_ms, last_ms;
};

/* Read to the end.  Returns 0 or an errno. */
static int log_reads(int fd, struct log *l)
{
	ssize_t n;
	*l = (struct log){ .len = 0 };
	while ((n = recv(fd, l->text + l->len, sizeof(l->text) - 1 - l->len,
	                 0)) > 0) {
		l->last_ms = now_ms();
		l->first_ms = l->reads++ ? l->first_ms : l->last_ms;
		l->most = (size_t)n > l->most ? (size_t)n : l->most;
		l->len += (size_t)n;
	}
	return n ? errno : 0;
}

static void delays_are_measured_at_the_peer(void **state)
{
	struct proc p;
	struct log l;
	(void)state;
	int fd = connect_with(&p, "--fault", "out:latency=300ms");
	int64_t start_ms = now_ms();
	proc_write_text(&p, "hello");
	proc_end_in(&p);
	assert_int_equal(log_reads(fd, &l), 0);
	assert_string_equal(l.text, "hello");
	assert_true(l.first_ms - start_ms >= 300);
	net_send_text(fd, "bye");
	close(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "bye");
	assert_err_has(&p, "fault out:latency=300ms: bytes are delayed");
	proc_finish(&p);
}

static void slices_come_one_by_one(void **state)
{
	struct proc p;
	struct log l;
	(void)state;
	int fd = connect_with(&p, "--fault", "out:slice=2,100ms");
	proc_write_text(&p, "abcdefg");
	proc_end_in(&p);
	assert_int_equal(log_reads(fd, &l), 0);
	assert_string_equal(l.text, "abcdefg");
	assert_true(l.last_ms - l.first_ms >= 250);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* A busy machine may make it slower, and nothing faster. */
static void a_rate_is_kept_over_seconds(void **state)
{
	struct proc p;
	struct stream in = { .total = SECONDS * RATE };
	(void)state;
	int fd = connect_with(&p, "--fault", "out:rate=64k");
	in.fd = p.in;
	int64_t start_ms = now_ms();
	assert_int_equal(pthread_create(&in.thread, NULL, run_writer, &in), 0);
	assert_int_equal(stream_check_first(fd, in.total), in.total);
	int64_t ms = now_ms() - start_ms;
	pthread_join(in.thread, NULL);
	if (ms < (SECONDS * 1000 - 100) * 98 / 100)
		fail_msg("%lld ms for %d s", (long long)ms, SECONDS);
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_limit_ends_at_the_very_byte(void **state)
{
	struct proc p;
	struct log l;
	(void)state;
	int fd = connect_with(&p, "--fault", "out:limit=10");
	proc_write_text(&p, "0123456789abcdef");
	assert_int_equal(log_reads(fd, &l), 0);
	assert_string_equal(l.text, "0123456789");
	net_send_text(fd, "bye");
	close(fd);
	proc_expect_exit(&p, 1);
	assert_out(&p, "bye");
	assert_err_has(&p, "out:limit=10: 6 bytes were thrown away");
	proc_finish(&p);
}

static void a_quiet_pipe_says_why_it_fails(void **state)
{
	struct proc p;
	struct log l;
	uint16_t port;
	int listener = net_listen(&port);
	(void)state;
	proc_sockchat(&p, "connect", "--quiet", "--fault", "out:limit=2",
	              "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	proc_write_text(&p, "abc");
	assert_int_equal(log_reads(fd, &l), 0);
	assert_string_equal(l.text, "ab");
	close(fd);
	close(listener);
	proc_expect_exit(&p, 1);
	assert_string_equal(p.err_text.bytes, "sockchat: --fault has thrown "
	                    "away 0 bytes received and 1 sent\n");
	proc_finish(&p);
}

static void what_comes_ends_at_a_limit_too(void **state)
{
	struct proc p;
	(void)state;
	int fd = connect_with(&p, "--fault", "in:limit=10");
	net_send_text(fd, "0123456789abcdef");
	proc_expect_out(&p, "0123456789");
	proc_end_in(&p);
	net_expect_end(fd);
	proc_expect_exit(&p, 1);
	assert_out(&p, "0123456789");
	assert_err_has(&p, "in:limit=10: 6 bytes were thrown away");
	close(fd);
	proc_finish(&p);
}

static void before_a_reset_all_its_bytes_can_be_read(void **state)
{
	struct proc p;
	struct log l;
	(void)state;
	int fd = connect_with(&p, "--fault", "out:reset=10");
	proc_write_text(&p, "0123456789abcdef");
	assert_int_equal(log_reads(fd, &l), ECONNRESET);
	assert_string_equal(l.text, "0123456789");
	close(fd);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "out:reset=10 has reset the connection");
	assert_err_has(&p, "out:reset=10: 6 bytes were thrown away");
	proc_finish(&p);
}

static void a_reset_by_time_breaks_a_silent_connection(void **state)
{
	struct proc p;
	struct log l;
	(void)state;
	int64_t start_ms = now_ms();
	int fd = connect_with(&p, "--fault", "reset=500ms");
	assert_int_equal(log_reads(fd, &l), ECONNRESET);
	assert_true(now_ms() - start_ms >= 500);
	close(fd);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void a_stall_keeps_even_our_end(void **state)
{
	struct proc p;
	char byte;
	(void)state;
	int fd = connect_with(&p, "--fault", "out:stall=3");
	proc_write_text(&p, "abcdef");
	proc_end_in(&p);
	net_expect(fd, "abc");
	proc_watch(&p, 300);
	assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
	net_send_text(fd, "bye");
	close(fd);
	proc_expect_exit(&p, 1);
	assert_out(&p, "bye");
	assert_err_has(&p, "out:stall=3: 3 bytes were thrown away");
	proc_finish(&p);
}

static void a_seed_repeats_what_is_corrupted(void **state)
{
	char first[sizeof(((struct log *)0)->text)] = "";
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct proc p;
		struct log l;
		int fd = connect_with(&p, "--fault",
		                      "out:corrupt=0.5 seed=7");
		proc_write_text(&p, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		proc_end_in(&p);
		assert_int_equal(log_reads(fd, &l), 0);
		assert_int_equal(l.len, 32);
		assert_memory_not_equal(l.text, "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		                        28);
		if (i)
			assert_memory_equal(l.text, first, 32);
		memcpy(first, l.text, sizeof(first));
		close(fd);
		proc_expect_exit(&p, 0);
		assert_err_has(&p, "fault out:corrupt=0.5: byte ");
		proc_finish(&p);
	}
}

static void a_listener_refuses_its_first_connections(void **state)
{
	struct proc p;
	struct log l;
	char byte;
	(void)state;
	proc_sockchat(&p, "listen", "--fault", "refuse=2", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_port(&p);
	for (int i = 0; i < 2; i++) {
		int fd = net_connect(port);
		assert_int_equal(recv(fd, &byte, 1, 0), -1);
		assert_int_equal(errno, ECONNRESET);
		close(fd);
	}
	int fd = net_connect(port);
	net_send_text(fd, "third");
	proc_expect_out(&p, "third");
	proc_end_in(&p);
	assert_int_equal(log_reads(fd, &l), 0);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "is reset at once (2 of 2)");
	proc_finish(&p);
}

static void all_bytes_pass_whatever_delays_them(void **state)
{
	(void)state;
	EACH_MODE(i) {
		struct proc p;
		const char *spec = i ? "latency=20ms~20ms"
		                     : "slice=100k,1ms rate=200M";
		int fd = connect_with(&p, "--fault", spec);
		exchange(&p, fd, 4 * MIB + 13);
		close(fd);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

static void what_cannot_be_is_refused(void **state)
{
	static const char *const wrong[][4] = {
		{ "connect", "--fault", "drop=0.1",
		  "drop= does nothing here: it works on datagrams" },
		{ "connect", "--fault", "latncy=1s", "did you mean latency?" },
		{ "connect", "--fault", "refuse=1",
		  "refuse= is for sockchat listen" },
		{ "listen", "--fault", "limit=5m", "5 MiB or 5 minutes?" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct proc p;
		proc_sockchat(&p, wrong[i][0], wrong[i][1], wrong[i][2],
		              "127.0.0.1", "1", NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, wrong[i][3]);
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(delays_are_measured_at_the_peer),
		cmocka_unit_test(slices_come_one_by_one),
		cmocka_unit_test(a_rate_is_kept_over_seconds),
		cmocka_unit_test(a_limit_ends_at_the_very_byte),
		cmocka_unit_test(a_quiet_pipe_says_why_it_fails),
		cmocka_unit_test(what_comes_ends_at_a_limit_too),
		cmocka_unit_test(before_a_reset_all_its_bytes_can_be_read),
		cmocka_unit_test(a_reset_by_time_breaks_a_silent_connection),
		cmocka_unit_test(a_stall_keeps_even_our_end),
		cmocka_unit_test(a_seed_repeats_what_is_corrupted),
		cmocka_unit_test(a_listener_refuses_its_first_connections),
		cmocka_unit_test(all_bytes_pass_whatever_delays_them),
		cmocka_unit_test(what_cannot_be_is_refused),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
