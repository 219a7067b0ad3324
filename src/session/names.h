/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is at both ends of a connection: the process at the other end, and what
 * the two addresses are called. */

#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>

/* The peer's address, or our own, is called `name`. */
typedef void names_fn(void *user, bool is_peer, const char *name);

struct names {
	char owner[OWNER_TEXT_MAX]; /* the process; "": not known */
	/* What the addresses are called; the rest is for names.c alone. */
	struct names_end {
		char text[ADDRESS_TEXT_MAX]; /* "": not known */
		struct resolve *lookup; /* NULL: none is under way */
		struct names *names;
	} peer, local;
	bool is_resolved; /* or is being resolved */
	names_fn *fn;
	void *user;
};

/* Find the process at the other end, which takes up to about 50 ms.  NULL
 * without memory. */
MUST_USE struct names *names_new(const struct transport *t);
/* NULL is fine. */
void names_free(struct names *n);

/* Look for the names of both addresses, once and in the background.  `fn` may
 * be NULL; `user` is borrowed until names_free(). */
void names_resolve(struct names *n, struct loop *l, const struct transport *t,
                   names_fn *fn, void *user);

#endif
