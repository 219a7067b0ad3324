/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries for tests that look at a few of them in one expression. */

#ifndef TESTS_ENTRY_AT_H
#define TESTS_ENTRY_AT_H

#include <sockchat/transcript.h>

/* As transcript_at(), in one of a few places that take turns. */
static inline const struct entry *entry_at(const struct transcript *t,
                                           uint64_t seq)
{
	static struct entry entries[8];
	static size_t next;
	return transcript_at(t, seq, &entries[next++ % 8]);
}

#endif
