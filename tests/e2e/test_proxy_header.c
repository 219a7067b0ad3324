/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Headers of the PROXY protocol, from peers of ours and through haproxy, by the
 * program tests/e2e/middle/headers.py. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "middle.h"
#include "tls.h"

#define HEADERS(name, test)                                                    \
	static void test(void **state)                                         \
	{                                                                      \
		(void)state;                                                   \
		run_middle("../middle/headers.py", name, cert_path(""));       \
	}

HEADERS("cut", a_header_may_come_in_any_two_pieces)
HEADERS("hostile", who_sends_no_header_is_told_of_and_others_are_served)
HEADERS("version_1", haproxy_says_in_a_line_for_whom_it_speaks)
HEADERS("version_2", haproxy_says_in_bytes_for_whom_it_speaks)
HEADERS("health_check", haproxys_health_checks_speak_for_nobody)
HEADERS("over_unix", haproxy_reaches_us_by_a_unix_socket)
HEADERS("tls", a_header_stands_in_front_of_tls)
HEADERS("sent", haproxy_takes_the_header_that_we_send)
HEADERS("sent_before_tls", our_header_goes_out_in_front_of_tls)
HEADERS("forwarded", a_target_hears_of_the_client)
HEADERS("one_way", each_way_can_be_had_alone)
HEADERS("given", a_connection_that_is_given_to_us_has_a_header)
HEADERS("recorded", packets_have_the_header_and_conversations_do_not)

static void refuse(const char *mode, const char *option, const char *endpoint,
                   const char *why)
{
	struct proc p;

	proc_sockchat(&p, mode, option, endpoint, NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, why);
	proc_finish(&p);
}

static void what_makes_no_sense_is_refused(void **state)
{
	(void)state;
	refuse("connect", "--proxy-protocol=in", "h:1",
	       "in reads the header of clients, and sockchat connect has "
	       "none");
	refuse("listen", "--proxy-protocol=out", "0",
	       "out sends the header to a target: add --forward");
	refuse("connect", "--proxy-protocol=3", "h:1",
	       "'3' is not 1, 2, in, out, out,2 or off");
	refuse("listen", "--proxy-protocol", "udp://127.0.0.1:0",
	       "option --proxy-protocol is for TCP and unix sockets");
	refuse("connect", "--proxy-protocol=2", "udp://127.0.0.1:9",
	       "option --proxy-protocol is for TCP and unix sockets");
}

/* Where no header is asked for. */
static void a_header_in_the_conversation_is_named(void **state)
{
	struct proc p;

	(void)state;
	int fd = listen_plain(&p);
	net_send_text(fd, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n");
	proc_expect_err(&p, "listen --proxy-protocol` reads it");
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

int main(void)
{
#define T(test) cmocka_unit_test(test)
	const struct CMUnitTest tests[] = {
		T(a_header_may_come_in_any_two_pieces),
		T(who_sends_no_header_is_told_of_and_others_are_served),
		T(haproxy_says_in_a_line_for_whom_it_speaks),
		T(haproxy_says_in_bytes_for_whom_it_speaks),
		T(haproxys_health_checks_speak_for_nobody),
		T(haproxy_reaches_us_by_a_unix_socket),
		T(a_header_stands_in_front_of_tls),
		T(haproxy_takes_the_header_that_we_send),
		T(our_header_goes_out_in_front_of_tls),
		T(a_target_hears_of_the_client),
		T(each_way_can_be_had_alone),
		T(a_connection_that_is_given_to_us_has_a_header),
		T(packets_have_the_header_and_conversations_do_not),
		T(what_makes_no_sense_is_refused),
		T(a_header_in_the_conversation_is_named),
	};

	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
