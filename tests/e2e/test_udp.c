/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A listener for datagrams and its peers: who they are, how many, and what is
 * said when nobody is there. */

#include <arpa/inet.h>
#include <dirent.h>
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
#include "peer.h"
#include "proc.h"

#define SOURCES 20000 /* of a flood */

/* A socket at this address of ours and a free port. */
static int source_at(const char *host)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	struct timeval patience = { .tv_sec = DEADLINE_MS / 1000 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(inet_pton(AF_INET, host, &here.sin_addr), 1);
	assert_int_equal(bind(fd, (void *)&here, sizeof(here)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	                            sizeof(patience)), 0);
	return fd;
}

static void say_to(int fd, const char *host, uint16_t port, const void *bytes,
                   size_t len)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_port = htons(port) };
	assert_int_equal(inet_pton(AF_INET, host, &to.sin_addr), 1);
	assert_int_equal(sendto(fd, bytes, len, 0, (void *)&to, sizeof(to)),
	                 (ssize_t)len);
}

static void say(int fd, uint16_t port, const char *text)
{
	say_to(fd, "127.0.0.1", port, text, strlen(text));
}

/* The next datagram is this one, and comes from there. */
static void expect_from(int fd, const char *host, uint16_t port,
                        const char *text)
{
	char bytes[65536], from[INET_ADDRSTRLEN];
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);
	ssize_t n = recvfrom(fd, bytes, sizeof(bytes), 0, (void *)&sa, &len);
	assert_int_equal(n, strlen(text));
	assert_memory_equal(bytes, text, strlen(text));
	inet_ntop(AF_INET, &sa.sin_addr, from, sizeof(from));
	assert_string_equal(from, host);
	assert_int_equal(ntohs(sa.sin_port), port);
}

static void expect(int fd, uint16_t port, const char *text)
{
	expect_from(fd, "127.0.0.1", port, text);
}

static uint16_t port_in(const struct proc *p, const char *before)
{
	const char *at = strstr(p->out_text.bytes, before);
	assert_non_null(at);
	return (uint16_t)strtoul(at + strlen(before), NULL, 10);
}

static uint16_t listen_on(struct proc *p, const char *host, const char *option)
{
	char before[64];
	proc_sockchat(p, "listen", "--ui", "lines", "-u", option, host, "0",
	              NULL);
	snprintf(before, sizeof(before), "listening on %s:",
	         *host == '*' ? "0.0.0.0" : host);
	proc_expect_out(p, before);
	proc_expect_out(p, ")\n");
	return port_in(p, before);
}

static void leave(struct proc *p)
{
	kill(p->pid, SIGTERM);
	proc_expect_signal(p, SIGTERM);
	proc_finish(p);
}

static void sources_are_peers_with_numbers_and_answers(void **state)
{
	struct proc p;
	(void)state;
	uint16_t port = listen_on(&p, "127.0.0.1", "-k");
	int a = source_at("127.0.0.1"), b = source_at("127.0.0.2");
	say(a, port, "from a\n");
	proc_expect_out(&p, " 1 < from a");
	say(b, port, "from b\n");
	proc_expect_out(&p, " 2 < from b");
	say(a, port, "");
	proc_expect_out(&p, " 1 < (empty datagram)");
	proc_write_text(&p, "to both\n/to 2\nto b\n");
	expect(a, port, "to both\n");
	expect(b, port, "to both\n");
	expect(b, port, "to b\n");
	close(a);
	close(b);
	leave(&p);
}

static void answers_come_from_the_address_that_was_written_to(void **state)
{
	static const char *const places[] = { "127.0.0.1", "127.0.0.9",
		                              "127.8.8.8" };
	struct proc p;
	(void)state;
	uint16_t port = listen_on(&p, "*", "--echo");
	int fd = source_at("127.0.0.3");
	for (size_t i = 0; i < 3; i++) {
		say_to(fd, places[i], port, "x", 1);
		expect_from(fd, places[i], port, "x");
	}
	close(fd);
	leave(&p);
}

static void datagrams_of_all_lengths_come_back_whole(void **state)
{
	static const size_t lengths[] = { 0, 1, 1472, 1473, 9000, 65507, 0 };
	static char bytes[65508];
	struct proc p;
	(void)state;
	uint16_t port = listen_on(&p, "127.0.0.1", "--echo");
	int fd = source_at("127.0.0.1");
	memset(bytes, 'x', sizeof(bytes) - 1);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		const char *tail = bytes + sizeof(bytes) - 1 - lengths[i];
		say_to(fd, "127.0.0.1", port, tail, lengths[i]);
		expect(fd, port, tail);
	}
	close(fd);
	leave(&p);
}

static void without_keep_open_others_are_counted(void **state)
{
	struct proc p;
	(void)state;
	uint16_t port = listen_on(&p, "127.0.0.1", "-v");
	int a = source_at("127.0.0.1"), b = source_at("127.0.0.2");
	say(a, port, "first\n");
	proc_expect_out(&p, "first");
	for (int i = 0; i < 4; i++)
		say(b, port, "second\n");
	proc_expect_out(&p, " refused: one peer is served already");
	proc_expect_out(&p, "3 more datagrams refused, the last from "
	                    "127.0.0.2:");
	say(a, port, "third\n");
	proc_expect_out(&p, "third");
	assert_null(strstr(p.out_text.bytes, "second"));
	close(a);
	close(b);
	leave(&p);
}

static void who_is_not_accepted_is_refused_and_the_others_served(void **state)
{
	struct proc p;
	(void)state;
	uint16_t port = listen_on(&p, "127.0.0.1", "-k");
	int a = source_at("127.0.0.1"), b = source_at("127.0.0.2");
	say(a, port, "one\n");
	proc_expect_out(&p, "one");
	proc_write_text(&p, "/accept off\n");
	proc_expect_out(&p, "no new peers are accepted");
	say(b, port, "two\n");
	proc_expect_out(&p, " refused: /accept is off");
	say(a, port, "three\n");
	proc_expect_out(&p, "three");
	proc_write_text(&p, "/accept on\n");
	proc_expect_out(&p, "* new peers are accepted");
	say(b, port, "four\n");
	proc_expect_out(&p, " 2 < four");
	close(a);
	close(b);
	leave(&p);
}

static void the_peer_that_has_gone_is_named(void **state)
{
	struct proc p;
	char expected[128];
	struct sockaddr_in own;
	socklen_t len = sizeof(own);
	(void)state;
	uint16_t port = listen_on(&p, "127.0.0.1", "-k");
	int a = source_at("127.0.0.1"), b = source_at("127.0.0.2");
	say(a, port, "one\n");
	proc_expect_out(&p, " 1 < one");
	say(b, port, "two\n");
	proc_expect_out(&p, " 2 < two");
	assert_int_equal(getsockname(b, (void *)&own, &len), 0);
	close(b);
	proc_write_text(&p, "hello\n");
	snprintf(expected, sizeof(expected), " 2 ! port unreachable: "
	         "127.0.0.2:%u says that nothing listens on that UDP port",
	         ntohs(own.sin_port));
	proc_expect_out(&p, expected);
	expect(a, port, "hello\n");
	close(a);
	long before = proc_cpu_ms(&p);
	proc_watch(&p, 500);
	assert_true(proc_cpu_ms(&p) - before < 200);
	leave(&p);
}

static size_t count_descriptors(const struct proc *p)
{
	char path[64];
	size_t count = 0;
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)p->pid);
	DIR *d = opendir(path);
	assert_non_null(d);
	while (readdir(d))
		count++;
	closedir(d);
	return count;
}

/* One datagram from each of many addresses. */
static void flood(uint16_t port, unsigned sources, struct proc *p)
{
	char host[32];
	for (unsigned i = 0; i < sources; i++) {
		snprintf(host, sizeof(host), "127.%u.%u.%u", 1 + i / 60000,
		         i / 250 % 240, 1 + i % 250);
		int fd = source_at(host);
		say(fd, port, "flood\n");
		close(fd);
		if (i % 500 == 0)
			proc_watch(p, 1);
	}
}

static void a_flood_of_sources_takes_neither_memory_nor_peers(void **state)
{
	struct proc p;
	(void)state;
	uint16_t port = listen_on(&p, "127.0.0.1", "-km20");
	int fd = source_at("127.0.0.1");
	say(fd, port, "known\n");
	proc_expect_out(&p, "known");
	flood(port, 2000, &p);
	long rss_kib = proc_rss_kib(&p);
	size_t descriptors = count_descriptors(&p);
	flood(port, SOURCES, &p);
	proc_expect_out(&p, "as many peers as --max-conns allows");
	assert_true(proc_rss_kib(&p) < rss_kib + 1024 + QUARANTINE_KIB);
	assert_int_equal(count_descriptors(&p), descriptors);
	say(fd, port, "still known\n");
	proc_expect_out(&p, "still known");
	close(fd);
	leave(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_peers_with_numbers_and_answers),
		cmocka_unit_test(
		    answers_come_from_the_address_that_was_written_to),
		cmocka_unit_test(datagrams_of_all_lengths_come_back_whole),
		cmocka_unit_test(without_keep_open_others_are_counted),
		cmocka_unit_test(
		    who_is_not_accepted_is_refused_and_the_others_served),
		cmocka_unit_test(the_peer_that_has_gone_is_named),
		cmocka_unit_test(
		    a_flood_of_sources_takes_neither_memory_nor_peers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
