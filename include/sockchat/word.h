/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Words that have spaces between them. */

#ifndef SOCKCHAT_WORD_H
#define SOCKCHAT_WORD_H

#include <stddef.h>

/* Find the first word of `*text` and move `*text` to the one behind it.
 * Returns its length: 0 when there are only spaces. */
size_t word_next(const char **text, const char **word);

/* The same, with a NUL behind the word.  Returns it: "" for none. */
char *word_cut(char **text);

#endif
