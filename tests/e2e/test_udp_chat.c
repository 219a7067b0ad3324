/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations over UDP without a screen, by who sends first: lines for people
 * and JSON for programs. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "datagrams.h"
#include "entries.h"

/* One that sends to a socket of ours, which is returned. */
static int dial(struct proc *p, const char *ui, const char *option,
                const char *value)
{
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	char url[40];
	snprintf(url, sizeof(url), "udp://127.0.0.1:%u", port);
	proc_sockchat(p, "connect", "--ui", ui, url, option, value, NULL);
	return fd;
}

static void finish(struct proc *p, int fd, int status)
{
	if (p->in >= 0)
		proc_end_in(p);
	proc_expect_exit(p, status);
	close(fd);
}

static void what_is_said_both_ways_is_a_datagram_each(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, "lines", "--eol", "none");
	(void)state;
	proc_expect_out(&p, " * ready to send to 127.0.0.1:");
	proc_write_text(&p, "one\n\n/send two\\nlines\n/hex 00ff\n/send\n");
	udp_expect(fd, "one", &from);
	udp_expect(fd, "", NULL);
	udp_expect(fd, "two\nlines", NULL);
	udp_take(fd, (char[DATAGRAM_CAP]){ 0 }, NULL);
	udp_expect(fd, "", NULL);
	udp_answer(fd, &from, "a\nb", 3);
	udp_answer(fd, &from, "", 0);
	proc_expect_out(&p, " < a\\nb\n");
	proc_expect_out(&p, " < (empty datagram)\n");
	finish(&p, fd, 0);
	assert_non_null(strstr(p.out_text.bytes, " > (empty datagram)\n"));
	assert_non_null(strstr(p.out_text.bytes, " > ^@\\xff\n"));
	assert_non_null(strstr(p.out_text.bytes,
	                       " * conversation closed: 3 bytes in 2 datagrams "
	                       "received, 14 bytes in 5 datagrams sent\n"));
	assert_silent(&p);
	proc_finish(&p);
}

static void what_the_system_dropped_is_told_at_the_end(void **state)
{
	struct sender from;
	struct proc p;
	char told[80];
	int shown = 0, fd = dial(&p, "lines", "--rcvbuf", "5000");
	(void)state;
	proc_write_text(&p, "one\n");
	udp_expect(fd, "one\n", &from);
	kill(p.pid, SIGSTOP);
	for (int i = 0; i < 200; i++)
		udp_answer(fd, &from, "more", 4);
	kill(p.pid, SIGCONT);
	finish(&p, fd, 0);
	for (const char *at = p.out_text.bytes; (at = strstr(at, " < more\n"));
	     at++)
		shown++;
	assert_true(shown > 0 && shown < 100);
	snprintf(told, sizeof(told), " * %d datagrams dropped by this system, ",
	         200 - shown);
	assert_non_null(strstr(p.out_text.bytes, told));
	proc_finish(&p);
}

static void quitting_misses_no_end_as_there_is_none(void **state)
{
	struct proc p;
	int fd = dial(&p, "lines", "--quit-after", "0.1");
	(void)state;
	proc_write_text(&p, "one\n");
	udp_expect(fd, "one\n", NULL);
	finish(&p, fd, 0);
	assert_null(strstr(p.out_text.bytes, "left before"));
	proc_finish(&p);
}

static void json_has_an_object_for_each_an_empty_one_too(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, "json", "--linger", "0.1");
	(void)state;
	proc_write_text(&p, "one\n/send\n");
	udp_expect(fd, "one\n", &from);
	udp_expect(fd, "", NULL);
	udp_answer(fd, &from, "x", 1);
	udp_answer(fd, &from, "", 0);
	proc_expect_out(&p, "\"dir\":\"in\"");
	proc_expect_out(&p, "\"len\":0,\"text\":\"\",\"complete\":true,\"wait");
	finish(&p, fd, 0);
	assert_non_null(strstr(p.out_text.bytes,
	                       "\"len\":0,\"text\":\"\",\"complete\":true,"
	                       "\"state\":\"sent\"}"));
	assert_null(strstr(p.out_text.bytes, "\"frame\""));
	assert_null(strstr(p.out_text.bytes, "\"connecting\""));
	assert_null(strstr(p.out_text.bytes, "\"ack"));
	check_json(&p, "x", 1);
	proc_finish(&p);
}

static void one_that_is_too_long_is_refused_and_the_rest_is_sent(void **state)
{
	static char line[65600];
	struct proc p;
	int fd = dial(&p, "lines", "--linger", "0");
	(void)state;
	memset(line, 'x', 65507);
	line[65507] = '\n';
	proc_write(&p, line, 65508);
	proc_write_text(&p, "next\n");
	udp_expect(fd, "next\n", NULL);
	finish(&p, fd, 1);
	assert_non_null(strstr(p.out_text.bytes,
	                       " ! not sent: 65508 bytes do not fit into one "
	                       "datagram: it holds at most 65507 over IPv4\n"));
	proc_finish(&p);
}

static void over_ipv6_one_may_be_longer(void **state)
{
	static char line[65600], got[DATAGRAM_CAP];
	uint16_t port = 0;
	int fd = udp_at(AF_INET6, &port);
	struct proc p;
	char url[40];
	(void)state;
	snprintf(url, sizeof(url), "udp://[::1]:%u", port);
	proc_sockchat(&p, "connect", "--ui", "lines", "--linger=0", url, NULL);
	memset(line, 'x', 65526);
	line[65526] = '\n';
	proc_write(&p, line, 65527);
	assert_int_equal(udp_take(fd, got, NULL), 65527);
	assert_memory_equal(got, line, 65527);
	proc_write_text(&p, "x");
	proc_write(&p, line, 65527);
	finish(&p, fd, 1);
	assert_non_null(strstr(p.out_text.bytes, " 65528 bytes "));
	assert_non_null(strstr(p.out_text.bytes, " at most 65527 over IPv6"));
	proc_finish(&p);
}

static void a_port_that_nobody_has_is_an_error_and_it_goes_on(void **state)
{
	uint16_t port = 0;
	struct proc p;
	int fd = udp_at(AF_INET, &port);
	char url[40];
	(void)state;
	close(fd);
	snprintf(url, sizeof(url), "udp://127.0.0.1:%u", port);
	proc_sockchat(&p, "connect", "--ui", "json", "--linger=0", url, NULL);
	proc_write_text(&p, "one\n");
	proc_expect_out(&p, "\"code\":\"ECONNREFUSED\"");
	fd = udp_at(AF_INET, &port);
	proc_write_text(&p, "two\n");
	udp_expect(fd, "two\n", NULL);
	finish(&p, fd, 1);
	check_json(&p, "", 0);
	proc_finish(&p);
}

/* How long it takes to leave when nothing answers, with this option. */
static int64_t time_of_leaving(const char *option, const char *value)
{
	struct proc p;
	int fd = dial(&p, "lines", option, value);
	int64_t start = now_ms();
	proc_write_text(&p, "x\n");
	udp_expect(fd, "x\n", NULL);
	finish(&p, fd, 0);
	proc_finish(&p);
	return now_ms() - start;
}

static void behind_the_input_answers_are_awaited_for_so_long(void **state)
{
	(void)state;
	assert_true(time_of_leaving("--linger", "0.2") >= 190);
	assert_true(time_of_leaving("-q", "0.2") >= 190);
	assert_true(time_of_leaving("-i", "0.2") >= 190);
	assert_true(time_of_leaving("--linger", "0.2") < 1900);
	assert_true(time_of_leaving("-i", "0.2") < 1900);
	assert_true(time_of_leaving("-q", "2.5") >= 2400);
	assert_true(time_of_leaving(NULL, NULL) >= 1990);
}

static void each_answer_begins_the_wait_anew(void **state)
{
	struct sender from;
	struct proc p;
	int fd = dial(&p, "lines", "--linger", "0.6");
	(void)state;
	proc_write_text(&p, "x\n");
	udp_expect(fd, "x\n", &from);
	proc_end_in(&p);
	for (int i = 0; i < 4; i++) {
		proc_watch(&p, 300);
		udp_answer(fd, &from, "y", 1);
	}
	finish(&p, fd, 0);
	assert_non_null(strstr(p.out_text.bytes, ": 4 bytes in 4 datagrams"));
	proc_finish(&p);
}

static void whom_we_asked_and_who_is_silent_is_a_failure(void **state)
{
	struct proc p;
	int fd = dial(&p, "lines", "-i", "0.2");
	(void)state;
	proc_expect_exit(&p, 1);
	close(fd);
	proc_finish(&p);
}

static void there_is_no_end_to_send(void **state)
{
	struct proc p;
	int fd = dial(&p, "lines", "--linger", "0");
	(void)state;
	proc_write_text(&p, "/shutdown\nstill\n");
	udp_expect(fd, "still\n", NULL);
	proc_expect_out(&p, "that you have finished; UDP has no FIN. You");
	proc_write_text(&p, "/close\n");
	proc_expect_out(&p, " * conversation closed: ");
	finish(&p, fd, 0);
	proc_finish(&p);
}

static void a_reset_tells_nobody(void **state)
{
	struct proc p;
	int fd = dial(&p, "lines", "--linger", "0");
	(void)state;
	proc_write_text(&p, "/reset\n");
	proc_expect_out(&p, "; UDP has no reset: the peer was not told\n");
	finish(&p, fd, 0);
	proc_finish(&p);
}

static void what_needs_a_stream_is_refused(void **state)
{
	struct proc p;
	int fd = dial(&p, "lines", "--linger", "0");
	(void)state;
	proc_write_text(&p, "/starttls\n/drip 1\n");
	proc_expect_out(&p, " ! TLS was not begun: ");
	proc_expect_out(&p, " is in datagrams (UDP), and TLS needs a stream\n");
	proc_expect_out(&p, " ! /drip is for streams: a datagram is never cut");
	finish(&p, fd, 1);
	proc_finish(&p);
}

static void nothing_is_framed(void **state)
{
	char got[DATAGRAM_CAP];
	struct sender from;
	struct proc p;
	int fd = dial(&p, "json", "--unpack", ">H:n");
	(void)state;
	proc_write_text(&p, "/frame u32\n/pack >H 7\n");
	assert_int_equal(udp_take(fd, got, &from), 2);
	assert_memory_equal(got, "\0\7", 2);
	proc_expect_out(&p, "no frame is set: over UDP each datagram is a "
	                    "message already");
	udp_answer(fd, &from, "\1\2", 2);
	proc_expect_out(&p, "\"fields\":{\"n\":258}");
	finish(&p, fd, 1);
	assert_non_null(strstr(p.out_text.bytes, "\"fields\":{\"n\":7}"));
	proc_finish(&p);
	proc_sockchat(&p, "connect", "--ui=lines", "--frame-out", "u16",
	              "udp://127.0.0.1:9", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "option --frame-out: over UDP each datagram is a "
	                   "message already");
	proc_finish(&p);
}

static void a_file_is_one_datagram(void **state)
{
	char path[] = "/tmp/sockchat-udp-XXXXXX", command[64];
	int file = mkstemp(path);
	struct proc p;
	int fd = dial(&p, "lines", "--linger", "0");
	(void)state;
	assert_int_equal(write(file, "a\nb\n", 4), 4);
	snprintf(command, sizeof(command), "/file %s\n", path);
	proc_write_text(&p, command);
	udp_expect(fd, "a\nb\n", NULL);
	assert_int_equal(ftruncate(file, 70000), 0);
	proc_write_text(&p, command);
	proc_write_text(&p, "next\n");
	udp_expect(fd, "next\n", NULL);
	finish(&p, fd, 1);
	assert_non_null(strstr(p.out_text.bytes,
	                       " ! not sent: 70000 bytes do not fit into one "
	                       "datagram: "));
	assert_non_null(strstr(p.out_text.bytes, "--datagram-size N sends a "
	                                         "file in datagrams of N "
	                                         "bytes\n"));
	close(file);
	unlink(path);
	proc_finish(&p);
}

static void a_file_goes_in_datagrams_of_so_many_bytes(void **state)
{
	char path[] = "/tmp/sockchat-udp-XXXXXX", command[64];
	int file = mkstemp(path);
	struct proc p;
	int fd = dial(&p, "lines", "--datagram-size", "4");
	(void)state;
	assert_int_equal(write(file, "12345678abc", 11), 11);
	close(file);
	snprintf(command, sizeof(command), "/file %s\n", path);
	proc_write_text(&p, command);
	proc_write_text(&p, "longer\n");
	udp_expect(fd, "1234", NULL);
	udp_expect(fd, "5678", NULL);
	udp_expect(fd, "abc", NULL);
	udp_expect(fd, "longer\n", NULL);
	finish(&p, fd, 0);
	unlink(path);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_both_ways_is_a_datagram_each),
		cmocka_unit_test(what_the_system_dropped_is_told_at_the_end),
		cmocka_unit_test(quitting_misses_no_end_as_there_is_none),
		cmocka_unit_test(json_has_an_object_for_each_an_empty_one_too),
		cmocka_unit_test(
		    one_that_is_too_long_is_refused_and_the_rest_is_sent),
		cmocka_unit_test(over_ipv6_one_may_be_longer),
		cmocka_unit_test(
		    a_port_that_nobody_has_is_an_error_and_it_goes_on),
		cmocka_unit_test(
		    behind_the_input_answers_are_awaited_for_so_long),
		cmocka_unit_test(each_answer_begins_the_wait_anew),
		cmocka_unit_test(whom_we_asked_and_who_is_silent_is_a_failure),
		cmocka_unit_test(there_is_no_end_to_send),
		cmocka_unit_test(a_reset_tells_nobody),
		cmocka_unit_test(what_needs_a_stream_is_refused),
		cmocka_unit_test(nothing_is_framed),
		cmocka_unit_test(a_file_is_one_datagram),
		cmocka_unit_test(a_file_goes_in_datagrams_of_so_many_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
