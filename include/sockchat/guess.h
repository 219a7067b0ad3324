/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which encoding text has that is not UTF-8. */

#ifndef SOCKCHAT_GUESS_H
#define SOCKCHAT_GUESS_H

#include <stddef.h>
#include <stdint.h>

#define GUESS_MAX ((size_t)512) /* bytes that are looked at */

enum guess { GUESS_NONE, GUESS_CP949, GUESS_SHIFT_JIS, GUESS_LATIN1 };

/* NONE for UTF-8, for what does not look like text, and where iconv(3) cannot
 * decode it wholly; a character may be unfinished at the end. */
enum guess guess_encoding(const uint8_t *bytes, size_t len);

#endif
