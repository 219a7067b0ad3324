/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as people type them: "a\r\n\x00\u{1f600}". */

#ifndef SOCKCHAT_ESCAPE_H
#define SOCKCHAT_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

/* Append what `text` stands for, with the escapes \n \r \t \0 \e \xNN \u{…}
 * \" and \\; \0 before a digit is refused.  -1 with a sentence that names the
 * column; then nothing is added. */
MUST_USE
int escape_parse(struct bytes *out, const char *text, size_t len,
                 struct error *e);

/* The byte that two hex digits at `at` mean; -1 if they are not there. */
int escape_hex_pair(const char *text, size_t len, size_t at);

/* The letter behind the backslash that stands for this byte; NUL if none does
 * whatever follows it. */
char escape_letter(uint8_t byte);

/* Append the text that escape_parse() turns into these bytes.  Only what cannot
 * be typed is escaped.  -1 as bytes_append(). */
MUST_USE int escape_append(struct bytes *out, const uint8_t *bytes, size_t len);

#endif
