/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The peers of a UDP socket, found by who sends to whom. */

#ifndef NET_UDP_TABLE_H
#define NET_UDP_TABLE_H

#include <netinet/in.h>
#include <stdint.h>

#include <sockchat/address.h>

#define UDP_BUCKETS 1024 /* as many as there are peers, by default */

/* A source, and the address of ours that it wrote to.  What is not used is
 * zero. */
struct udp_ends {
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} source;
	union {
		struct in_addr v4;
		struct in6_addr v6;
	} here;
};

/* Embedded in a peer. */
struct udp_entry {
	struct udp_entry *next;
	struct udp_ends ends;
};

struct udp_table {
	uint64_t seed; /* so that nobody can choose who shares a bucket */
	struct udp_entry *buckets[UDP_BUCKETS];
};

/* Write who has sent, from what the system tells, to `here`, which may be NULL:
 * all that belongs to other fields of it is left out. */
void udp_ends_set(struct udp_ends *out, const struct sockaddr *source,
                  const void *here);

/* Write the source, or who of ours it wrote to, into `a`, of which the second
 * has the port already. */
void udp_ends_source(const struct udp_ends *ends, struct address *a);
void udp_ends_here(const struct udp_ends *ends, struct address *a);

/* `e` must not be there. */
void udp_table_add(struct udp_table *t, struct udp_entry *e);
void udp_table_remove(struct udp_table *t, const struct udp_entry *e);

/* The peer of both ends; NULL: there is none. */
struct udp_entry *udp_table_find(const struct udp_table *t,
                                 const struct udp_ends *ends);
/* The peer of this source, to whichever of our addresses it writes. */
struct udp_entry *udp_table_find_source(const struct udp_table *t,
                                        const struct udp_ends *ends);

/* Call `fn` for all; it removes none. */
void udp_table_each(const struct udp_table *t, void (*fn)(struct udp_entry *e));

#endif
