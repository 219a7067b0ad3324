/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A resolver turns names into addresses and back and never stops the loop:
 * getaddrinfo(3) and getnameinfo(3) run in a thread of their own, unless there
 * is nothing to look up. */

#ifndef SOCKCHAT_RESOLVE_H
#define SOCKCHAT_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/address.h>
#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>

struct resolve;

#define RESOLVE_MAX 64 /* addresses of one endpoint */

/* `list` (in getaddrinfo's order, RFC 6724) is borrowed for the call.  When it
 * failed `count` is 0 and `e` says why. */
typedef void resolve_fn(void *user, const struct address *list, size_t count,
                        const struct error *e);

struct resolve_settings {
	int family;      /* AF_UNSPEC, AF_INET, AF_INET6 */
	bool is_numeric; /* no name lookups */
	bool is_passive; /* for bind(2): "" is loopback, "*" any address */
	unsigned unix_mode; /* of the file that listening on a path makes */
};

/* Look `ep` up and call `fn` once, later, never from within.  NULL with
 * errno when it could not even begin.  Freed after the call or by
 * resolve_cancel(). */
MUST_USE
struct resolve *resolve_start(struct loop *l, const struct endpoint *ep,
                              const struct resolve_settings *settings,
                              resolve_fn *fn, void *user);

/* `name` is safe to show, and "" when the address has none. */
typedef void resolve_name_fn(void *user, const char *name);

/* The same for the name of an address. */
MUST_USE
struct resolve *resolve_name(struct loop *l, const struct address *a,
                             resolve_name_fn *fn, void *user);

/* Free it; no call will come any more.  NULL is fine. */
void resolve_cancel(struct resolve *r);

#endif
