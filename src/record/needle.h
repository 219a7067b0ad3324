/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes that are looked for in a stream, of which nothing is kept: Knuth,
 * Morris and Pratt (1977).  The time is linear, however the stream is cut. */

#ifndef RECORD_NEEDLE_H
#define RECORD_NEEDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

/* All zero at first. */
struct needle {
	const uint8_t *bytes; /* borrowed */
	size_t len;
	size_t matched; /* so many of its bytes came last */
	/* For each byte: if the next one does not match, so many before it
	 * still do. */
	uint32_t *borders;
	size_t cap;
};

/* Look for these.  -1 without memory. */
MUST_USE
int needle_begin(struct needle *n, const uint8_t *bytes, size_t len);
void needle_finish(struct needle *n);

/* Go on in these bytes, up to the end of the needle.  How many were taken. */
size_t needle_take(struct needle *n, const uint8_t *bytes, size_t len);
static inline bool needle_is_found(const struct needle *n)
{
	return n->matched == n->len;
}

#endif
