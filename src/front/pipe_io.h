/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The standard descriptors as the byte pipe sees them: never waiting, whatever
 * they are, and their flags left as they were. */

#ifndef SOCKCHAT_PIPE_IO_H
#define SOCKCHAT_PIPE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <sockchat/error.h>
#include <sockchat/outq.h>

#define BUFFER_CAP (256 * 1024)
/* What the system moves by itself at once, so that a turn has an end. */
#define PASS_MAX ((size_t)1 << 20)

/* What was read and is not written yet. */
struct buffer {
	size_t head, len;
	uint8_t *bytes; /* BUFFER_CAP, aligned to a page */
};

/* -1 without memory. */
MUST_USE int buffer_init(struct buffer *b);
void buffer_finish(struct buffer *b);

void buffer_consume(struct buffer *b, size_t len);

/* Standard input, or another descriptor that is read. */
struct source {
	int fd;
	bool is_socket;
	bool is_terminal;
	bool is_device; /* /dev/null and the like */
	bool is_pipe, is_grown;
	bool adds_crs, is_after_cr; /* LF is to be CR LF; the last was CR */
	bool has_cut, has_told_cut; /* a line; see source_tells_cut() */
	/* How much of it the system may move by itself: of a file what it had
	 * when it was opened, of a pipe everything. */
	uint64_t passable;
};

void source_open(struct source *s, int fd);
/* Whether a read would not wait. */
bool source_is_ready(const struct source *s);
/* The system has moved `len` bytes of it by itself. */
void source_passed(struct source *s, size_t len);
/* As read(2), but EAGAIN in place of waiting or of EINTR. */
MUST_USE
ssize_t source_read(struct source *s, void *bytes, size_t cap);
/* True once, when a terminal has probably cut a line that was read: it keeps at
 * most 4095 bytes of one, termios(3), and drops the rest without a word. */
bool source_tells_cut(struct source *s);
extern const char source_cut_text[];
/* source_fill() puts a CR before each LF that has none. */
void source_add_crs(struct source *s);
/* The same into the buffer, behind what it has; there has to be room. */
MUST_USE
ssize_t source_fill(struct source *s, struct buffer *b);

/* Standard output or error. */
struct outlet {
	int number; /* as inherited; -1 when closed */
	int fd;     /* what is written: `number`, or a private description */
	bool is_socket;
	bool may_wait; /* has to be asked before each write */
	bool is_grown;
	bool is_null;     /* /dev/null: nobody reads it */
	bool is_passable; /* the system may move bytes to it by itself */
	bool is_writable; /* not one that was closed when we were started */
};

void outlet_open(struct outlet *o, int number);
/* Whether a write of little would not wait. */
bool outlet_is_ready(const struct outlet *o);
/* The system has moved `len` bytes to it by itself. */
void outlet_passed(struct outlet *o, size_t len);
/* As write(2), but EAGAIN in place of waiting or of EINTR. */
MUST_USE
ssize_t outlet_write(struct outlet *o, const void *bytes, size_t len);
/* Write what is queued: as outq_flush(). */
MUST_USE int outlet_flush(struct outlet *o, struct outq *q);
/* Close it, and /dev/null takes the number, so that no later descriptor gets
 * it.  -1 with errno if what was written is not safe.  Once closed it is 0. */
MUST_USE int outlet_close(struct outlet *o);
/* The same, and a reader sees the end, even if others have a socket too. */
MUST_USE int outlet_end(struct outlet *o);

#endif
