/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The kinds of transport that endpoints have. */

#include <sockchat/transport.h>

#include "inherited.h"
#include "tcp.h"
#include "udp.h"
#include "unix.h"

const struct transport_ops *transport_of(const struct endpoint *ep)
{
	static const struct transport_ops *const transports[] = {
		[ENDPOINT_TCP] = &transport_tcp,
		[ENDPOINT_UNIX] = &transport_unix,
		[ENDPOINT_UDP] = &transport_udp,
		[ENDPOINT_FD] = &transport_inherited,
	};

	return ep->is_datagrams ? &transport_inherited_udp
	                        : transports[ep->scheme];
}
