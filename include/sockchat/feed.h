/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Files on their way to a peer, one after another, read as the queue empties;
 * and the bytes that follow each of them. */

#ifndef SOCKCHAT_FEED_H
#define SOCKCHAT_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/outq.h>
#include <sockchat/progress.h>

#define FEED_MAX      16 /* files for one peer */
#define FEED_NAME_MAX 80

struct feed_file {
	int fd;
	uint64_t total;           /* its size when it was opened */
	char name[FEED_NAME_MAX]; /* the path's last part, safe */
};

/* Open a regular file, its path as it was typed.  -1 with a sentence.  The
 * caller closes `fd`. */
MUST_USE int feed_open(struct feed_file *f, const char *path, struct error *e);

enum feed_state {
	FEED_WAITS,   /* not begun */
	FEED_READS,
	FEED_READ,    /* its end has been reached */
	FEED_STOPPED, /* nothing more of it is read */
};

struct feed_item {
	struct feed_file file; /* a descriptor of its own */
	size_t after_len;      /* so many bytes of `after` follow it */
};

/* The state, and what is behind it, are those of the first file. */
struct feed {
	struct feed_item items[FEED_MAX];
	size_t count;
	struct outq after;
	enum feed_state state;
	uint64_t begin; /* how many bytes of the stream come before it */
	uint64_t taken; /* how many of its own are in the queue or gone */
	struct progress progress;
	struct timer tick; /* whoever shows the progress sets it */
};

/* NULL without memory. */
MUST_USE struct feed *feed_new(void);
void feed_free(struct feed *f);

/* A file behind the others, its descriptor duplicated.  -1 with errno, ENOBUFS
 * when there are FEED_MAX already. */
MUST_USE int feed_add(struct feed *f, const struct feed_file *file);
/* Bytes behind the last file.  -1 as outq_append(). */
MUST_USE int feed_append(struct feed *f, const void *bytes, size_t len);

void feed_begin(struct feed *f, uint64_t begin, int64_t now_ns);
/* Read a piece of the first file into the queue, `max` bytes at most: 0 at its
 * end, -1 with errno. */
MUST_USE ssize_t feed_pull(struct feed *f, struct outq *queue, size_t max);
/* No more of the first file, nothing of the others. */
void feed_stop(struct feed *f);

/* The first that is not stopped; `count` when there is none. */
size_t feed_first(const struct feed *f);
/* How many of the first file's bytes have left, of a stream of which `gone`
 * have; and whether that is all. */
uint64_t feed_gone(const struct feed *f, uint64_t gone);
bool feed_is_through(const struct feed *f, uint64_t gone);
/* How many bytes of item `i`, which is not stopped, have not left. */
uint64_t feed_rest(const struct feed *f, size_t i, uint64_t gone);
/* The first is through: what follows it goes to the queue, and the next is
 * first.  -1 with ENOMEM. */
MUST_USE int feed_next(struct feed *f, struct outq *queue);

#endif
