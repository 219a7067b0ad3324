/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What became of entries of a transcript: of messages in the middle, between
 * two sides, which entry.h says; and of what is told anew. */

#ifndef SOCKCHAT_FATES_H
#define SOCKCHAT_FATES_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/entry.h>

struct transcript;

/* Set what became of the entry `seq`, and its number among those held; 0: it
 * has none.  Without memory it is told as one that went as it is, and
 * counted. */
void transcript_set_fate(struct transcript *t, uint64_t seq,
                         enum entry_fate fate, uint32_t held);

/* It is not known yet what will become of the message `seq`: until it is
 * released, nobody is told that it is whole, nor of any entry behind it that is
 * new; transcript_tell() tells of those then.  Without memory, or when it is
 * not there, it is told as it is. */
void transcript_withhold(struct transcript *t, uint64_t seq);
void transcript_release(struct transcript *t, uint64_t seq);
/* All of them, and tell. */
void transcript_release_all(struct transcript *t);

/* What the entry `seq` told is told by a later one: it is ENTRY_FOLDED from now
 * on, if it is still there. */
void transcript_fold(struct transcript *t, uint64_t seq);
/* For how many of the entries from `first` to before `end` others stand: the
 * folded ones, and the copies of what was sent to several. */
size_t transcript_folded(const struct transcript *t, uint64_t first,
                         uint64_t end);

#endif
