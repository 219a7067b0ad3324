/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TCP's transport, and what it asks the system: for src/net alone. */

#ifndef NET_TCP_H
#define NET_TCP_H

#include <sockchat/owner.h>
#include <sockchat/tcpinfo.h>
#include <sockchat/transport.h>

extern const struct transport_ops transport_tcp;

/* False when `fd` is not a TCP socket, or the system does not tell. */
bool tcpinfo_read(int fd, struct tcpinfo *out);
/* Whether the connection stands and the peer's system has all of ours.  False
 * also when the system does not tell it at once. */
bool tcpinfo_is_acked(int fd);

/* What is known of the peer's end of our connection from `local` to `peer`.
 * With `owner`, also who has it, as owner_describe(): of one that is waiting
 * that is the listener's process; "" if nobody worth naming is known. */
void owner_of_peer(struct owner_peer *out, char *owner,
                   const struct address *local, const struct address *peer);

/* Acknowledgements with their time: Linux's SO_TIMESTAMPING
 * (Documentation/networking/timestamping). */
extern const struct ack_ops txstamp_acks;

#endif
