/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdlib.h>
#include <string.h>

#include "needle.h"

/* How many bytes of the needle match when this one comes behind `matched` of
 * them. */
static size_t match_on(const struct needle *n, size_t matched, uint8_t byte)
{
	while (matched && n->bytes[matched] != byte)
		matched = n->borders[matched - 1];
	return matched + (n->bytes[matched] == byte);
}

static int reserve_borders(struct needle *n, size_t len)
{
	if (len <= n->cap)
		return 0;
	uint32_t *grown = realloc(n->borders, len * sizeof(*grown));
	if (!grown)
		return -1;
	n->borders = grown;
	n->cap = len;
	return 0;
}

int needle_begin(struct needle *n, const uint8_t *bytes, size_t len)
{
	n->bytes = bytes;
	n->len = len;
	n->matched = 0;
	if (reserve_borders(n, len))
		return -1;
	if (len)
		n->borders[0] = 0;
	for (size_t i = 1, border = 0; i < len; i++) {
		border = match_on(n, border, bytes[i]);
		n->borders[i] = (uint32_t)border;
	}
	return 0;
}

void needle_finish(struct needle *n)
{
	free(n->borders);
	*n = (struct needle){ 0 };
}

size_t needle_take(struct needle *n, const uint8_t *bytes, size_t len)
{
	size_t at = 0;
	while (at < len && n->matched < n->len) {
		const uint8_t *next = bytes + at;
		if (!n->matched)
			next = memchr(next, n->bytes[0], len - at);
		if (!next)
			return len;
		n->matched = match_on(n, n->matched, *next);
		at = (size_t)(next - bytes) + 1;
	}
	return at;
}
