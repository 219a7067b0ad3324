/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What this machine itself knows about a failure. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cmocka.h>

#include "peer.h"
#include "proc.h"

/* A listener of ours on [::1] alone; its port. */
static int listen_on_ipv6(uint16_t *port)
{
	int one = 1, fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	socklen_t len = sizeof(sa);

	assert_true(fd >= 0);
	assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one,
	                            sizeof(one)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	*port = ntohs(sa.sin6_port);
	return fd;
}

/* "PROGRAM (pid PID" of the process that runs this. */
static const char *ourselves(void)
{
	static char text[64];
	char comm[32] = "";
	FILE *file = fopen("/proc/self/comm", "re");

	assert_non_null(file);
	assert_non_null(fgets(comm, sizeof(comm), file));
	fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	snprintf(text, sizeof(text), "%s (pid %d", comm, (int)getpid());
	return text;
}

static void a_refusal_tells_who_listens_on_another_address(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = listen_on_ipv6(&port);
	char where[64];

	(void)state;
	proc_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "connection refused: 127.0.0.1:");
	assert_err_has(&p, ourselves());
	snprintf(where, sizeof(where), " listens on [::1]:%u: connect there",
	         port);
	assert_err_has(&p, where);
	proc_finish(&p);
	close(fd);
}

static void an_address_in_use_tells_who_holds_it(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);
	char where[64];

	(void)state;
	proc_sockchat(&p, "listen", "--json", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	snprintf(where, sizeof(where), " holds 127.0.0.1:%u: stop it", port);
	assert_non_null(strstr(p.out_text.bytes, where));
	assert_non_null(strstr(p.out_text.bytes, ourselves()));
	proc_finish(&p);
	close(fd);
}

static void what_nobody_knows_is_not_told(void **state)
{
	struct proc p;
	uint16_t port;

	(void)state;
	close(net_listen(&port));
	proc_sockchat(&p, "connect", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "hint: start the server");
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_refusal_tells_who_listens_on_another_address),
		cmocka_unit_test(an_address_in_use_tells_who_holds_it),
		cmocka_unit_test(what_nobody_knows_is_not_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
