/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Text that is not UTF-8: encodings of one or two bytes a character in which
 * ASCII is ASCII, through iconv(3). */

#ifndef SOCKCHAT_ENCODING_H
#define SOCKCHAT_ENCODING_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>
#include <sockchat/glyph.h>
#include <sockchat/pattern.h>

enum encoding_id {
	ENCODING_UTF8,
	ENCODING_CP949,
	ENCODING_EUC_KR,
	ENCODING_SHIFT_JIS,
	ENCODING_EUC_JP,
	ENCODING_GBK,
	ENCODING_BIG5,
	ENCODING_LATIN1,
	ENCODING_LATIN2,
	ENCODING_LATIN9,
	ENCODING_CP1250,
	ENCODING_CP1251,
	ENCODING_CP1252,
	ENCODING_CP437,
	ENCODING_CP850,
	ENCODING_KOI8_R,
	ENCODING_KOI8_U,
	ENCODING_COUNT,
};

struct encoding;

/* NULL with a sentence when this system's iconv(3) does not know it; UTF-8
 * needs none. */
MUST_USE struct encoding *encoding_open(enum encoding_id id, struct error *e);
void encoding_close(struct encoding *enc);
enum encoding_id encoding_id(const struct encoding *enc); /* NULL: UTF-8 */

/* As glyph_next(). */
size_t encoding_next(const struct encoding *enc, struct glyph *g,
                     const uint8_t *bytes, size_t len, unsigned flags);

/* As utf8_unfinished(); `bytes` begin with a character.  NULL is UTF-8. */
size_t encoding_unfinished(const struct encoding *enc, const uint8_t *bytes,
                           size_t len);

/* Append `text`, which is UTF-8, in this encoding.  -1 with a sentence, and
 * nothing appended, when it has a character that the encoding has not. */
MUST_USE
int encoding_append(const struct encoding *enc, struct bytes *out,
                    const char *text, size_t len, struct error *e);

/* Append the characters of these bytes in UTF-8; a byte that is part of none
 * stays as it is.  -1 as bytes_append(). */
MUST_USE
int encoding_decode(const struct encoding *enc, struct bytes *out,
                    const uint8_t *bytes, size_t len);

/* As pattern_new(), for text as it is in this encoding; NULL is UTF-8. */
MUST_USE
struct pattern *encoding_pattern(const struct encoding *enc, const char *text,
                                 struct error *e);

#define GUESS_MAX ((size_t)512) /* bytes that are looked at */

enum guess { GUESS_NONE, GUESS_CP949, GUESS_SHIFT_JIS, GUESS_LATIN1 };

/* guess.c: the encoding that the bytes most likely have.  NONE for UTF-8, for
 * what does not look like text, and for what iconv(3) cannot decode.  A
 * character may be unfinished at the end. */
enum guess guess_encoding(const uint8_t *bytes, size_t len);

#endif
