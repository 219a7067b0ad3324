/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An address as the system knows it. */

#ifndef SOCKCHAT_ADDRESS_H
#define SOCKCHAT_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct address {
	socklen_t len;
	unsigned mode; /* of the file that listening on a path makes */
	/* Where we listen: it is the descriptor `fd`, with which we were
	 * started. */
	bool is_inherited;
	int fd;
	struct sockaddr_storage sa;
};

#define ADDRESS_TEXT_MAX 120

/* Write the address of a unix socket's PATH or @NAME, which has to fit. */
void address_set_unix(struct address *a, const char *path);

/* Write the address of a descriptor that we were started with: unknown, until
 * it is listened on. */
void address_set_fd(struct address *a, int fd);

/* Let its mode be that of the file at its path, if it has one. */
void address_read_mode(struct address *a);

/* Write the address of a host, AF_INET or AF_INET6, with the port 0. */
void address_set_host(struct address *a, int family, const void *host);

/* Point `*host` to the host's part of an address.  Returns its length; 0 if its
 * family has none. */
size_t address_host(const struct sockaddr *sa, const void **host);

/* Write "127.0.0.1:9999", "[fe80::1%eth0]:9999", "unix:/tmp/x", "unix:@x" or
 * "fd:3", safe to show.  Nothing is looked up. */
void address_format(const struct address *a, char out[ADDRESS_TEXT_MAX]);

/* The same without the port: "127.0.0.1", "fe80::1%eth0". */
void address_format_host(const struct address *a, char out[ADDRESS_TEXT_MAX]);

/* True for 127.0.0.0/8, also mapped into IPv6, and for ::1. */
bool address_is_loopback(const struct address *a);

/* True for IPv6 that is no IPv4 in disguise (::ffff:127.0.0.1). */
bool address_is_v6(const struct address *a);

/* Returns who may connect to an address on which we listen: "this machine
 * only".  `*is_exposed` tells whether that is everybody, or every user of this
 * machine. */
const char *address_reach(const struct address *a, bool *is_exposed);

/* True if an interface of this machine has it. */
bool address_is_local(const struct address *a);

/* True if it is 255.255.255.255, or stands for all hosts of a network that the
 * routes of this machine know. */
bool address_is_broadcast(const struct address *a);

/* Returns its port; 0 if its family has none. */
unsigned address_port(const struct address *a);

/* Does nothing for a family without ports. */
void address_set_port(struct address *a, unsigned port);

#endif
