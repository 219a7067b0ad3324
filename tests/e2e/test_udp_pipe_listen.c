/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe over UDP, as a listener, and between other programs. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "datagrams.h"

#define REFUSED " refused: one peer is served at a time"

/* Start one that listens, with two words that may be NULL.  Returns its
 * port. */
static uint16_t serve(struct proc *p, const char *option, const char *other)
{
	const char *words[] = { NULL, "listen", "-u", "127.0.0.1", "0", option,
		                other, NULL };

	proc_start(p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	return proc_port(p);
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, word)); at++)
		n++;
	return n;
}

static void the_first_source_is_the_peer_and_others_are_told(void **state)
{
	struct proc p;
	uint16_t port = serve(&p, NULL, NULL);
	int a = udp_connect(port), b = udp_connect(port);

	(void)state;
	say(a, "from a\n");
	proc_expect_out(&p, "from a\n");
	proc_expect_err(&p, "first datagram from 127.0.0.1:");
	say(b, "from b\n");
	proc_expect_err(&p, REFUSED);
	say(a, "more\n");
	proc_expect_out(&p, "from a\nmore\n");
	proc_write_text(&p, "answer\n");
	udp_expect(a, "answer\n", NULL);
	udp_expect_none(b, 50);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_out(&p, "from a\nmore\n");
	proc_finish(&p);
	close(a);
	close(b);
}

static void a_flood_of_others_is_told_once_a_second(void **state)
{
	struct proc p;
	uint16_t port = serve(&p, NULL, NULL);
	int a = udp_connect(port);
	int64_t start = now_ms();

	(void)state;
	say(a, "a");
	proc_expect_out(&p, "a");
	for (int i = 0; i < 5000; i++) {
		int b = udp_connect(port);

		say(b, "b");
		close(b);
		if (i % 50 == 0) {
			say(a, ".");
			proc_watch(&p, 0);
		}
	}
	say(a, "z");
	proc_expect_out(&p, "z");
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_true((int64_t)count(p.err_text.bytes, REFUSED) <=
	            (now_ms() - start) / 1000 + 2);
	assert_null(strchr(p.out_text.bytes, 'b'));
	proc_finish(&p);
	close(a);
}

static void what_input_has_waits_for_the_first_source(void **state)
{
	struct proc p;
	uint16_t port = serve(&p, "--linger", "0.3");
	int a = udp_connect(port);

	(void)state;
	proc_write_text(&p, "one\ntwo");
	proc_end_in(&p);
	proc_watch(&p, 600); /* the end of input is none before that */
	assert_int_equal(send(a, "", 0, 0), 0);
	udp_expect(a, "one\n", NULL);
	udp_expect(a, "two", NULL);
	say(a, "answer");
	proc_expect_exit(&p, 0);
	assert_out(&p, "answer");
	proc_finish(&p);
	close(a);
}

static void with_k_the_next_source_follows_a_silent_one(void **state)
{
	struct proc p;
	uint16_t port = serve(&p, "-k", "-i.4");
	int a = udp_connect(port), b = udp_connect(port);

	(void)state;
	say(a, "a1\n");
	proc_expect_out(&p, "a1\n");
	proc_write_text(&p, "to a\nunfin");
	udp_expect(a, "to a\n", NULL);
	proc_watch(&p, 600);
	say(b, "b1\n");
	proc_expect_out(&p, "b1\n");
	proc_write_text(&p, "ished\n");
	udp_expect(b, "unfinished\n", NULL);
	udp_expect_none(a, 0);
	proc_watch(&p, 600);
	say(a, "a2\n");
	proc_expect_out(&p, "a2\n");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_out(&p, "a1\nb1\na2\n");
	proc_finish(&p);
	close(a);
	close(b);
}

static void without_k_a_silent_peer_is_let_go_and_that_is_the_end(void **state)
{
	struct proc p;
	uint16_t port = serve(&p, "-i", "0.3");
	int a = udp_connect(port);

	(void)state;
	proc_watch(&p, 500); /* there is nobody who could be silent */
	say(a, "x");
	proc_expect_exit(&p, 0);
	assert_err_has(&p, " let go after 0.3 s of silence\n");
	assert_out(&p, "x");
	proc_finish(&p);
	close(a);
}

static void both_loopback_addresses_are_served(void **state)
{
	struct proc p;
	uint16_t port = 0;
	int probe = udp_at(AF_INET6, &port);
	char bytes[DATAGRAM_CAP];

	(void)state;
	close(probe);
	proc_sockchat(&p, "listen", "-uk", "-i.3", "0", NULL);
	port = proc_port(&p);
	int a = udp_connect(port);
	say(a, "four\n");
	proc_expect_out(&p, "four\n");
	proc_write_text(&p, "to four\n");
	assert_int_equal(udp_take(a, bytes, NULL), 8);
	proc_watch(&p, 500);
	int b = udp_connect_to(AF_INET6, port);
	say(b, "six\n");
	proc_expect_out(&p, "six\n");
	proc_write_text(&p, "to six\n");
	assert_int_equal(udp_take(b, bytes, NULL), 7);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
	close(a);
	close(b);
}

static void datagrams_of_any_length_pass_a_listener_unchanged(void **state)
{
	static char line[DATAGRAM_CAP], got[DATAGRAM_CAP];
	struct proc p;
	uint16_t port = serve(&p, "--linger", "0");
	int a = udp_connect(port);
	size_t total = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		size_t len = 1 + i * 2654435761u % (i % 20 ? 1400 : 65507);

		memset(line, 'a' + (int)(i % 26), len - 1);
		line[len - 1] = '\n';
		assert_int_equal(send(a, line, len, 0), len);
		for (size_t n = 0; n < len;) {
			ssize_t more = read(p.out, got + n, len - n);

			assert_true(more > 0);
			n += (size_t)more;
		}
		assert_memory_equal(got, line, len);
		proc_write(&p, line, len);
		assert_int_equal(udp_take(a, got, NULL), len);
		assert_memory_equal(got, line, len);
		total += len;
	}
	kill(p.pid, SIGUSR1);
	proc_expect_err(&p, "1000 datagrams in (");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(a);
}

/* Other programs */

static void start_other(struct proc *p, const char *const *words)
{
	proc_start(p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void socat_and_nc_talk_to_a_listener(void **state)
{
	static const char *const programs[] = { "socat", "nc", "ncat" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p, other;
		uint16_t port = serve(&p, "--linger", "0.2");
		char place[64];
		const char *socat[] = { "socat", "-t.5", "-", place, NULL };
		const char *nc[] = { programs[i], "-u", "127.0.0.1",
			             port_text(port), NULL };

		snprintf(place, sizeof(place), "UDP4:127.0.0.1:%u", port);
		start_other(&other, i ? nc : socat);
		proc_write_text(&other, "hello\n");
		proc_expect_out(&p, "hello\n");
		proc_write_text(&p, "good day\n");
		proc_expect_out(&other, "good day\n");
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
		kill(other.pid, SIGKILL);
		proc_wait(&other);
		proc_finish(&other);
	}
}

static void socat_and_ncat_are_talked_to(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, other;
		uint16_t port = 0;
		char place[64];
		const char *socat[] = { "socat", "-", place, NULL };
		const char *ncat[] = { "ncat", "-u", "-l", "127.0.0.1", place,
			               NULL };

		close(udp_at(AF_INET, &port));
		snprintf(place, sizeof(place), i ? "%u" : "UDP4-LISTEN:%u",
		         port);
		start_other(&other, i ? ncat : socat);
		udp_await(port);
		proc_sockchat(&p, "connect", "-u", "--linger=.3", "127.0.0.1",
		              port_text(port), NULL);
		proc_write_text(&p, "hello\n");
		proc_expect_out(&other, "hello\n");
		proc_write_text(&other, "good day\n");
		proc_expect_out(&p, "good day\n");
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		assert_silent(&p);
		proc_finish(&p);
		kill(other.pid, SIGKILL);
		proc_wait(&other);
		proc_finish(&other);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_first_source_is_the_peer_and_others_are_told),
		cmocka_unit_test(a_flood_of_others_is_told_once_a_second),
		cmocka_unit_test(what_input_has_waits_for_the_first_source),
		cmocka_unit_test(with_k_the_next_source_follows_a_silent_one),
		cmocka_unit_test(
		    without_k_a_silent_peer_is_let_go_and_that_is_the_end),
		cmocka_unit_test(both_loopback_addresses_are_served),
		cmocka_unit_test(
		    datagrams_of_any_length_pass_a_listener_unchanged),
		cmocka_unit_test(socat_and_nc_talk_to_a_listener),
		cmocka_unit_test(socat_and_ncat_are_talked_to),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
