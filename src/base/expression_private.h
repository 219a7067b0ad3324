/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* PCRE2 with bounds, for the rooms that call it. */

#ifndef BASE_EXPRESSION_PRIVATE_H
#define BASE_EXPRESSION_PRIVATE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <sockchat/expression.h>

/* As expression_new(), with options of pcre2_compile(). */
MUST_USE
struct expression *expression_compile(const char *text, size_t len,
                                      uint32_t flags, size_t *at,
                                      struct error *e);

/* How many steps a search in so many bytes may take. */
int64_t expression_steps(size_t len);

/* What pcre2_match() says of valid UTF-8 from `at` on.  Takes its work from
 * `*left`. */
int expression_run(struct expression *x, const uint8_t *bytes, size_t len,
                   size_t at, uint32_t flags, int64_t *left);
/* Where the match, and each of its groups, begins and ends. */
const size_t *expression_places(const struct expression *x);

#endif
