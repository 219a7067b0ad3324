/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Guesses at the encoding of text that is not UTF-8. */

#ifndef SOCKCHAT_GUESS_H
#define SOCKCHAT_GUESS_H

#include <stddef.h>
#include <stdint.h>

#define GUESS_MAX ((size_t)512) /* bytes that are looked at */

enum guess { GUESS_NONE, GUESS_CP949, GUESS_SHIFT_JIS, GUESS_LATIN1 };

/* The encoding that the bytes most likely have.  NONE for UTF-8, for what does
 * not look like text, and for what iconv(3) cannot decode.  A character may be
 * unfinished at the end. */
enum guess guess_encoding(const uint8_t *bytes, size_t len);

#endif
