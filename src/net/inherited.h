/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Sockets that we were started with, as the transports that they are: by inetd
 * a connection, by a service manager sockets that listen.  Others have them
 * too, so neither their flags nor, where they listen, their settings are
 * changed. */

#ifndef NET_INHERITED_H
#define NET_INHERITED_H

#include <sockchat/transport.h>

/* It only listens, on an address of address_set_fd(), and each descriptor can
 * be taken once.  What comes of one that is a connection is that, and open. */
extern const struct transport_ops transport_inherited;
/* The same of sockets of UDP, of which those are served that are bound. */
extern const struct transport_ops transport_inherited_udp;

#endif
