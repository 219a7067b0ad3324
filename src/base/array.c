/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Room is doubled, so that adding costs the same however many there are. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/array.h>

#define CAP_FIRST 16

void *array_grow(void *items, size_t *cap, size_t count, size_t size)
{
	size_t wanted = *cap ? *cap : CAP_FIRST;
	if (count < *cap)
		return items;
	while (wanted <= count)
		wanted *= 2;
	void *grown = reallocarray(items, wanted, size);
	if (grown)
		*cap = wanted;
	return grown;
}

void *array_insert(void *items, size_t *cap, size_t count, size_t size,
                   size_t at)
{
	uint8_t *grown = array_grow(items, cap, count, size);
	if (grown)
		memmove(grown + (at + 1) * size, grown + at * size,
		        (count - at) * size);
	return grown;
}

void array_remove(void *items, size_t count, size_t size, size_t at)
{
	uint8_t *bytes = items;
	memmove(bytes + at * size, bytes + (at + 1) * size,
	        (count - at - 1) * size);
}
