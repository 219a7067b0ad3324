/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The other side of the end-to-end tests of UDP. */

#include "datagrams.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct sender loopback_of(int family, uint16_t port)
{
	struct sender s = { .sa.ss_family = (sa_family_t)family };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&s.sa;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&s.sa;

	s.len = family == AF_INET6 ? sizeof(*v6) : sizeof(*v4);
	if (family == AF_INET6) {
		v6->sin6_addr = in6addr_loopback;
		v6->sin6_port = htons(port);
	} else {
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		v4->sin_port = htons(port);
	}
	return s;
}

int udp_at(int family, uint16_t *port)
{
	struct sender s = loopback_of(family, *port);
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&s.sa, s.len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&s.sa, &s.len), 0);
	*port = ntohs(((struct sockaddr_in *)&s.sa)->sin_port);
	return fd;
}

int udp_connect_to(int family, uint16_t port)
{
	struct sender s = loopback_of(family, port);
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&s.sa, s.len), 0);
	return fd;
}

int udp_connect(uint16_t port)
{
	return udp_connect_to(AF_INET, port);
}

static bool is_taken(uint16_t port)
{
	char line[256], wanted[8];
	bool is_found = false;
	FILE *list = fopen("/proc/net/udp", "re");

	assert_non_null(list);
	snprintf(wanted, sizeof(wanted), ":%04X ", port);
	while (!is_found && fgets(line, sizeof(line), list))
		is_found = strstr(line, wanted);
	fclose(list);
	return is_found;
}

void udp_await(uint16_t port)
{
	int64_t start = now_ms();

	while (!is_taken(port)) {
		if (now_ms() - start > DEADLINE_MS)
			fail_msg("nobody has taken the port %u", port);
		poll(NULL, 0, 10);
	}
}

static bool is_there(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

size_t udp_take(int fd, void *bytes, struct sender *from)
{
	struct sender s = { .len = sizeof(s.sa) };
	ssize_t n;

	if (!is_there(fd, DEADLINE_MS))
		fail_msg("the peer waited for a datagram in vain");
	n = recvfrom(fd, bytes, DATAGRAM_CAP, 0, (struct sockaddr *)&s.sa,
	             &s.len);
	assert_true(n >= 0);
	if (from)
		*from = s;
	return (size_t)n;
}

void udp_expect(int fd, const char *text, struct sender *from)
{
	static char bytes[DATAGRAM_CAP + 1];

	bytes[udp_take(fd, bytes, from)] = '\0';
	assert_string_equal(bytes, text);
}

void udp_answer(int fd, const struct sender *to, const void *bytes, size_t len)
{
	assert_int_equal(sendto(fd, bytes, len, 0,
	                        (const struct sockaddr *)&to->sa, to->len),
	                 len);
}

void udp_expect_none(int fd, int ms)
{
	assert_false(is_there(fd, ms));
}
