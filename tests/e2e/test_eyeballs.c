/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Addresses that do not answer beside one that does, machines without IPv6, and
 * our end of a connection: in two networks of this program's own. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "namespace.h"
#include "peer.h"
#include "proc.h"

/* Documentation's addresses, RFC 5737 and 3849. */
#define OURS       "192.0.2.1"
#define SECOND     "192.0.2.7" /* ours, too */
#define THEIRS     "192.0.2.2"
#define OURS_V6    "2001:db8::1"
#define SILENT_V6  "2001:db8::2" /* nobody there takes what is sent to it */
#define NO_WAY     "198.51.100.9"
#define NO_WAY_V6  "2001:db8:9::9"

static const char hosts[] =
    "127.0.0.1 localhost\n::1 localhost\n"
    THEIRS " both.test\n" SILENT_V6 " both.test\n"
    NO_WAY " unreachable.test\n" NO_WAY_V6 " unreachable.test\n"
    SECOND " second.test\n";

/* The other network */

/* Does not come back: says "v4" to all who come. */
static void serve(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET,
		                  .sin_port = htons(80) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 9))
		_exit(1);
	for (;;) {
		int peer = accept(fd, NULL, NULL);

		if (write(peer, "v4\n", 3) != 3)
			_exit(1);
		close(peer);
	}
}

static void await_byte(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		_exit(1);
}

static void tell_byte(int fd)
{
	assert_int_equal(write(fd, ".", 1), 1);
}

static void live_there(int hear, int tell)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWNET))
		_exit(1);
	tell_byte(tell);
	await_byte(hear); /* the interface has come */
	IP("address", "add", THEIRS "/24", "dev", "there");
	IP("link", "set", "there", "up");
	tell_byte(tell);
	serve();
}

static void make_other_network(void)
{
	int to[2], from[2];
	char pid[16];

	assert_int_equal(pipe(to) | pipe(from), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		live_there(to[0], from[1]);
	snprintf(pid, sizeof(pid), "%d", (int)child);
	await_byte(from[0]);
	IP("link", "set", "there", "netns", pid);
	tell_byte(to[1]);
	await_byte(from[0]);
}

static int make_networks(void **state)
{
	(void)state;
	replace_file("/etc/hosts", hosts);
	replace_file("/etc/nsswitch.conf", "hosts: files\n");
	IP("link", "set", "lo", "up");
	IP("link", "add", "here", "type", "veth", "peer", "name", "there");
	make_other_network();
	IP("address", "add", OURS "/24", "dev", "here");
	IP("address", "add", SECOND "/24", "dev", "here");
	IP("-6", "address", "add", OURS_V6 "/64", "dev", "here", "nodad");
	IP("link", "set", "here", "up");
	IP("-6", "neighbour", "add", SILENT_V6, "lladdr", "02:00:00:00:00:01",
	   "dev", "here");
	IP("route", "add", "unreachable", NO_WAY);
	IP("-6", "route", "add", "blackhole", NO_WAY_V6);
	return 0;
}

/* Those before in this order. */
static void assert_err_order(const struct proc *p, const char *first,
                             const char *then)
{
	const char *at = strstr(p->err_text.bytes, first);

	if (!at || !strstr(at, then))
		fail_msg("no '%s' and then '%s': %s", first, then,
		         p->err_text.bytes);
}

/* Happy eyeballs */

/* ::1 takes no more handshakes: whoever knocks hears nothing. */
static void fill_backlog_v6(uint16_t port, int fds[4])
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6,
		                   .sin6_port = htons(port),
		                   .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	for (int i = 0; i < 4; i++)
		fds[i] = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC |
		                (i ? SOCK_NONBLOCK : 0), 0);
	assert_int_equal(bind(fds[0], (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fds[0], 0), 0);
	for (int i = 1; i < 4; i++)
		assert_true(!connect(fds[i], (struct sockaddr *)&sa,
		                     sizeof(sa)) || errno == EINPROGRESS);
}

static void a_black_hole_at_the_first_address_costs_a_moment(
    void **state)
{
	uint16_t port;
	int v4 = net_listen(&port), v6[4];
	char first[64], then[64];
	struct proc p;

	(void)state;
	fill_backlog_v6(port, v6);
	proc_sockchat(&p, "connect", "-v", "localhost", port_text(port), NULL);
	int peer = net_accept(v4);
	net_send_text(peer, "hello\n");
	close(peer);
	proc_expect_out(&p, "hello\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	snprintf(first, sizeof(first), "trying [::1]:%u\n", port);
	snprintf(then, sizeof(then), "[::1]:%u: no answer after 2", port);
	assert_err_order(&p, first, then);
	snprintf(first, sizeof(first), "%s", then);
	snprintf(then, sizeof(then), "connected to 127.0.0.1:%u from ", port);
	assert_err_order(&p, first, then);
	proc_finish(&p);
	for (int i = 0; i < 4; i++)
		close(v6[i]);
	close(v4);
}

static void a_silent_address_of_another_machine_is_passed_over(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-v", "both.test", "80", NULL);
	proc_expect_out(&p, "v4\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_err_order(&p, "trying [" SILENT_V6 "]:80\n",
	                 "connected to " THEIRS ":80 from " OURS ":");
	proc_finish(&p);
}

static void a_silent_address_alone_is_said_to_be_silent(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-w", "0.3", SILENT_V6, "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "timed out: [" SILENT_V6 "]:80 has not answered "
	                   "within 0.3 s");
	proc_finish(&p);
}

static void each_address_that_fails_has_its_reason(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-v", "unreachable.test", "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "black hole: a route on this machine drops "
	                   "everything that is sent to unreachable.test:80 "
	                   "(" NO_WAY_V6
	                   ")\n");
	assert_err_has(&p, NO_WAY ":80: host unreachable; ");
	assert_err_has(&p, "`ip -6 route show type blackhole`");
	proc_finish(&p);
}

/* Our end */

static void connections_come_from_the_address_that_is_asked_for(void **state)
{
	static const char *const names[] = { SECOND, "second.test" };
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		proc_sockchat(&p, "connect", "-v", "-s", names[i], "both.test",
		              "80", NULL);
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		assert_err_has(&p, SILENT_V6 " is not tried: --source ");
		assert_err_has(&p, "connected to " THEIRS ":80 from " SECOND
		                   ":");
		assert_null(strstr(p.err_text.bytes, "trying [" SILENT_V6));
		proc_finish(&p);
	}
}

static void an_interface_leaves_only_its_own_ways(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-v", "--bind-device", "here", THEIRS,
	              "80", NULL);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, ", device here\n");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-w", "0.3", "--bind-device", "lo",
	              THEIRS, "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "r it cannot be reached with --bind-device lo\n");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "--bind-device", "eth9", THEIRS, "80",
	              NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no such interface: this machine has no eth9 "
	                   "(--bind-device)\n");
	assert_err_has(&p, "hint: it has lo, here\n");
	proc_finish(&p);
}

static void set_sysctl(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(write(fd, value, strlen(value)), strlen(value));
	close(fd);
}

static void the_doctor_tells_the_way_from_our_end(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-v", "-s", SECOND, THEIRS, "80",
	              NULL);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "route to " THEIRS ": by here, from " SECOND
	                   ", directly\n");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-z", "-v", "--bind-device", "lo", THEIRS,
	              "-w", "0.3", "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "route to " THEIRS ": by lo, ");
	proc_finish(&p);
}

/* Connect from the port, and close first. */
static void use_port(int listener, uint16_t port, const char *own)
{
	struct proc p;

	proc_sockchat(&p, "connect", "-p", own, "127.0.0.1", port_text(port),
	              NULL);
	int peer = net_accept(listener);
	proc_end_in(&p);
	net_expect_end(peer);
	close(peer);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* With timestamps (RFC 7323) Linux lets a new connection take its place. */
static void a_port_in_time_wait_says_how_long(void **state)
{
	uint16_t port, own;
	int listener = net_listen(&port), unused = net_bind(&own);
	char from[8];
	struct proc p;

	(void)state;
	close(unused);
	snprintf(from, sizeof(from), "%u", own);
	set_sysctl("/proc/sys/net/ipv4/tcp_timestamps", "0");
	use_port(listener, port, from);
	proc_sockchat(&p, "connect", "-p", from, "--retry=2", "127.0.0.1",
	              port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "address in use: the last connection from our port "
	                   );
	assert_err_has(&p, " is in TIME-WAIT; trying again in 0.1 s\n");
	assert_err_has(&p, "it is free again in ");
	proc_finish(&p);
	set_sysctl("/proc/sys/net/ipv4/tcp_timestamps", "1");
	close(listener);
}

/* The last: what is taken away stays away. */
static void without_ipv6_all_goes_by_ipv4_and_is_explained(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	struct proc p;

	(void)state;
	set_sysctl("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
	proc_sockchat(&p, "connect", "localhost", port_text(port), NULL);
	int peer = net_accept(listener);
	close(peer);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-6", "localhost", port_text(port), NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "no IPv6 here: no interface of this machine has an "
	                   "IPv6 address, and localhost:");
	assert_err_has(&p, "hint: try -4, or an IPv4 address. ");
	proc_finish(&p);
	proc_sockchat(&p, "listen", "0", NULL);
	proc_expect_err(&p, "listening on 127.0.0.1:");
	proc_expect_err(&p, "not listening on [::1]:");
	proc_expect_err(&p, "(IPv6 may be switched off)\n");
	proc_finish(&p);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_black_hole_at_the_first_address_costs_a_moment),
		cmocka_unit_test(
		    a_silent_address_of_another_machine_is_passed_over),
		cmocka_unit_test(a_silent_address_alone_is_said_to_be_silent),
		cmocka_unit_test(each_address_that_fails_has_its_reason),
		cmocka_unit_test(
		    connections_come_from_the_address_that_is_asked_for),
		cmocka_unit_test(an_interface_leaves_only_its_own_ways),
		cmocka_unit_test(the_doctor_tells_the_way_from_our_end),
		cmocka_unit_test(a_port_in_time_wait_says_how_long),
		cmocka_unit_test(
		    without_ipv6_all_goes_by_ipv4_and_is_explained),
	};
	if (namespace_enter())
		return cmocka_run_group_tests(tests, make_networks, NULL);
	printf("skipped: no namespace is allowed here: %s\n", strerror(errno));
	return SKIPPED;
}
