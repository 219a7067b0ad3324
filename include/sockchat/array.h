/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Arrays that grow, and the search in those that are sorted. */

#ifndef SOCKCHAT_ARRAY_H
#define SOCKCHAT_ARRAY_H

#include <stddef.h>

#include <sockchat/error.h>

/* Make room for one more item behind `count` in an array that has room for
 * `*cap` items of `size` bytes.  The array, which may have moved; NULL without
 * memory: then nothing has changed. */
MUST_USE void *array_grow(void *items, size_t *cap, size_t count, size_t size);

/* The same for an item at index `at`: those from there on move up. */
MUST_USE void *array_insert(void *items, size_t *cap, size_t count, size_t size,
                            size_t at);
/* Take item `at` out: those behind it move down. */
void array_remove(void *items, size_t count, size_t size, size_t at);

/* Set `i` to the first index whose item `is_reached`, an expression of `i`, is
 * true of; to `count` if there is none.  It has to be true of all items behind
 * that one. */
#define ARRAY_FIND(i, count, is_reached)                 \
	do {                                             \
		size_t low_ = 0, high_ = (count);        \
		while (low_ < high_) {                   \
			(i) = low_ + (high_ - low_) / 2; \
			if (is_reached)                  \
				high_ = (i);             \
			else                             \
				low_ = (i) + 1;          \
		}                                        \
		(i) = high_;                             \
	} while (0)

#endif
