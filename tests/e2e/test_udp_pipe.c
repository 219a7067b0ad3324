/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe over UDP, as a client. */

#include <fcntl.h>
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

/* Start one that sends to a socket of ours, which is returned. */
static int dial(struct proc *p, const char *option, const char *value)
{
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	const char *to = port_text(port);

	if (value)
		proc_sockchat(p, "connect", "-u", option, value, "127.0.0.1",
		              to, NULL);
	else if (option)
		proc_sockchat(p, "connect", "-u", option, "127.0.0.1", to,
		              NULL);
	else
		proc_sockchat(p, "connect", "-u", "127.0.0.1", to, NULL);
	return fd;
}

static void finish(struct proc *p, int fd, int status)
{
	if (p->in >= 0)
		proc_end_in(p);
	if (p->pid)
		proc_expect_exit(p, status);
	proc_finish(p);
	close(fd);
}

static void each_line_is_a_datagram_with_its_ending(void **state)
{
	struct proc p;
	int fd = dial(&p, "--linger", "0");

	(void)state;
	proc_write_text(&p, "one\ntwo\r\n\nla");
	udp_expect(fd, "one\n", NULL);
	udp_expect(fd, "two\r\n", NULL);
	udp_expect(fd, "\n", NULL);
	udp_expect_none(fd, 50);
	proc_write_text(&p, "st");
	proc_end_in(&p);
	udp_expect(fd, "last", NULL);
	finish(&p, fd, 0);
}

static void each_n_bytes_are_one_with_datagram_size(void **state)
{
	struct proc p;
	int fd = dial(&p, "--datagram-size=4", "--linger=0");

	(void)state;
	proc_write_text(&p, "ab\ncdefg\n");
	udp_expect(fd, "ab\nc", NULL);
	udp_expect(fd, "defg", NULL);
	udp_expect_none(fd, 50);
	proc_end_in(&p);
	udp_expect(fd, "\n", NULL);
	finish(&p, fd, 0);
}

static void crlf_makes_the_line_ends_of_datagrams(void **state)
{
	struct proc p;
	int fd = dial(&p, "-C", "--linger=0");

	(void)state;
	proc_write_text(&p, "a\nb\r");
	udp_expect(fd, "a\r\n", NULL);
	proc_write_text(&p, "\nc");
	udp_expect(fd, "b\r\n", NULL);
	proc_end_in(&p);
	udp_expect(fd, "c", NULL);
	finish(&p, fd, 0);
}

/* A datagram of any length and content, as the number says. */
static size_t fill(uint8_t bytes[DATAGRAM_CAP], unsigned number)
{
	unsigned x = number * 2654435761u + 1;
	size_t len = x % 100 < 90 ? (x >> 8) % 1500 : (x >> 8) % 65508;

	for (size_t i = 0; i < len; i++) {
		x = x * 1664525u + 1013904223u;
		bytes[i] = (uint8_t)(x >> 24);
	}
	return len;
}

static void assert_written(struct proc *p, const uint8_t *bytes, size_t len)
{
	static uint8_t got[DATAGRAM_CAP];

	for (size_t n = 0; n < len;) {
		ssize_t more = read(p->out, got + n, len - n);

		assert_true(more > 0);
		n += (size_t)more;
	}
	assert_memory_equal(got, bytes, len);
}

/* Each waits for the one before: loopback drops what a socket has no room
 * for. */
static void thousands_of_any_length_pass_both_ways_unchanged(void **state)
{
	static uint8_t out[DATAGRAM_CAP], in[DATAGRAM_CAP], got[DATAGRAM_CAP];
	struct sender from;
	struct proc p;
	int fd = dial(&p, "--linger", "0");

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		size_t out_len = fill(out, 2 * i), in_len = fill(in, 2 * i + 1);

		for (size_t k = 0; k < out_len; k++)
			if (out[k] == '\n')
				out[k] = 'n';
		out_len -= out_len == 65507;
		out[out_len++] = '\n';
		proc_write(&p, out, out_len);
		assert_int_equal(udp_take(fd, got, &from), out_len);
		assert_memory_equal(got, out, out_len);
		udp_answer(fd, &from, in, in_len);
		assert_written(&p, in, in_len);
	}
	finish(&p, fd, 0);
}

static void an_empty_one_writes_nothing_and_is_no_end(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, "--linger", "0");

	(void)state;
	proc_write_text(&p, "x\n");
	udp_expect(fd, "x\n", &from);
	udp_answer(fd, &from, "", 0);
	udp_answer(fd, &from, "a", 1);
	udp_answer(fd, &from, "", 0);
	udp_answer(fd, &from, "b", 1);
	proc_expect_out(&p, "ab");
	proc_write_text(&p, "y\n");
	udp_expect(fd, "y\n", NULL);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "ab");
	assert_silent(&p);
	finish(&p, fd, 0);
}

static void write_line(struct proc *p, size_t len)
{
	char *line = malloc(len);

	memset(line, 'a', len);
	line[len - 1] = '\n';
	proc_write(p, line, len);
	free(line);
}

/* Lines of `max - 1`, `max` and `max + 1` bytes. */
static void lines_at_the_limit(int family, const char *host, size_t max)
{
	static char got[DATAGRAM_CAP];
	char said[80];
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(family, &port);

	proc_sockchat(&p, "connect", "-u", "--linger=0", host, port_text(port),
	              NULL);
	for (size_t len = max - 1; len <= max + 1; len++) {
		write_line(&p, len);
		if (len <= max)
			assert_int_equal(udp_take(fd, got, NULL), len);
	}
	proc_write_text(&p, "what follows\n");
	udp_expect(fd, "what follows\n", NULL);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	snprintf(said, sizeof(said), "not sent: %zu bytes do not fit into one "
	                             "datagram", max + 1);
	assert_err_has(&p, said);
	snprintf(said, sizeof(said), "it holds at most %zu", max);
	assert_err_has(&p, said);
	finish(&p, fd, 1);
}

static void a_line_is_refused_from_the_first_byte_too_many(void **state)
{
	(void)state;
	lines_at_the_limit(AF_INET, "127.0.0.1", 65507);
	lines_at_the_limit(AF_INET6, "::1", 65527);
}

static void an_endless_line_takes_no_memory(void **state)
{
	struct proc p;
	int fd = dial(&p, "--linger", "0");

	(void)state;
	for (int i = 0; i < 64; i++)
		write_line(&p, MIB - 1);
	proc_write_text(&p, "after\n");
	udp_expect(fd, "after\n", NULL);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "1048575 bytes do not fit");
	assert_err_has(&p, "64 too long to be sent");
	assert_true(p.usage.ru_maxrss < RSS_MAX_KIB);
	finish(&p, fd, 1);
}

static void answers_are_awaited_until_none_comes(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, "--linger", "600ms");
	int64_t start = now_ms();

	(void)state;
	proc_write_text(&p, "x");
	proc_end_in(&p);
	udp_expect(fd, "x", &from);
	for (int i = 0; i < 3; i++) {
		proc_watch(&p, 400);
		udp_answer(fd, &from, "y", 1);
	}
	proc_expect_exit(&p, 0);
	assert_true(now_ms() - start >= 1700);
	assert_out(&p, "yyy");
	finish(&p, fd, 0);
}

static void other_limits_take_the_place_of_linger(void **state)
{
	static const char *const limits[] = { "-q2.2", "-i2.2" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sender from;
		struct proc p;
		int fd = dial(&p, limits[i], NULL);
		int64_t start = now_ms();

		proc_write_text(&p, "x");
		proc_end_in(&p);
		udp_expect(fd, "x", &from);
		proc_expect_exit(&p, 0);
		assert_true(now_ms() - start >= 2200);
		assert_silent(&p);
		finish(&p, fd, 0);
	}
}

static void silence_before_the_end_of_input_is_a_failure(void **state)
{
	struct proc p;
	int fd = dial(&p, "-i", "0.2");

	(void)state;
	proc_write_text(&p, "x\n");
	udp_expect(fd, "x\n", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "idle: nothing came");
	finish(&p, fd, 1);
}

static void nobody_at_the_port_is_told_and_what_follows_is_sent(void **state)
{
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	struct proc p;

	(void)state;
	close(fd);
	proc_sockchat(&p, "connect", "-u", "127.0.0.1", port_text(port), NULL);
	proc_write_text(&p, "one\n");
	proc_expect_err(&p, "port unreachable");
	fd = udp_at(AF_INET, &port);
	proc_write_text(&p, "two\nthree\n");
	udp_expect(fd, "two\n", NULL);
	udp_expect(fd, "three\n", NULL);
	finish(&p, fd, 1);
}

static void a_reader_that_has_gone_ends_it_quietly(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, NULL, NULL);

	(void)state;
	proc_write_text(&p, "x\n");
	udp_expect(fd, "x\n", &from);
	close(p.out);
	p.out = -1;
	udp_answer(fd, &from, "y", 1);
	proc_expect_exit(&p, 1);
	assert_silent(&p);
	finish(&p, fd, 1);
}

static void one_direction_alone_is_taken(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, "--send-only", "--linger=0.3");

	(void)state;
	proc_write_text(&p, "x\n");
	udp_expect(fd, "x\n", &from);
	udp_answer(fd, &from, "y", 1);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "");
	finish(&p, fd, 0);
	fd = dial(&p, "--recv-only", "-i0.3");
	proc_write_text(&p, "x\n");
	udp_expect_none(fd, 200);
	finish(&p, fd, 0);
}

static void signals_end_it_and_tell_counters(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, NULL, NULL);

	(void)state;
	proc_write_text(&p, "one\ntwo\n");
	udp_expect(fd, "one\n", &from);
	udp_expect(fd, "two\n", NULL);
	udp_answer(fd, &from, "answer", 6);
	proc_expect_out(&p, "answer");
	kill(p.pid, SIGUSR1);
	proc_expect_err(&p, "1 datagram in (6 bytes, 0 not written yet), 2 "
	                    "out (8 bytes, 0 not sent yet)");
	udp_answer(fd, &from, "last words", 10);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_out(&p, "answerlast words");
	proc_finish(&p);
	close(fd);
}

static void a_line_without_its_end_is_told_when_a_signal_comes(void **state)
{
	struct proc p;
	int fd = dial(&p, NULL, NULL);

	(void)state;
	proc_write_text(&p, "one\nhal");
	udp_expect(fd, "one\n", NULL);
	kill(p.pid, SIGINT);
	proc_expect_signal(&p, SIGINT);
	assert_err_has(&p, "3 bytes of standard input are not sent");
	proc_finish(&p);
	udp_expect_none(fd, 0);
	close(fd);
}

static void a_slow_reader_pauses_it_in_bounded_memory(void **state)
{
	static const char bytes[1000];
	struct sender from;
	struct proc p;
	int fd = dial(&p, NULL, NULL);

	(void)state;
	p.holds_out = true;
	proc_write_text(&p, "x\n");
	udp_expect(fd, "x\n", &from);
	for (int i = 0; i < 100000; i++)
		udp_answer(fd, &from, bytes, sizeof(bytes));
	assert_true(proc_rss_kib(&p) < RSS_MAX_KIB);
	p.holds_out = false;
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, " dropped by this system, because its buffer was "
	                   "full: ");
	assert_true(p.out_text.len % sizeof(bytes) == 0);
	finish(&p, fd, 0);
}

static void what_streams_alone_have_is_refused(void **state)
{
	static const char *const rows[][3] = {
		{ "--tls", "--quiet", "option --tls is for TCP and unix" },
		{ "--tls-ca", "x", "option --tls-ca is for TCP and unix" },
		{ "--tls-insecure", "--quiet", "DTLS" },
		{ "--proxy", "socks5://h:1", "option --proxy is for TCP" },
		{ "--datagram-size", "65528", "from 1 to 65527" },
		{ "--datagram-size", "0", "from 1 to 65527" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proc p;

		proc_sockchat(&p, "connect", "-u", rows[i][0], rows[i][1],
		              "127.0.0.1", "9", NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, rows[i][2]);
		proc_finish(&p);
	}
}

static void datagram_size_needs_udp(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "--datagram-size", "4", "127.0.0.1", "9",
	              NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "--datagram-size is for UDP, and 127.0.0.1:9 is "
	                   "not: add --udp");
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_a_datagram_with_its_ending),
		cmocka_unit_test(each_n_bytes_are_one_with_datagram_size),
		cmocka_unit_test(crlf_makes_the_line_ends_of_datagrams),
		cmocka_unit_test(
		    thousands_of_any_length_pass_both_ways_unchanged),
		cmocka_unit_test(an_empty_one_writes_nothing_and_is_no_end),
		cmocka_unit_test(
		    a_line_is_refused_from_the_first_byte_too_many),
		cmocka_unit_test(an_endless_line_takes_no_memory),
		cmocka_unit_test(answers_are_awaited_until_none_comes),
		cmocka_unit_test(other_limits_take_the_place_of_linger),
		cmocka_unit_test(silence_before_the_end_of_input_is_a_failure),
		cmocka_unit_test(
		    nobody_at_the_port_is_told_and_what_follows_is_sent),
		cmocka_unit_test(a_reader_that_has_gone_ends_it_quietly),
		cmocka_unit_test(one_direction_alone_is_taken),
		cmocka_unit_test(signals_end_it_and_tell_counters),
		cmocka_unit_test(
		    a_line_without_its_end_is_told_when_a_signal_comes),
		cmocka_unit_test(a_slow_reader_pauses_it_in_bounded_memory),
		cmocka_unit_test(what_streams_alone_have_is_refused),
		cmocka_unit_test(datagram_size_needs_udp),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
