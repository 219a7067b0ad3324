/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two runs of bytes beside each other, so that what is the same stands in the
 * same place.  Pure.  The work is bounded: what would take longer is compared
 * byte by byte between the same beginning and the same end. */

#ifndef SOCKCHAT_COMPARE_H
#define SOCKCHAT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

/* Both sides are equally long and stand beside each other, or one of them has
 * nothing there. */
struct compare_run {
	size_t place; /* of its first byte */
	size_t a, a_len, b, b_len;
};

struct comparison {
	const uint8_t *a, *b; /* borrowed */
	size_t a_len, b_len;
	struct compare_run *runs;
	size_t count, cap;
	size_t places;  /* how many there are */
	size_t differs; /* … at which the sides differ */
};

/* Compare.  -1 without memory.  compare_finish() is to be called either way. */
MUST_USE
int compare_bytes(struct comparison *c, const uint8_t *a, size_t a_len,
                  const uint8_t *b, size_t b_len);
void compare_finish(struct comparison *c);

/* The first byte of each side that stands at this place or behind it. */
void compare_at(const struct comparison *c, size_t place, size_t *a, size_t *b);

/* True if the sides differ at this place: `*has_a`, `*has_b` tell which of them
 * have a byte there. */
bool compare_differs(const struct comparison *c, size_t place, bool *has_a,
                     bool *has_b);

/* The first place from `place` on at which the sides differ; with `goes_up` the
 * last one before it.  SIZE_MAX for none. */
size_t compare_next(const struct comparison *c, size_t place, bool goes_up);

#endif
