/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The words about datagrams, apart from the facts, for the test that holds all
 * sentences.  `where` is the peer as the user knows it, and `owner` as
 * owner_describe() gives it. */

#ifndef NET_EXPLAIN_UDP_H
#define NET_EXPLAIN_UDP_H

#include <sockchat/error.h>

#include "udp_error.h"

/* What the network says; `who` says it, "" if it is the peer itself. */
void explain_udp_trouble(struct error *e, const struct udp_trouble *t,
                         const char *where, const char *who);

/* Datagrams of a peer have found its inbox full. */
void explain_udp_dropped(struct error *e, unsigned count, const char *where);

void explain_udp_broadcast(struct error *e, const char *where);

/* Nothing listens where we sent, but elsewhere on this machine, which this
 * option of ours takes; or "". */
void hint_udp_elsewhere(struct error *e, const char *where, const char *owner,
                        const char *option);

/* Somebody else listens there. */
void explain_udp_held(struct error *e, const char *where, const char *owner);

#endif
