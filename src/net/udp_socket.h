/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What clients and hubs of UDP share: their sockets. */

#ifndef NET_UDP_SOCKET_H
#define NET_UDP_SOCKET_H

#include <sockchat/transport.h>

#include "udp_error.h"

/* What each of a hub's peers begins with, as a client does. */
struct udp_head {
	struct transport head;
	struct udp_trouble trouble; /* to be told by the next read */
	struct udp_trouble told;    /* by the last one */
};

/* While the system is short of memory, or an interface of room, it is tried
 * again so much later, and so often. */
#define UDP_REST_NS   (10 * MS_NS)
#define UDP_RESTS_MAX 100
bool udp_is_short(int errnum);

/* A new socket that has an error queue.  -1 with errno. */
MUST_USE int udp_socket(int family);

/* Give a socket where peers are accepted a large buffer, and have the system
 * tell what a hub has to know of datagrams. */
void udp_prepare(int fd, const struct address *local);
/* Bind it to this address, and join the groups.  -1 with errno. */
MUST_USE
int udp_bind(struct transport *t, const struct address *local,
             const struct socket_settings *s);
/* Whether datagrams to several addresses of ours come there. */
bool udp_is_any(const struct address *a);

/* Send a datagram from our end to the source; `names_here`: the system has to
 * be told our address.  -1 with errno. */
MUST_USE
ssize_t udp_send(int fd, const struct udp_ends *ends, bool names_here,
                 const void *bytes, size_t len);

/* Send it.  -1 with errno, but not for what the network says of others. */
MUST_USE ssize_t udp_send_message(int fd, const struct msghdr *m);

/* Bytes that a datagram can hold that goes there. */
size_t udp_message_max(const struct address *peer);

/* Let a read fail by what is to be told.  False: there is nothing. */
bool udp_tell_trouble(struct udp_head *u);

/* Operations that clients and peers of a hub share. */
int udp_advance(struct transport *t);
int udp_shutdown(struct transport *t);
MUST_USE ssize_t udp_pending(struct transport *t);
void udp_explain(const struct failure *f, struct error *e);

#endif
