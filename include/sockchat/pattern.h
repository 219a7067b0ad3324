/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is looked for in bytes: text, "re:" with a POSIX extended regular
 * expression (regex(7)), or "hex:" with bytes.  Text and expressions without a
 * capital letter match capitals too ("smart case"). */

#ifndef SOCKCHAT_PATTERN_H
#define SOCKCHAT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

struct pattern;

#define PATTERN_MAX 1000 /* bytes of its text */

/* NULL with a sentence: it is empty, too long, or no regular expression. */
MUST_USE struct pattern *pattern_new(const char *text, struct error *e);
void pattern_free(struct pattern *p);

/* The first match that begins at `from` or later: the bytes from `*start` to
 * before `*end`, at least one.  ^ and $ match at line ends, and no expression
 * matches across one.  False if there is none. */
bool pattern_find(const struct pattern *p, const uint8_t *bytes, size_t len,
                  size_t from, size_t *start, size_t *end);

/* How many there are, one after another. */
size_t pattern_count(const struct pattern *p, const uint8_t *bytes,
                     size_t len);

#endif
