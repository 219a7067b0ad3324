/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* connect -z over UDP: an answer, an ICMP error, or silence. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../cmocka_more.h"
#include "datagrams.h"
#include "entries.h"

static void an_answer_to_an_empty_datagram_is_success(void **state)
{
	char bytes[DATAGRAM_CAP];
	struct sender from;
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-u", "127.0.0.1", port_text(port),
	              NULL);
	assert_int_equal(udp_take(fd, bytes, &from), 0);
	udp_answer(fd, &from, "hel\033lo\n", 7);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, " answers: 7 bytes after ");
	assert_err_has(&p, " ms, \"hel^[lo\"\n");
	assert_null(strstr(p.err_text.bytes, "verdict"));
	assert_out(&p, "");
	udp_expect_none(fd, 50); /* nothing else was sent */
	proc_finish(&p);
	close(fd);
}

static void an_empty_answer_is_one(void **state)
{
	char bytes[DATAGRAM_CAP];
	struct sender from;
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(AF_INET6, &port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "--quiet", "-u", "::1",
	              port_text(port), NULL);
	assert_int_equal(udp_take(fd, bytes, &from), 0);
	udp_answer(fd, &from, "", 0);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
	close(fd);
}

static void nobody_at_the_port_is_a_failure(void **state)
{
	struct proc p;
	uint16_t port = 0;

	(void)state;
	close(udp_at(AF_INET, &port));
	proc_sockchat(&p, "connect", "-z", "-u", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "sockchat: port unreachable: ");
	proc_finish(&p);
}

static void who_has_the_port_elsewhere_is_told_without_the_doctor(void **state)
{
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(AF_INET6, &port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-u", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "sockchat: hint: on this machine ");
	assert_err_has(&p, " listens on [::1]:");
	proc_finish(&p);
	close(fd);
}

static void silence_is_open_or_filtered(void **state)
{
	int64_t start = now_ms();
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "--quiet", "-u", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_between(now_ms() - start, 2000, DEADLINE_MS);
	assert_err_has(&p, "sockchat: no answer: open or filtered: ");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-z", "-w", "0.1", "-u", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "within 0.1 s");
	proc_finish(&p);
	close(fd);
}

static void the_doctor_tells_what_this_machine_knows(void **state)
{
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);
	char pid[32];

	(void)state;
	snprintf(pid, sizeof(pid), "(pid %d, ", (int)getpid());
	proc_sockchat(&p, "connect", "-z", "-v", "-w.1", "-u", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "route to 127.0.0.1: by lo");
	assert_err_has(&p, "ready to send to 127.0.0.1:");
	assert_err_has(&p, "sockchat: packets of up to ");
	assert_err_has(&p, "on this machine ");
	assert_err_has(&p, pid);
	assert_err_has(&p, "verdict: no answer: open or filtered: ");
	proc_finish(&p);
	close(fd);
	proc_sockchat(&p, "connect", "-z", "-v", "-u", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no program of this machine has that port\n");
	assert_err_has(&p, "verdict: its host answers by ICMP: no program has "
	                   "that port\n");
	assert_err_has(&p, "try next: start the server. `ss -lun`");
	proc_finish(&p);
}

static void programs_get_the_verdict_as_an_object(void **state)
{
	char bytes[DATAGRAM_CAP];
	struct sender from;
	struct proc p;
	uint16_t port = 0;
	int fd = udp_at(AF_INET, &port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "--json", "-u", "127.0.0.1",
	              port_text(port), NULL);
	udp_take(fd, bytes, &from);
	udp_answer(fd, &from, "x", 1);
	proc_expect_exit(&p, 0);
	assert_non_null(strstr(p.out_text.bytes, "\"verdict\":\"answers\""));
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-zv", "--json", "-w.1", "-u",
	              "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_non_null(strstr(p.out_text.bytes, "\"code\":\"mtu\""));
	assert_non_null(strstr(p.out_text.bytes, "\"code\":\"ETIMEDOUT\""));
	assert_non_null(strstr(p.out_text.bytes, "\"step\":\"datagram\","
	                       "\"verdict\":\"open-or-filtered\","
	                       "\"status\":1"));
	proc_finish(&p);
	close(fd);
}

static void retry_waits_for_the_server(void **state)
{
	char bytes[DATAGRAM_CAP];
	struct sender from;
	struct proc p;
	uint16_t port = 0;

	(void)state;
	close(udp_at(AF_INET, &port));
	proc_sockchat(&p, "connect", "-z", "--retry", "-u", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_err(&p, "trying again");
	int fd = udp_at(AF_INET, &port);
	udp_take(fd, bytes, &from);
	udp_answer(fd, &from, "x", 1);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, " answers: 1 bytes after");
	proc_finish(&p);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_to_an_empty_datagram_is_success),
		cmocka_unit_test(an_empty_answer_is_one),
		cmocka_unit_test(nobody_at_the_port_is_a_failure),
		cmocka_unit_test(
		    who_has_the_port_elsewhere_is_told_without_the_doctor),
		cmocka_unit_test(silence_is_open_or_filtered),
		cmocka_unit_test(the_doctor_tells_what_this_machine_knows),
		cmocka_unit_test(programs_get_the_verdict_as_an_object),
		cmocka_unit_test(retry_waits_for_the_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
