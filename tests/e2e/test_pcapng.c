/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations of the binary as packets: tshark finds every byte, every end
 * and nothing to warn of. */

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

#include "../fake/pcapng_judge.h"
#include "capture.h"

#define FILE_NAME "x.pcapng"
#define RECORDING "--record", at_path(FILE_NAME)

/* Start it in lines, and accept its connection. */
static int dial(struct proc *p, uint16_t *port)
{
	int listener = net_listen(port), fd;
	proc_sockchat(p, "connect", "--ui", "lines", RECORDING, "127.0.0.1",
	              port_text(*port), NULL);
	fd = net_accept(listener);
	close(listener);
	proc_expect_out(p, "connected to");
	return fd;
}

static void listens(struct proc *p)
{
	proc_sockchat(p, "listen", "--keep-open", "--ui", "lines", RECORDING,
	              "127.0.0.1", "0", NULL);
}

static void finish(struct proc *p, int code)
{
	proc_end_in(p);
	proc_expect_exit(p, code);
	proc_finish(p);
}

static void both_sides_and_both_ends_are_there(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = dial(&p, &port);
	(void)state;
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	net_send_text(fd, "world\n");
	proc_expect_out(&p, "world");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	finish(&p, 0);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow_texts(FILE_NAME, "tcp", 0, "hello\n", "world\n");
	assert_tshark(FILE_NAME, "0\n0\n", "-Y", "tcp.flags.fin==1", "-T",
	              "fields", "-e", "tcp.stream", NULL);
	assert_tshark(FILE_NAME, "connected to 127.0.0.1", "-Y",
	              "frame.comment", "-T", "fields", "-e", "frame.comment",
	              NULL);
}

static void an_end_of_the_peer_may_come_first(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = dial(&p, &port);
	(void)state;
	shutdown(fd, SHUT_WR);
	proc_expect_out(&p, "the peer has finished sending");
	proc_write_text(&p, "still here\n");
	net_expect(fd, "still here\n");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	finish(&p, 0);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow_texts(FILE_NAME, "tcp", 0, "still here\n", "");
}

static void a_reset_of_the_peer_is_its_reset(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = dial(&p, &port);
	char filter[80];
	(void)state;
	net_send_text(fd, "last words\n");
	proc_expect_out(&p, "last words");
	net_reset(fd);
	proc_expect_out(&p, "connection reset by");
	finish(&p, 1);
	assert_capture(FILE_NAME, 1, 1);
	assert_follow_texts(FILE_NAME, "tcp", 0, "", "last words\n");
	snprintf(filter, sizeof(filter), "tcp.flags.reset==1&&tcp.srcport==%u",
	         port);
	assert_tshark(FILE_NAME, "RST", "-Y", filter, NULL);
}

static void a_reset_of_ours_is_ours(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = dial(&p, &port);
	char filter[80];
	(void)state;
	proc_write_text(&p, "/reset\n");
	proc_expect_out(&p, "connection closed");
	finish(&p, 0);
	close(fd);
	assert_capture(FILE_NAME, 1, 1);
	snprintf(filter, sizeof(filter), "tcp.flags.reset==1&&tcp.dstport==%u",
	         port);
	assert_tshark(FILE_NAME, "RST", "-Y", filter, NULL);
}

static void what_has_moved_is_there_after_a_kill(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = dial(&p, &port);
	(void)state;
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	expect_captured(FILE_NAME, "hello\n", 6);
	kill(p.pid, SIGKILL);
	proc_expect_signal(&p, SIGKILL);
	proc_finish(&p);
	close(fd);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow_texts(FILE_NAME, "tcp", 0, "hello\n", "");
}

static void several_peers_have_streams_of_their_own(void **state)
{
	struct proc p;
	uint16_t port;
	int fds[3];
	char text[32];
	(void)state;
	listens(&p);
	port = proc_lines_port(&p);
	for (int i = 0; i < 3; i++)
		fds[i] = net_connect(port);
	for (int i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "from client %d\n", i);
		net_send_text(fds[i], text);
		text[strlen(text) - 1] = '\0';
		proc_expect_out(&p, text);
	}
	proc_write_text(&p, "to all\n");
	for (int i = 0; i < 3; i++) {
		net_expect(fds[i], "to all\n");
		close(fds[i]);
	}
	finish(&p, 0);
	assert_capture(FILE_NAME, 3, 0);
	assert_tshark(FILE_NAME, "from client 1", "-q", "-z",
	              "follow,tcp,ascii,1", NULL);
}

static void a_unix_socket_is_tcp_between_invented_addresses(void **state)
{
	struct proc p;
	int listener = unix_listen(at_path("s")), fd;
	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", RECORDING, at_url("s"),
	              NULL);
	fd = accept(listener, NULL, NULL);
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	net_send_text(fd, "world\n");
	proc_expect_out(&p, "world");
	close(fd);
	close(listener);
	finish(&p, 0);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow_texts(FILE_NAME, "tcp", 0, "hello\n", "world\n");
	assert_tshark(FILE_NAME, "this is a unix socket", "-T", "fields", "-e",
	              "frame.comment", NULL);
}

static void ipv6_is_ipv6(void **state)
{
	struct proc p, client;
	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", RECORDING, "::1", "0",
	              NULL);
	proc_expect_out(&p, "listening on [::1]:");
	char *at = strstr(p.out_text.bytes, "[::1]:") + strlen("[::1]:");
	char port[8];
	snprintf(port, sizeof(port), "%ld", strtol(at, NULL, 10));
	proc_sockchat(&client, "connect", "::1", port, NULL);
	proc_write_text(&client, "hello\n");
	proc_expect_out(&p, "hello");
	proc_write_text(&p, "world\n");
	proc_expect_out(&client, "world\n");
	proc_end_in(&client);
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	proc_expect_exit(&p, 0);
	proc_finish(&client);
	proc_finish(&p);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow_texts(FILE_NAME, "tcp", 0, "hello\n", "world\n");
	assert_tshark(FILE_NAME, "::1", "-Y", "ipv6", NULL);
}

static void a_recording_begins_in_the_middle(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), fd;
	char line[400];
	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "127.0.0.1",
	              port_text(port), NULL);
	fd = net_accept(listener);
	net_send_text(fd, "not recorded\n");
	proc_expect_out(&p, "not recorded");
	snprintf(line, sizeof(line), "/record %s\n", at_path(FILE_NAME));
	proc_write_text(&p, line);
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	close(fd);
	close(listener);
	finish(&p, 0);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow_texts(FILE_NAME, "tcp", 0, "hello\n", "");
	assert_tshark(FILE_NAME, "begins in the middle", "-T", "fields", "-e",
	              "frame.comment", NULL);
}

static void what_is_saved_is_packets_too(void **state)
{
	struct proc p;
	uint16_t port;
	int fd = dial(&p, &port);
	char line[400];
	(void)state;
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	net_send_text(fd, "world\n");
	proc_expect_out(&p, "world");
	close(fd);
	proc_expect_out(&p, "the peer has finished sending");
	snprintf(line, sizeof(line), "/close\n/save %s\n",
	         at_path("saved.pcapng"));
	proc_write_text(&p, line);
	finish(&p, 0);
	assert_capture("saved.pcapng", 1, 0);
	assert_follow_texts("saved.pcapng", "tcp", 0, "hello\n", "world\n");
}

static void limit_files(const struct proc *p, rlim_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };
	assert_int_equal(prlimit(p->pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static void packets_that_found_no_room_are_counted(void **state)
{
	static struct pcapng_seen seen;
	struct proc p;
	uint16_t port;
	int fd = dial(&p, &port);
	(void)state;
	net_send_text(fd, "before\n");
	expect_captured(FILE_NAME, "before\n", 7);
	limit_files(&p, 100);
	net_send_text(fd, "lost\n");
	proc_expect_out(&p, "File too large");
	net_send_text(fd, "lost too\n");
	proc_expect_out(&p, "lost too");
	limit_files(&p, RLIM_INFINITY);
	proc_expect_out(&p, "are missing in it");
	net_send_text(fd, "found\n");
	expect_captured(FILE_NAME, "found\n", 6);
	close(fd);
	finish(&p, 1);
	struct text file = captured(FILE_NAME);
	seen.has_gaps = true;
	assert_null(pcapng_judge(&seen, (uint8_t *)file.bytes, file.len));
	assert_int_equal(seen.lost, 4);
	assert_int_equal(seen.packets + seen.lost, seen.counted);
	assert_non_null(strstr(bytes_text(&seen.comments), "(4 packets) are "
	                                                   "missing before"));
	pcapng_seen_finish(&seen);
	text_finish(&file);
}

/* 1 MiB of bytes that follow from their places. */
static struct text stream_text(void)
{
	struct text t = { malloc(MIB + 1), MIB };
	assert_non_null(t.bytes);
	stream_fill((uint8_t *)t.bytes, MIB, 0);
	return t;
}

static void a_flood_both_ways_is_followed_to_the_byte(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), fd;
	struct text all = stream_text();
	(void)state;
	proc_sockchat(&p, "connect", "--quiet", RECORDING, "127.0.0.1",
	              port_text(port), NULL);
	fd = net_accept(listener);
	exchange(&p, fd, MIB);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
	close(fd);
	close(listener);
	assert_capture(FILE_NAME, 1, 0);
	assert_follow(FILE_NAME, "tcp", 0, &all, &all);
	text_finish(&all);
}

/* Read what has this length, and answer it. */
static void answer(int fd, size_t len, const void *bytes, size_t answer_len)
{
	struct text t = { NULL, 0 };
	assert_int_equal(net_read(fd, &t, len), 0);
	assert_int_equal(t.len, len);
	net_send(fd, bytes, answer_len);
	text_finish(&t);
}

static void a_proxys_dialogue_stands_before_the_conversation(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port), fd;
	char url[64];
	(void)state;
	snprintf(url, sizeof(url), "socks5://127.0.0.1:%u", port);
	proc_sockchat(&p, "connect", "--ui", "lines", RECORDING, "--proxy",
	              url, "192.0.2.9", "80", NULL);
	fd = net_accept(listener);
	answer(fd, 3, "\5\0", 2);
	answer(fd, 10, "\5\0\0\1\0\0\0\0\0", 10);
	proc_expect_out(&p, "connected to");
	proc_write_text(&p, "hello\n");
	net_expect(fd, "hello\n");
	net_send_text(fd, "world\n");
	proc_expect_out(&p, "world");
	close(fd);
	close(listener);
	finish(&p, 0);
	assert_capture(FILE_NAME, 1, 0);
	assert_tshark(FILE_NAME, "192.0.2.9", "-d", decode_as(port, "socks"),
	              "-Y", "socks", "-T", "fields", "-e", "socks.dst", NULL);
	assert_tshark(FILE_NAME, "hello", "-q", "-z", "follow,tcp,ascii,0",
	              NULL);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)
	const struct CMUnitTest tests[] = {
		T(both_sides_and_both_ends_are_there),
		T(an_end_of_the_peer_may_come_first),
		T(a_reset_of_the_peer_is_its_reset),
		T(a_reset_of_ours_is_ours),
		T(what_has_moved_is_there_after_a_kill),
		T(several_peers_have_streams_of_their_own),
		T(a_unix_socket_is_tcp_between_invented_addresses),
		T(ipv6_is_ipv6),
		T(a_recording_begins_in_the_middle),
		T(what_is_saved_is_packets_too),
		T(packets_that_found_no_room_are_counted),
		T(a_flood_both_ways_is_followed_to_the_byte),
		T(a_proxys_dialogue_stands_before_the_conversation),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
