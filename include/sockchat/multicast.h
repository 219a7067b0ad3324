/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Multicast groups (RFC 1112, RFC 4291): which ones a socket is to join, and by
 * which interface. */

#ifndef SOCKCHAT_MULTICAST_H
#define SOCKCHAT_MULTICAST_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/error.h>

#define MULTICAST_MAX 16

struct multicast_group {
	uint8_t host[16];
	uint8_t len; /* of host: 4 or 16 */
	char device[IF_NAMESIZE]; /* "": the one that the routes say */
};

/* All zero: none. */
struct multicast {
	size_t count;
	struct multicast_group list[MULTICAST_MAX];
};

/* Add what `text` has, GROUP or GROUP@INTERFACE, with blanks or commas between;
 * "off" empties the list.  -1 with a sentence: then it is as it was. */
MUST_USE
int multicast_parse(struct multicast *g, const char *text, struct error *e);

/* Write as many as fit, in the same notation. */
void multicast_describe(char *out, size_t cap, const struct multicast *g);

/* True if it is the address of a group. */
bool address_is_group(const struct address *a);

/* Let a socket of this family join those that suit it.  -1 with errno. */
MUST_USE int multicast_join(const struct multicast *g, int fd, int family);

/* Let it join the group of this address, by the interface that was named. */
MUST_USE
int multicast_join_one(const struct multicast *g, int fd,
                       const struct address *a);

/* Let a socket that sends to `to` do so by the interface of that group, if one
 * was named, and live for `hops`, if that is not 0. */
void multicast_send(const struct multicast *g, int fd,
                    const struct address *to, int hops);

#endif
