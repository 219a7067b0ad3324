/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session knows of the way to a peer that we connect to. */

#ifndef APPROACH_H
#define APPROACH_H

#include <sockchat/session.h>

/* How the user calls the peer, and behind that the proxy on the way, or NULL,
 * as sentences have it.  NULL without memory. */
MUST_USE
struct approach *approach_new(const struct endpoint *ep,
                              const struct endpoint *proxy);
/* Keep what was agreed on of TLS: it may be asked for when it is over. */
void approach_keep_tls(struct session *s);
void approach_forget(struct session *s);

#endif
