/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of load share.  load.c owns a load and calls those that read a
 * format, load_jsonl.c and load_chat.c, which put entries by load_put.c. */

#ifndef LOAD_PRIVATE_H
#define LOAD_PRIVATE_H

#include <sockchat/entry.h>
#include <sockchat/error.h>
#include <sockchat/frame.h>
#include <sockchat/sink.h>
#include <sockchat/transcript.h>

#define LOAD_STREAMS  256 /* two for each of 128 connections at once */
#define LOAD_SHOW_MAX 160

/* A direction of a connection. */
struct load_stream {
	uint32_t session;
	uint8_t dir;
	uint64_t at;       /* bytes so far */
	uint64_t file_seq; /* of the message that may go on, as recorded */
	uint64_t seq;      /* where it is now; 0: there is none */
	bool was_changed;  /* what was sent in place of its last one follows */
};

/* The entries on their way into the transcript. */
struct load_put {
	struct transcript *transcript;
	const struct frame *frames; /* two: those that the options choose */
	int64_t start_ns; /* what the first entry's time becomes, for sums */
	/* What the file's numbers of connections are counted on from: of those
	 * that were old already when it was written, and of its own. */
	uint32_t old_base, base;
	uint32_t highest; /* number so far */
	int64_t first_us, last_us; /* when that was recorded; 0: nothing yet */
	uint64_t messages, others, bytes;
	struct load_stream streams[LOAD_STREAMS];
};

/* An entry as it was recorded. */
struct load_entry {
	struct entry entry; /* session: the recorded number */
	uint64_t seq;       /* the recorded one, for messages in pieces; or 0 */
	bool is_old;        /* it was loaded into the recorded conversation */
};

/* Put an entry, or add a piece to a message; all is copied.  The listeners are
 * told by transcript_tell().  -1 without memory. */
MUST_USE int load_put(struct load_put *p, const struct load_entry *l);
/* The transcript has been cut anew: no message goes on. */
void load_put_recut(struct load_put *p);

/* What reads a format.  Its state is what open() returns. */
struct load_format {
	const struct sink_ops *sink; /* what writes it */
	const char *begins; /* how a file begins */
	/* Open the file, of which what stands before `from` is not wanted.
	 * NULL with a sentence. */
	void *(*open)(struct load_put *p, const char *path, uint64_t from,
	              struct error *e);
	/* Read a few entries.  1: there is more; 0: that was the end; -1 with
	 * a sentence. */
	int (*step)(void *reader, struct error *e);
	/* How many bytes at the end are cut off: the rest of a line. */
	size_t (*cut)(const void *reader);
	void (*close)(void *reader);
};

extern const struct load_format load_jsonl, load_chat;

#endif
