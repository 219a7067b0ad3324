/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the system's own resolver knows, where this machine lacks IPv6: this
 * program goes into a network and a mount namespace of its own. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "datagrams.h"
#include "namespace.h"
#include "peer.h"
#include "proc.h"

#define LONG_NAME \
	"a123456789.b123456789.c123456789.d123456789.e123456789.f123456789." \
	"a123456789.b123456789.c123456789.d123456789.e123456789.f123456789." \
	"a123456789.b123456789.c123456789.d123456789.e123456789.f123456789." \
	"a123456789.b123456789.c123456789.d123456789.e123456789.f123456789"
#define HOSTS \
	"127.0.0.1 localhost both\n::1 localhost both only6\n" \
	"127.0.0.1 under_score -dash- dotted.name. a single " LONG_NAME "\n" \
	"127.0.0.1 xn--o70b819a.test 서버\n"
#define SERVICES "whois++ 63/tcp\n3com-tsmux 106/tcp\n914c/g 211/tcp\n" \
	"rfb.1 5901/tcp\nudp_only 9/udp\n"

static int make_names(void **state)
{
	(void)state;
	IP("link", "set", "lo", "up");
	replace_file("/etc/hosts", HOSTS);
	replace_file("/etc/services", SERVICES);
	replace_file("/etc/nsswitch.conf", "hosts: files\nservices: files\n");
	return 0;
}

static void set_ipv6(bool is_on)
{
	write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6",
	           is_on ? "0" : "1");
}

static int switch_ipv6_off(void **state)
{
	(void)state;
	set_ipv6(false);
	return 0;
}

static int switch_ipv6_on(void **state)
{
	(void)state;
	set_ipv6(true);
	return 0;
}

static void a_listener_does_without_an_address_that_is_not_here(void **state)
{
	static const char *const hosts[] = { "localhost", NULL };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		proc_sockchat(&p, "listen", hosts[i] ? hosts[i] : "0",
		              hosts[i] ? "0" : NULL, NULL);
		uint16_t port = proc_port(&p);
		proc_expect_err(&p, "not listening on [::1]:");
		proc_expect_err(&p, ": no such address here (IPv6 may be "
		                    "switched off)\n");
		int fd = net_connect(port);
		net_send_text(fd, "hi\n");
		proc_expect_out(&p, "hi\n");
		proc_end_in(&p);
		close(fd);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

static void programs_are_told_by_a_code(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--json", "localhost", "0", NULL);
	proc_expect_out(&p, "\"code\":\"address-left-out\"");
	proc_finish(&p);
}

static void without_any_address_it_is_an_error(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "only6", "0", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no such address here: this machine does not have "
	                   "only6:0 (::1)\n");
	proc_finish(&p);
}

static void an_address_that_somebody_has_is_not_done_without(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);
	char where[64];

	(void)state;
	proc_sockchat(&p, "listen", "both", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	snprintf(where, sizeof(where), "address in use: both:%u (127.0.0.1) "
	         "already has a listener\n", port);
	assert_err_has(&p, where);
	proc_finish(&p);
	close(fd);
}

static void a_connection_does_without_an_address_that_is_not_here(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "localhost", port_text(port), NULL);
	int fd = net_accept(listener);
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
	proc_sockchat(&p, "connect", "localhost", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "(127.0.0.1) is reachable, but nothing listens");
	proc_finish(&p);
}

/* Start sockchat with a kernel without IPv6: its n-th socket cannot be made. */
static void start_without(struct proc *p, const char *nth,
                          const char *const *argv)
{
	char number[32], nth_set[32];
	const char *env[] = { preload_fault(), "FAULT_CALL=socket", nth_set,
		              number, NULL };

	snprintf(nth_set, sizeof(nth_set), "FAULT_NTH=%s", nth);
	snprintf(number, sizeof(number), "FAULT_ERRNO=%d", EAFNOSUPPORT);
	proc_start(p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void a_kernel_without_ipv6_is_done_without(void **state)
{
	static const char *const hosts[] = { "localhost", "*", NULL };
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	const char *to[] = { NULL, "connect", "localhost", port_text(port),
		             NULL };

	(void)state;
	start_without(&p, "1", to);
	close(net_accept(listener));
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(listener);
	for (size_t i = 0; i < 3; i++) {
		const char *at[] = { NULL, "listen", hosts[i] ? hosts[i] : "0",
			             hosts[i] ? "0" : NULL, NULL };

		start_without(&p, "2", at);
		proc_expect_err(&p, "sockchat: listening on ");
		proc_expect_err(&p, "sockchat: not listening on ");
		proc_expect_err(&p, ": address family not supported");
		proc_finish(&p);
	}
}

/* What a connection to port 1 of it fails with. */
static void assert_failure(const char *host, const char *port,
                           const char *sentence)
{
	static const char *const ways[] = { "-4", "--json" };
	struct proc p;

	for (size_t i = 0; i < 2; i++) {
		proc_sockchat(&p, "connect", ways[i], host, port, NULL);
		proc_expect_exit(&p, 1);
		if (!strstr(i ? p.out_text.bytes : p.err_text.bytes, sentence))
			fail_msg("%s: %s%s", host, p.out_text.bytes,
			         p.err_text.bytes);
		proc_finish(&p);
	}
}

static void whatever_the_hosts_file_has_is_a_host(void **state)
{
	static const char *const names[] = { "under_score", "-dash-",
		                             "dotted.name.", "a", "single" };
	char text[128];
	struct proc p;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "refused: %s:1 (127.0.0.1) is",
		         names[i]);
		proc_sockchat(&p, "connect", "--", names[i], "1", NULL);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, text);
		proc_finish(&p);
	}
	assert_failure(LONG_NAME, "1", "connection refused: a123456789.b");
}

static void whatever_the_services_file_has_is_a_port(void **state)
{
	struct proc p;

	(void)state;
	assert_failure("127.0.0.1", "whois++", "refused: 127.0.0.1:whois++ is");
	assert_failure("localhost", "3com-tsmux",
	               "refused: localhost:3com-tsmux (");
	assert_failure("127.0.0.1", "914c/g", "refused: 127.0.0.1:914c/g is");
	proc_sockchat(&p, "connect", "-n", "127.0.0.1", "3com-tsmux", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "refused: 127.0.0.1:3com-tsmux is");
	proc_finish(&p);
	proc_sockchat(&p, "listen", "rfb.1", NULL);
	proc_expect_err(&p, "listening on 127.0.0.1:5901\n");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "127.0.0.1", "udp_only", NULL);
	proc_expect_exit(&p, 2);
	proc_finish(&p);
}

static void a_host_alone_is_told_that_a_port_is_missing(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "localhost", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "hint: if localhost is a host, add a port: listen "
	                   "localhost PORT\n");
	proc_finish(&p);
}

static void a_known_name_is_not_called_unknown_for_its_family(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-6", "under_score", "1", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no such address: under_score has no address of "
	                   "that family\n");
	assert_err_has(&p, "hint: try it without -4 or -6\n");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-6", "nohost", "1", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "unknown host: nohost");
	proc_finish(&p);
}

static void a_name_in_another_script_is_found_in_both_forms(void **state)
{
	(void)state;
	assert_failure("안녕.test", "1", "refused: 안녕.test:1 (127.0.0.1) is");
	/* as macOS writes it */
	assert_failure("\u110b\u1161\u11ab\u1102\u1167\u11bc.test", "1",
	               "refused: 안녕.test:1 (127.0.0.1) is");
	assert_failure("서버", "1", "refused: 서버:1 (127.0.0.1) is");
	assert_failure("없다.test", "1",
	               "unknown host: 없다.test is not a name that the resolver");
}

static void a_zone_without_an_interface_is_told_as_that(void **state)
{
	static const char *const words[][2] = {
		{ "fe80::1%nosuch0", "80" },
		{ "[fe80::1%nosuch0]:80", NULL },
		{ "tcp://[fe80::1%25nosuch0]:80", NULL },
	};
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		proc_sockchat(&p, i & 1 ? "connect" : "listen", words[i / 2][0],
		              words[i / 2][1], NULL);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "no such interface: nosuch0, the zone of "
		                   "fe80::1%nosuch0\n");
		proc_finish(&p);
	}
	proc_sockchat(&p, "connect", "fe80::1%4711", "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no such interface: 4711, the zone");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "::1%lo", "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "::1%lo: only a link-local address (fe80::1%eth0) "
	                   "has a zone; leave out %lo\n");
	proc_finish(&p);
}

#define WITHOUT_IPV6(name)                                                     \
	cmocka_unit_test_setup_teardown(name, switch_ipv6_off, switch_ipv6_on)

static void over_udp_both_families_of_a_name_are_asked(void **state)
{
	static const int families[] = { AF_INET, AF_INET6 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char bytes[DATAGRAM_CAP];
		struct sender from;
		struct proc p;
		uint16_t port = 0;
		int fd = udp_at(families[i], &port);

		proc_sockchat(&p, "connect", "-zu", "both", port_text(port),
		              NULL);
		udp_take(fd, bytes, &from);
		udp_answer(fd, &from, "x", 1);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
		close(fd);
		proc_sockchat(&p, "connect", "-zvu", i ? "both" : "only6",
		              port_text(port), NULL);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "verdict: its host answers by ICMP: no "
		                   "program has that port\n");
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITHOUT_IPV6(
		    a_listener_does_without_an_address_that_is_not_here),
		WITHOUT_IPV6(programs_are_told_by_a_code),
		WITHOUT_IPV6(without_any_address_it_is_an_error),
		cmocka_unit_test(
		    an_address_that_somebody_has_is_not_done_without),
		cmocka_unit_test(a_kernel_without_ipv6_is_done_without),
		cmocka_unit_test(whatever_the_hosts_file_has_is_a_host),
		cmocka_unit_test(over_udp_both_families_of_a_name_are_asked),
		cmocka_unit_test(whatever_the_services_file_has_is_a_port),
		cmocka_unit_test(
		    a_host_alone_is_told_that_a_port_is_missing),
		cmocka_unit_test(
		    a_known_name_is_not_called_unknown_for_its_family),
		cmocka_unit_test(
		    a_name_in_another_script_is_found_in_both_forms),
		cmocka_unit_test(a_zone_without_an_interface_is_told_as_that),
		WITHOUT_IPV6(
		    a_connection_does_without_an_address_that_is_not_here),
	};

	if (namespace_enter())
		return cmocka_run_group_tests_name("names", tests, make_names,
		                                   NULL);
	printf("skipped: no namespace is allowed here: %s\n", strerror(errno));
	return SKIPPED;
}
