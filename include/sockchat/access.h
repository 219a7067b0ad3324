/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which addresses may come to a listener: lists of addresses and networks.
 *
 *     127.0.0.1, 10.0.0.0/8 fd00::/8
 *
 * An IPv4 address that is mapped into IPv6 (RFC 4291, 2.5.5.2) is that address,
 * in a list and as a peer: so ::/0 is not about IPv4. */

#ifndef SOCKCHAT_ACCESS_H
#define SOCKCHAT_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/error.h>

#define ACCESS_MAX 256 /* networks in a list */

struct network {
	uint8_t host[16]; /* behind `bits` all are 0 */
	uint8_t len;      /* of host: 4 or 16 */
	uint8_t bits;
};

/* All zero: an empty list. */
struct access_list {
	size_t count;
	struct network networks[ACCESS_MAX];
};

/* Add the networks of `text`; "off" empties the list.  A host in a network,
 * 10.0.0.1/8, stands for the network.  -1 with a sentence that names the wrong
 * word: then the list is as it was. */
MUST_USE
int access_parse(struct access_list *list, const char *text, struct error *e);

/* Write those from `first` on that fit, with a comma and a blank between two.
 * Returns the index of the next one, or `count`. */
size_t access_format(char *out, size_t cap, const struct access_list *list,
                     size_t first);

/* Write as many as fit, and behind them how many more there are. */
void access_describe(char *out, size_t cap, const struct access_list *list);

/* Where somebody has set lists, and a unix socket listens. */
#define ACCESS_NOT_UNIX                                                        \
	"--allow and --deny do not count here: who comes to a unix socket "    \
	"has no address"

/* Why this peer may not come, at the end of a sentence; NULL: it may.  With an
 * empty `allow` all may whom `deny` has not.  A family without hosts (a unix
 * socket's) may always. */
const char *access_refuses(const struct access_list *allow,
                           const struct access_list *deny,
                           const struct address *peer);

/* The same of `deny` alone: for an address that somebody else tells us of. */
const char *access_denies(const struct access_list *deny,
                          const struct address *peer);

#endif
