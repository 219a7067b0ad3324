/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* UTF-8, strictly: the well-formed sequences of RFC 3629 and no others. */

#include <sockchat/utf8.h>

#include "unit.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static int decode(const uint8_t *bytes, size_t len)
{
	uint32_t cp = 0;
	return utf8_decode(bytes, len, &cp);
}

static bool is_character(uint32_t cp)
{
	return cp < 0xd800 || (cp > 0xdfff && cp <= 0x10ffff);
}

static void every_character_is_decoded_as_it_was_encoded(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110001; cp++) {
		uint8_t bytes[4];
		uint32_t again = 0;
		size_t len = utf8_encode(bytes, cp);
		if (!len != !is_character(cp))
			fail_msg("U+%04X has %zu bytes", cp, len);
		if (len && (utf8_decode(bytes, len, &again) != (int)len ||
		            again != cp))
			fail_msg("U+%04X became U+%04X", cp, again);
	}
}

static void every_beginning_of_a_character_is_incomplete(void **state)
{
	(void)state;
	for (uint32_t cp = 0x80; cp <= 0x10ffff; cp++) {
		uint8_t bytes[4];
		size_t len = utf8_encode(bytes, cp);
		for (size_t n = 1; n < len; n++)
			if (decode(bytes, n) != UTF8_INCOMPLETE ||
			    utf8_unfinished(bytes, n) != n)
				fail_msg("%zu bytes of U+%04X", n, cp);
		if (utf8_unfinished(bytes, len))
			fail_msg("U+%04X is not finished", cp);
	}
}

static void ill_formed_bytes_are_bad(void **state)
{
	static const char *const bad[] = {
		"\x80",         "\xbf",             "\xc0\x80", "\xc1\xbf",
		"\xc2\x41",     "\xe0\x80\x80",     "\xe0\x9f\xbf",
		"\xe2\x28\xa1", "\xe2\x82\x28",     "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xf0\x9f\x98\x28", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
		"\xfe",         "\xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const uint8_t *bytes = (const uint8_t *)bad[i];
		if (decode(bytes, strlen(bad[i])) != UTF8_BAD)
			fail_msg("row %zu was taken", i);
		assert_false(utf8_is_valid(bytes, strlen(bad[i])));
	}
}

static void a_beginning_that_no_byte_can_complete_is_bad_at_once(void **state)
{
	(void)state;
	assert_int_equal(decode(BYTES("\xe0\x80")), UTF8_BAD);
	assert_int_equal(decode(BYTES("\xed\xa0")), UTF8_BAD);
	assert_int_equal(decode(BYTES("\xf4\x90")), UTF8_BAD);
	assert_int_equal(decode(BYTES("\xe0\xa0")), UTF8_INCOMPLETE);
	assert_int_equal(decode(BYTES("\xf4\x8f")), UTF8_INCOMPLETE);
}

static void a_failure_leaves_the_character_untouched(void **state)
{
	uint32_t cp = 42;

	(void)state;
	assert_int_equal(utf8_decode(BYTES("\xe2\x82"), &cp), UTF8_INCOMPLETE);
	assert_int_equal(utf8_decode(BYTES("\xff"), &cp), UTF8_BAD);
	assert_int_equal(cp, 42);
}

static void text_is_valid_only_as_a_whole(void **state)
{
	(void)state;
	assert_true(utf8_is_valid(NULL, 0));
	assert_true(utf8_is_valid(BYTES("a\0\xc3\xa9\xe2\x82\xac\xf0\x9f\x98"
	                                "\x80")));
	assert_false(utf8_is_valid(BYTES("a\xc3")));
	assert_false(utf8_is_valid(BYTES("\xc3\xa9\xff z")));
	assert_true(utf8_is_valid(BYTES("more than sixteen\0 bytes \xc3\xa9")));
	assert_false(utf8_is_valid(BYTES("more than sixteen\0 bytes \xc3z")));
}

static void only_a_character_at_the_end_can_be_unfinished(void **state)
{
	(void)state;
	assert_int_equal(utf8_unfinished(NULL, 0), 0);
	assert_int_equal(utf8_unfinished(BYTES("ab")), 0);
	assert_int_equal(utf8_unfinished(BYTES("ab\xf0\x9f\x98")), 3);
	assert_int_equal(utf8_unfinished(BYTES("\xc3\xa9\xe2")), 1);
	assert_int_equal(utf8_unfinished(BYTES("\xe2z")), 0);
	assert_int_equal(utf8_unfinished(BYTES("\xff")), 0);
	assert_int_equal(utf8_unfinished(BYTES("\x80\x80\x80")), 0);
	assert_int_equal(utf8_unfinished(BYTES("\xe0\x80")), 0);
}

static void plain_bytes_are_counted_up_to_the_first_other(void **state)
{
	uint8_t bytes[50];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (size_t len = 0; len <= sizeof(bytes); len++)
		assert_int_equal(utf8_plain(bytes, len, 'a', 0), len);
	for (int byte = 0; byte < 256; byte++)
		for (size_t at = 0; at < sizeof(bytes); at++) {
			bool is_plain = byte >= ' ' && byte <= '~' &&
			                byte != '"' && byte != '/';
			bytes[at] = (uint8_t)byte;
			assert_int_equal(
			    utf8_plain(bytes, sizeof(bytes), '"', '/'),
			    is_plain ? sizeof(bytes) : at);
			bytes[at] = 'x';
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_decoded_as_it_was_encoded),
		cmocka_unit_test(every_beginning_of_a_character_is_incomplete),
		cmocka_unit_test(ill_formed_bytes_are_bad),
		cmocka_unit_test(
		    a_beginning_that_no_byte_can_complete_is_bad_at_once),
		cmocka_unit_test(a_failure_leaves_the_character_untouched),
		cmocka_unit_test(text_is_valid_only_as_a_whole),
		cmocka_unit_test(only_a_character_at_the_end_can_be_unfinished),
		cmocka_unit_test(plain_bytes_are_counted_up_to_the_first_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
