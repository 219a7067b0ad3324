/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Arrays that grow at their end. */

#ifndef SOCKCHAT_ARRAY_H
#define SOCKCHAT_ARRAY_H

#include <stddef.h>

#include <sockchat/error.h>

/* Make room for one more item behind `count` in an array that has room for
 * `*cap` items of `size` bytes.  The array, which may have moved; NULL without
 * memory: then nothing has changed. */
MUST_USE void *array_grow(void *items, size_t *cap, size_t count, size_t size);

#endif
