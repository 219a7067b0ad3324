/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why there is no way to an address.  The words stand apart from the facts, as
 * in explain_here.h. */

#ifndef NET_EXPLAIN_WAY_H
#define NET_EXPLAIN_WAY_H

#include <sockchat/transport.h>

/* After the sentence for a failure to connect: a better one, if routes and
 * addresses of this machine tell why. */
void explain_way(struct error *e, const struct failure *f);

void word_black_hole(struct error *e, const char *where, bool is_v6);
void word_no_ipv6(struct error *e, int errnum, const char *where);

#endif
