/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which way the system would go to an address: Linux's rtnetlink(7). */

#ifndef SOCKCHAT_ROUTE_H
#define SOCKCHAT_ROUTE_H

#include <stdbool.h>

#include <sockchat/address.h>
#include <sockchat/socket_settings.h>

#define ROUTE_NAME_MAX 32

struct route {
	int errnum; /* why there is none: ENETUNREACH, EACCES …; or 0 */
	bool is_local;                   /* to this machine itself */
	char interface[ROUTE_NAME_MAX];  /* safe */
	struct address source, gateway;  /* len 0: none */
};

/* From the source and through the device that `ours` asks for.  False when the
 * system does not tell. */
bool route_find(struct route *out, const struct address *to,
                const struct socket_settings *ours);

#endif
