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
enum endpoint_scheme { ENDPOINT_TCP, ENDPOINT_UNIX, ENDPOINT_UDP, ENDPOINT_FD };

/* Who is meant: "tcp://[::1]:http" is host "::1", port "http". */
struct endpoint {
	enum endpoint_scheme scheme;
	bool is_tls; /* TLS on top of that */
	bool is_datagrams; /* descriptors: all are sockets of datagrams */
	/* As it is shown: a name that is not ASCII in the one spelling that
	 * IDNA gives it ("안녕.test"), if it has one; else as it was typed.
	 * "" in listen mode: the loopback addresses; "*": all.  For unix
	 * sockets a path, or "@NAME" for an abstract one (unix(7)).  For
	 * descriptors "3", or "3-5" for three of them. */
	char host[ENDPOINT_HOST_MAX];
	char port[ENDPOINT_PORT_MAX]; /* a checked number, or a service name;
	                               * "" for unix sockets and
	                               * descriptors */
};

/* True if it has a host and a port. */
static inline bool endpoint_is_ip(const struct endpoint *ep)
{
	return ep->scheme == ENDPOINT_TCP || ep->scheme == ENDPOINT_UDP;
}

/* True if it is reached by datagrams, and not by streams. */
static inline bool endpoint_has_datagrams(const struct endpoint *ep)
{
	return ep->scheme == ENDPOINT_UDP || ep->is_datagrams;
}

enum endpoint_mode { ENDPOINT_CONNECT, ENDPOINT_LISTEN };

/* Read one or two words: HOST PORT, HOST:PORT, [V6ADDR]:PORT, V6ADDR PORT,
 * tcp://HOST:PORT, tls://HOST:PORT, udp://HOST:PORT, where a zone stands behind
 * %25 (RFC 6874); in listen mode also PORT alone; unix:PATH or unix:@NAME; in
 * listen mode fd:3.  Port 0 is for listen mode.  -1 with a sentence that names
 * what is wrong. */
MUST_USE
int endpoint_parse(struct endpoint *ep, enum endpoint_mode mode,
                   const char *const *words, size_t count, struct error *e);

/* How an endpoint may begin, for completion: "tls://", "unix:"; NULL behind the
 * last. */
const char *endpoint_beginning(enum endpoint_mode mode, size_t i);

/* Read PATH or @NAME, alone or as a URL: what --unix takes.  -1 likewise. */
MUST_USE
int endpoint_parse_unix(struct endpoint *ep, const char *const *words,
                        size_t count, struct error *e);

/* Let it be `count` descriptors that we were started with, from `first` on;
 * what they are now is looked at. */
void endpoint_set_descriptors(struct endpoint *ep, unsigned first,
                              unsigned count);
/* The first descriptor of such an endpoint.  Returns how many they are. */
unsigned endpoint_descriptors(const struct endpoint *ep, unsigned *first);
/* True if one of them is standard input or output, or stands for the same. */
bool endpoint_is_standard(const struct endpoint *ep);

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

/* Returns the port of a service of TCP or UDP that this machine knows
 * (services(5)), by its name, which may look like anything.  0 with errno;
 * ENOENT: there is none. */
int endpoint_service(enum endpoint_scheme scheme, const char *name);

/* True if its port is a number or the name of a service that this machine
 * knows (services(5)), or if it needs none. */
bool endpoint_knows_port(const struct endpoint *ep);

/* Write "host:port", with brackets where the host has colons, behind "tls://"
 * or "udp://" if it is one; or "unix:PATH" or "fd:3", which do not tell whether
 * it is TLS. */
void endpoint_format(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX]);

/* The same, safe to show. */
void endpoint_show(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX]);
/* The same without "tls://", as it is for those who know nothing of TLS. */
void endpoint_show_plain(const struct endpoint *ep,
                         char out[ENDPOINT_TEXT_MAX]);

#endif
