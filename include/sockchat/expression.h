/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A regular expression of PCRE2's (pcre2syntax(3)) on one message: capitals
 * matter, and no line ends it.  Valid UTF-8 is taken as characters; any other
 * byte is a character of its own, the one that `\xNN` stands for.  What is no
 * text, for it has control characters, and does not match so, may match when
 * each byte is one.
 *
 * What an expression may cost is bounded, and counted in steps: the same
 * expression comes to the same end on the same bytes, on any machine. */

#ifndef SOCKCHAT_EXPRESSION_H
#define SOCKCHAT_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

#define EXPRESSION_MAX ((size_t)16 << 10) /* bytes of its text */

struct expression;

enum expression_found {
	EXPRESSION_NONE,
	EXPRESSION_FOUND,
	EXPRESSION_TOO_LONG, /* too much work or memory: it counts as none */
};

/* NULL with a sentence, and in `*at` the byte of the text that it is about. */
MUST_USE
struct expression *expression_new(const char *text, size_t len, size_t *at,
                                  struct error *e);
void expression_free(struct expression *x);

/* Whether the whole message matches, from its first byte to its last. */
enum expression_found expression_whole(struct expression *x,
                                       const uint8_t *bytes, size_t len);
/* Whether something in it matches, be it empty: the first such place. */
enum expression_found expression_search(struct expression *x,
                                        const uint8_t *bytes, size_t len);
/* After a search that FOUND: the next place behind that, and so on, as the `g`
 * of sed has them: what is empty counts unless it stands where the last one
 * ended.  All of them together have the work of one search. */
enum expression_found expression_next(struct expression *x);
/* How many of its first bytes may begin a message that matches as a whole. */
size_t expression_fits(struct expression *x, const uint8_t *bytes, size_t len);

/* The highest number of a group. */
size_t expression_groups(const struct expression *x);
/* Where group `n` is in what was FOUND last, whose bytes must not have changed;
 * 0: all that matched.  False: the group took no part. */
bool expression_group(struct expression *x, size_t n, size_t *at, size_t *len);
/* The name number `i`, from 0, and the number of its group; NULL behind the
 * last.  A name may have several groups. */
const char *expression_name(const struct expression *x, size_t i,
                            size_t *group);

#endif
