/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include "tls_marks.h"

void tls_marks_add(struct tls_marks *m, uint64_t made, uint64_t user)
{
	m->list[m->count].made = made;
	m->list[m->count++].user = user;
}

bool tls_marks_are_full(const struct tls_marks *m)
{
	return m->count == TLS_MARKS_MAX;
}

static void forget(struct tls_marks *m, size_t from, size_t count)
{
	m->count -= count;
	memmove(&m->list[from], &m->list[from + count],
	        (m->count - from) * sizeof(m->list[0]));
}

/* How many have arrived. */
static size_t count_arrived(const struct tls_marks *m, uint64_t made)
{
	size_t n = m->count;

	while (n > 0 && m->list[n - 1].made > made)
		n--;
	return n;
}

/* Returns the mark without which the gap is the smallest; never the first or
 * the last. */
static size_t nearest(const struct tls_marks *m)
{
	size_t best = 1;
	uint64_t least = UINT64_MAX;

	for (size_t i = 1; i + 1 < m->count; i++) {
		uint64_t gap = m->list[i + 1].user - m->list[i - 1].user;
		if (gap < least) {
			least = gap;
			best = i;
		}
	}
	return best;
}

void tls_marks_thin(struct tls_marks *m, uint64_t made)
{
	size_t arrived = count_arrived(m, made);

	if (arrived > 1)
		forget(m, 0, arrived - 1);
	while (m->count > TLS_MARKS_MAX / 2)
		forget(m, nearest(m), 1);
}

uint64_t tls_marks_user(const struct tls_marks *m, uint64_t made)
{
	size_t arrived = count_arrived(m, made);

	return arrived ? m->list[arrived - 1].user : 0;
}
