/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* From an endpoint to an open connection: look up, then try the addresses
 * staggered by 250 ms, families in turn, first come first served
 * ("happy eyeballs", RFC 8305). */

#ifndef SOCKCHAT_DIAL_H
#define SOCKCHAT_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/endpoint.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/resolve.h>
#include <sockchat/timing.h>
#include <sockchat/transport.h>

struct dial;

/* What is told on the way; each may be NULL. */
struct dial_steps {
	/* The addresses are known, connecting begins. */
	void (*on_connecting)(void *user);
	/* An address is about to be tried. */
	void (*on_try)(void *user, const struct address *a);
	/* A step, for -v: "trying 127.0.0.1:9999".  Borrowed for the call. */
	void (*on_step)(void *user, const char *text);
};

/* The end of it, once.  Takes `t`; or NULL and `e`. */
typedef void dial_done_fn(void *user, struct transport *t,
                          const struct address *peer, const struct error *e);

struct dial_settings {
	struct resolve_settings resolve;
	int64_t timeout_ms; /* for all of it; 0 for the system's */
};

/* `transport` and `steps` are borrowed until the end; `ep` and `settings` for
 * the call.  Nothing is called from within.  NULL with errno. */
MUST_USE
struct dial *dial_start(struct loop *l, const struct transport_ops *transport,
                        const struct endpoint *ep,
                        const struct dial_settings *settings,
                        const struct dial_steps *steps, dial_done_fn *on_done,
                        void *user);
/* Where the time went so far; good until the dial's end, on_done included. */
const struct timing *dial_timing(const struct dial *d);
/* No call will come.  NULL is fine. */
void dial_cancel(struct dial *d);

#endif
