/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A queue of bytes for a descriptor that may not take them at once. */

#ifndef SOCKCHAT_OUTQ_H
#define SOCKCHAT_OUTQ_H

#include <stddef.h>
#include <sys/types.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

struct outq_block;

/* All zero is empty and without a ceiling.  Bytes stand in blocks, which are
 * freed as they empty: an empty queue keeps one at most.  A queue of messages
 * keeps each in a block of its own, an empty one too. */
struct outq {
	struct outq_block *first, *last;
	size_t head;   /* how many of the first block have left */
	size_t len;    /* bytes that wait */
	size_t count;  /* messages that wait; 0: it is a queue of bytes */
	size_t memory; /* of all blocks */
	size_t max;    /* ceiling for the bytes that wait, 0 for none */
};

void outq_init(struct outq *q, size_t max);
void outq_finish(struct outq *q);

/* -1 with ENOMEM or EMSGSIZE; then nothing was added. */
MUST_USE int outq_append(struct outq *q, const void *bytes, size_t len);
/* Append what pread(2) gives of a file, perhaps less than `len`: how much, 0 at
 * its end, -1 with errno. */
MUST_USE ssize_t outq_fill(struct outq *q, int fd, size_t len, off_t offset);
/* The bytes that leave first; `*len`: how many stand together. */
const void *outq_front(const struct outq *q, size_t *len);
void outq_consume(struct outq *q, size_t len);
/* Move all of `from` behind what stands in `to`, whatever its ceiling. */
void outq_join(struct outq *to, struct outq *from);

/* A queue takes either bytes or messages: what is above is for bytes. */

/* -1 with ENOMEM or EMSGSIZE; then nothing was added. */
MUST_USE
int outq_append_message(struct outq *q, const void *bytes, size_t len);
/* Append one message of what pread(2) gives of a file, `len` bytes unless the
 * file ends: how long it is; 0 at the end, and there is none; -1 with errno. */
MUST_USE ssize_t outq_fill_message(struct outq *q, int fd, size_t len,
                                   off_t offset);
/* The message that leaves first, and its length; NULL: none waits. */
const void *outq_message(const struct outq *q, size_t *len);
void outq_drop_message(struct outq *q);

/* Write what the descriptor takes without waiting: all of it 0, some left 1,
 * -1 with errno.  EINTR and EAGAIN are met here. */
MUST_USE int outq_flush(struct outq *q, int fd);

/* A private, non-blocking description of the same pipe or terminal as `fd`,
 * whose own flags stay as they are; -1 with errno when there is none (files,
 * sockets, no /proc).  The caller closes it. */
MUST_USE int fd_open_private(int fd, int access_mode);

#endif
