/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An object of JSON (RFC 8259) read member by member, for lines that we have
 * written ourselves, or somebody else.  Nothing is kept: all is borrowed from
 * the text. */

#ifndef SOCKCHAT_JSON_READ_H
#define SOCKCHAT_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>
#include <sockchat/json_judge.h>

/* A string without its quotes, or another value as it stands. */
struct json_span {
	const uint8_t *bytes;
	size_t len;
};

struct json_member {
	struct json_span name, value;
	uint8_t kind; /* what the value begins with: '"', '{', '[', 't' … */
};

struct json_walk {
	const uint8_t *bytes;
	size_t len, at;
};

/* Begin with a text that has to be an object.  JSON_OTHER without memory. */
enum json_verdict json_walk_begin(struct json_walk *w, const uint8_t *bytes,
                                  size_t len, struct json_fault *fault);
/* The next member of the object; what its value contains is passed over.  False
 * behind the last. */
MUST_USE bool json_walk_next(struct json_walk *w, struct json_member *m);
/* When there is none: where something else stands behind the object than white
 * space.  The length of the text if nothing does. */
size_t json_walk_rest(const struct json_walk *w);

/* Whether the string is this word of ours, which has no escapes. */
bool json_is(struct json_span s, const char *word);

/* Append what the string stands for, in UTF-8.  Half of a pair of surrogates
 * becomes U+FFFD.  -1 without memory. */
MUST_USE int json_append_text(struct bytes *out, struct json_span s);
/* Append the bytes that it has in base64 (RFC 4648, section 4, with its
 * padding), or as pairs of hexadecimal digits.  -1 with EINVAL if it is
 * something else, or ENOMEM. */
MUST_USE int json_append_base64(struct bytes *out, struct json_span s);
MUST_USE int json_append_hex(struct bytes *out, struct json_span s);

/* A number without sign and exponent, in thousandths: 1.234 is 1234; what is
 * behind them is left out.  False for anything else, and above 2^53. */
MUST_USE bool json_milli_of(const struct json_member *m, uint64_t *milli);
/* The same for a whole number. */
MUST_USE bool json_whole_of(const struct json_member *m, uint64_t *value);

#endif
