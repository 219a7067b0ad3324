/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Points in time: the wall clock for people, the monotonic one for sums. */

#ifndef SOCKCHAT_STAMP_H
#define SOCKCHAT_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

#define MS_NS     INT64_C(1000000)
#define SECOND_NS INT64_C(1000000000)

struct stamp {
	int64_t wall_us; /* microseconds since 1970 */
	int64_t mono_ns; /* CLOCK_MONOTONIC */
};

struct stamp stamp_now(void);
int64_t stamp_mono_ns(void);
int64_t stamp_wall_s(void); /* seconds since 1970 */

#define STAMP_TEXT_MAX 40

/* "03:04:05" in local time. */
void stamp_format_clock(char out[STAMP_TEXT_MAX], int64_t wall_us);

/* "03:04:05.678" in local time. */
void stamp_format_clock_ms(char out[STAMP_TEXT_MAX], int64_t wall_us);

/* "2026-01-02 03:04:05" in local time; the day is STAMP_DAY characters. */
#define STAMP_DAY 10
void stamp_format_date(char out[STAMP_TEXT_MAX], int64_t wall_us);

/* A day of the local time. */
struct day {
	int64_t begin_us, len_us;
};

struct day stamp_day(int64_t wall_us);
static inline bool day_has(const struct day *d, int64_t wall_us)
{
	return (uint64_t)(wall_us - d->begin_us) < (uint64_t)d->len_us;
}

/* "2026-01-02T03:04:05.678901Z" (RFC 3339). */
void stamp_format_utc(char out[STAMP_TEXT_MAX], int64_t wall_us);
/* Read that, with any number of digits behind the second, or none.  False for
 * anything else, and for what was before 1970. */
MUST_USE
bool stamp_parse_utc(const char *text, size_t len, int64_t *wall_us);

/* A span in at most 8 characters: "0.000123", "12.345", "4:05:06". */
void stamp_format_span(char out[STAMP_TEXT_MAX], int64_t ns);

#endif
