/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as other programs write them down. */

#include <sockchat/quote.h>

#include "unit.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void check(enum quote_form form, const char *bytes, size_t len,
                  const char *expected)
{
	struct bytes out = { 0 };
	assert_int_equal(
	    quote_append(&out, form, (const uint8_t *)bytes, len), 0);
	assert_string_equal(bytes_text(&out), expected);
	bytes_finish(&out);
}

#define CHECK(form, text, expected) \
	check(form, text, sizeof(text) - 1, expected)

static void as_text_bytes_stay_as_they_are(void **state)
{
	(void)state;
	CHECK(QUOTE_TEXT, "a\033[1m\r\n", "a\033[1m\r\n");
}

static void the_hex_command_takes_what_is_quoted_as_hex(void **state)
{
	(void)state;
	CHECK(QUOTE_HEX, "he\n\xff", "68 65 0a ff");
	CHECK(QUOTE_HEX, "", "");
}

static void a_c_literal_has_neither_trigraphs_nor_long_escapes(void **state)
{
	(void)state;
	CHECK(QUOTE_C, "a\"b\\\r\n\t", "\"a\\\"b\\\\\\r\\n\\t\"");
	CHECK(QUOTE_C, "\0017\xff" "f", "\"\\0017\\377f\"");
	CHECK(QUOTE_C, "?\?=?\?\?", "\"?\\?=?\\?\\?\"");
}

static void a_python_literal_is_as_repr_has_it(void **state)
{
	(void)state;
	CHECK(QUOTE_PYTHON, "a\"b\\\r\n\t\x7f\xec",
	      "b'a\"b\\\\\\r\\n\\t\\x7f\\xec'");
	CHECK(QUOTE_PYTHON, "it's", "b\"it's\"");
	CHECK(QUOTE_PYTHON, "'\"", "b'\\'\"'");
}

static void base64_is_padded(void **state)
{
	(void)state;
	CHECK(QUOTE_BASE64, "", "");
	CHECK(QUOTE_BASE64, "f", "Zg==");
	CHECK(QUOTE_BASE64, "fo", "Zm8=");
	CHECK(QUOTE_BASE64, "foobar", "Zm9vYmFy");
	CHECK(QUOTE_BASE64, "\xff\xfe\xfd\xfc", "//79/A==");
}

static void a_shell_line_sends_the_bytes(void **state)
{
	static const struct {
		const char *bytes, *endpoint, *line;
	} rows[] = {
		{ "GET / HTTP/1.0\r\n\r\n", "127.0.0.1:9999",
		  "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | sockchat connect "
		  "127.0.0.1:9999" },
		{ "-n 100% it's\x01" "1", "[::1]:80",
		  "printf '\\055n 100%% it'\\''s\\0011' | sockchat connect "
		  "'[::1]:80'" },
		{ "", "it's", "printf '' | sockchat connect 'it'\\''s'" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes out = { 0 };
		assert_int_equal(
		    quote_append_shell(&out, (const uint8_t *)rows[i].bytes,
		                       strlen(rows[i].bytes),
		                       rows[i].endpoint), 0);
		assert_string_equal(bytes_text(&out), rows[i].line);
		bytes_finish(&out);
	}
}

static void a_text_over_the_ceiling_is_refused(void **state)
{
	struct bytes out = { .max = 5 };
	(void)state;
	for (enum quote_form i = 0; i < QUOTE_COUNT; i++)
		assert_int_equal(quote_append(
		    &out, i, (const uint8_t *)"more than five", 14), -1);
	bytes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_text_bytes_stay_as_they_are),
		cmocka_unit_test(the_hex_command_takes_what_is_quoted_as_hex),
		cmocka_unit_test(
		    a_c_literal_has_neither_trigraphs_nor_long_escapes),
		cmocka_unit_test(a_python_literal_is_as_repr_has_it),
		cmocka_unit_test(base64_is_padded),
		cmocka_unit_test(a_shell_line_sends_the_bytes),
		cmocka_unit_test(a_text_over_the_ceiling_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
