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

/* Who is at the other end of our connection from `local` to `peer`, as
 * owner_describe(); "" when that is not on this machine or not known.  When no
 * process has accepted it yet it is the listener's, and `*is_waiting`. */
void owner_of_peer(char out[OWNER_TEXT_MAX], const struct address *local,
                   const struct address *peer, bool *is_waiting);

/* Acknowledgements with their time: Linux's SO_TIMESTAMPING
 * (Documentation/networking/timestamping). */
extern const struct ack_ops txstamp_acks;

#endif
