/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Numbers as users write them: the whole string, in range, with its unit.
 * Numbers as they are shown, and as they stand in binary data. */

#ifndef SOCKCHAT_NUMBER_H
#define SOCKCHAT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

/* A decimal integer from `min` to `max`, digits only.  False, and `*value`
 * untouched, for anything else: a sign, a space, a letter behind it, 99999 for
 * a port. */
MUST_USE bool number_parse(const char *text, long min, long max, long *value);

#define NUMBER_DURATION_MAX_MS (INT64_C(10) * 24 * 3600 * 1000)

/* A time in milliseconds: "1.5" and "2s" in seconds, "500ms", "2m", "1h".
 * Rounded up, so that a wish for some time is never none.  At most 10 days. */
MUST_USE bool number_parse_duration(const char *text, int64_t *ms);

/* The same for a time that cannot do without its unit, but for 0.  -1 with a
 * sentence, which has both meanings of a bare "10". */
MUST_USE int number_parse_time(const char *text, int64_t *ms, struct error *e);

/* A number of bytes: "4096", "64k", "64M", "1G", each step 1024 ("KiB", "MiB"
 * and "GiB" as well). */
MUST_USE bool number_parse_size(const char *text, size_t *bytes);

/* An integer with or without a sign, in decimal or behind 0x: how far it is
 * from 0.  False for anything else, and for what has more than 64 bits. */
MUST_USE
bool number_parse_integer(const char *text, bool *is_negative, uint64_t *value);

/* As strtod(3) does: "1e-3", "inf", "nan".  False when there is more. */
MUST_USE bool number_parse_real(const char *text, double *value);

/* "7 B", "1.2 MiB": at most 9 characters and a NUL into `out`, which is
 * returned. */
const char *number_format_size(char out[16], uint64_t bytes);

/* "1 byte", "1000 bytes", "16 MiB": exactly so many.  Returns `out`. */
#define NUMBER_BYTES_MAX 32
const char *number_format_bytes(char out[NUMBER_BYTES_MAX], uint64_t bytes);

/* Write decimal digits so that the last one stands before `end`, with zeros in
 * front where there are fewer than `least`.  The first one; there are at most
 * NUMBER_DIGITS_MAX, or `least`.  Printf() would take ten times as long. */
#define NUMBER_DIGITS_MAX 20
char *number_format_digits(char *end, uint64_t value, size_t least);

/* Write the fewest digits that are read back as this double or, when it
 * `is_single`, as this float: "0.1", "3.0", "1e-05", "-inf", "nan"; a double
 * as Python tells it.  Returns `out`. */
#define NUMBER_FLOAT_MAX 32
const char *number_format_float(char out[NUMBER_FLOAT_MAX], double value,
                                bool is_single);

/* Read the number that `size` bytes make, 8 at most, the greatest of them first
 * unless `is_little`; and write it. */
uint64_t number_read_bits(const uint8_t *bytes, size_t size, bool is_little);
void number_write_bits(uint8_t *bytes, size_t size, bool is_little,
                       uint64_t bits);
/* What those bits are as a number with a sign. */
int64_t number_signed(uint64_t bits, size_t size);

/* The end of a noun after the number `count`: "" for 1, else "s". */
const char *plural(uint64_t count);

#endif
