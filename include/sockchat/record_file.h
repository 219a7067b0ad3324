/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The file of a recording: made for the user alone (0600), never in the place
 * of another unless that is asked for, and never through a symbolic link.  It
 * gets whole entries or nothing of them, and never makes anybody wait: a FIFO
 * has a queue.  What could not be written is counted. */

#ifndef SOCKCHAT_RECORD_FILE_H
#define SOCKCHAT_RECORD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/options.h>
#include <sockchat/outq.h>
#include <sockchat/sink.h>

struct record_file {
	struct loop *loop; /* borrowed until record_file_close() */
	char *path;
	enum record_over over;
	int fd;         /* -1: it is not open (yet) */
	bool is_stream; /* a FIFO, a terminal or the like */
	bool is_empty;  /* who reads it has got nothing yet */
	bool continues; /* there was something before what we write … */
	bool is_in_mid_line; /* … and no newline at its end */
	off_t size;     /* of a regular file: what is whole */
	struct outq queue; /* of a stream */
	uint64_t queued;   /* entries in it */
	uint64_t written;  /* bytes, by us */
	/* What is missing at its end; errnum 0: nothing is.  A FIFO that nobody
	 * reads is such a gap. */
	struct sink_gap gap;
	struct watch watch;
	/* It has broken while a queue was written; then `gap` tells. */
	void (*on_broken)(void *user);
	void *user;
};

/* Open or make it; `loop`, `over`, `on_broken` and `user` are set, the rest is
 * zero.  The caller closes it, also after a failure: -1 with errno and a
 * sentence. */
MUST_USE
int record_file_open(struct record_file *f, const char *path, struct error *e);
/* The sentence for a file that could not be opened. */
void record_file_explain(const char *path, int errnum, struct error *e);
/* Write whole entries: all, or nothing, which is counted as the gap.  -1 then,
 * with errno. */
int record_file_write(struct record_file *f, const void *bytes, size_t len,
                      uint64_t entries);
/* Count as missing what nobody tries to write. */
void record_file_lose(struct record_file *f, size_t len, uint64_t entries,
                      int errnum);
/* Behind a gap: whether there is room again, or a reader.  -1 with errno. */
MUST_USE int record_file_retry(struct record_file *f);
/* A stream's reader has a second for what is queued.  -1 with errno if not all
 * that was written is safe. */
MUST_USE int record_file_close(struct record_file *f);

#endif
