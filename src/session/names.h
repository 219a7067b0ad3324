/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is at both ends of a connection: the process at the other end, and what
 * the two addresses are called. */

#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

#include <sockchat/error.h>
#include <sockchat/facts.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>

struct names;

/* The peer's address, or our own, is called `name`. */
typedef void names_fn(void *user, bool is_peer, const char *name);

/* Find the process at the other end, which takes up to about 50 ms.  NULL
 * without memory. */
MUST_USE struct names *names_new(const struct transport *t);
/* NULL is fine. */
void names_free(struct names *n);

/* Look for the names of both addresses, once and in the background.  `fn` may
 * be NULL; `user` is borrowed until names_free(). */
void names_resolve(struct names *n, struct loop *l, const struct transport *t,
                   names_fn *fn, void *user);

/* Put into `out` what has been found. */
void names_put(const struct names *n, struct facts *out);

#endif
