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

#define BUFFER_CAP (256 * 1024)

/* What was read and is not written yet; filled only when it is empty. */
struct buffer {
	size_t head, len;
	uint8_t bytes[BUFFER_CAP];
};

void buffer_consume(struct buffer *b, size_t len);

/* Standard input, or another descriptor that is read. */
struct source {
	int fd;
	bool is_socket;
	bool is_terminal;
	bool is_device; /* /dev/null and the like */
};

void source_open(struct source *s, int fd);
/* Whether a read would not wait. */
bool source_is_ready(const struct source *s);
/* As read(2), but EAGAIN in place of waiting or of EINTR. */
ssize_t source_read(struct source *s, void *bytes, size_t cap);

/* Standard output or error. */
struct sink {
	int number; /* as inherited; -1 when closed */
	int fd;     /* what is written: `number`, or a private description */
	bool is_socket;
	bool may_wait; /* has to be asked before each write */
};

void sink_open(struct sink *s, int number);
/* As write(2), but EAGAIN in place of waiting or of EINTR. */
ssize_t sink_write(struct sink *s, const void *bytes, size_t len);
/* Let the reader see the end.  /dev/null takes the number, so that no later
 * descriptor gets it.  -1 with errno if what was written is not safe. */
int sink_close(struct sink *s);

#endif
