/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Room is doubled, so that adding costs the same however many there are. */

#include <stdlib.h>

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
