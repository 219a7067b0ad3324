/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file of a recorder, and what its format knows of the conversation. */

#ifndef TRACK_H
#define TRACK_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/record_file.h>
#include <sockchat/sink.h>

struct recorder;

struct track {
	struct track *next;
	struct recorder *recorder;
	struct sink *sink;
	uint64_t batch;    /* for which its look is; 0: for none */
	struct record_file file;
	bool is_named;     /* else the file is opened later */
	struct bytes out;  /* whole entries that wait for the turn's end */
	uint64_t entries;  /* in it, and packets */
	uint64_t packets;  /* of the format, that were counted */
	int64_t retry_ns;  /* behind a gap: when it is tried again */
	bool has_told;     /* that it fails */
	struct sink_gap over; /* a gap that is over, to be told; or errnum 0 */
	/* Of the conversation that it is for; or 0 and NULL. */
	uint32_t session;
	const struct transport *socket;
	unsigned ended; /* SINK_…: who has told its end */
};

/* NULL without memory. */
MUST_USE struct track *track_new(const struct sink_ops *ops);
/* Open its file; `file` is set as record_file_open() wants it.  -1 with a
 * sentence; then it is tried again later, if it has its name. */
MUST_USE
int track_open(struct track *t, const char *path, struct error *e);
/* Let the format begin, before anything is added: when the file is open, or
 * before it has a name. */
void track_begin(struct track *t);

void track_add_entry(struct track *t, const struct entry *e, size_t from);
void track_add_ack(struct track *t, const struct entry *e);
void track_add_wire(struct track *t, const struct wire_news *n);

/* The turn is over: let the format add what it holds back. */
void track_flush(struct track *t);
/* Write what has gathered. */
void track_write(struct track *t);
/* Something is missing in the file now, or it could not be opened.  A FIFO may
 * wait for its reader until there is something to read. */
static inline bool track_fails(const struct track *t)
{
	const struct record_file *f = &t->file;
	return f->gap.bytes || (f->gap.errnum && f->fd < 0 && !f->is_stream);
}
/* Why, as a sentence. */
void track_explain(const struct track *t, int errnum, struct error *e);

/* Write the end of the file, and close it.  -1 with a sentence if it is not
 * whole.  The caller frees the track in either case. */
MUST_USE int track_finish(struct track *t, struct error *e);
/* Nothing is written. */
void track_free(struct track *t);

#endif
