/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS when the system is unkind, readers are stuck, and signals come. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "tls.h"

/* A listener, and a sockchat that is connected to it, with this environment
 * for both. */
static void start_both(struct proc *p, struct proc *q, const char *const *env)
{
	const char *listen[] = { NULL, "listen", SERVING, tls_url(0), NULL };
	proc_start(p, listen, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	const char *connect[] = { NULL, "connect", TRUSTING,
		                  tls_url(proc_port(p)), NULL };
	proc_start(q, connect, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void finish_both(struct proc *p, struct proc *q)
{
	proc_finish(p);
	proc_finish(q);
}

static void an_unkind_system_changes_no_byte(void **state)
{
	char seed[40];

	(void)state;
	for (int i = 0; i < 3; i++) {
		snprintf(seed, sizeof(seed), "FAULT_SEED=%d", 815 + i);
		const char *env[] = { preload_fault(),  seed,
			              "FAULT_EINTR=20", "FAULT_SHORT=30",
			              "FAULT_COUNT=1",  NULL };
		struct proc p, q;
		start_both(&p, &q, env);
		swap_streams(&p, &q, 2 * MIB + 17);
		proc_end_in(&q);
		proc_end_in(&p);
		proc_expect_exit(&q, 0);
		proc_expect_exit(&p, 0);
		assert_err_has(&p, "calls hit");
		assert_err_has(&q, "calls hit");
		finish_both(&p, &q);
	}
}

/* One side's standard output is not read: the other's input is no longer
 * taken, and the other direction goes on. */
static void a_stuck_reader_stops_neither_memory_bound_nor_input(void **state)
{
	struct proc p, q;

	(void)state;
	start_both(&p, &q, NULL);
	p.holds_out = true;
	size_t sent = net_flood(q.in);
	long cpu = proc_cpu_ms(&p) + proc_cpu_ms(&q);
	proc_write_text(&p, "still alive");
	proc_expect_out(&q, "still alive");
	proc_watch(&q, 500);
	assert_true(proc_cpu_ms(&p) + proc_cpu_ms(&q) - cpu < 50);
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	assert_true(proc_rss_kib(&q) < RSS_MAX_KIB);
	p.holds_out = false;
	proc_end_in(&q);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&q, 0);
	assert_int_equal(p.out_text.len, sent);
	finish_both(&p, &q);
}

static void quiet_connections_cost_no_time(void **state)
{
	struct proc p, q;

	(void)state;
	start_both(&p, &q, NULL);
	proc_write_text(&q, "x");
	proc_expect_out(&p, "x");
	proc_end_in(&q);
	proc_expect_out_end(&p);
	long cpu = proc_cpu_ms(&p) + proc_cpu_ms(&q);
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) + proc_cpu_ms(&q) - cpu < 50);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&q, 0);
	finish_both(&p, &q);
}

static void signals_close_in_order_and_are_died_of(void **state)
{
	struct proc p, q;

	(void)state;
	start_both(&p, &q, NULL);
	proc_write_text(&q, "x");
	proc_expect_out(&p, "x");
	kill(q.pid, SIGTERM);
	proc_expect_signal(&q, SIGTERM);
	proc_end_in(&p);
	proc_expect_exit(&p, 0); /* close_notify has come */
	finish_both(&p, &q);
}

static void only_an_idle_connection_times_out(void **state)
{
	struct proc p, server;
	int64_t start = now_ms();
	uint16_t port = tls_serve(&server, "mute", "server", NULL);

	(void)state;
	proc_sockchat(&p, "connect", "-i", "700ms", TRUSTING, tls_url(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_true(now_ms() - start >= 700);
	assert_err_has(&p, "idle: ");
	finish_both(&p, &server);
}

/* A byte at a time in records of their own, both ways. */
static void many_small_records_keep_their_order(void **state)
{
	struct proc p, q;
	struct text t = { NULL, 0 };
	char line[16];

	(void)state;
	start_both(&p, &q, NULL);
	for (int i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "%d\n", i);
		proc_write_text(i % 2 ? &p : &q, line);
		text_append(&t, line, i % 2 ? 0 : strlen(line));
	}
	proc_end_in(&q);
	proc_end_in(&p);
	proc_expect_exit(&q, 0);
	proc_expect_exit(&p, 0);
	assert_string_equal(p.out_text.bytes, t.bytes);
	text_finish(&t);
	finish_both(&p, &q);
}

static void an_echo_listener_serves_many_at_once(void **state)
{
	struct proc p, q[4];

	(void)state;
	proc_sockchat(&p, "listen", "--echo", SERVING, tls_url(0), NULL);
	uint16_t port = proc_lines_port(&p);
	for (size_t i = 0; i < 4; i++)
		proc_sockchat(&q[i], "connect", TRUSTING, tls_url(port), NULL);
	for (size_t i = 0; i < 4; i++) {
		proc_write_text(&q[i], "hello echo");
		proc_expect_out(&q[i], "hello echo");
	}
	for (size_t i = 0; i < 4; i++) {
		proc_end_in(&q[i]);
		proc_expect_exit(&q[i], 0);
		proc_finish(&q[i]);
	}
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unkind_system_changes_no_byte),
		cmocka_unit_test(
		    a_stuck_reader_stops_neither_memory_bound_nor_input),
		cmocka_unit_test(quiet_connections_cost_no_time),
		cmocka_unit_test(signals_close_in_order_and_are_died_of),
		cmocka_unit_test(only_an_idle_connection_times_out),
		cmocka_unit_test(many_small_records_keep_their_order),
		cmocka_unit_test(an_echo_listener_serves_many_at_once),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("tls faults", tests, certs_setup,
	                                   certs_teardown);
}
