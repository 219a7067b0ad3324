/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Our end of a dial: the address that connections come from, and what the
 * system has refused of the settings. */

#ifndef NET_DIAL_SOURCE_H
#define NET_DIAL_SOURCE_H

#include "dial_private.h"

/* What --source names, to be looked up; its addresses, once they are known; or
 * say in `e` that the lookup that failed was for it. */
void dial_source(const struct dial *d, struct endpoint *out);
void dial_keep_sources(struct dial *d, const struct address *list,
                       size_t count);
void dial_blame_source(const struct dial *d, struct error *e);

/* Make attempts of the peer's addresses whose family the source has.  The
 * families take turns, beginning with that of the first address; within each
 * the order stays (RFC 8305, section 4).  If there are none, say so; `first` is
 * one of the addresses. */
void dial_order(struct dial *d, const struct address *list, size_t count);
void dial_explain_unfit(const struct dial *d, const struct address *first,
                        struct error *e);

/* Begin to connect.  `transport` is NULL, with errno, when that failed. */
void dial_connect(struct attempt *a);

/* Tell which settings the connection has, if some were asked for, and which of
 * them the system has refused.  That may end the dial. */
void dial_tell_own_end(struct dial *d, const struct transport *t);

#endif
