/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What all transports have in common. */

#include <netinet/in.h>
#include <string.h>

#include <sockchat/transport.h>

bool transport_local(const struct transport *t, struct address *local)
{
	memset(local, 0, sizeof(*local));
	local->len = sizeof(local->sa);
	if (getsockname(t->fd, (struct sockaddr *)&local->sa, &local->len) < 0)
		return false;
	return local->sa.ss_family == AF_INET ||
	       local->sa.ss_family == AF_INET6;
}
