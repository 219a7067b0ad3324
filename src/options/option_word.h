/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Words that an option takes as they stand, if they have the right form. */

#ifndef OPTION_WORD_H
#define OPTION_WORD_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/error.h>

enum option_word { WORD_PATH, WORD_PIN, WORD_SNI, WORD_ALPN, WORD_CIPHERS,
                   WORD_FORMAT, WORD_ENDPOINT, WORD_SOURCE, WORD_DEVICE };

/* Put the value, which may be "", into `to`, and NUL behind it up to `cap`.
 * False when it has not the form, or is too long. */
MUST_USE
bool word_read(enum option_word kind, char *to, size_t cap, const char *value);

/* What such a word looks like: "a path". */
const char *word_wanted(enum option_word kind);

/* How to come by one, or "". */
const char *word_hint(enum option_word kind);

#endif
