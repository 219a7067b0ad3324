/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who may come to a listener: by address, by their number, and when the user
 * takes nobody for now. */

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "datagrams.h"
#include "entries.h"
#include "tls.h"

#define FLOOD 4000 /* peers that are refused */

static void set_address(struct sockaddr_in6 *sa, const char *host,
                        uint16_t port)
{
	*sa = (struct sockaddr_in6){ .sin6_family = AF_INET6,
		                     .sin6_port = htons(port) };
	assert_int_equal(inet_pton(AF_INET6, host, &sa->sin6_addr), 1);
}

/* Connect to 127.0.0.1 from this address of ours.  `*errnum`: of connect(2),
 * for a reset may come before it returns. */
static int call_from(const char *host, uint16_t port, int *errnum)
{
	struct sockaddr_in6 here, there;
	char text[64];
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	snprintf(text, sizeof(text), "::ffff:%s", host);
	set_address(&here, text, 0);
	set_address(&there, "::ffff:127.0.0.1", port);
	assert_int_equal(bind(fd, (void *)&here, sizeof(here)), 0);
	*errnum = connect(fd, (void *)&there, sizeof(there)) ? errno : 0;
	return fd;
}

static int guest_from(const char *host, uint16_t port)
{
	int errnum, fd = call_from(host, port, &errnum);
	assert_int_equal(errnum, 0);
	return fd;
}

static void expect_reset(int fd)
{
	struct text t = { NULL, 0 };
	assert_int_equal(net_read(fd, &t, 0), ECONNRESET);
	assert_int_equal(t.len, 0);
	close(fd);
}

static void expect_refused(const char *host, uint16_t port)
{
	int errnum, fd = call_from(host, port, &errnum);
	if (!errnum) {
		expect_reset(fd);
		return;
	}
	assert_int_equal(errnum, ECONNRESET);
	close(fd);
}

static void expect_echo(const char *host, uint16_t port)
{
	int fd = guest_from(host, port);
	net_send_text(fd, "x");
	net_expect(fd, "x");
	close(fd);
}

/* Whichever of its outputs tells it. */
static uint16_t port_told(struct proc *p, bool is_pipe)
{
	return is_pipe ? proc_port(p) : proc_lines_port(p);
}

static void end(struct proc *p)
{
	kill(p->pid, SIGTERM);
	proc_expect_signal(p, SIGTERM);
}

static void leave(struct proc *p)
{
	end(p);
	proc_finish(p);
}

/* By address */

static void each_front_end_refuses_by_address(void **state)
{
	static const char *const ways[][2] = {
		{ "--ui", "pipe" }, { "--ui", "lines" }, { "--ui", "json" },
	};
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		proc_sockchat(&p, "listen", ways[i][0], ways[i][1], "--deny",
		              "127.0.0.2", "127.0.0.1", "0", NULL);
		uint16_t port = port_told(&p, !i);
		expect_refused("127.0.0.2", port);
		if (i)
			proc_expect_out(&p, " refused: it is in --deny");
		else
			proc_expect_err(&p, " refused: it is in --deny\n");
		if (!i) {
			kill(p.pid, SIGUSR1);
			proc_expect_err(&p, ": 1 refused so far\n");
		}
		int fd = guest_from("127.0.0.3", port);
		net_send_text(fd, "hello\n");
		proc_expect_out(&p, "hello");
		proc_end_in(&p);
		close(fd);
		proc_expect_exit(&p, 0);
		if (i == 2) {
			check_json(&p, "hello\n", 6);
			assert_non_null(strstr(p.out_text.bytes,
			                       "\"code\":\"peer-refused\""));
		}
		proc_finish(&p);
	}
}

static void the_address_that_was_seen_is_told(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "--echo", "--allow", "10.0.0.0/8 127.0.0.1",
	              "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	expect_refused("127.0.0.9", port);
	proc_expect_out(&p, " * 127.0.0.9:");
	proc_expect_out(&p, " refused: it is not in --allow\n");
	expect_echo("127.0.0.1", port);
	leave(&p);
}

static void a_mapped_address_counts_as_ipv4_in_a_list(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "--echo", "--allow", "::ffff:127.0.0.2/127",
	              "--deny", "::ffff:127.0.0.3", "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	expect_echo("127.0.0.2", port);
	expect_refused("127.0.0.3", port);
	expect_refused("127.0.0.1", port);
	leave(&p);
}

/* A service manager's socket has both families: peers of IPv4 are mapped. */
static void a_mapped_peer_counts_as_ipv4(void **state)
{
	const char *words[] = { NULL, "listen", "--echo", "--allow",
		                "127.0.0.2/31", "--deny", "127.0.0.3",
		                "fd:20", NULL };
	struct sockaddr_in6 sa;
	socklen_t len = sizeof(sa);
	const int off = 0;
	struct proc p;
	(void)state;
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	set_address(&sa, "::", 0);
	assert_int_equal(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
	                            sizeof(off)), 0);
	assert_int_equal(bind(fd, (void *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (void *)&sa, &len), 0);
	assert_int_equal(dup2(fd, 20), 20);
	proc_start(&p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	close(20);
	uint16_t port = ntohs(sa.sin6_port);
	expect_echo("127.0.0.2", port);
	expect_refused("127.0.0.3", port);
	proc_expect_out(&p, " * [::ffff:127.0.0.3]:");
	proc_expect_out(&p, " refused: it is in --deny\n");
	expect_refused("127.0.0.1", port);
	close(fd);
	leave(&p);
}

static void with_tls_nobody_refused_gets_a_handshake(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "--echo", "-v", "--tls", SERVING, "--deny",
	              "127.0.0.2", "127.0.0.1", "0", NULL);
	expect_refused("127.0.0.2", proc_lines_port(&p));
	proc_expect_out(&p, "refused: it is in --deny");
	end(&p);
	assert_null(strstr(p.out_text.bytes, " ! "));
	proc_finish(&p);
}

/* A proxy may come; whom it speaks for may be denied, which is told by his
 * name. */
static void whom_a_proxy_names_can_be_denied(void **state)
{
	struct proc p;
	int fd;
	(void)state;
	proc_sockchat(&p, "listen", "--echo", "--proxy-protocol", "--allow",
	              "127.0.0.1", "--deny", "10.0.0.7", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	fd = guest_from("127.0.0.1", port);
	net_send_text(fd, "PROXY TCP4 10.0.0.7 10.0.0.1 4711 80\r\n");
	expect_reset(fd);
	proc_expect_out(&p, " * 10.0.0.7:4711 refused: it is in --deny\n");
	fd = guest_from("127.0.0.1", port);
	net_send_text(fd, "PROXY TCP4 10.0.0.8 10.0.0.1 4711 80\r\nx");
	net_expect(fd, "x");
	close(fd);
	expect_refused("127.0.0.2", port);
	leave(&p);
}

static void sources_of_datagrams_are_refused_by_address(void **state)
{
	struct proc p;
	struct sockaddr_in other = { .sin_family = AF_INET };
	(void)state;
	proc_sockchat(&p, "listen", "-u", "--ui", "lines", "-k", "--deny",
	              "127.0.0.2", "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	int bad = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	other.sin_addr.s_addr = htonl(0x7f000002);
	assert_int_equal(bind(bad, (void *)&other, sizeof(other)), 0);
	other.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	other.sin_port = htons(port);
	assert_int_equal(connect(bad, (void *)&other, sizeof(other)), 0);
	assert_int_equal(send(bad, "denied", 6, 0), 6);
	proc_expect_out(&p, " refused: it is in --deny");
	int good = udp_connect(port);
	assert_int_equal(send(good, "welcome", 7, 0), 7);
	proc_expect_out(&p, "< welcome");
	proc_write_text(&p, "/accept off\n");
	proc_expect_out(&p, "Until then datagrams of others are refused\n");
	int late = udp_connect(port);
	assert_int_equal(send(late, "late", 4, 0), 4);
	proc_expect_out(&p, " refused: /accept is off\n");
	assert_int_equal(send(good, "still here", 10, 0), 10);
	proc_expect_out(&p, "< still here");
	close(bad);
	close(good);
	close(late);
	end(&p);
	assert_null(strstr(p.out_text.bytes, "< denied"));
	proc_finish(&p);
}

/* Add what a line of its log says: one, or so many more. */
static unsigned count_line(const char *line)
{
	const char *end = strchr(line, '\n');
	const char *at = strstr(line, " more connections refused, the last ");
	const char *one = strstr(line, " refused: it is in --deny");
	if (at && at < end) {
		while (at > line && at[-1] != ' ')
			at--;
		return (unsigned)strtoul(at, NULL, 10);
	}
	return one && one < end;
}

static size_t count_descriptors(const struct proc *p)
{
	char path[64];
	size_t count = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)p->pid);
	DIR *dir = opendir(path);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void a_flood_is_told_once_a_second_and_is_cheap(void **state)
{
	struct proc p;
	unsigned sum = 0, notes = 0;
	(void)state;
	proc_sockchat(&p, "listen", "--echo", "--deny", "127.0.0.2",
	              "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	expect_echo("127.0.0.1", port);
	long rss_kib = proc_rss_kib(&p);
	int64_t start_ms = now_ms();
	for (int i = 0; i < FLOOD; i++)
		expect_refused("127.0.0.2", port);
	int64_t took_s = (now_ms() - start_ms) / 1000;
	assert_true(proc_rss_kib(&p) - rss_kib < 1024 + QUARANTINE_KIB);
	assert_true(count_descriptors(&p) < 20);
	expect_echo("127.0.0.1", port);
	end(&p);
	const char *at = p.out_text.bytes;
	for (; *at; at = strchr(at, '\n') + 1) {
		unsigned n = count_line(at);
		sum += n;
		notes += n > 0;
	}
	proc_finish(&p);
	assert_int_equal(sum, FLOOD);
	assert_true(notes <= took_s + 3);
}

static void the_lists_change_while_it_runs(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "-k", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	int fd = guest_from("127.0.0.2", port);
	net_send_text(fd, "early\n");
	proc_expect_out(&p, "< early");
	proc_write_text(&p, "/allow 127.0.0.1, 127.0.0.9/8\n");
	proc_expect_out(&p, "new peers may come from these only: 127.0.0.1, "
	                    "127.0.0.0/8; peers that are here already stay\n");
	proc_write_text(&p, "/deny 127.0.0.2\n");
	proc_expect_out(&p, "new peers may not come from these: 127.0.0.2; ");
	expect_refused("127.0.0.2", port);
	net_send_text(fd, "late\n");
	proc_expect_out(&p, "< late");
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, " * refused: 1 so far\n");
	proc_expect_out(&p, " * denied: 127.0.0.2\n");
	proc_write_text(&p, "/deny 127.0.0.2:80\n");
	proc_expect_out(&p, "'127.0.0.2:80' is not an address or a network");
	proc_write_text(&p, "/deny off\n");
	proc_expect_out(&p, "--deny is off: nobody is refused\n");
	close(guest_from("127.0.0.2", port));
	proc_expect_out(&p, "connection from 127.0.0.2:");
	close(fd);
	kill(p.pid, SIGKILL);
	proc_expect_signal(&p, SIGKILL);
	proc_finish(&p);
}

static void the_lists_are_not_for_unix_sockets(void **state)
{
	struct proc p;
	char name[64], line[80];
	(void)state;
	snprintf(name, sizeof(name), "unix:@admission-%d", (int)getpid());
	proc_sockchat(&p, "listen", "--ui", "lines", "-k", name, NULL);
	proc_expect_out(&p, "listening on unix:");
	proc_write_text(&p, "/deny 10.0.0.1\n");
	proc_expect_out(&p, "nothing was changed: a peer of a unix socket has "
	                    "no address");
	proc_write_text(&p, "/listen 0\n");
	proc_expect_out(&p, "listening on 127.0.0.1:");
	proc_write_text(&p, "/deny 10.0.0.1\n");
	proc_expect_out(&p, "may not come from these: 10.0.0.1\n");
	snprintf(line, sizeof(line), "/listen %s-2\n", name);
	proc_write_text(&p, line);
	proc_expect_out(&p, "--allow and --deny do not count here");
	leave(&p);
}

/* By their number */

static void one_more_client_than_wanted_reaches_no_target(void **state)
{
	struct proc p;
	char target[32];
	uint16_t target_port;
	int place = net_listen(&target_port);
	(void)state;
	snprintf(target, sizeof(target), "127.0.0.1:%u", target_port);
	proc_sockchat(&p, "listen", "-m", "1", "--forward", target,
	              "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	int first = guest_from("127.0.0.1", port), far = net_accept(place);
	expect_refused("127.0.0.1", port);
	proc_expect_out(&p, "refused: as many peers as --max-conns allows");
	proc_write_text(&p, "/set max-conns 2\n");
	proc_expect_out(&p, "max-conns is now 2");
	int second = guest_from("127.0.0.1", port), other = net_accept(place);
	net_send_text(second, "through");
	net_expect(other, "through");
	close(first);
	close(second);
	close(far);
	close(other);
	close(place);
	leave(&p);
}

/* Without a moment in between. */
static void who_leaves_makes_room_for_the_next(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "--echo", "-m", "1", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	for (int i = 0; i < 50; i++)
		expect_echo("127.0.0.1", port);
	leave(&p);
}

/* Their end stays half-closed, for the user may still want to look at it. */
static void who_is_gone_counts_no_more(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "-k", "-m", "1",
	              "--linger", "inf", "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	int fd = guest_from("127.0.0.1", port);
	net_send_text(fd, "first\n");
	close(fd);
	proc_expect_out(&p, " is gone");
	fd = guest_from("127.0.0.1", port);
	net_send_text(fd, "next\n");
	proc_expect_out(&p, "  2 < next");
	expect_refused("127.0.0.1", port);
	close(fd);
	leave(&p);
}

static void handshakes_that_hang_take_no_place(void **state)
{
	struct proc p, client;
	int hanging[8];
	(void)state;
	proc_sockchat(&p, "listen", "--echo", "-m", "1", "--tls", SERVING,
	              "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	for (size_t i = 0; i < 8; i++)
		hanging[i] = guest_from("127.0.0.1", port);
	tls_call(&client, "count", port, NULL);
	proc_expect_out(&p, "connection from 127.0.0.1:");
	expect_refused("127.0.0.1", port); /* and not after its handshake */
	proc_expect_out(&p, "refused: as many peers as --max-conns allows");
	for (size_t i = 0; i < 8; i++)
		close(hanging[i]);
	kill(client.pid, SIGKILL);
	proc_expect_signal(&client, SIGKILL);
	proc_finish(&client);
	leave(&p);
}

/* When nobody is taken */

static void those_who_waited_come_in_later(void **state)
{
	static const char told[] = "Until then the system still completes "
	                           "handshakes";
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "-k", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	proc_write_text(&p, "/accept off\n");
	proc_expect_out(&p, told);
	int fd = guest_from("127.0.0.1", port);
	net_send_text(fd, "is anybody there?\n");
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, " * new peers: not accepted (/accept on accepts "
	                    "them)\n");
	proc_write_text(&p, "/accept off\n/accept\n/send x\n");
	proc_watch(&p, 100);
	assert_null(strstr(p.out_text.bytes, "is anybody there?"));
	assert_null(strstr(strstr(p.out_text.bytes, told) + 1, told));
	proc_write_text(&p, "/accept on\n");
	proc_expect_out(&p, "new peers are accepted\n");
	proc_expect_out(&p, "< is anybody there?");
	net_expect(fd, "x");
	close(fd);
	leave(&p);
}

/* What makes no sense */

static void what_cannot_be_is_a_wrong_command_line(void **state)
{
	static const char *const rows[][3] = {
		{ "localhost", "9999", "option --allow: 'localhost' is not an "
		                       "address or a network" },
		{ "10.0.0.0/33", "9999", "must be a number from 0 to 32" },
		{ "", "9999", "option --allow: the list is empty" },
		{ "10.0.0.1", "unix:/nowhere/x", "option --allow is for IP "
		  "addresses, and unix:/nowhere/x has none" },
	};
	struct proc p;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		proc_sockchat(&p, "listen", "--allow", rows[i][0], rows[i][1],
		              NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, rows[i][2]);
		proc_finish(&p);
	}
	proc_sockchat(&p, "connect", "--deny", "::1", "127.0.0.1", "9", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "option --deny is for 'sockchat listen'");
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_front_end_refuses_by_address),
		cmocka_unit_test(the_address_that_was_seen_is_told),
		cmocka_unit_test(a_mapped_address_counts_as_ipv4_in_a_list),
		cmocka_unit_test(a_mapped_peer_counts_as_ipv4),
		cmocka_unit_test(with_tls_nobody_refused_gets_a_handshake),
		cmocka_unit_test(whom_a_proxy_names_can_be_denied),
		cmocka_unit_test(sources_of_datagrams_are_refused_by_address),
		cmocka_unit_test(a_flood_is_told_once_a_second_and_is_cheap),
		cmocka_unit_test(the_lists_change_while_it_runs),
		cmocka_unit_test(the_lists_are_not_for_unix_sockets),
		cmocka_unit_test(one_more_client_than_wanted_reaches_no_target),
		cmocka_unit_test(who_leaves_makes_room_for_the_next),
		cmocka_unit_test(who_is_gone_counts_no_more),
		cmocka_unit_test(handshakes_that_hang_take_no_place),
		cmocka_unit_test(those_who_waited_come_in_later),
		cmocka_unit_test(what_cannot_be_is_a_wrong_command_line),
	};
	return cmocka_run_group_tests_name("admission", tests, certs_setup,
	                                   certs_teardown);
}
