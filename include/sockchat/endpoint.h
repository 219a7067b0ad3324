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

/* True if its port is a number or the name of a TCP service that this machine
 * knows (services(5)), or if it needs none. */
bool endpoint_knows_port(const struct endpoint *ep);

/* Write "host:port", with brackets where the host has colons, or
 * "unix:PATH". */
void endpoint_format(const struct endpoint *ep, char out[ENDPOINT_TEXT_MAX]);

struct address {
	socklen_t len;
	unsigned mode; /* of the file that listening on a path makes */
	struct sockaddr_storage sa;
};

#define ADDRESS_TEXT_MAX 120

/* Write the address of a unix socket's endpoint. */
void address_set_unix(struct address *a, const struct endpoint *ep);

/* Write the address of a host, AF_INET or AF_INET6, with the port 0. */
void address_set_host(struct address *a, int family, const void *host);

/* Point `*host` to the host's part of an address.  Returns its length; 0 if its
 * family has none. */
size_t address_host(const struct sockaddr *sa, const void **host);

/* Write "127.0.0.1:9999", "[fe80::1%eth0]:9999", "unix:/tmp/x" or "unix:@x",
 * safe to show.  Nothing is looked up. */
void address_format(const struct address *a, char out[ADDRESS_TEXT_MAX]);

/* The same without the port: "127.0.0.1", "fe80::1%eth0". */
void address_format_host(const struct address *a, char out[ADDRESS_TEXT_MAX]);

/* True for 127.0.0.0/8, ::1, and the first of them as mapped addresses. */
bool address_is_loopback(const struct address *a);

/* Returns who may connect to an address on which we listen: "this machine
 * only".  `*is_exposed` tells whether that is everybody, or every user of this
 * machine. */
const char *address_reach(const struct address *a, bool *is_exposed);

/* True if an interface of this machine has it. */
bool address_is_local(const struct address *a);

/* Returns its port; 0 if its family has none. */
unsigned address_port(const struct address *a);

/* Does nothing for a family without ports. */
void address_set_port(struct address *a, unsigned port);

#endif
