/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Failures that loopback does not have: this program goes into a network and a
 * mount namespace of its own, and makes them there. */

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "bounds.h"
#include "namespace.h"
#include "peer.h"
#include "proc.h"

#define NOBODY 65534

/* Documentation's addresses, RFC 5737. */
#define NO_ROUTE    "198.51.100.1"
#define PROHIBITED  "198.51.100.2"
#define UNREACHABLE "198.51.100.3"
#define BLACKHOLE   "198.51.100.4"
#define OURS        "192.0.2.1"
#define ABSENT      "192.0.2.2"
#define SILENT      "192.0.2.3"

static bool is_root;

static int make_network(void **state)
{
	(void)state;
	IP("link", "set", "lo", "up");
	IP("link", "add", "here", "type", "veth", "peer", "name", "there");
	IP("address", "add", OURS "/24", "dev", "here");
	IP("link", "set", "here", "up");
	IP("link", "set", "there", "up");
	IP("neighbour", "add", SILENT, "lladdr", "02:00:00:00:00:01", "dev",
	   "here");
	IP("neighbour", "add", ABSENT, "nud", "failed", "dev", "here");
	IP("route", "add", "prohibit", PROHIBITED);
	IP("route", "add", "unreachable", UNREACHABLE);
	IP("route", "add", "blackhole", BLACKHOLE);
	return 0;
}

/* What is said of a connection to port 80 of it. */
static void assert_said(const char *host, const char *sentence,
                        const char *hint)
{
	struct proc p;

	proc_sockchat(&p, "connect", "-w", "8", host, "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, sentence);
	assert_err_has(&p, hint);
	proc_finish(&p);
}

static void each_way_not_to_get_there_has_its_own_sentence(void **state)
{
	(void)state;
	assert_said(NO_ROUTE, "network unreachable: there is no route to "
	            NO_ROUTE ":80", "`ip route` shows the routes");
	assert_said(PROHIBITED, "not permitted: this system forbids "
	            "connections to " PROHIBITED ":80", "prohibit route");
	assert_said(UNREACHABLE, "host unreachable: nobody answers at "
	            UNREACHABLE ":80", "the host is down");
	assert_said(BLACKHOLE, "black hole: a route on this machine drops "
	            "everything that is sent to " BLACKHOLE ":80",
	            "`ip route show type blackhole`");
	assert_said(ABSENT, "host unreachable: nobody answers at " ABSENT,
	            "the host is down");
}

static void the_doctor_asks_for_the_route(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-v", PROHIBITED, "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "route to " PROHIBITED ": none, not permitted\n");
	assert_err_has(&p, "verdict: this machine blocks the connection\n");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-z", "-v", "-w", "0.2", SILENT, "80",
	              NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "route to " SILENT ": by here, from " OURS
	                   ", directly\n");
	assert_err_has(&p, "verdict: nobody answers at all\n");
	proc_finish(&p);
}

static void silence_is_timed(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "-w", "0.3", SILENT, "80", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "timed out: " SILENT ":80 has not answered within "
	                   "0.3 s");
	assert_err_has(&p, "a firewall may drop our packets");
	proc_finish(&p);
}

static void an_unknown_name_is_told_from_a_resolver_that_is_down(void **state)
{
	(void)state;
	replace_file("/etc/resolv.conf", "nameserver " NO_ROUTE "\n");
	replace_file("/etc/nsswitch.conf", "hosts: files dns\n");
	assert_said("nohost.example", "name lookup failed: no name server "
	            "answers for nohost.example", "/etc/resolv.conf");
	write_file("/etc/nsswitch.conf", "hosts: files\n"); /* ours now */
	assert_said("nohost.example", "unknown host: nohost.example",
	            "check the spelling");
}

static void a_server_on_another_interface_is_found(void **state)
{
	struct proc p;
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char where[64];

	(void)state;
	sa.sin_addr.s_addr = htonl(0xC0000201); /* OURS */
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	proc_sockchat(&p, "connect", "127.0.0.1",
	              port_text(ntohs(sa.sin_port)), NULL);
	proc_expect_exit(&p, 1);
	snprintf(where, sizeof(where), " listens on " OURS ":%u: connect there",
	         ntohs(sa.sin_port));
	assert_err_has(&p, where);
	proc_finish(&p);
	close(fd);
}

/* Does not come back; tells the port. */
static void listen_as_nobody(int tell)
{
	uint16_t port;

	if (is_root && setuid(NOBODY))
		_exit(1);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* setuid(2) clears it */
	net_listen(&port);
	if (write(tell, &port, sizeof(port)) != sizeof(port))
		_exit(1);
	for (;;)
		pause();
}

/* A process that listens, as somebody else if we may; its number. */
static pid_t start_listener(uint16_t *port)
{
	int told[2];

	assert_int_equal(pipe(told), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		listen_as_nobody(told[1]);
	close(told[1]);
	assert_int_equal(read(told[0], port, sizeof(*port)), sizeof(*port));
	close(told[0]);
	return pid;
}

static void end_listener(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* sockchat, as somebody else if we may, listens where somebody does. */
static void assert_holder(uint16_t port, uid_t uid, const char *holder)
{
	struct proc p;
	char id[16];
	const char *const argv[] = {
		"/usr/bin/setpriv", "--reuid", id, "--clear-groups",
		getenv("SOCKCHAT_BIN"), "listen", "127.0.0.1",
		port_text(port), NULL
	};
	const char *const own[] = {
		NULL, "listen", "127.0.0.1", port_text(port), NULL
	};

	snprintf(id, sizeof(id), "%u", (unsigned)uid);
	proc_start(&p, is_root ? argv : own, NULL, PROC_PIPE, PROC_PIPE,
	           PROC_PIPE);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "address in use: 127.0.0.1:");
	assert_err_has(&p, holder);
	proc_finish(&p);
}

static void somebody_elses_listener_is_named_as_far_as_seen(void **state)
{
	uint16_t port;
	char holder[96];

	(void)state;
	pid_t pid = start_listener(&port);
	snprintf(holder, sizeof(holder), "(pid %d, user %s) holds 127.0.0.1:",
	         (int)pid, is_root ? "nobody" : "root");
	assert_holder(port, 0, holder);
	if (is_root)
		assert_holder(port, 1234, "hint: user nobody holds 127.0.0.1:");
	end_listener(pid);
}

static void a_port_of_root_names_the_limit(void **state)
{
	struct proc p;
	const char *const argv[] = {
		"/usr/bin/setpriv", "--bounding-set=-net_bind_service",
		"--inh-caps=-net_bind_service",
		getenv("SOCKCHAT_BIN"), "listen", "127.0.0.1", "25", NULL
	};

	(void)state;
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "not permitted: you may not listen on 127.0.0.1:25");
	assert_err_has(&p, "only root may use ports below 1024 here");
	proc_finish(&p);
}

static void a_container_is_warned_of_its_loopback(void **state)
{
	static const char *const env[] = { "container=test", NULL };
	const char *const argv[] = { NULL, "listen", "0", NULL };
	struct proc p;

	(void)state;
	proc_start(&p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_err(&p, "you are in a container; nothing outside it can "
	                    "reach a loopback address, even through a "
	                    "published port. Listen on '*' to let others in");
	proc_finish(&p);
}

/* Ask how the connection does until it says so. */
static void expect_info(struct proc *p, const char *text)
{
	int64_t end = now_ms() + DEADLINE_MS;

	while (!strstr(p->out_text.bytes, text)) {
		if (now_ms() > end)
			fail_msg("no '%s': %s", text, p->out_text.bytes);
		proc_write_text(p, "/info\n");
		proc_watch(p, 100);
	}
}

/* Nothing arrives while the interface is down. */
static void what_is_lost_is_told_and_remembered_for_a_minute(void **state)
{
	struct proc p;
	int fd = connect_with(&p, "--ui", "lines");

	(void)state;
	proc_expect_out(&p, "connected to");
	IP("link", "set", "lo", "down");
	proc_write_text(&p, "hello\n");
	proc_expect_out(&p, "> hello");
	expect_info(&p, "no answer from the peer's system for 1 s: sent "
	                "again ");
	IP("link", "set", "lo", "up");
	net_expect(fd, "hello\n");
	expect_info(&p, " in the last minute\n");
	expect_info(&p, " in the last minute; 6 B sent again\n");
	proc_end_in(&p);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

/* The last: what is taken away stays away. */
static void without_proc_only_the_process_is_not_known(void **state)
{
	uint16_t port;
	char path[32];

	(void)state;
	pid_t pid = start_listener(&port);
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
#if QUARANTINE_KIB /* a sanitizer: it needs /proc itself */
	assert_int_equal(mount("none", path, "tmpfs", 0, NULL), 0);
#else
	assert_int_equal(mount("none", "/proc", "tmpfs", 0, NULL), 0);
#endif
	assert_holder(port, 0, is_root ? "hint: user nobody holds 127.0.0.1:"
	                               : "hint: user root holds 127.0.0.1:");
	end_listener(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_way_not_to_get_there_has_its_own_sentence),
		cmocka_unit_test(the_doctor_asks_for_the_route),
		cmocka_unit_test(silence_is_timed),
		cmocka_unit_test(
		    an_unknown_name_is_told_from_a_resolver_that_is_down),
		cmocka_unit_test(a_server_on_another_interface_is_found),
		cmocka_unit_test(
		    somebody_elses_listener_is_named_as_far_as_seen),
		cmocka_unit_test(a_port_of_root_names_the_limit),
		cmocka_unit_test(a_container_is_warned_of_its_loopback),
		cmocka_unit_test(
		    what_is_lost_is_told_and_remembered_for_a_minute),
		cmocka_unit_test(without_proc_only_the_process_is_not_known),
	};
	is_root = geteuid() == 0;
	if (namespace_enter())
		return cmocka_run_group_tests(tests, make_network, NULL);
	printf("skipped: no namespace is allowed here: %s\n", strerror(errno));
	return SKIPPED;
}
