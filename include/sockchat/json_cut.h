/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* JSON cut into tokens, to be shown below each other.  Nothing is parsed into
 * values: numbers, escapes, the order and repeated names stay as they came. */

#ifndef SOCKCHAT_JSON_CUT_H
#define SOCKCHAT_JSON_CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_TOKEN_MAX 4096

/* Where the cutting is.  All zero is the beginning. */
struct json_place {
	uint32_t depth;
	uint8_t after; /* what stands before; json_cut.c knows */
};

/* The next token, or a piece of one; white space is one as well. */
struct json_token {
	size_t len;      /* of the bytes that it is */
	bool is_hidden;  /* white space between two others */
	bool begins_row; /* it stands in a row of its own, `depth` levels in */
	bool has_space;  /* a space stands in front of it */
	uint32_t depth;
};

/* Cut the next token off a text that json_judge() has found good; there is at
 * least one byte.  But for white space none is much longer than JSON_TOKEN_MAX,
 * so that a caller who kept the place in front of one can go on from there. */
void json_cut(struct json_place *place, struct json_token *t,
              const uint8_t *bytes, size_t len);

#endif
