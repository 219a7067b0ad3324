/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A growable run of bytes with a ceiling, so that no stranger decides how
 * much memory we take; and sentences put together in small buffers. */

#ifndef SOCKCHAT_BYTES_H
#define SOCKCHAT_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

/* All zero is an empty run without a ceiling. */
struct bytes {
	uint8_t *data;
	size_t len; /* in use */
	size_t cap; /* allocated, without the byte for a NUL; never over max */
	size_t max; /* ceiling, 0 for none */
};

/* An empty run that never holds more than `max` bytes; 0: no ceiling. */
void bytes_init(struct bytes *b, size_t max);
void bytes_finish(struct bytes *b);

/* Make room for `extra` more bytes behind the last one.  -1 with ENOMEM, or
 * EMSGSIZE when the ceiling forbids it; then nothing has changed. */
MUST_USE int bytes_reserve(struct bytes *b, size_t extra);

/* Add to the end.  -1 as bytes_reserve(), and then nothing was added. */
MUST_USE int bytes_append(struct bytes *b, const void *bytes, size_t len);
MUST_USE int bytes_append_text(struct bytes *b, const char *text);
MUST_USE int bytes_append_byte(struct bytes *b, uint8_t byte);
MUST_USE int bytes_printf(struct bytes *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Forget the first `len` bytes; the rest moves to the front. */
void bytes_consume(struct bytes *b, size_t len);

/* Forget all of them, and keep the memory. */
void bytes_clear(struct bytes *b);

/* True if there is memory for `len` bytes now.  For libraries that end the
 * program when there is none. */
bool bytes_have_memory(size_t len);

/* The bytes as a C string.  The NUL behind the last byte is not counted.
 * Borrowed until the next change. */
const char *bytes_text(struct bytes *b);

/* Add to the end of `text`, a buffer of `cap` bytes, as printf() does.  False
 * when there is no room: then nothing is added. */
bool text_add(char *text, size_t cap, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
