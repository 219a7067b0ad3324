/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* UDP (RFC 768, udp(7)): each read and write is a datagram. */

#ifndef NET_UDP_H
#define NET_UDP_H

#include <sockchat/transport.h>

extern const struct transport_ops transport_udp;

/* A client of a socket that is connected to `peer`, and which it takes.  NULL
 * with errno. */
MUST_USE
struct transport *udp_adopt(const struct address *peer, int fd,
                            const struct socket_settings *s);

/* Which socket of this machine gets what goes from `local` to `peer`, and with
 * `owner` who has it: as owner_of_peer(). */
void owner_of_receiver(struct owner_peer *out, char *owner,
                       const struct address *local, const struct address *peer);

#endif
