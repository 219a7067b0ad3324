/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Accepted peers that are not open yet, as a TLS handshake takes its time: none
 * of them is in another's way, or takes a place of those that are open.  Where
 * plain peers come as well, the first bytes of each are waited for. */

#ifndef SOCKCHAT_OPENINGS_H
#define SOCKCHAT_OPENINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/address.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/transport.h>

#define OPENINGS_MAX        1024 /* at once; then the oldest is given up */
#define OPENINGS_TIMEOUT_MS 30000 /* for each, if nothing else is said */
#define OPENINGS_TOLD       8    /* failures a second; others are counted */
#define OPENINGS_SILENT_MS  1000  /* whoever is silent so long is plain */

/* True if a TLS handshake may begin with these (RFC 8446, 5.1). */
bool openings_is_hello(const uint8_t *bytes, size_t len);

struct openings_ops {
	/* It is open.  Takes `t`. */
	void (*on_open)(void *user, struct transport *t,
	                const struct address *peer);
	/* Its first bytes begin TLS, which has to be put on `t`.  Takes `t`. */
	void (*on_hello)(void *user, struct transport *t,
	                 const struct address *peer);
	/* One has failed and is gone; or many have, whom `e` counts. */
	void (*on_failed)(void *user, const struct error *e);
	void *user;
};

struct openings {
	struct loop *loop;
	struct openings_ops ops;
	int64_t timeout_ms; /* for each */
	struct opening *first, **end; /* where the next one is put */
	size_t count;
	bool is_held;
	struct later deliver;
	size_t failures;      /* in this second */
	struct timer second;  /* runs when there was one */
};

/* A limit of 0 is OPENINGS_TIMEOUT_MS. */
void openings_init(struct openings *o, struct loop *l,
                   const struct openings_ops *ops, int64_t timeout_ms);
/* Close all that there are. */
void openings_finish(struct openings *o);

/* Open `t`, which it takes.  Nothing is called from within, but for on_failed
 * when there is no memory. */
void openings_add(struct openings *o, struct transport *t,
                  const struct address *peer);

/* Find out whether `t`, which it takes, begins TLS or is plain; then it is
 * open.  As openings_add(). */
void openings_sort(struct openings *o, struct transport *t,
                   const struct address *peer);

/* While they are held, those that have opened wait for on_open. */
void openings_hold(struct openings *o, bool is_held);

#endif
