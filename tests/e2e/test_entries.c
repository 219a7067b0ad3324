/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What programs read: entries as JSON, and the times of pieces. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "entries.h"
#include "peer.h"
#include "proc.h"

/* sockchat as a client with this option, connected to us. */
static int connect_json(struct proc *p, const char *option, const char *value)
{
	uint16_t port;
	int listener = net_listen(&port);

	proc_sockchat(p, "connect", "--ui", "json", "127.0.0.1",
	              port_text(port), option, value, NULL);
	int fd = net_accept(listener);
	proc_expect_out(p, "\"open\"");
	close(listener);
	return fd;
}

static void each_end_says_whose_it_is_and_how_much_there_was(void **state)
{
	struct proc p;
	int fd = connect_json(&p, "--time", "clock");

	(void)state;
	net_send_text(fd, "hello\n");
	proc_write_text(&p, "hi\n/shutdown\n");
	proc_expect_out(&p, "\"half-closed\",\"side\":\"us\"");
	net_expect(fd, "hi\n");
	close(fd);
	proc_expect_out(&p, "\"received\":6,\"sent\":3");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	check_json(&p, "hello\n", 6);
	proc_finish(&p);
}

static void all_bytes_come_in_hex_if_that_is_asked_for(void **state)
{
	struct proc p;
	int fd = connect_json(&p, "--encode", "hex");

	(void)state;
	net_send_text(fd, "he\n");
	net_send(fd, "\xff\n", 2);
	proc_expect_out(&p, "\"hex\":\"68650a\",\"complete\":true");
	proc_expect_out(&p, "\"hex\":\"ff0a\",\"complete\":true");
	close(fd);
	proc_expect_out(&p, "\"side\":\"peer\"");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	check_json(&p, "he\n\xff\n", 5);
	proc_finish(&p);
}

/* How a device speaks that knows no line ends. */
static void each_piece_comes_when_it_came_with_its_time(void **state)
{
	struct proc p;
	int fd = connect_json(&p, "--hints", "off");
	const char *at;
	char times[3][32];

	(void)state;
	for (int i = 0; i < 3; i++) {
		size_t told = p.out_text.len;
		net_send_text(fd, "\x02" "D1\x03");
		while (p.out_text.len == told)
			proc_watch(&p, 20);
		proc_watch(&p, 300);
	}
	at = strstr(p.out_text.bytes, "\"kind\":\"message\"");
	for (int i = 0; i < 3; i++) {
		assert_non_null(at);
		while (strncmp(at, "\"time\":", 7) != 0)
			at--;
		snprintf(times[i], sizeof(times[i]), "%.26s", at + 8);
		at = strstr(at, "\"kind\":\"message\"") + 1;
		at = strstr(at, "\"kind\":\"message\"");
	}
	assert_true(strcmp(times[0], times[1]) < 0);
	assert_true(strcmp(times[1], times[2]) < 0);
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	check_json(&p, "\x02" "D1\x03\x02" "D1\x03\x02" "D1\x03", 12);
	proc_finish(&p);
}

static void lines_can_carry_the_date(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--quiet", "--time",
	              "date", "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	net_send_text(fd, "hi\n");
	proc_expect_out(&p, " < hi\\n\n");
	/* "2026-11-30 12:34:56 < hi\n" */
	assert_int_equal(strspn(p.out_text.bytes, "0123456789-: "), 20);
	assert_memory_equal(p.out_text.bytes + 19, " < hi", 5);
	assert_int_equal(p.out_text.bytes[7], '-');
	assert_int_equal(p.out_text.bytes[13], ':');
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_end_says_whose_it_is_and_how_much_there_was),
		cmocka_unit_test(all_bytes_come_in_hex_if_that_is_asked_for),
		cmocka_unit_test(each_piece_comes_when_it_came_with_its_time),
		cmocka_unit_test(lines_can_carry_the_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
