/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The header of the PROXY protocol (haproxy's doc/proxy-protocol.txt), by which
 * a proxy says for whom it speaks, in front of all that it passes on.  Pure:
 * bytes and their length, no socket. */

#ifndef SOCKCHAT_PROXY_HEADER_H
#define SOCKCHAT_PROXY_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockchat/address.h>
#include <sockchat/error.h>

#define PROXY_HEADER_MAX     (16 + UINT16_MAX) /* of version 2 */
#define PROXY_HEADER_OUT_MAX 232               /* of what we write */
#define PROXY_HEADER_SAYS_MAX 320
#define PROXY_HEADER_TEXT_MAX \
	(PROXY_HEADER_SAYS_MAX + 2 * ADDRESS_TEXT_MAX + 64)

/* What --proxy-protocol asks for: the version that is sent, and whether one is
 * read from those who come.  0: neither. */
enum { PROXY_HEADER_V1 = 1, PROXY_HEADER_V2 = 2, PROXY_HEADER_READ = 4 };

struct proxy_header {
	unsigned version;
	/* Who has connected to the proxy, and where.  len 0: nobody; the proxy
	 * itself speaks, as in a health check, or for somebody that it cannot
	 * name. */
	struct address source, target;
	char says[PROXY_HEADER_SAYS_MAX]; /* the rest of version 2, "ALPN h2,
	                                   * TLSv1.3"; safe to show, or "" */
};

/* How many bytes the header has that begins with these.  0: that is not known
 * yet, and all of them are its bytes.  -1: no header does; `why` has a
 * sentence, or "" if they are something else. */
MUST_USE
ssize_t proxy_header_len(const uint8_t *bytes, size_t len, struct error *why);

/* Read a whole header, of as many bytes as proxy_header_len() says.  -1 with a
 * sentence. */
MUST_USE
int proxy_header_read(struct proxy_header *h, const uint8_t *bytes, size_t len,
                      struct error *why);

/* Write the header of this version for somebody who came from `source` to
 * `target`; "UNKNOWN" or "LOCAL" if these are not known, or if the version has
 * no way to tell them.  Returns its length. */
size_t proxy_header_write(uint8_t out[PROXY_HEADER_OUT_MAX], int version,
                          const struct address *source,
                          const struct address *target);

/* Write "version 2, for 192.0.2.1:4000 at 198.51.100.1:443; ALPN h2", safe to
 * show. */
void proxy_header_say(const struct proxy_header *h,
                      char out[PROXY_HEADER_TEXT_MAX]);

#endif
