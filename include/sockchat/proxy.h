/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A proxy that connects for us: SOCKS4a, SOCKS5 (RFC 1928) or HTTP CONNECT
 * (RFC 9110, 9.3.6). */

#ifndef SOCKCHAT_PROXY_H
#define SOCKCHAT_PROXY_H

#include <sockchat/endpoint.h>

#define PROXY_WORD_MAX 256 /* RFC 1929: 255 bytes */

enum proxy_kind { PROXY_NONE, PROXY_SOCKS4, PROXY_SOCKS5, PROXY_HTTP };

struct proxy_settings {
	enum proxy_kind kind; /* PROXY_NONE: none */
	struct endpoint endpoint;
	char user[PROXY_WORD_MAX], password[PROXY_WORD_MAX]; /* "": none */
};

/* Returns the scheme of its URL, "socks5". */
const char *proxy_scheme(enum proxy_kind kind);

#endif
