/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An endpoint as a user names it. */

#ifndef SOCKCHAT_ENDPOINT_H
#define SOCKCHAT_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/error.h>

#define ENDPOINT_HOST_MAX 256
#define ENDPOINT_PORT_MAX 64
#define ENDPOINT_TEXT_MAX (ENDPOINT_HOST_MAX + ENDPOINT_PORT_MAX + 4)

/* What an endpoint is reached by: transport_of() knows how. */
enum endpoint_scheme { ENDPOINT_TCP, ENDPOINT_UNIX };

/* Who is meant: "tcp://[::1]:http" is host "::1", port "http". */
struct endpoint {
	enum endpoint_scheme scheme;
	/* "" in listen mode: the loopback addresses; "*": all.  For unix
	 * sockets a path, or "@NAME" for an abstract one (unix(7)). */
	char host[ENDPOINT_HOST_MAX];
	char port[ENDPOINT_PORT_MAX]; /* a checked number, or a service name;
	                               * "" for unix sockets */
};

enum endpoint_mode { ENDPOINT_CONNECT, ENDPOINT_LISTEN };

/* Read one or two words: HOST PORT, HOST:PORT, [V6ADDR]:PORT, V6ADDR PORT,
 * tcp://HOST:PORT; in listen mode also PORT alone; unix:PATH or unix:@NAME.
 * Port 0 is for listen mode.  -1 with a sentence that names what is wrong. */
MUST_USE
int endpoint_parse(struct endpoint *ep, enum endpoint_mode mode,
                   const char *const *words, size_t count, struct error *e);

/* Read PATH or @NAME, alone or as a URL: what --unix takes.  -1 likewise. */
MUST_USE
int endpoint_parse_unix(struct endpoint *ep, const char *const *words,
                        size_t count, struct error *e);

/* True if its host has to be looked up.  An odd spelling of a number ("127.1")
 * counts as a name, for it is worth a line what it stands for. */
bool endpoint_has_name(const struct endpoint *ep);

/* True if its port is a number or the name of a TCP service that this machine
 * knows (services(5)), or if it needs none. */
bool endpoint_knows_port(const struct endpoint *ep);

/* Write "host:port", with brackets where the host has colons, or
 * "unix:PATH". */
void endpoint_format(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX]);

#endif
