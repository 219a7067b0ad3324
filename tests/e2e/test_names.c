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
#include "namespace.h"
#include "peer.h"
#include "proc.h"

#define HOSTS "127.0.0.1 localhost both\n::1 localhost both only6\n"

static int make_names(void **state)
{
	(void)state;
	IP("link", "set", "lo", "up");
	replace_file("/etc/hosts", HOSTS);
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

#define WITHOUT_IPV6(name)                                                     \
	cmocka_unit_test_setup_teardown(name, switch_ipv6_off, switch_ipv6_on)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITHOUT_IPV6(
		    a_listener_does_without_an_address_that_is_not_here),
		WITHOUT_IPV6(programs_are_told_by_a_code),
		WITHOUT_IPV6(without_any_address_it_is_an_error),
		cmocka_unit_test(
		    an_address_that_somebody_has_is_not_done_without),
		WITHOUT_IPV6(
		    a_connection_does_without_an_address_that_is_not_here),
	};

	if (namespace_enter())
		return cmocka_run_group_tests_name("names", tests, make_names,
		                                   NULL);
	printf("skipped: no namespace is allowed here: %s\n", strerror(errno));
	return SKIPPED;
}
