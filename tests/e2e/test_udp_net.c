/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a network says about datagrams: this program goes into namespaces of its
 * own, where a router stands between us and all others. */

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "bounds.h"
#include "namespace.h"
#include "peer.h"
#include "proc.h"

/* Documentation's addresses: RFC 5737, RFC 3849. */
#define OURS        "192.0.2.1"
#define ROUTER      "192.0.2.9"
#define ABSENT      "192.0.2.2"
#define FAR         "198.51.100.7" /* behind a way of 1280 bytes */
#define NO_ROUTE    "203.0.113.1"
#define PROHIBITED  "203.0.113.2"
#define UNREACHABLE "203.0.113.3"
#define OURS_V6     "2001:db8::1"
#define ROUTER_V6   "2001:db8::9"
#define NO_ROUTE_V6 "2001:db8:1::1"
#define GROUP       "239.1.2.3"
#define BROADCAST   "192.0.2.255"

#define ROUTER_IP(...) IP("netns", "exec", "router", "/sbin/ip", __VA_ARGS__)

static void forward(const char *key)
{
	run((const char *const[]){ "/sbin/ip", "netns", "exec", "router",
	                           "/sbin/sysctl", "-qw", key, NULL });
}

static int make_network(void **state)
{
	(void)state;
	mkdir("/run/netns", 0755);
	assert_int_equal(mount("none", "/run/netns", "tmpfs", 0, NULL), 0);
	IP("link", "set", "lo", "up");
	IP("netns", "add", "router");
	IP("link", "add", "here", "type", "veth", "peer", "name", "there");
	IP("link", "set", "there", "netns", "router");
	IP("address", "add", OURS "/24", "broadcast", "+", "dev", "here");
	IP("address", "add", OURS_V6 "/64", "dev", "here", "nodad");
	IP("link", "set", "here", "up");
	ROUTER_IP("address", "add", ROUTER "/24", "dev", "there");
	ROUTER_IP("address", "add", ROUTER_V6 "/64", "dev", "there", "nodad");
	ROUTER_IP("link", "set", "there", "up");
	ROUTER_IP("link", "add", "narrow", "mtu", "1280", "type", "veth",
	          "peer", "name", "end");
	ROUTER_IP("link", "set", "narrow", "up");
	ROUTER_IP("link", "set", "end", "up");
	ROUTER_IP("route", "add", "198.51.100.0/24", "dev", "narrow");
	ROUTER_IP("route", "add", "prohibit", PROHIBITED);
	ROUTER_IP("route", "add", "unreachable", UNREACHABLE);
	forward("net.ipv4.ip_forward=1");
	forward("net.ipv6.conf.all.forwarding=1");
	IP("route", "add", "default", "via", ROUTER);
	IP("-6", "route", "add", "default", "via", ROUTER_V6);
	IP("neighbour", "add", ABSENT, "nud", "failed", "dev", "here");
	return 0;
}

/* What is said of a datagram to port 80 of it. */
static void assert_said(const char *host, const char *option, size_t len,
                        const char *sentence)
{
	static char line[2000];
	struct proc p;
	memset(line, 'x', sizeof(line));
	line[len] = '\n';
	proc_sockchat(&p, "connect", "--ui", "lines", "-u", option, host, "80",
	              NULL);
	proc_write(&p, line, len + 1);
	proc_expect_out(&p, sentence);
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

static void it_is_told_who_says_what_about_a_datagram(void **state)
{
	(void)state;
	assert_said(ROUTER, "-n", 5, "port unreachable: " ROUTER ":80 says "
	            "that nothing listens on that UDP port");
	assert_said(NO_ROUTE, "-n", 5, "network unreachable: " ROUTER " says "
	            "that there is no route to it (it was for " NO_ROUTE
	            ":80)");
	assert_said(UNREACHABLE, "-n", 5, "host unreachable: " ROUTER " says "
	            "that nobody answers there (it was for " UNREACHABLE
	            ":80)");
	assert_said(PROHIBITED, "-n", 5, "not permitted: " ROUTER " says that "
	            "our datagrams may not pass (it was "
	            "for " PROHIBITED ":80)");
	assert_said(FAR, "-n", 1400, "datagram too big: " ROUTER " says that "
	            "it cannot pass in one piece (it was for " FAR ":80) "
	            "(MTU 1280)");
	assert_said(ABSENT, "-n", 5, "host unreachable: this system says that "
	            "nobody answers there (it was for " ABSENT ":80)");
}

static void the_same_is_told_of_ipv6(void **state)
{
	(void)state;
	assert_said(ROUTER_V6, "-n", 5, "port unreachable: [" ROUTER_V6 "]:80 "
	            "says that nothing listens on that UDP port");
	assert_said(NO_ROUTE_V6, "-n", 5, "network unreachable: " ROUTER_V6
	            " says that there is no route to it (it was for ["
	            NO_ROUTE_V6 "]:80)");
}

/* Multicast and broadcast */

static int our_socket(const char *host, uint16_t port)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
		                    .sin_port = htons(port) };
	struct timeval patience = { .tv_sec = DEADLINE_MS / 1000 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
	assert_int_equal(inet_pton(AF_INET, host, &here.sin_addr), 1);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	                 sizeof(patience));
	assert_int_equal(bind(fd, (void *)&here, sizeof(here)), 0);
	return fd;
}

static void send_to(int fd, const char *host, uint16_t port, const char *text)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port = htons(port) };
	assert_int_equal(inet_pton(AF_INET, host, &to.sin_addr), 1);
	assert_int_equal(sendto(fd, text, strlen(text), 0, (void *)&to,
	                        sizeof(to)), (ssize_t)strlen(text));
}

/* The next datagram; who has sent it stands in `from`. */
static void expect_next(int fd, const char *text, struct sockaddr_in *from)
{
	char bytes[128];
	socklen_t len = sizeof(*from);
	ssize_t n = recvfrom(fd, bytes, sizeof(bytes), 0, (void *)from, &len);
	assert_int_equal(n, strlen(text));
	assert_memory_equal(bytes, text, strlen(text));
}

static void leave(struct proc *p)
{
	kill(p->pid, SIGTERM);
	proc_expect_signal(p, SIGTERM);
	proc_finish(p);
}

static void a_listener_joins_groups_and_answers_from_its_own_address(
    void **state)
{
	static const char *const hosts[] = { GROUP, "*", "0.0.0.0" };
	struct proc p;
	struct sockaddr_in from;
	char address[INET_ADDRSTRLEN];
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		proc_sockchat(&p, "listen", "--ui", "lines", "-4uk", "--join",
		              GROUP "@here", hosts[i], "5353", NULL);
		proc_expect_out(&p, ":5353 (");
		int fd = our_socket(OURS, 0);
		send_to(fd, GROUP, 5353, "to the group\n");
		proc_expect_out(&p, " 1 < to the group");
		proc_write_text(&p, "answer\n");
		expect_next(fd, "answer\n", &from);
		inet_ntop(AF_INET, &from.sin_addr, address, sizeof(address));
		assert_string_equal(address, OURS);
		close(fd);
		leave(&p);
	}
}

static void a_pipe_that_joins_does_not_say_it_serves_this_machine(
    void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "-4u", "--join", GROUP "@here", "5353",
	              NULL);
	proc_expect_err(&p, ":5353\n");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_null(strstr(p.err_text.bytes, "only this machine"));
	proc_finish(&p);
}

static void answers_to_many_are_all_taken_and_their_sources_told(void **state)
{
	static const char *const places[][2] = {
		{ GROUP, "--join=" GROUP "@here" },
		{ BROADCAST, "--broadcast" },
	};
	struct proc p;
	struct sockaddr_in from;
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int fd = our_socket("0.0.0.0", 5354);
		int other = our_socket(OURS, 0);
		struct ip_mreqn group = {
			.imr_ifindex = (int)if_nametoindex("here"),
		};
		inet_pton(AF_INET, GROUP, &group.imr_multiaddr);
		assert_int_equal(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP,
		                            &group, sizeof(group)), 0);
		proc_sockchat(&p, "connect", "--ui", "lines", "-u",
		              places[i][1], places[i][0], "5354", NULL);
		proc_write_text(&p, "who is there\n");
		expect_next(fd, "who is there\n", &from);
		char to[INET_ADDRSTRLEN];
		inet_ntop(AF_INET, &from.sin_addr, to, sizeof(to));
		send_to(fd, to, ntohs(from.sin_port), "one\n");
		proc_expect_out(&p, "* from " OURS ":5354:\n");
		proc_expect_out(&p, "< one");
		send_to(other, to, ntohs(from.sin_port), "two\n");
		proc_expect_out(&p, "< two");
		close(fd);
		close(other);
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
}

static void a_broadcast_has_to_be_asked_for(void **state)
{
	(void)state;
	assert_said(BROADCAST, "-n", 5, "not permitted: " BROADCAST ":80 is a "
	            "broadcast address; use --broadcast");
	assert_said("127.255.255.255", "-n", 5, "not permitted: "
	            "127.255.255.255:80 is a broadcast address");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_told_who_says_what_about_a_datagram),
		cmocka_unit_test(the_same_is_told_of_ipv6),
		cmocka_unit_test(
		    a_listener_joins_groups_and_answers_from_its_own_address),
		cmocka_unit_test(
		    a_pipe_that_joins_does_not_say_it_serves_this_machine),
		cmocka_unit_test(
		    answers_to_many_are_all_taken_and_their_sources_told),
		cmocka_unit_test(a_broadcast_has_to_be_asked_for),
	};
	if (namespace_enter())
		return cmocka_run_group_tests(tests, make_network, NULL);
	printf("skipped: no namespace is allowed here: %s\n", strerror(errno));
	return SKIPPED;
}
