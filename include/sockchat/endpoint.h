/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An endpoint as a user names it, and an address as the system does. */

#ifndef SOCKCHAT_ENDPOINT_H
#define SOCKCHAT_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include <sockchat/error.h>

#define ENDPOINT_HOST_MAX 256
#define ENDPOINT_PORT_MAX 64
#define ENDPOINT_TEXT_MAX (ENDPOINT_HOST_MAX + ENDPOINT_PORT_MAX + 4)

/* What an endpoint is reached by: transport_of() knows how. */
enum endpoint_scheme { ENDPOINT_TCP };

/* Who is meant: "tcp://[::1]:http" is host "::1", port "http". */
struct endpoint {
	enum endpoint_scheme scheme;
	char host[ENDPOINT_HOST_MAX]; /* "" in listen mode: the loopback
	                               * addresses; "*": all */
	char port[ENDPOINT_PORT_MAX]; /* a checked number, or a service name */
};

enum endpoint_mode { ENDPOINT_CONNECT, ENDPOINT_LISTEN };

/* Read one or two words: HOST PORT, HOST:PORT, [V6ADDR]:PORT, V6ADDR PORT,
 * tcp://HOST:PORT; in listen mode also PORT alone.  Port 0 is for listen mode.
 * -1 with a sentence that names what is wrong. */
MUST_USE
int endpoint_parse(struct endpoint *ep, enum endpoint_mode mode,
                   const char *const *words, size_t count, struct error *e);

/* Whether its port is a number or the name of a TCP service that this machine
 * knows (services(5)). */
bool endpoint_knows_port(const struct endpoint *ep);

/* "host:port", with brackets where the host has colons. */
void endpoint_format(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX]);

struct address {
	socklen_t len;
	struct sockaddr_storage sa;
};

#define ADDRESS_TEXT_MAX 80

/* "127.0.0.1:9999", "[fe80::1%eth0]:9999".  Never a lookup. */
void address_format(const struct address *a, char out[ADDRESS_TEXT_MAX]);
/* The same without the port: "127.0.0.1", "fe80::1%eth0". */
void address_format_host(const struct address *a, char out[ADDRESS_TEXT_MAX]);
bool address_is_loopback(const struct address *a);
/* Whether it is one of this machine's. */
bool address_is_local(const struct address *a);
unsigned address_port(const struct address *a);
void address_set_port(struct address *a, unsigned port);

#endif
