/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Why our end of a connection could not be what was asked for.  The words stand
 * apart from the facts, as in explain_here.h. */

#ifndef NET_EXPLAIN_OWN_H
#define NET_EXPLAIN_OWN_H

#include <sockchat/transport.h>

/* The sentence for a failure of which `refused` tells. */
void explain_own_refused(struct error *e, const struct failure *f, bool is_tcp);

/* After the sentence for another failure to connect: what our end, as
 * `settings` ask for it, has to do with that. */
void explain_own_way(struct error *e, const struct failure *f);

/* `source` and `list` are addresses without a port, and `where` is an
 * endpoint. */
void word_no_such_source(struct error *e, const char *source, const char *list);
void word_source_port_held(struct error *e, unsigned port, const char *owner);
void word_source_port_first(struct error *e, unsigned port, unsigned first);
void word_source_refused(struct error *e, int errnum, const char *source,
                         unsigned port);
void word_still_connected(struct error *e, unsigned port, const char *where);
void word_source_waits(struct error *e, unsigned port, const char *where,
                       unsigned left_ms);
void word_no_device(struct error *e, int errnum, const char *device,
                    const char *list);
void word_own_end(struct error *e, const char *source, const char *device);

#endif
