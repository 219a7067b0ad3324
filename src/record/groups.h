/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the groups of expressions have found, to be put into strings: ${1} until
 * the next expression, ${NAME} until another group of this name matches. */

#ifndef RECORD_GROUPS_H
#define RECORD_GROUPS_H

#include <sockchat/chatfile.h>
#include <sockchat/expression.h>

struct group_named {
	char name[CHATFILE_NAME_MAX + 1];
	struct bytes value;
};

/* A group of the last expression, in what that matched. */
struct group_place {
	size_t at, len;
};

/* All zero: there are none. */
struct groups {
	struct bytes message; /* that the last expression matched */
	struct group_place *places; /* by number, from 0 */
	size_t place_count, place_cap;
	struct group_named *named; /* by name */
	size_t count, cap;
	size_t len; /* bytes of all values */
};

void groups_finish(struct groups *g);

/* The expression has just matched this message: take what its groups found.
 * -1 without memory, or with EMSGSIZE when they are over CHATFILE_STEP_MAX. */
MUST_USE
int groups_take(struct groups *g, struct expression *x, const uint8_t *bytes,
                size_t len);

/* Append the bytes of the step, with what the groups have: undefined ones have
 * nothing.  -1 as bytes_append(). */
MUST_USE
int groups_fill(const struct groups *g, const struct chat_step *step,
                struct bytes *out);

#endif
