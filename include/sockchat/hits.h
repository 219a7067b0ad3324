/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where a pattern is found in entries.  The hits of the last entries are kept,
 * for counting, marking and walking ask about the same ones.
 *
 * What goes one way in a conversation is one stream of bytes: a match that
 * begins in one message and ends in a later one is a hit in each of them. */

#ifndef SOCKCHAT_HITS_H
#define SOCKCHAT_HITS_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/entry.h>
#include <sockchat/pattern.h>
#include <sockchat/transcript.h>

/* The bytes from `start` to before `end`. */
struct hit {
	uint32_t start, end;
};

/* By rising start.  Borrowed until the next call. */
struct hit_list {
	const struct hit *hits;
	size_t count;
};

struct hits;

/* The entries are those of `t`; NULL: each is looked at for itself.  Both are
 * borrowed until hits_free().  NULL without memory. */
MUST_USE
struct hits *hits_new(struct pattern *p, const struct transcript *t);
void hits_free(struct hits *h);

/* The hits in `e`; none when the pattern gives up, or without memory. */
struct hit_list hits_of(struct hits *h, const struct entry *e);

/* The entry in which a hit begins that goes on in the entry hits_of() was asked
 * about last; 0: there is none. */
uint64_t hits_former(const struct hits *h);

/* The index of the first hit that starts at `offset` or later; count if there
 * is none. */
size_t hits_find(const struct hit_list *list, size_t offset);

#endif
