/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The one socket of a UDP listener, which serves all its peers. */

#ifndef NET_UDP_HUB_H
#define NET_UDP_HUB_H

#include <sockchat/transport.h>

/* The operation `listen`. */
MUST_USE
struct transport *udp_hub_listen(const struct address *local,
                                 const struct socket_settings *s);

/* The same of a socket that is bound, which it takes. */
MUST_USE
struct transport *udp_hub_adopt(const struct address *local, int fd,
                                const struct socket_settings *s);

#endif
