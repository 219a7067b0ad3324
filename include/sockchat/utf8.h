/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* UTF-8 (RFC 3629), strictly: no overlong forms, no surrogates, nothing above
 * U+10FFFF. */

#ifndef SOCKCHAT_UTF8_H
#define SOCKCHAT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BAD        (-1) /* the first byte starts no character */
#define UTF8_INCOMPLETE (-2) /* a good beginning; more bytes may complete it */

/* Decode the first character of `bytes` into `*cp`.  Returns its length, 1 to
 * 4; UTF8_BAD or UTF8_INCOMPLETE leave `*cp` untouched.  A bad byte stands for
 * itself alone.  `len` is at least 1. */
int utf8_decode(const uint8_t *bytes, size_t len, uint32_t *cp);

/* Write the character.  Returns its length, 0 if it is none. */
size_t utf8_encode(uint8_t out[4], uint32_t cp);

/* How many bytes at the beginning are printable ASCII, and neither `stop` nor
 * `stop2`; both may be 0, which is not printable. */
size_t utf8_plain(const uint8_t *bytes, size_t len, uint8_t stop,
                  uint8_t stop2);

/* True for what is no text: C0, DEL and C1. */
static inline bool utf8_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

/* How many bytes at the beginning are whole characters, and no control. */
size_t utf8_text_len(const uint8_t *bytes, size_t len);

/* True if all of it is well-formed. */
bool utf8_is_valid(const uint8_t *bytes, size_t len);

/* How many bytes at the end are the beginning of a character that is not
 * finished: 0 to 3. */
size_t utf8_unfinished(const uint8_t *bytes, size_t len);

#endif
