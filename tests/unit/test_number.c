/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Numbers as users write them, and as they are shown. */

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include <sockchat/number.h>

#include "unit.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void a_number_must_fill_the_whole_string(void **state)
{
	static const char *const bad[] = {
		"", " 1", "1 ", "+1", "-1", "1a", "a", "0x1", "1.0", "\xd9\xa1",
	};
	long value = 42;

	(void)state;
	assert_true(number_parse("0", 0, 9, &value));
	assert_int_equal(value, 0);
	assert_true(number_parse("0000080", 1, 65535, &value));
	assert_int_equal(value, 80);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (number_parse(bad[i], 0, 9, &value))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(value, 80);
}

static void a_number_is_within_its_limits(void **state)
{
	long value = 42;

	(void)state;
	assert_false(number_parse("0", 1, 65535, &value));
	assert_false(number_parse("65536", 1, 65535, &value));
	assert_false(number_parse("99999", 1, 65535, &value));
	assert_int_equal(value, 42);
	assert_true(number_parse("1", 1, 65535, &value));
	assert_int_equal(value, 1);
	assert_true(number_parse("65535", 1, 65535, &value));
	assert_int_equal(value, 65535);
	assert_true(number_parse("3", -5, 5, &value));
	assert_int_equal(value, 3);
	assert_false(number_parse("3", -5, -1, &value));
}

static void no_digit_of_a_great_number_is_lost(void **state)
{
	long value = 42;
	size_t bytes = 42;
	char greatest[32];

	(void)state;
	snprintf(greatest, sizeof(greatest), "%ld", LONG_MAX);
	assert_true(number_parse(greatest, 0, LONG_MAX, &value));
	assert_true(value == LONG_MAX);
	assert_false(number_parse("18446744073709551616", 0, LONG_MAX, &value));
	assert_false(number_parse("18446744073709551617", 0, LONG_MAX, &value));
	assert_false(number_parse("99999999999999999999999", 0, LONG_MAX,
	                          &value));
	assert_false(number_parse_size("99999999999999999999999", &bytes));
	assert_int_equal(bytes, 42);
}

struct amount {
	const char *text;
	int64_t value;
};

static void a_duration_has_a_unit_or_is_in_seconds(void **state)
{
	static const struct amount rows[] = {
		{ "0", 0 },          { "2", 2000 },      { "1.5", 1500 },
		{ "2s", 2000 },      { "500ms", 500 },   { "2m", 120000 },
		{ "1h", 3600000 },   { "0.5h", 1800000 }, { ".25", 250 },
		{ "1.5ms", 2 },      { "240h", 864000000 },
		{ "0.1234567890123s", 124 },
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!number_parse_duration(rows[i].text, &ms))
			fail_msg("%s was refused", rows[i].text);
		if (ms != rows[i].value)
			fail_msg("%s is %ld ms", rows[i].text, (long)ms);
	}
}

static void a_short_duration_is_rounded_up_to_a_millisecond(void **state)
{
	static const char *const rows[] = { "0.0001", "0.001ms", "0.00000001",
		                            "0.0000000000000000001ms" };
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(number_parse_duration(rows[i], &ms));
		if (ms != 1)
			fail_msg("%s is %ld ms", rows[i], (long)ms);
	}
	assert_true(number_parse_duration("0.00000000000", &ms));
	assert_int_equal(ms, 0);
}

static void a_word_that_is_no_duration_is_refused(void **state)
{
	static const char *const bad[] = {
		"",     ".",    "s",     ".s",   "-1",      "1 s",    "1d",
		"1..5", "1,5",  "1e3",   "1S",   "1sm",     "inf",    "nan",
		"241h", "240.1h", "864000.001", "99999999999999999999999",
	};
	int64_t ms = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (number_parse_duration(bad[i], &ms))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(ms, 42);
}

static void a_bare_number_may_be_two_times_and_is_refused(void **state)
{
	struct error e;
	int64_t ms = 42;

	(void)state;
	assert_int_equal(number_parse_time("10", &ms, &e), -1);
	assert_string_equal(e.text, "10 ms or 10 s? write 10ms or 10s");
	assert_int_equal(number_parse_time("1.5", &ms, &e), -1);
	assert_int_equal(number_parse_time("241h", &ms, &e), -1);
	assert_string_equal(e.text, "'241h' is not a time (at most 10 days): "
	                            "50ms, 1.5s, 2m");
	assert_int_equal(number_parse_time("", &ms, &e), -1);
	assert_int_equal(ms, 42);
	assert_int_equal(number_parse_time("10ms", &ms, &e), 0);
	assert_int_equal(ms, 10);
	assert_int_equal(number_parse_time("0", &ms, &e), 0);
	assert_int_equal(ms, 0);
}

static void a_size_has_steps_of_1024(void **state)
{
	static const struct amount rows[] = {
		{ "0", 0 },           { "4096", 4096 },    { "64k", 65536 },
		{ "64K", 65536 },     { "1KiB", 1024 },    { "64M", 64 << 20 },
		{ "1m", 1 << 20 },    { "2MiB", 2 << 20 }, { "1G", 1 << 30 },
		{ "1g", 1 << 30 },    { "1GiB", 1 << 30 },
	};
	size_t bytes;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!number_parse_size(rows[i].text, &bytes))
			fail_msg("%s was refused", rows[i].text);
		if (bytes != (size_t)rows[i].value)
			fail_msg("%s is %zu", rows[i].text, bytes);
	}
}

static void a_word_that_is_no_size_is_refused(void **state)
{
	static const char *const bad[] = { "",   "k",   "1.5k", "-1",   "1 k",
		                           "1kb", "1T", "1kk", "0x10",
		                           "99999999999G" };
	size_t bytes = 42;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (number_parse_size(bad[i], &bytes))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(bytes, 42);
}

static void a_size_is_shown_in_nine_characters(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 B" },
		{ 7, "7 B" },
		{ 1023, "1023 B" },
		{ 1024, "1.0 KiB" },
		{ 1258291, "1.2 MiB" },
		{ 1023897, "999.9 KiB" },
		{ 1023949, "1.0 MiB" }, /* and not 1000.0 KiB */
		{ UINT64_C(1) << 40, "1.0 TiB" },
		{ UINT64_MAX, "16.0 EiB" },
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		number_format_size(text, rows[i].bytes);
		assert_string_equal(text, rows[i].text);
	}
	for (uint64_t n = 1; n; n += n / 7 + 1) {
		number_format_size(text, n);
		assert_between(strlen(text), 3, 9);
		if (n > UINT64_MAX - n / 7 - 1)
			break;
	}
}

static void digits_end_where_they_are_wanted(void **state)
{
	static const uint64_t values[] = { 0, 7, 10, 123456, UINT64_MAX };
	char text[NUMBER_DIGITS_MAX + 1] = "", wanted[NUMBER_DIGITS_MAX + 1];
	char *end = text + NUMBER_DIGITS_MAX;

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		snprintf(wanted, sizeof(wanted), "%" PRIu64, values[i]);
		assert_string_equal(number_format_digits(end, values[i], 1),
		                    wanted);
		snprintf(wanted, sizeof(wanted), "%06" PRIu64, values[i]);
		assert_string_equal(number_format_digits(end, values[i], 6),
		                    wanted);
	}
	assert_string_equal(number_format_digits(end, 0, 0), "");
}

static void an_integer_may_have_a_sign_and_64_bits(void **state)
{
	static const struct {
		const char *text;
		bool is_negative;
		uint64_t value;
	} good[] = {
		{ "0", false, 0 }, { "+12", false, 12 }, { "-0007", true, 7 },
		{ "0xFf", false, 255 }, { "-0x10", true, 16 },
		{ "18446744073709551615", false, UINT64_MAX },
	};
	static const char *const bad[] = {
		"", "-", "0x", "--1", "1 ", " 1", "1.0", "a", "0b1", "1f",
		"18446744073709551616", "0x10000000000000000",
		"99999999999999999999999",
	};
	bool is_negative;
	uint64_t value;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(number_parse_integer(good[i].text, &is_negative,
		                                 &value));
		assert_int_equal(is_negative, good[i].is_negative);
		assert_int_equal(value, good[i].value);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(number_parse_integer(bad[i], &is_negative,
		                                  &value));
}

static void a_real_must_fill_the_whole_string(void **state)
{
	double value;

	(void)state;
	assert_true(number_parse_real("-1.5e3", &value));
	assert_true(value == -1500);
	assert_true(number_parse_real("inf", &value) && value > 1e308);
	assert_true(number_parse_real("NaN", &value) && value != value);
	assert_false(number_parse_real("", &value));
	assert_false(number_parse_real(" 1", &value));
	assert_false(number_parse_real("1,5", &value));
}

static void a_real_has_the_fewest_digits_that_tell_it(void **state)
{
	static const struct {
		double value;
		bool is_single;
		const char *text;
	} rows[] = {
		{ 0.1, false, "0.1" }, { 3, false, "3.0" },
		{ -0.0, false, "-0.0" }, { 1e22, false, "1e+22" },
		{ 1e15, false, "1000000000000000.0" }, { 1e-5, false, "1e-05" },
		{ 0.0001, false, "0.0001" }, { 1234.5, false, "1234.5" },
		{ 0.1f, false, "0.10000000149011612" }, { 0.1f, true, "0.1" },
		{ 1.7976931348623157e308, false, "1.7976931348623157e+308" },
		{ -5e-324, false, "-5e-324" },
	};
	char text[NUMBER_FLOAT_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		number_format_float(text, rows[i].value, rows[i].is_single);
		assert_string_equal(text, rows[i].text);
	}
}

static void a_number_of_bytes_is_said_exactly(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{ 0, "0 bytes" },          { 1, "1 byte" },
		{ 1000, "1000 bytes" },    { 1024, "1 KiB" },
		{ 1025, "1025 bytes" },    { 16 << 20, "16 MiB" },
		{ UINT64_C(3) << 40, "3072 GiB" },
		{ UINT64_MAX, "18446744073709551615 bytes" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[NUMBER_BYTES_MAX];
		number_format_bytes(text, rows[i].bytes);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_of_bytes_is_said_exactly),
		cmocka_unit_test(a_number_must_fill_the_whole_string),
		cmocka_unit_test(a_number_is_within_its_limits),
		cmocka_unit_test(no_digit_of_a_great_number_is_lost),
		cmocka_unit_test(a_duration_has_a_unit_or_is_in_seconds),
		cmocka_unit_test(
		    a_short_duration_is_rounded_up_to_a_millisecond),
		cmocka_unit_test(a_word_that_is_no_duration_is_refused),
		cmocka_unit_test(a_bare_number_may_be_two_times_and_is_refused),
		cmocka_unit_test(a_size_has_steps_of_1024),
		cmocka_unit_test(a_word_that_is_no_size_is_refused),
		cmocka_unit_test(a_size_is_shown_in_nine_characters),
		cmocka_unit_test(digits_end_where_they_are_wanted),
		cmocka_unit_test(an_integer_may_have_a_sign_and_64_bits),
		cmocka_unit_test(a_real_must_fill_the_whole_string),
		cmocka_unit_test(a_real_has_the_fewest_digits_that_tell_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
