/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An endpoint as a user names it. */

#ifndef SOCKCHAT_ENDPOINT_H
#define SOCKCHAT_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/error.h>

#define ENDPOINT_HOST_MAX 1025 /* NI_MAXHOST */
#define ENDPOINT_PORT_MAX 64
#define ENDPOINT_TEXT_MAX (ENDPOINT_HOST_MAX + ENDPOINT_PORT_MAX + 12)

/* What an endpoint is reached by: transport_of() knows how. */
enum endpoint_scheme { ENDPOINT_TCP, ENDPOINT_UNIX };

/* Who is meant: "tcp://[::1]:http" is host "::1", port "http". */
struct endpoint {
	enum endpoint_scheme scheme;
	bool is_tls; /* TLS on top of that */
	/* As it is shown: a name that is not ASCII in the one spelling that
	 * IDNA gives it ("안녕.test"), if it has one; else as it was typed.
	 * "" in listen mode: the loopback addresses; "*": all.  For unix
	 * sockets a path, or "@NAME" for an abstract one (unix(7)). */
	char host[ENDPOINT_HOST_MAX];
	char port[ENDPOINT_PORT_MAX]; /* a checked number, or a service name;
	                               * "" for unix sockets */
};

enum endpoint_mode { ENDPOINT_CONNECT, ENDPOINT_LISTEN };

/* Read one or two words: HOST PORT, HOST:PORT, [V6ADDR]:PORT, V6ADDR PORT,
 * tcp://HOST:PORT, tls://HOST:PORT, where a zone stands behind %25 (RFC 6874);
 * in listen mode also PORT alone; unix:PATH or unix:@NAME.  Port 0 is for
 * listen mode.  -1 with a sentence that names what is wrong. */
MUST_USE
int endpoint_parse(struct endpoint *ep, enum endpoint_mode mode,
                   const char *const *words, size_t count, struct error *e);

/* Read PATH or @NAME, alone or as a URL: what --unix takes.  -1 likewise. */
MUST_USE
int endpoint_parse_unix(struct endpoint *ep, const char *const *words,
                        size_t count, struct error *e);

/* Write the name that DNS knows: "xn--o70b819a.test" for "안녕.test", and other
 * hosts as they are. */
void endpoint_ascii(const struct endpoint *ep, char out[ENDPOINT_HOST_MAX]);

/* Returns the zone of an IPv6 address, "eth0" of "fe80::1%eth0", if it cannot
 * be one: no interface is called so, or the address is not link-local.  Else
 * NULL. */
const char *endpoint_bad_zone(const struct endpoint *ep);

/* True if its host has to be looked up.  An odd spelling of a number ("127.1")
 * counts as a name, for it is worth a line what it stands for. */
bool endpoint_has_name(const struct endpoint *ep);

/* Returns the port of a TCP service that this machine knows (services(5)), by
 * its name, which may look like anything.  0 with errno; ENOENT: there is
 * none. */
int endpoint_service(const char *name);

/* True if its port is a number or the name of a TCP service that this machine
 * knows (services(5)), or if it needs none. */
bool endpoint_knows_port(const struct endpoint *ep);

/* Write "host:port", with brackets where the host has colons, behind "tls://"
 * if it is one, or "unix:PATH", which does not tell whether it is TLS. */
void endpoint_format(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX]);

/* The same, safe to show. */
void endpoint_show(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX]);
/* The same without "tls://", as it is for those who know nothing of TLS. */
void endpoint_show_plain(const struct endpoint *ep,
                         char out[ENDPOINT_TEXT_MAX]);

#endif
