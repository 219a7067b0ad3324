/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a user meant who wrote a name that is not in a list: an option, a
 * command, a value. */

#ifndef SOCKCHAT_SPELL_H
#define SOCKCHAT_SPELL_H

#include <stddef.h>

/* Name `i` of a list; NULL behind the last. */
typedef const char *spell_name_fn(const void *list, size_t i);

struct spell_names {
	spell_name_fn *name;
	const void *list; /* for `name` */
	const char *sign; /* stands before each name, as "--" does */
};

#define SPELL_MAX 160

/* Write "did you mean --time, --title or --ticks?": the names that begin with
 * the word or, where there are none, those that it is nearest to.  "" if none
 * is near.  Upper and lower case are the same.  Returns how many begin so. */
size_t spell_guess(char out[SPELL_MAX], const struct spell_names *n,
                   const char *word, size_t len);

#endif
