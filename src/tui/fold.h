/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which entries the user has opened, or folded, by hand. */

#ifndef TUI_FOLD_H
#define TUI_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/error.h>

struct entry;
struct recut;
struct folds;

enum fold_word { FOLD_UNSAID, FOLD_OPEN, FOLD_SHUT };

void folds_free(struct folds *f);

/* `f` may be NULL: nothing was said. */
enum fold_word folds_said(const struct folds *f, uint64_t seq);

/* `*f` is made when something is said first.  -1 without memory. */
MUST_USE int folds_say(struct folds **f, uint64_t seq, enum fold_word word);

/* Whether all that an entry explains is what to do next, which the status line
 * says too. */
bool fold_is_advice(const struct entry *e);

/* The transcript has been cut anew.  `f` may be NULL. */
void folds_recut(struct folds *f, const struct recut *r);

#endif
