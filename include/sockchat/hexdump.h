/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Rows of a hex dump: "00000010  68 65 6c 6c 6f 0a       |hello.|". */

#ifndef SOCKCHAT_HEXDUMP_H
#define SOCKCHAT_HEXDUMP_H

#include <stddef.h>
#include <stdint.h>

#define HEXDUMP_ROW_MAX     128
#define HEXDUMP_PER_ROW_MAX 16

/* How many bytes fit a row of `columns`: 16, 8, 4, 2 or 1. */
size_t hexdump_bytes_per_row(size_t columns);

/* Write one row, in ASCII with a NUL: the bytes from `offset` on, at most
 * `per_row` (1 to 16) of the `len` that there are in all.  Returns its
 * length. */
size_t hexdump_row(char out[HEXDUMP_ROW_MAX], const uint8_t *bytes, size_t len,
                   size_t offset, size_t per_row);

/* How many digits in front of the offsets can be left out of all rows when the
 * last byte is at `last`: 4, or none. */
size_t hexdump_skip(uint64_t last);

/* Let the row tell another offset: its last eight digits. */
void hexdump_set_offset(char row[HEXDUMP_ROW_MAX], uint64_t offset);

/* The index within its row of the byte that column `i` shows, as digits or as a
 * character; SIZE_MAX for none. */
size_t hexdump_byte_at(size_t i, size_t per_row);

#endif
