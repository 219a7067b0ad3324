/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What this machine itself knows about a failure. */

#include <setjmp.h>
#include <stdarg.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
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

/* Near any port that the kernel gives, a test beside this one may listen;
 * near 2 nobody does. */
static void an_unknown_owner_is_not_told(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "127.0.0.1", "2", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "hint: start the server");
	proc_finish(&p);
}

/* sockchat connected to us; our end. */
static int connected(struct proc *p)
{
	uint16_t port;
	int listener = net_listen(&port);

	proc_sockchat(p, "connect", "127.0.0.1", port_text(port), NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

/* What localhost is here, "localhost:2 (127.0.0.1)". */
static void assert_names_localhost(const char *text)
{
	const char *list = strstr(text, "refused: localhost:2 (");

	assert_non_null(list);
	list = strchr(list, '(');
	assert_true(memmem(list, strcspn(list, ")"), "127.0.0.1", 9) ||
	            memmem(list, strcspn(list, ")"), "::1", 3));
}

static void a_failure_for_a_name_tells_the_addresses_tried(void **state)
{
	static const char *const ways[] = { "-v", "-z", "-zv", "--json",
		                            "--ui=lines" };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		bool is_chat = ways[i][1] == '-';
		proc_sockchat(&p, "connect", ways[i], "localhost", "2", NULL);
		proc_expect_exit(&p, 1);
		assert_names_localhost(is_chat ? p.out_text.bytes
		                               : p.err_text.bytes);
		proc_finish(&p);
	}
}

static void a_break_tells_the_name_and_the_address(void **state)
{
	static const char *const ways[] = { "-v", "--json" };
	struct linger rst = { .l_onoff = 1 };
	struct proc p;
	uint16_t port;
	char where[64];

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int listener = net_listen(&port);
		proc_sockchat(&p, "connect", "-4", ways[i], "localhost",
		              port_text(port), NULL);
		int fd = net_accept(listener);
		close(listener);
		proc_write_text(&p, "x\n");
		net_expect(fd, "x\n");
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &rst, sizeof(rst));
		close(fd);
		proc_expect_exit(&p, 1);
		snprintf(where, sizeof(where),
		         "connection reset by localhost:%u (127.0.0.1) after",
		         port);
		assert_non_null(strstr(i ? p.out_text.bytes : p.err_text.bytes,
		                       where));
		proc_finish(&p);
	}
}

static void a_reset_with_unread_input_names_the_usual_cause(void **state)
{
	struct proc p;
	int fd = connected(&p), waiting = 0;

	(void)state;
	proc_write_text(&p, "hello\n");
	while (waiting < 6)
		assert_int_equal(ioctl(fd, FIONREAD, &waiting), 0);
	close(fd);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "connection reset by 127.0.0.1:");
	assert_err_has(&p, " after 0 bytes received and 6 bytes sent\n");
	assert_err_has(&p, "before it had read all we sent");
	proc_finish(&p);
}

/* Until nothing more comes, for nobody reads it. */
static void fill(struct proc *p, int fd)
{
	int before = -1, waiting = 0;

	while (waiting == 0 || waiting > before) {
		before = waiting;
		proc_watch(p, 100);
		assert_int_equal(ioctl(fd, FIONREAD, &waiting), 0);
	}
}

static unsigned long number_after(const struct proc *p, const char *words)
{
	const char *text = strstr(p->err_text.bytes, words);

	assert_non_null(text);
	return strtoul(text + strlen(words), NULL, 10);
}

static void a_reset_tells_what_was_never_acknowledged(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	const char *const argv[] = {
		NULL, "connect", "127.0.0.1", port_text(port), NULL
	};

	(void)state;
	proc_start(&p, argv, NULL, zero, PROC_PIPE, PROC_PIPE);
	int fd = net_accept(listener);
	fill(&p, fd);
	net_reset(fd);
	proc_expect_exit(&p, 1);
	unsigned long sent = number_after(&p, "bytes received and ");
	unsigned long lost = number_after(&p, ", of which ");
	assert_err_has(&p, " were never acknowledged\n");
	assert_true(lost > 0 && lost < sent);
	proc_finish(&p);
	close(zero);
	close(listener);
}

static void a_reset_at_once_is_told_from_a_late_one(void **state)
{
	struct proc p;

	(void)state;
	net_reset(connected(&p));
	proc_expect_exit(&p, 1);
	assert_err_has(&p, " accepted the connection and dropped it at once");
	proc_finish(&p);
}

static void a_peer_that_closes_at_once_is_remarked_upon(void **state)
{
	struct proc p;

	(void)state;
	close(connected(&p));
	proc_expect_err(&p, "it closed right after connecting");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* Who takes what we say is not full. */
static void a_peer_that_only_listens_is_not(void **state)
{
	struct proc p;
	int fd = connected(&p);

	(void)state;
	shutdown(fd, SHUT_WR);
	proc_expect_out_end(&p);
	proc_write_text(&p, "late\n");
	proc_end_in(&p);
	net_expect(fd, "late\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

static void a_peer_that_says_something_is_not(void **state)
{
	struct proc p;
	int fd = connected(&p);

	(void)state;
	net_send_text(fd, "bye\n");
	close(fd);
	proc_expect_out(&p, "bye\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

static void a_full_backlog_is_told_from_a_silent_host(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);

	(void)state;
	assert_int_equal(listen(fd, 0), 0); /* a queue for one */
	int peer = net_connect(port);
	proc_sockchat(&p, "connect", "-w", "0.5", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "timed out: 127.0.0.1:");
	assert_err_has(&p, ourselves());
	assert_err_has(&p, "does not accept connections, and its queue is "
	                   "full");
	proc_finish(&p);
	close(peer);
	close(fd);
}

static void an_address_of_others_comes_with_those_that_are_ours(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "192.0.2.77", "0", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "this machine does not have 192.0.2.77:0");
	assert_err_has(&p, "hint: it has ");
	assert_err_has(&p, "127.0.0.1");
	proc_finish(&p);
}

/* True if the program names our listener when it has missed it by one. */
static bool offers_ours(void)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);
	char where[64];

	proc_sockchat(&p, "connect", "-z", "127.0.0.1",
	              port_text((uint16_t)(port - 1)), NULL);
	proc_wait(&p);
	snprintf(where, sizeof(where),
	         " listens on 127.0.0.1:%u, a nearby port", port);
	bool does = p.err_text.len && strstr(p.err_text.bytes, where);
	proc_finish(&p);
	close(fd);
	return does;
}

/* In the middle our own place is near the target, and not meant. */
static void a_port_of_our_own_is_not_offered(void **state)
{
	struct proc p;
	uint16_t port;
	char target[40];
	(void)state;
	close(net_listen(&port));
	snprintf(target, sizeof(target), "127.0.0.1:%u", port - 1u);
	proc_sockchat(&p, "listen", "127.0.0.1", port_text(port), "--forward",
	              target, NULL);
	proc_expect_out(&p, "forwarding to ");
	int fd = net_connect(port);
	proc_expect_out(&p, "connection refused: ");
	proc_expect_out(&p, "not connected: ");
	snprintf(target, sizeof(target), " listens on 127.0.0.1:%u,", port);
	assert_null(strstr(p.out_text.bytes, target));
	close(fd);
	proc_finish(&p);
}

static void a_port_that_is_our_own_is_said_to_be(void **state)
{
	struct proc p;
	uint16_t port;
	char again[40];
	(void)state;
	close(net_listen(&port));
	proc_sockchat(&p, "listen", "--ui", "lines", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_out(&p, "listening on ");
	snprintf(again, sizeof(again), "/listen 127.0.0.1 %u\n", port);
	proc_write_text(&p, again);
	proc_expect_out(&p, " already has a listener; this sockchat itself "
	                "listens there");
	proc_finish(&p);
}

static void a_port_nearby_is_offered(void **state)
{
	(void)state;
	/* Another test may listen there, or as near to it. */
	for (int tries = 0; !offers_ours(); tries++)
		assert_true(tries < 5);
}

static void the_process_at_the_other_end_is_named(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = net_listen(&port);
	char sentence[96];

	(void)state;
	/* a hint of this entry, or a note that comes later */
	snprintf(sentence, sizeof(sentence), "\":\"the peer is %s",
	         ourselves());
	proc_sockchat(&p, "connect", "--json", "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_out(&p, "\"state\":\"open\"");
	proc_expect_out(&p, sentence);
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-v", "127.0.0.1", port_text(port), NULL);
	proc_expect_err(&p, sentence + strlen("\":\""));
	proc_finish(&p);
	close(fd);
}

/* A connection of a port that nobody listens on any more, in TIME-WAIT. */
static uint16_t leave_in_time_wait(int reuses)
{
	uint16_t port;
	int listener = net_listen(&port);

	assert_int_equal(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &reuses,
	                            sizeof(reuses)), 0);
	int peer = net_connect(port), fd = net_accept(listener);
	close(fd); /* first: this end is the one that waits */
	net_expect_end(peer);
	close(peer);
	close(listener);
	return port;
}

static void what_is_left_in_time_wait_is_said_not_to_matter(void **state)
{
	struct proc p;
	uint16_t port = leave_in_time_wait(1);
	char sentence[96];

	(void)state;
	proc_sockchat(&p, "listen", "-v", "127.0.0.1", port_text(port), NULL);
	snprintf(sentence, sizeof(sentence),
	         "1 old connection of port %u is in TIME-WAIT", port);
	proc_expect_err(&p, sentence);
	proc_finish(&p);
}

static void a_time_wait_that_matters_tells_for_how_long(void **state)
{
	struct proc p;
	uint16_t other, port = leave_in_time_wait(0);
	int bound = net_bind(&other); /* which has nothing to do with it */

	(void)state;
	proc_sockchat(&p, "listen", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	close(bound);
	assert_err_has(&p, "address in use: old connections of 127.0.0.1:");
	unsigned long left = number_after(&p, "it is free in ");
	assert_true(left > 0 && left <= 60);
	proc_finish(&p);
}

static void a_connection_that_holds_the_port_is_named(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	int peer = net_connect(port), fd = net_accept(listener);

	(void)state;
	close(listener);
	proc_sockchat(&p, "listen", "127.0.0.1", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, " has a connection to 127.0.0.1:");
	assert_err_has(&p, ourselves());
	proc_finish(&p);
	close(fd);
	close(peer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_refusal_tells_who_listens_on_another_address),
		cmocka_unit_test(an_address_in_use_tells_who_holds_it),
		cmocka_unit_test(an_unknown_owner_is_not_told),
		cmocka_unit_test(
		    a_failure_for_a_name_tells_the_addresses_tried),
		cmocka_unit_test(a_break_tells_the_name_and_the_address),
		cmocka_unit_test(
		    a_reset_with_unread_input_names_the_usual_cause),
		cmocka_unit_test(a_reset_tells_what_was_never_acknowledged),
		cmocka_unit_test(a_reset_at_once_is_told_from_a_late_one),
		cmocka_unit_test(a_peer_that_closes_at_once_is_remarked_upon),
		cmocka_unit_test(a_peer_that_only_listens_is_not),
		cmocka_unit_test(a_peer_that_says_something_is_not),
		cmocka_unit_test(a_full_backlog_is_told_from_a_silent_host),
		cmocka_unit_test(
		    an_address_of_others_comes_with_those_that_are_ours),
		cmocka_unit_test(a_port_of_our_own_is_not_offered),
		cmocka_unit_test(a_port_that_is_our_own_is_said_to_be),
		cmocka_unit_test(a_port_nearby_is_offered),
		cmocka_unit_test(the_process_at_the_other_end_is_named),
		cmocka_unit_test(
		    what_is_left_in_time_wait_is_said_not_to_matter),
		cmocka_unit_test(a_time_wait_that_matters_tells_for_how_long),
		cmocka_unit_test(a_connection_that_holds_the_port_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
