/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* UDP peers of sockchat, on 127.0.0.1 and ::1. */

#ifndef TEST_DATAGRAMS_H
#define TEST_DATAGRAMS_H

#include <sys/socket.h>

#include "peer.h"

#define DATAGRAM_CAP 65536

/* Who has sent a datagram. */
struct sender {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* A socket of ours at this port of 127.0.0.1, or of ::1 for AF_INET6; port 0
 * takes a free one. */
int udp_at(int family, uint16_t *port);
/* One that sends to this port of 127.0.0.1, and hears it alone; the same for
 * ::1. */
int udp_connect(uint16_t port);
int udp_connect_to(int family, uint16_t port);
/* Wait until some program has the port. */
void udp_await(uint16_t port);
/* Wait for a datagram.  Returns its length; `from` may be NULL. */
size_t udp_take(int fd, void *bytes, struct sender *from);
/* The next one has this text. */
void udp_expect(int fd, const char *text, struct sender *from);
void udp_answer(int fd, const struct sender *to, const void *bytes, size_t len);
/* None comes for so long. */
void udp_expect_none(int fd, int ms);

#endif
