/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <sockchat/number.h>
#include <sockchat/stamp.h>

#define SECOND_US INT64_C(1000000)

static int64_t read_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

struct stamp stamp_now(void)
{
	return (struct stamp){ .wall_us = read_ns(CLOCK_REALTIME) / 1000,
		               .mono_ns = stamp_mono_ns() };
}

int64_t stamp_mono_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

int64_t stamp_wall_s(void)
{
	return read_ns(CLOCK_REALTIME) / SECOND_NS;
}

/* All that comes in a second has the same text. */
static const char *format_second(int64_t wall_us)
{
	static const char unknown[] = "---------- ??:??:??";
	static char text[STAMP_TEXT_MAX];
	static time_t of = -1;
	time_t seconds = wall_us / SECOND_US;
	struct tm tm;
	if (seconds != of && (!localtime_r(&seconds, &tm) ||
	                      strftime(text, sizeof(text), "%F %T", &tm) !=
	                          sizeof(unknown) - 1))
		memcpy(text, unknown, sizeof(unknown));
	of = seconds;
	return text;
}

void stamp_format_date(char out[STAMP_TEXT_MAX], int64_t wall_us)
{
	memcpy(out, format_second(wall_us), STAMP_TEXT_MAX);
}

void stamp_format_clock(char out[STAMP_TEXT_MAX], int64_t wall_us)
{
	memcpy(out, format_second(wall_us) + STAMP_DAY + 1, sizeof("00:00:00"));
}

void stamp_format_clock_ms(char out[STAMP_TEXT_MAX], int64_t wall_us)
{
	unsigned ms = (unsigned)(wall_us % SECOND_US / 1000);
	size_t len = sizeof("00:00:00") - 1;
	stamp_format_clock(out, wall_us);
	out[len] = '.';
	out[len + 1] = (char)('0' + ms / 100 % 10);
	out[len + 2] = (char)('0' + ms / 10 % 10);
	out[len + 3] = (char)('0' + ms % 10);
	out[len + 4] = '\0';
}

/* The midnight before, or `days` after it. */
static time_t find_midnight(time_t seconds, int days)
{
	struct tm tm;
	if (!localtime_r(&seconds, &tm))
		return seconds + days;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday += days;
	tm.tm_isdst = -1;
	return mktime(&tm);
}

struct day stamp_day(int64_t wall_us)
{
	time_t now = wall_us / SECOND_US, begin = find_midnight(now, 0);
	time_t end = find_midnight(now, 1);
	if (begin > now || end <= now) { /* as where midnight is left out */
		begin = now;
		end = now + 1;
	}
	return (struct day){ begin * SECOND_US, (end - begin) * SECOND_US };
}

void stamp_format_utc(char out[STAMP_TEXT_MAX], int64_t wall_us)
{
	static char text[STAMP_TEXT_MAX] = "1970-01-01T00:00:00";
	static time_t of = 0;
	time_t seconds = wall_us / SECOND_US;
	struct tm tm;
	if (seconds != of &&
	    (!gmtime_r(&seconds, &tm) ||
	     !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm)))
		snprintf(text, sizeof(text), "1970-01-01T00:00:00");
	of = seconds;
	memcpy(out, text, sizeof(text));
	out += strlen(out) + strlen(".000000");
	number_format_digits(out, (uint64_t)(wall_us % SECOND_US), 6)[-1] = '.';
	memcpy(out, "Z", 2);
}

/* The number that `count` digits at `*at` make, behind the character `mark`
 * unless that is NUL; -1 for anything else.  Moves `*at` behind them. */
static int take_number(const char *text, size_t len, size_t *at, char mark,
                       size_t count)
{
	int value = 0;
	if (mark && (*at >= len || text[(*at)++] != mark))
		return -1;
	for (; count; count--, ++*at) {
		if (*at >= len || text[*at] < '0' || text[*at] > '9')
			return -1;
		value = value * 10 + text[*at] - '0';
	}
	return value;
}

/* Microseconds, from the digits behind the point, if there is one. */
static int64_t take_fraction(const char *text, size_t len, size_t *at)
{
	int64_t us = 0, unit = SECOND_US / 10;
	int digit;
	if (*at >= len || text[*at] != '.')
		return 0;
	for (++*at; (digit = take_number(text, len, at, 0, 1)) >= 0; unit /= 10)
		us += digit * unit;
	return us;
}

bool stamp_parse_utc(const char *text, size_t len, int64_t *wall_us)
{
	static const char marks[] = "\0--T::";
	int n[6];
	size_t at = 0;
	for (size_t i = 0; i < 6; i++) {
		n[i] = take_number(text, len, &at, marks[i], i ? 2 : 4);
		if (n[i] < 0)
			return false;
	}
	struct tm tm = { .tm_year = n[0] - 1900, .tm_mon = n[1] - 1,
		         .tm_mday = n[2], .tm_hour = n[3], .tm_min = n[4],
		         .tm_sec = n[5] };
	int64_t us = take_fraction(text, len, &at);
	int64_t seconds = timegm(&tm);
	bool is_time = tm.tm_mon == n[1] - 1 && tm.tm_mday == n[2] &&
	               tm.tm_hour == n[3] && tm.tm_min == n[4];
	if (!is_time || seconds < 0 || at + 1 != len || text[at] != 'Z')
		return false;
	*wall_us = seconds * SECOND_US + us;
	return true;
}

void stamp_format_span(char out[STAMP_TEXT_MAX], int64_t ns)
{
	long long s = (long long)(ns / SECOND_NS);
	if (s < 1)
		snprintf(out, STAMP_TEXT_MAX, "0.%06lld",
		         (long long)(ns % SECOND_NS / 1000));
	else if (s < 1000)
		snprintf(out, STAMP_TEXT_MAX, "%lld.%03lld", s,
		         (long long)(ns % SECOND_NS / MS_NS));
	else if (s < 100 * 3600)
		snprintf(out, STAMP_TEXT_MAX, "%lld:%02lld:%02lld", s / 3600,
		         s / 60 % 60, s % 60);
	else
		snprintf(out, STAMP_TEXT_MAX, "%lldh", s / 3600);
}
