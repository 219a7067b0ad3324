/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What this machine says about itself: its addresses, whether it is a
 * container, which ports are for everybody. */

#ifndef SOCKCHAT_HOST_H
#define SOCKCHAT_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/endpoint.h>

/* Write at most `max` addresses of its interfaces, loopback last.  Returns how
 * many. */
size_t host_addresses(struct address *list, size_t max);

/* True if we run in a container, as far as the usual marks tell. */
bool host_is_container(void);

/* The first port that one who isn't root may listen on: 1024, or what
 * ip_unprivileged_port_start says (Linux, Documentation/networking/ip-sysctl).
 */
unsigned host_first_free_port(void);

#endif
