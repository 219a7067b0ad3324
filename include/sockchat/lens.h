/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A lens finds the entries of a transcript that have something: the hits of a
 * search, or what a filter lets through.  It looks at some entries in each
 * step, so that nobody waits for a long transcript: at new ones first, then at
 * older ones, downwards from where it began. */

#ifndef SOCKCHAT_LENS_H
#define SOCKCHAT_LENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/transcript.h>

/* For how much the entry counts; 0: it is not found. */
typedef size_t lens_fn(void *user, const struct entry *e);

struct lens;

/* Begin at the entries before `start`.  `t` is borrowed until lens_free().
 * NULL without memory. */
MUST_USE struct lens *lens_new(const struct transcript *t, uint64_t start,
                               lens_fn *fn, void *user);
void lens_free(struct lens *l);

/* Look on for about `ns`.  1 if there is more to look at, 0 if not.  -1 with a
 * sentence when there is no memory for what was found: then the lens lacks some
 * of it, and can only be freed. */
MUST_USE int lens_step(struct lens *l, int64_t ns, struct error *e);

/* The message `seq` has grown: it is looked at again in the next step. */
void lens_touch(struct lens *l, uint64_t seq);

/* The transcript has been cut anew: look at all of it again. */
void lens_recut(struct lens *l, const struct recut *r);

/* Whether every entry has been looked at. */
bool lens_is_complete(const struct lens *l);
/* The oldest entry that has been looked at. */
uint64_t lens_low(const struct lens *l);

/* The first entry after `seq` that was found; 0 if there is none yet. */
uint64_t lens_next(const struct lens *l, uint64_t seq);
/* The last entry before `seq` that was found; 0 if there is none yet. */
uint64_t lens_before(const struct lens *l, uint64_t seq);
/* Whether this entry was found. */
bool lens_has(const struct lens *l, uint64_t seq);

/* How many entries were found. */
size_t lens_entries(const struct lens *l);
/* For how much they count together. */
uint32_t lens_total(const struct lens *l);
/* For how much those before `seq` count together. */
uint32_t lens_sum_before(const struct lens *l, uint64_t seq);

#endif
