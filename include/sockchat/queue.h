/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What waits for a peer: bytes, and files, which are read as the queue
 * empties.  All of it leaves in the order in which it was added.  Where a write
 * is a message, each addition is one, an empty one too, and so is each piece of
 * a file.  All queues together have one ceiling. */

#ifndef SOCKCHAT_QUEUE_H
#define SOCKCHAT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/link.h>
#include <sockchat/progress.h>

#define QUEUE_SHARE_MAX ((size_t)256 << 10) /* of one peer */
#define QUEUE_FILES_MAX 16
#define QUEUE_EACH      64 /* what a message takes beside its bytes, at most */

#define FEED_NAME_MAX 80

/* A file that is to be sent. */
struct feed_file {
	int fd;
	uint64_t total;           /* its size when it was opened */
	size_t piece; /* so many bytes are a message, where there are any */
	char name[FEED_NAME_MAX]; /* the path's last part, safe */
};

/* Open a regular file by its path as it was typed.  -1 with a sentence.  The
 * caller closes `fd`. */
MUST_USE int feed_open(struct feed_file *f, const char *path, struct error *e);

/* The memory of all queues together, in bytes.  The less of it is left, the
 * less may wait for each peer, so that the peers with the longest queues are
 * the first that have to wait. */
struct queues {
	size_t max, used;
};

/* How many bytes may still be added to any queue. */
size_t queues_room(const struct queues *all);
/* How many bytes should wait for one peer, if more can wait elsewhere. */
size_t queues_share(const struct queues *all);

struct queue_ops {
	/* The first bytes of a file are about to be queued. */
	void (*on_file)(void *user);
	/* `n` of these `len` bytes have been written, at once. */
	void (*on_written)(void *user, const uint8_t *bytes, size_t n,
	                   size_t len);
	/* A file begins, has been sent, or is stopped: `text` says which, and
	 * `code` is its name for programs. */
	void (*on_note)(void *user, const char *code, const char *text);
	/* A file does not reach the peer as a whole. */
	void (*on_lost)(void *user, const struct error *e);
};

struct queue;

/* All of these are borrowed until queue_free().  NULL without memory. */
MUST_USE struct queue *queue_new(struct loop *l, struct queues *all,
                                 bool has_messages,
                                 const struct queue_ops *ops, void *user);
/* Nothing is told of files that still wait.  NULL is fine. */
void queue_free(struct queue *q);

/* Add bytes, or a message, behind all that waits.  -1 with ENOMEM. */
MUST_USE int queue_append(struct queue *q, const void *bytes, size_t len);
/* Add a file, whose descriptor is duplicated.  -1 with errno: ENOBUFS when
 * there are QUEUE_FILES_MAX already. */
MUST_USE int queue_add_file(struct queue *q, const struct feed_file *file);
/* Read from the first file what there is room for, and write what the peer
 * takes now, `max` bytes at most: how many those were. */
size_t queue_write(struct queue *q, struct link *l, size_t max);

/* Read no more of any file; what is queued of the first still goes. */
void queue_stop_files(struct queue *q);
/* Tell of each file that it does not reach the peer as a whole. */
void queue_lose_files(struct queue *q);

/* In all of these NULL is a queue in which nothing waits. */

/* How many bytes wait; those of files do not count. */
size_t queue_len(const struct queue *q);
/* The same, and what messages take beside their bytes. */
size_t queue_load(const struct queue *q);
/* Whether nothing waits, no file either. */
bool queue_is_empty(const struct queue *q);
/* How many of them leave before the first file does. */
size_t queue_before_file(const struct queue *q);
/* How many bytes of files have not left. */
uint64_t queue_file_rest(const struct queue *q);
bool queue_has_file(const struct queue *q);
/* Whether the file that was added last has not begun. */
bool queue_file_waits(const struct queue *q);
/* The name of the file on its way, safe and borrowed until the next turn, and
 * how far it has got; NULL when there is none. */
const char *queue_file(const struct queue *q, struct progress_facts *facts);

#endif
