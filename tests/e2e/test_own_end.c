/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Our end of a connection: where it comes from, and the settings of its
 * socket, as the system has them. */

#include <linux/tcp.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "datagrams.h"
#include "peer.h"
#include "proc.h"

/* Where the peer sees us: "127.0.0.9:5000". */
static void assert_comes_from(int fd, uint32_t host, uint16_t port)
{
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);

	assert_int_equal(getpeername(fd, (struct sockaddr *)&sa, &len), 0);
	assert_int_equal(ntohl(sa.sin_addr.s_addr), host);
	if (port)
		assert_int_equal(ntohs(sa.sin_port), port);
}

static uint16_t free_port(void)
{
	uint16_t port;

	close(net_bind(&port));
	return port;
}

/* Ask until /info says so. */
static void expect_info(struct proc *p, const char *text)
{
	int64_t end = now_ms() + DEADLINE_MS;

	while (!strstr(p->out_text.bytes, text)) {
		if (now_ms() > end)
			fail_msg("no '%s': %s", text, p->out_text.bytes);
		proc_write_text(p, "/info\n");
		proc_watch(p, 50);
	}
}

static void the_peer_sees_the_address_and_port_that_were_asked_for(void **state)
{
	uint16_t port, own = free_port();
	int listener = net_listen(&port);
	char text[8];
	struct proc p;

	(void)state;
	snprintf(text, sizeof(text), "%u", own);
	for (int i = 0; i < 3; i++) { /* again and again from the same port */
		proc_sockchat(&p, "connect", "-s", "127.0.0.9", "-p", text,
		              "127.0.0.1", port_text(port), NULL);
		int fd = net_accept(listener);
		assert_comes_from(fd, 0x7f000009, own);
		close(fd); /* first: we keep what is left of it */
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
	}
	close(listener);
}

static void a_probe_comes_from_the_port_too(void **state)
{
	uint16_t port, own = free_port();
	int listener = net_listen(&port);
	char text[8];
	struct proc p;

	(void)state;
	snprintf(text, sizeof(text), "%u", own);
	proc_sockchat(&p, "connect", "-z", "-p", text, "127.0.0.1",
	              port_text(port), NULL);
	int fd = net_accept(listener);
	assert_comes_from(fd, 0x7f000001, own);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(fd);
	close(listener);
}

static void a_port_that_is_taken_names_who_has_it(void **state)
{
	uint16_t port, taken;
	int listener = net_listen(&port), other = net_listen(&taken);
	char sentence[128], text[8];
	struct proc p;

	(void)state;
	snprintf(text, sizeof(text), "%u", taken);
	proc_sockchat(&p, "connect", "-p", text, "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&p, 1);
	snprintf(sentence, sizeof(sentence), "address in use: our port %u "
	         "(--source-port) is not free\n", taken);
	assert_err_has(&p, sentence);
	snprintf(sentence, sizeof(sentence), "(pid %d, ", (int)getpid());
	assert_err_has(&p, sentence);
	proc_finish(&p);
	close(other);
	close(listener);
}

static void a_port_that_is_taken_for_datagrams_names_who_has_it(void **state)
{
	uint16_t taken;
	int other = udp_at(AF_INET, &taken);
	char sentence[128], text[8];
	struct proc p;

	(void)state;
	snprintf(text, sizeof(text), "%u", taken);
	proc_sockchat(&p, "connect", "--udp", "-p", text, "--source",
	              "127.0.0.1", "127.0.0.1", "9", NULL);
	proc_expect_exit(&p, 1);
	snprintf(sentence, sizeof(sentence), "(pid %d, ", (int)getpid());
	assert_err_has(&p, sentence);
	proc_finish(&p);
	close(other);
}

static void one_port_has_one_connection_to_each_place(void **state)
{
	uint16_t port, second_port, own = free_port();
	int listener = net_listen(&port), second = net_listen(&second_port);
	char text[8];
	struct proc p, q;

	(void)state;
	snprintf(text, sizeof(text), "%u", own);
	proc_sockchat(&p, "connect", "-p", text, "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	proc_sockchat(&q, "connect", "-p", text, "127.0.0.1", port_text(port),
	              NULL);
	proc_expect_exit(&q, 1);
	assert_err_has(&q, "address in use: our port ");
	proc_finish(&q);
	proc_sockchat(&q, "connect", "-p", text, "127.0.0.1",
	              port_text(second_port), NULL);
	int other = net_accept(second);
	assert_comes_from(other, 0x7f000001, own);
	close(other);
	proc_end_in(&q);
	proc_expect_exit(&q, 0);
	proc_finish(&q);
	close(fd);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(second);
	close(listener);
}

/* The system would take the last two, and go out from another address. */
static void an_address_of_others_is_told_with_those_that_are_here(void **state)
{
	static const char *const others[] = { "192.0.2.77", "224.0.0.1",
		                              "127.255.255.255" };
	char text[96];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct proc p;

		proc_sockchat(&p, "connect", "-s", others[i], "127.0.0.1", "9",
		              NULL);
		proc_expect_exit(&p, 1);
		snprintf(text, sizeof(text), "no such address here: this "
		         "machine does not have %s (--source)\n",
		         others[i]);
		assert_err_has(&p, text);
		assert_err_has(&p, "127.0.0.1");
		proc_finish(&p);
	}
}

/* Those of Linux, which doubles the sizes. */
static void info_shows_what_the_system_has_made_of_it(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--sndbuf", "20000",
	              "--rcvbuf", "30000", "--ttl", "33", "--tos", "lowdelay",
	              "--user-timeout", "7", "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	proc_expect_out(&p, "connected to");
	expect_info(&p, "keepalive: after 60 s of silence, every 10 s, 6 "
	                "times\n");
	expect_info(&p, "socket: nodelay on, TTL 33, TOS 16 (0x10), user "
	                "timeout 7 s\n");
	expect_info(&p, "buffers: 40000 bytes to send, 60000 to receive\n");
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(fd);
	close(listener);
}

static void a_pipe_has_no_keepalive_unless_it_is_asked_for(void **state)
{
	static const char *const told[][2] = {
		{ "--tos=4", "our end: keepalive: off\n" },
		{ "--keepalive=30", "our end: keepalive: after 30 s of "
		                    "silence, every 10 s, 6 times\n" },
	};
	uint16_t port;
	int listener = net_listen(&port);
	struct proc p;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		proc_sockchat(&p, "connect", "-v", told[i][0], "127.0.0.1",
		              port_text(port), NULL);
		int fd = net_accept(listener);
		close(fd);
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		assert_err_has(&p, told[i][1]);
		proc_finish(&p);
	}
	close(listener);
}

static void settings_change_on_connections_that_are_open(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "-k", "127.0.0.1", "0",
	              NULL);
	uint16_t port = proc_lines_port(&p);
	int fd = net_connect(port);
	proc_expect_out(&p, "connection from");
	proc_write_text(&p, "/set ttl 21\n/set no-nodelay on\n");
	proc_expect_out(&p, "ttl is now 21\n");
	expect_info(&p, "socket: nodelay off, TTL 21, ");
	int second = net_connect(port);
	net_send_text(second, "x\n");
	proc_expect_out(&p, "< x");
	proc_write_text(&p, "/info 2\n");
	proc_expect_out(&p, "peer 2, ");
	proc_watch(&p, 100);
	assert_non_null(strstr(strstr(p.out_text.bytes, "peer 2, "),
	                       "socket: nodelay off, TTL 21, "));
	proc_write_text(&p, "/set source 127.0.0.9\n");
	proc_expect_out(&p, "source is now 127.0.0.9, from the next connection "
	                    "on\n");
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(second);
	close(fd);
}

/* Of the target; the client's socket is not what was asked about. */
static void who_forwards_has_our_end_towards_the_target(void **state)
{
	uint16_t target_port;
	int listener = net_listen(&target_port);
	char target[32];
	struct proc p;

	(void)state;
	snprintf(target, sizeof(target), "127.0.0.1:%u", target_port);
	proc_sockchat(&p, "listen", "--ui", "lines", "--forward", target,
	              "--source", "127.0.0.8", "--ttl", "19", "127.0.0.1", "0",
	              NULL);
	int client = net_connect(proc_lines_port(&p));
	int fd = net_accept(listener);
	assert_comes_from(fd, 0x7f000008, 0);
	expect_info(&p, "target socket: nodelay on, TTL 19, ");
	expect_info(&p, "client socket: nodelay on, TTL ");
	assert_null(strstr(p.out_text.bytes, "client socket: nodelay on, TTL "
	                                     "19"));
	proc_write_text(&p, "/quit\n");
	(void)proc_wait(&p);
	proc_finish(&p);
	close(fd);
	close(client);
	close(listener);
}

static void a_proxy_sees_our_address_too(void **state)
{
	uint16_t port;
	int listener = net_listen(&port);
	char url[64];
	struct proc p;

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%u", port);
	proc_sockchat(&p, "connect", "-s", "127.0.0.6", "--proxy", url,
	              "host.test", "80", NULL);
	int fd = net_accept(listener);
	assert_comes_from(fd, 0x7f000006, 0);
	net_send_text(fd, "HTTP/1.1 200 OK\r\n\r\nhello\n");
	close(fd);
	proc_expect_out(&p, "hello\n");
	proc_end_in(&p);
	(void)proc_wait(&p);
	proc_finish(&p);
	close(listener);
}

/* The peer may send no more at once than our buffer holds. */
static void a_small_buffer_is_a_small_window(void **state)
{
	struct proc p;
	struct tcp_info info;
	socklen_t len = sizeof(info);

	(void)state;
	proc_sockchat(&p, "listen", "--rcvbuf", "9000", "127.0.0.1", "0",
	              NULL);
	int fd = net_connect(proc_port(&p));
	proc_write_text(&p, "x\n");
	net_expect(fd, "x\n");
	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len),
	                 0);
	assert_true(info.tcpi_snd_wnd && info.tcpi_snd_wnd <= 18000);
	shutdown(fd, SHUT_WR);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_peer_sees_the_address_and_port_that_were_asked_for),
		cmocka_unit_test(a_probe_comes_from_the_port_too),
		cmocka_unit_test(a_port_that_is_taken_names_who_has_it),
		cmocka_unit_test(
		    a_port_that_is_taken_for_datagrams_names_who_has_it),
		cmocka_unit_test(one_port_has_one_connection_to_each_place),
		cmocka_unit_test(
		    an_address_of_others_is_told_with_those_that_are_here),
		cmocka_unit_test(info_shows_what_the_system_has_made_of_it),
		cmocka_unit_test(
		    a_pipe_has_no_keepalive_unless_it_is_asked_for),
		cmocka_unit_test(settings_change_on_connections_that_are_open),
		cmocka_unit_test(who_forwards_has_our_end_towards_the_target),
		cmocka_unit_test(a_proxy_sees_our_address_too),
		cmocka_unit_test(a_small_buffer_is_a_small_window),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
