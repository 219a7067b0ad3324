/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as every number that they could be.  The values are Python's: struct,
 * datetime and int.from_bytes() say the same. */

#include <sockchat/glyph.h>
#include <sockchat/inspect.h>

#include "unit.h"

static struct inspect_row row;

static void find_row(const char *name, const void *bytes, size_t len)
{
	for (size_t i = 0; inspect_row(&row, i, bytes, len, 0); i++)
		if (strcmp(row.name, name) == 0)
			return;
	fail_msg("there is no row %s", name);
}

static void check(const char *name, const void *bytes, size_t len,
                  const char *big, const char *little)
{
	find_row(name, bytes, len);
	assert_string_equal(row.big, big);
	assert_string_equal(row.little, little);
}

#define CHECK(name, bytes, big, little) \
	check(name, bytes, sizeof(bytes) - 1, big, little)

static void integers_have_both_orders(void **state)
{
	(void)state;
	CHECK("u8", "\xfe", "254", "");
	CHECK("i8", "\xfe", "-2", "");
	CHECK("u16", "\x01\x02", "258", "513");
	CHECK("i16", "\xff\xfe", "-2", "-257");
	CHECK("u24", "\x01\x02\x03", "66051", "197121");
	CHECK("u32", "\xff\xfe\xfd\xfc", "4294901244", "4244504319");
	CHECK("i32", "\xff\xfe\xfd\xfc", "-66052", "-50462977");
	CHECK("u64", "\xff\xff\xff\xff\xff\xff\xff\xfe",
	      "18446744073709551614", "18374686479671623679");
	CHECK("i64", "\x80\0\0\0\0\0\0\0", "-9223372036854775808", "128");
}

static void a_float_has_the_digits_that_it_needs(void **state)
{
	(void)state;
	CHECK("float", "\x3d\xcc\xcc\xcd", "0.1", "-4.2949213e+08");
	CHECK("float", "\x7f\x80\0\0", "inf", "4.6096e-41");
	CHECK("double", "\x40\x09\x21\xfb\x54\x44\x2d\x18",
	      "3.141592653589793", "3.207375630676366e-192");
	find_row("float", "\x7f\xc0\0\0", 4);
	assert_non_null(strstr(row.big, "nan"));
}

static void a_varint_tells_how_many_bytes_it_has(void **state)
{
	(void)state;
	CHECK("varint", "\x7f", "127 (1 byte)", "");
	CHECK("varint", "\xac\x02\xff", "300 (2 bytes)", "");
	CHECK("varint", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
	      "18446744073709551615 (10 bytes)", "");
	/* more than 64 bits; not whole; longer than any */
	CHECK("varint", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "-", "");
	CHECK("varint", "\xac", "-", "");
	CHECK("varint", "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", "-",
	      "");
}

static void bits_and_characters_are_shown(void **state)
{
	(void)state;
	CHECK("binary", "\xa5", "10100101", "");
	CHECK("binary", "\x01\x80\xff", "00000001 10000000", "");
	CHECK("char", "A", "A U+0041", "");
	CHECK("char", "\x1b[1m", "^[ U+001B", "");
	CHECK("char", "\xff", "-", "");
	find_row("char", "\xe2\x82\xac", 3);
	assert_non_null(strstr(row.big, "U+20AC"));
}

static void times_are_seconds_and_milliseconds_in_utc(void **state)
{
	(void)state;
	CHECK("time32", "\x6a\x74\x7c\x80", "2026-08-06 12:22:24",
	      "2038-04-23 12:51:54");
	CHECK("time32", "\xff\xff\xff\xff", "2106-02-07 06:28:15",
	      "2106-02-07 06:28:15");
	CHECK("time64", "\xff\xff\xff\xff\xff\xff\xff\xff",
	      "1969-12-31 23:59:59", "1969-12-31 23:59:59");
	CHECK("time64", "\x7f\0\0\0\0\0\0\0", "-", "1970-01-01 00:02:07");
	CHECK("time ms", "\0\0\x01\x8c\xc2\x51\xf4\x05",
	      "2024-01-01 00:00:00.005", "-");
	CHECK("time ms", "\xff\xff\xff\xff\xff\xff\xff\xff",
	      "1969-12-31 23:59:59.999", "1969-12-31 23:59:59.999");
}

static void what_needs_more_bytes_is_told_apart(void **state)
{
	(void)state;
	CHECK("u16", "\x01", "-", "-");
	CHECK("double", "1234567", "-", "-");
	CHECK("u8", "", "-", "");
	CHECK("binary", "", "-", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_have_both_orders),
		cmocka_unit_test(a_float_has_the_digits_that_it_needs),
		cmocka_unit_test(a_varint_tells_how_many_bytes_it_has),
		cmocka_unit_test(bits_and_characters_are_shown),
		cmocka_unit_test(times_are_seconds_and_milliseconds_in_utc),
		cmocka_unit_test(what_needs_more_bytes_is_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
