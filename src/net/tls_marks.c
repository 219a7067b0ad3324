/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "tls_marks.h"

static void forget_every_second(struct tls_marks *m)
{
	size_t kept = 0;

	for (size_t i = 1; i < m->count; i += 2)
		m->list[kept++] = m->list[i];
	m->count = kept;
}

void tls_marks_add(struct tls_marks *m, uint64_t made, uint64_t user)
{
	if (m->count == TLS_MARKS_MAX)
		forget_every_second(m);
	m->list[m->count].made = made;
	m->list[m->count++].user = user;
}

uint64_t tls_marks_user(const struct tls_marks *m, uint64_t made)
{
	for (size_t i = m->count; i > 0; i--)
		if (m->list[i - 1].made <= made)
			return m->list[i - 1].user;
	return 0;
}
