/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A proxy that connects for us: SOCKS4a, SOCKS5 (RFC 1928) or HTTP CONNECT
 * (RFC 9110, 9.3.6). */

#ifndef SOCKCHAT_PROXY_H
#define SOCKCHAT_PROXY_H

#include <sockchat/endpoint.h>

#define PROXY_WORD_MAX    256 /* RFC 1929: 255 bytes */
#define PROXY_HEADERS_MAX ((size_t)16 << 10) /* of HTTP, all together */
/* "socks5://USER@HOST:PORT", where each byte of USER may be "%40". */
#define PROXY_URL_MAX (16 + 3 * PROXY_WORD_MAX + ENDPOINT_TEXT_MAX)

enum proxy_kind { PROXY_NONE, PROXY_SOCKS4, PROXY_SOCKS5, PROXY_HTTP };

struct proxy_settings {
	enum proxy_kind kind; /* PROXY_NONE: none */
	struct endpoint endpoint;
	char user[PROXY_WORD_MAX]; /* "": none */
	const char *password;      /* borrowed; NULL: none */
};

/* Returns the scheme of its URL, "socks5"; and its protocol's name,
 * "SOCKS5". */
const char *proxy_scheme(enum proxy_kind kind);
const char *proxy_protocol(enum proxy_kind kind);

/* Read "socks5://USER@HOST:PORT"; "" is no proxy.  -1 with a sentence, in which
 * nothing of USER stands, as it might have a password in it. */
MUST_USE
int proxy_parse(struct proxy_settings *p, const char *url, struct error *e);

/* Write the URL, without the password; "" for no proxy. */
void proxy_format(const struct proxy_settings *p, char out[PROXY_URL_MAX]);

/* True if its user has to prove to be that by a password, and has none. */
bool proxy_lacks_password(const struct proxy_settings *p);

/* Give it the password, from SOCKCHAT_PROXY_PASSWORD or from the terminal, if
 * it lacks one.  From then on the program leaves no core dump.  -1 with a
 * sentence. */
MUST_USE int proxy_take_password(struct proxy_settings *p, struct error *e);

/* Check that it can be asked for this target.  -1 with a sentence. */
MUST_USE
int proxy_check(const struct proxy_settings *p, const struct endpoint *target,
                struct error *e);

#endif
