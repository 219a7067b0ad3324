/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The list of the few entries of a transcript that have a fate. */

#ifndef TRANSCRIPT_FATES_LIST_H
#define TRANSCRIPT_FATES_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/entry.h>

/* What became of an entry, and its number among those held; all 0: this place
 * is free. */
struct fate {
	uint64_t seq;
	uint32_t held;
	uint8_t fate;
	/* It is not known yet; and nobody may be told that it is whole. */
	bool is_withheld, is_whole;
};

/* By rising seq. */
struct fates {
	struct fate *list;
	size_t count, cap;
};

/* Where it stands, or would. */
size_t fates_index(const struct fates *f, uint64_t seq);
/* NULL: it has none. */
struct fate *fates_find(const struct fates *f, uint64_t seq);
/* Write into the entry what became of it. */
void fates_read(const struct fates *f, struct entry *e);
/* An entry has these flags from now on. */
void fates_see_flags(const struct fates *f, uint64_t seq, unsigned flags);
/* Whether nobody may be told that the message is whole, which it is. */
bool fates_hide(const struct fates *f, uint64_t seq);
/* The first from `seq` on for which that holds, or `end`. */
uint64_t fates_first_hidden(const struct fates *f, uint64_t seq, uint64_t end);

#endif
