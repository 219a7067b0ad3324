/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A small transcript for links that have none, which are the byte pipe's: what
 * they move is heard on the wire, and their owner tells how they end. */

#ifndef SOCKCHAT_RECORD_LINK_H
#define SOCKCHAT_RECORD_LINK_H

#include <sockchat/frame.h>
#include <sockchat/link.h>
#include <sockchat/loop.h>
#include <sockchat/transcript.h>
#include <sockchat/wire.h>

/* What becomes of bytes that move. */
enum record_link_bytes {
	RECORD_LINK_NOTHING,  /* only opens, ends and errors are told */
	RECORD_LINK_DATA,     /* a message each time, whatever is in it */
	RECORD_LINK_MESSAGES, /* they are cut by the frames, or datagrams */
	RECORD_LINK_COUNT,
};

struct record_link_settings {
	struct loop *loop;
	struct wire *wire;
	enum record_link_bytes bytes;
	const struct frame *frames; /* of what comes, of what goes */
	size_t max; /* bytes of the transcript, a message among them */
};

struct record_link;

/* Listen to the wire.  What `s` points to is borrowed until
 * record_link_free().  NULL without memory. */
MUST_USE struct record_link *
record_link_new(const struct record_link_settings *s);
/* NULL is fine. */
void record_link_free(struct record_link *r);

/* Its entries: they last for one turn at least, as listeners see them. */
struct transcript *record_link_transcript(const struct record_link *r);

/* Our end has gone, and the peer's has not come. */
void record_link_end_out(struct record_link *r, const struct link *l);
/* It is over, or was never open; by a failure unless `e` is NULL. */
void record_link_over(struct record_link *r, const struct link *l,
                      const struct error *e);
/* Something has failed that ends no link; of none, if that is NULL. */
void record_link_error(struct record_link *r, const struct link *l,
                       const struct error *e);

#endif
