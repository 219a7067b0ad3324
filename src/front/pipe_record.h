/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings of the byte pipe.  It has no transcript, so a small one is made
 * for those formats that need entries, and for no others. */

#ifndef SOCKCHAT_PIPE_RECORD_H
#define SOCKCHAT_PIPE_RECORD_H

#include <stdbool.h>

#include <sockchat/encoding.h>
#include <sockchat/link.h>
#include <sockchat/loop.h>
#include <sockchat/options.h>
#include <sockchat/record_link.h>
#include <sockchat/recorder.h>

#include "notices.h"

struct pipe_record;

/* What is kept for recorders that need the same of bytes. */
struct pipe_track {
	struct pipe_record *all;
	struct record_link *link; /* NULL: there are none */
	struct recorders *recorders;
	bool has_data; /* what moves is no message */
};

struct pipe_record {
	struct loop *loop;
	const struct options *options;
	struct notices *notices;
	struct encoding *encoding; /* of text; NULL: UTF-8 */
	int64_t start_ns;
	struct pipe_track tracks[RECORD_LINK_COUNT];
	bool has_failed; /* some recording is not whole */
};

/* Begin all that the options ask for.  All is borrowed until
 * pipe_record_finish(), which is safe to call after a failure: -1 with a
 * sentence. */
MUST_USE
int pipe_record_start(struct pipe_record *p, struct loop *l,
                      const struct options *o, struct notices *n,
                      struct error *e);
/* End them; what waits is written. */
void pipe_record_finish(struct pipe_record *p);

/* Our end has gone, and the peer's has not come. */
void pipe_record_end_out(struct pipe_record *p, const struct link *l);
/* The link is over; by a failure unless `e` is NULL. */
void pipe_record_over(struct pipe_record *p, const struct link *l,
                      const struct error *e);
/* Something has failed that ends no link; of none, if that is NULL. */
void pipe_record_error(struct pipe_record *p, const struct link *l,
                       const struct error *e);

#endif
