/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a datagram of UDP can hold: an IP packet of 65,535 bytes without its
 * headers (RFC 768, RFC 8200). */

#ifndef SOCKCHAT_DATAGRAM_H
#define SOCKCHAT_DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

#define DATAGRAM_MAX_IPV4 ((size_t)65507)
#define DATAGRAM_MAX_IPV6 ((size_t)65527)

/* Of who comes to us: how many there may be without --max-conns, as anybody can
 * pretend to be many; after such a silence, without --idle-timeout, one is let
 * go; and so many bytes are kept for one that is not read. */
#define DATAGRAM_SOURCES_MAX 1000
#define DATAGRAM_SILENCE_S   60
#define DATAGRAM_INBOX_MAX   ((size_t)64 << 10)

/* What the system knows of a socket for datagrams. */
struct datagram_facts {
	uint64_t dropped; /* came while its buffer was full, from anybody */
	unsigned mtu; /* what is longer goes in pieces; 0: not known */
};

void datagram_facts(int fd, struct datagram_facts *out);

/* Say of so many that the system has dropped them, for who has the socket. */
#define DATAGRAM_DROPPED_MAX 128
void datagram_say_dropped(char text[DATAGRAM_DROPPED_MAX], uint64_t count);

/* How many bytes go in one piece, without the headers of IP and UDP; 0: that is
 * not known. */
static inline unsigned datagram_whole(unsigned mtu, bool is_v6)
{
	unsigned headers = is_v6 ? 48 : 28;
	return mtu > headers ? mtu - headers : 0;
}

/* Say that `len` bytes are too many for one that holds `max`.  Returns -1. */
int datagram_refuse(struct error *e, uint64_t len, size_t max);

#endif
