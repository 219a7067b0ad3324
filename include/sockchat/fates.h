/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What became of messages of a transcript that stand in the middle, between two
 * sides: entry.h says what that can be. */

#ifndef SOCKCHAT_FATES_H
#define SOCKCHAT_FATES_H

#include <stdint.h>

#include <sockchat/entry.h>

struct transcript;

/* Set what became of the entry `seq`, and its number among those held; 0: it
 * has none.  Without memory it is told as one that went as it is, and
 * counted. */
void transcript_set_fate(struct transcript *t, uint64_t seq,
                         enum entry_fate fate, uint32_t held);

#endif
