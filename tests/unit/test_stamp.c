/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Points in time, and how they are written. */

#include <time.h>

#include <sockchat/stamp.h>

#include "unit.h"

#define SECOND_US INT64_C(1000000)

static void utc_is_written_to_the_microsecond(void **state)
{
	char text[STAMP_TEXT_MAX];

	(void)state;
	stamp_format_utc(text, 0);
	assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
	stamp_format_utc(text, 1767323045 * SECOND_US + 678901);
	assert_string_equal(text, "2026-01-02T03:04:05.678901Z");
	stamp_format_utc(text, 1767323045 * SECOND_US + 1);
	assert_string_equal(text, "2026-01-02T03:04:05.000001Z");
	stamp_format_utc(text, INT64_MAX);
	assert_int_equal(text[strlen(text) - 1], 'Z');
}

static void the_clock_is_of_the_users_zone(void **state)
{
	char text[STAMP_TEXT_MAX];

	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	stamp_format_clock(text, 1767323045 * SECOND_US + 999999);
	assert_string_equal(text, "03:04:05");
	setenv("TZ", "AAA-5:30", 1);
	tzset();
	stamp_format_clock(text, 1767323046 * SECOND_US);
	assert_string_equal(text, "08:34:06");
	stamp_format_clock(text, 1767323046 * SECOND_US + 999999);
	assert_string_equal(text, "08:34:06");
	stamp_format_clock(text, 1767323045 * SECOND_US);
	assert_string_equal(text, "08:34:05");
}

static void the_clock_can_tell_milliseconds(void **state)
{
	char text[STAMP_TEXT_MAX];

	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	stamp_format_clock_ms(text, 1767323050 * SECOND_US + 678901);
	assert_string_equal(text, "03:04:10.678");
	stamp_format_clock_ms(text, 1767323050 * SECOND_US + 9999);
	assert_string_equal(text, "03:04:10.009");
}

static void a_date_and_a_day_are_of_the_users_zone(void **state)
{
	char text[STAMP_TEXT_MAX];

	(void)state;
	setenv("TZ", "AAA-5:30", 1);
	tzset();
	stamp_format_date(text, 1767323047 * SECOND_US);
	assert_string_equal(text, "2026-01-02 08:34:07");
	struct day day = stamp_day(1767323047 * SECOND_US);
	stamp_format_date(text, day.begin_us);
	assert_string_equal(text, "2026-01-02 00:00:00");
	assert_int_equal(day.len_us, 24 * 3600 * SECOND_US);
	assert_true(day_has(&day, day.begin_us));
	assert_true(day_has(&day, day.begin_us + day.len_us - 1));
	assert_false(day_has(&day, day.begin_us - 1));
	assert_false(day_has(&day, day.begin_us + day.len_us));
}

static void a_day_of_another_clock_change_is_shorter(void **state)
{
	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset(); /* 2026-03-29 12:00 UTC */
	struct day day = stamp_day(1774785600 * SECOND_US);
	assert_int_equal(day.len_us, 23 * 3600 * SECOND_US);
}

static void utc_does_not_know_the_users_zone(void **state)
{
	char text[STAMP_TEXT_MAX];

	(void)state;
	setenv("TZ", "AAA-5:30", 1);
	tzset();
	stamp_format_utc(text, 0);
	assert_string_equal(text, "1970-01-01T00:00:00.000000Z");
}

static void a_span_is_as_fine_as_it_is_short(void **state)
{
	static const struct {
		int64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0.000000" },
		{ 123456, "0.000123" },
		{ SECOND_NS - 1, "0.999999" },
		{ SECOND_NS, "1.000" },
		{ 12345 * SECOND_NS / 1000, "12.345" },
		{ 1000 * SECOND_NS - 1, "999.999" },
		{ 1000 * SECOND_NS, "0:16:40" },
		{ (4 * 3600 + 5 * 60 + 6) * SECOND_NS, "4:05:06" },
		{ 359999 * SECOND_NS, "99:59:59" },
		{ 360000 * SECOND_NS, "100h" },
		{ INT64_MAX, "2562047h" },
	};
	char text[STAMP_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stamp_format_span(text, rows[i].ns);
		assert_string_equal(text, rows[i].text);
	}
}

static int64_t system_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void the_two_clocks_are_the_systems(void **state)
{
	int64_t mono_ns = system_ns(CLOCK_MONOTONIC);
	int64_t wall_us = system_ns(CLOCK_REALTIME) / 1000;
	struct stamp now = stamp_now();

	(void)state;
	assert_true(mono_ns <= now.mono_ns);
	assert_true(now.mono_ns <= stamp_mono_ns());
	assert_true(stamp_mono_ns() <= system_ns(CLOCK_MONOTONIC));
	/* whoever sets the clock meanwhile is forgiven a minute */
	assert_true(llabs(now.wall_us - wall_us) < 60 * SECOND_US);
}

static void utc_is_read_as_it_was_written(void **state)
{
	static const struct {
		const char *text;
		int64_t us; /* -1: it is none */
	} rows[] = {
		{ "2026-01-02T03:04:05.678901Z", INT64_C(1767323045678901) },
		{ "2026-01-02T03:04:05Z", INT64_C(1767323045000000) },
		{ "2026-01-02T03:04:05.5Z", INT64_C(1767323045500000) },
		{ "2026-01-02T03:04:05.1234567Z", INT64_C(1767323045123456) },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2026-02-30T03:04:05Z", -1 },
		{ "2026-13-01T03:04:05Z", -1 },
		{ "2026-01-02T24:04:05Z", -1 },
		{ "2026-01-02T03:04:05", -1 },
		{ "2026-01-02 03:04:05Z", -1 },
		{ "2026-01-02T03:04:05+01:00", -1 },
		{ "26-01-02T03:04:05Z", -1 },
		{ "2026-01-02T03:04:05Zx", -1 },
		{ "", -1 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t us = -1;
		bool is_read = stamp_parse_utc(rows[i].text,
		                               strlen(rows[i].text), &us);
		if (is_read != (rows[i].us >= 0) || us != rows[i].us)
			fail_msg("%s: %lld", rows[i].text, (long long)us);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utc_is_written_to_the_microsecond),
		cmocka_unit_test(the_clock_is_of_the_users_zone),
		cmocka_unit_test(the_clock_can_tell_milliseconds),
		cmocka_unit_test(a_date_and_a_day_are_of_the_users_zone),
		cmocka_unit_test(a_day_of_another_clock_change_is_shorter),
		cmocka_unit_test(utc_does_not_know_the_users_zone),
		cmocka_unit_test(utc_is_read_as_it_was_written),
		cmocka_unit_test(a_span_is_as_fine_as_it_is_short),
		cmocka_unit_test(the_two_clocks_are_the_systems),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
