/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who on this machine holds a port: what Linux tells of sockets (sock_diag(7))
 * and of processes (proc(5)).  Elsewhere, and where nobody tells, it is not
 * known, and nothing else changes. */

#ifndef SOCKCHAT_OWNER_H
#define SOCKCHAT_OWNER_H

#include <stddef.h>

#include <sockchat/endpoint.h>

#define OWNER_TEXT_MAX 128

/* A listening socket; `owner` is safe to show: "python3 (pid 123, user bob)",
 * "user bob" when the process may not be seen, or "". */
struct owner_listener {
	struct address address;
	char owner[OWNER_TEXT_MAX];
};

/* The TCP listeners on `port`, at most `max`; how many.  Takes some
 * milliseconds, of which at most about 50 for processes. */
size_t owner_listeners(unsigned port, struct owner_listener *list, size_t max);

#endif
