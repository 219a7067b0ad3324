/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A quiet forwarder: it tells errors alone, keeps nothing, and has many
 * pairs. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "peer.h"

#define PAIRS 300
#define MUCH  (64 * MIB)

/* The program between a client and a target, both of them ours. */
static struct {
	struct proc p;
	int listener; /* of the target */
	uint16_t target_port, port;
	int client, target;
} now;

/* A port that is free, as nothing tells which one is listened on. */
static uint16_t free_port(void)
{
	uint16_t port;
	close(net_bind(&port));
	return port;
}

static void start_with(const char *shell, const char *option)
{
	char line[256], target[32];
	const char *words[] = { "/bin/sh", "-c", line, NULL };
	now.port = free_port();
	snprintf(target, sizeof(target), "127.0.0.1:%u", now.target_port);
	snprintf(line, sizeof(line),
	         "%s exec \"$SOCKCHAT_BIN\" listen --quiet %s 127.0.0.1 %u "
	         "--forward %s", shell, option, now.port, target);
	proc_start(&now.p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	while (net_try_connect(now.port))
		proc_watch(&now.p, 10);
	close(net_accept(now.listener)); /* it was our question */
}

static int start(const char *option)
{
	now.listener = net_listen(&now.target_port);
	now.client = now.target = -1;
	start_with("", option);
	return 0;
}

static int start_quiet(void **state)
{
	(void)state;
	return start("");
}

static int start_json(void **state)
{
	(void)state;
	return start("--json");
}

static int stop_quiet(void **state)
{
	(void)state;
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	proc_finish(&now.p);
	close(now.client);
	close(now.target);
	close(now.listener);
	return 0;
}

static void connect_both(void)
{
	now.client = net_connect(now.port);
	now.target = net_accept(now.listener);
}

static void join(struct stream *s)
{
	while (pthread_tryjoin_np(s->thread, NULL))
		proc_watch(&now.p, 10);
}

static void much_goes_both_ways_unchanged(void **state)
{
	struct stream up[2] = { { .total = MUCH, .ends = true }, { 0 } };
	struct stream down[2] = { { .total = MUCH, .ends = true }, { 0 } };
	(void)state;
	connect_both();
	up[0].fd = down[1].fd = now.client;
	up[1].fd = down[0].fd = now.target;
	pthread_create(&up[0].thread, NULL, run_writer, &up[0]);
	pthread_create(&down[0].thread, NULL, run_writer, &down[0]);
	pthread_create(&up[1].thread, NULL, run_checker, &up[1]);
	pthread_create(&down[1].thread, NULL, run_checker, &down[1]);
	join(&up[1]);
	join(&down[1]);
	join(&up[0]);
	join(&down[0]);
	assert_int_equal(up[1].result, MUCH);
	assert_int_equal(down[1].result, MUCH);
	assert_true(proc_rss_kib(&now.p) < RSS_MAX_KIB);
	assert_silent(&now.p);
}

static void programs_are_told_no_ticks_of_what_is_not_told(void **state)
{
	much_goes_both_ways_unchanged(state);
	proc_watch(&now.p, 200);
	assert_int_equal(now.p.out_text.len, 0);
}

static void who_does_not_read_holds_up_the_other_alone(void **state)
{
	struct stream down = { .total = MUCH, .ends = true };
	(void)state;
	connect_both();
	down.fd = now.target;
	pthread_create(&down.thread, NULL, run_writer, &down);
	net_send_text(now.client, "question");
	net_expect(now.target, "question");
	assert_true(proc_rss_kib(&now.p) < RSS_MAX_KIB);
	assert_int_equal(stream_check(now.client), MUCH);
	join(&down);
}

static void end_after_much(int from, int to)
{
	struct stream s = { .fd = from, .total = MUCH, .ends = true };
	pthread_create(&s.thread, NULL, run_writer, &s);
	assert_int_equal(stream_check_first(to, MIB), MIB);
	net_reset(to);
	join(&s);
	assert_false(s.result);
}

static void one_that_is_reset_in_the_middle_resets_the_other(void **state)
{
	(void)state;
	connect_both();
	end_after_much(now.target, now.client);
	now.client = -1;
	proc_expect_out(&now.p, "the client 127.0.0.1:");
	close(now.target);
	connect_both();
	end_after_much(now.client, now.target);
	now.target = -1;
	proc_expect_out(&now.p, "the target 127.0.0.1:");
}

/* What comes up to a reset is the beginning of the stream. */
static void expect_stream_and_reset(int fd)
{
	uint8_t *bytes = malloc(MUCH), *wanted = malloc(MUCH);
	size_t have = 0;
	ssize_t n = 1;
	assert_non_null(bytes);
	assert_non_null(wanted);
	for (; n > 0; have += n > 0 ? (size_t)n : 0)
		n = read(fd, bytes + have, MUCH - have);
	assert_int_equal(errno, ECONNRESET);
	assert_true(have > MIB);
	stream_fill(wanted, MUCH, 0);
	assert_memory_equal(bytes, wanted, have);
	free(bytes);
	free(wanted);
}

static void last_words_go_behind_what_is_in_the_pipe(void **state)
{
	const struct timeval timeout = { .tv_usec = 300000 };
	const int small = 4096;
	(void)state;
	setsockopt(now.listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	connect_both();
	setsockopt(now.client, SOL_SOCKET, SO_SNDTIMEO, &timeout,
	           sizeof(timeout));
	assert_false(stream_write(now.client, MUCH)); /* nothing fits */
	net_reset(now.client);
	now.client = -1;
	proc_watch(&now.p, 100);
	proc_write_text(&now.p, "/fault slice=60000,1ms\n");
	proc_watch(&now.p, 100);
	expect_stream_and_reset(now.target);
	proc_expect_out(&now.p, "the client 127.0.0.1:");
}

static void many_pairs_keep_their_own(void **state)
{
	static int clients[PAIRS], targets[PAIRS];
	char text[16];
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		clients[i] = net_connect(now.port);
		targets[i] = net_accept(now.listener);
	}
	for (size_t i = 0; i < PAIRS; i++) {
		snprintf(text, sizeof(text), "%zu there\n", i);
		net_send_text(clients[i], text);
	}
	for (size_t i = 0; i < PAIRS; i++) {
		snprintf(text, sizeof(text), "%zu there\n", i);
		net_expect(targets[i], text);
		net_send_text(targets[i], text);
		net_expect(clients[i], text);
	}
	assert_true(proc_rss_kib(&now.p) < RSS_MAX_KIB);
	for (size_t i = 0; i < PAIRS; i++) {
		close(clients[i]);
		net_expect_end(targets[i]);
		close(targets[i]);
	}
	assert_silent(&now.p);
}

static void a_client_without_a_descriptor_for_its_target_is_told(void **state)
{
	int clients[16], count = 0;
	(void)state;
	stop_quiet(state);
	now.listener = net_listen(&now.target_port);
	now.client = now.target = -1;
	start_with("ulimit -n 16;", "");
	while (!strstr(now.p.out_text.len ? now.p.out_text.bytes : "",
	               "out of descriptors") && count < 16) {
		clients[count++] = net_connect(now.port);
		proc_watch(&now.p, 100);
	}
	assert_true(count > 1 && count < 16);
	now.target = net_accept(now.listener); /* the first is served */
	net_send_text(clients[0], "hello\n");
	net_expect(now.target, "hello\n");
	for (int i = 0; i < count; i++)
		close(clients[i]);
}

#define QUIET_TEST(f) \
	cmocka_unit_test_setup_teardown(f, start_quiet, stop_quiet)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		QUIET_TEST(much_goes_both_ways_unchanged),
		cmocka_unit_test_setup_teardown(
		    programs_are_told_no_ticks_of_what_is_not_told, start_json,
		    stop_quiet),
		QUIET_TEST(who_does_not_read_holds_up_the_other_alone),
		QUIET_TEST(one_that_is_reset_in_the_middle_resets_the_other),
		QUIET_TEST(last_words_go_behind_what_is_in_the_pipe),
		QUIET_TEST(many_pairs_keep_their_own),
		QUIET_TEST(
		    a_client_without_a_descriptor_for_its_target_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
