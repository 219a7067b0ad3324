/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A writer of JSON, one object a line, that no terminal can be moved by. */

#include <locale.h>

#include <sockchat/json.h>
#include <sockchat/utf8.h>

#include "unit.h"

static void assert_text(const char *value, size_t len, const char *written)
{
	struct bytes out = { 0 };
	struct json j;

	json_begin(&j, &out);
	json_bytes(&j, "t", (const uint8_t *)value, len);
	assert_int_equal(json_end(&j), 0);
	/* {"t":"…"} and a newline */
	assert_int_equal(out.len, strlen(written) + 9);
	assert_memory_equal(out.data + 6, written, strlen(written));
	bytes_finish(&out);
}

#define TEXT(value, written) assert_text(value, sizeof(value) - 1, written)

static void an_object_is_a_line(void **state)
{
	struct bytes out = { 0 };
	struct json j;

	(void)state;
	json_begin(&j, &out);
	assert_int_equal(json_end(&j), 0);
	json_begin(&j, &out);
	json_text(&j, "a", "b");
	json_number(&j, "n", UINT64_MAX);
	json_bool(&j, "yes", true);
	json_bool(&j, "no", false);
	json_bytes(&j, "empty", NULL, 0);
	json_base64(&j, "raw", (const uint8_t *)"\xff", 1);
	assert_int_equal(json_end(&j), 0);
	assert_string_equal(bytes_text(&out),
	                    "{}\n"
	                    "{\"a\":\"b\",\"n\":18446744073709551615,"
	                    "\"yes\":true,\"no\":false,\"empty\":\"\","
	                    "\"raw\":\"/w==\"}\n");
	bytes_finish(&out);
}

static void plain_text_is_itself(void **state)
{
	(void)state;
	TEXT("a 'b' /~", "a 'b' /~");
	TEXT("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80",
	     "\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
}

static void characters_that_json_forbids_are_escaped(void **state)
{
	(void)state;
	TEXT("a\"b\\c", "a\\\"b\\\\c");
	TEXT("\b\f\n\r\t", "\\b\\f\\n\\r\\t");
	TEXT("\0\033\x1f", "\\u0000\\u001b\\u001f");
}

static void characters_that_move_a_terminal_are_escaped(void **state)
{
	(void)state;
	TEXT("\x7f\xc2\x80\xc2\x9b\xc2\x9f", "\\u007f\\u0080\\u009b\\u009f");
	TEXT("\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8d\xef\xbb\xbf",
	     "\\u202e\\u2066\\u200d\\ufeff");
	TEXT("\xe2\x80\xa8\xe2\x80\xa9\xc2\xad", "\\u2028\\u2029\\u00ad");
	TEXT("e\xcc\x81", "e\\u0301");
}

static void a_character_above_the_basic_plane_is_two_units(void **state)
{
	(void)state;
	TEXT("\xf3\xa0\x80\x81", "\\udb40\\udc01");
	TEXT("\xf4\x8f\xbf\xbf", "\\udbff\\udfff");
}

static void no_line_contains_a_control_character(void **state)
{
	struct bytes out = { 0 };
	struct json j;

	(void)state;
	json_begin(&j, &out);
	for (uint32_t cp = 0; cp < 0x110000; cp++) {
		uint8_t bytes[4];
		size_t len = utf8_encode(bytes, cp);
		bytes_clear(&out);
		json_bytes(&j, "c", bytes, len);
		for (size_t i = 0; i < out.len; i++)
			if (out.data[i] < ' ' || out.data[i] == 0x7f)
				fail_msg("U+%04X", cp);
		assert_true(utf8_is_valid(out.data, out.len));
	}
	assert_false(j.failed);
	bytes_finish(&out);
}

static void base64_is_filled_up_with_equals_signs(void **state)
{
	/* RFC 4648, 10 */
	static const char *const rows[] = {
		"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes out = { 0 };
		struct json j;
		char line[32];
		json_begin(&j, &out);
		json_base64(&j, "b", (const uint8_t *)"foobar", i);
		assert_int_equal(json_end(&j), 0);
		snprintf(line, sizeof(line), "{\"b\":\"%s\"}\n", rows[i]);
		assert_string_equal(bytes_text(&out), line);
		bytes_finish(&out);
	}
}

static void hex_has_two_digits_for_each_byte(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x1f, 0xab, 0xff };
	struct bytes out = { 0 };
	struct json j;

	(void)state;
	json_begin(&j, &out);
	json_hex(&j, "x", bytes, sizeof(bytes));
	json_hex(&j, "y", bytes, 0);
	assert_int_equal(json_end(&j), 0);
	assert_string_equal(bytes_text(&out),
	                    "{\"x\":\"001fabff\",\"y\":\"\"}\n");
	bytes_finish(&out);
}

static void base64_has_all_its_digits(void **state)
{
	static const uint8_t bytes[] = { 0xfb, 0xff, 0xbf, 0x00, 0x10, 0x83 };
	struct bytes out = { 0 };
	struct json j;

	(void)state;
	json_begin(&j, &out);
	json_base64(&j, "b", bytes, sizeof(bytes));
	assert_int_equal(json_end(&j), 0);
	assert_string_equal(bytes_text(&out), "{\"b\":\"+/+/ABCD\"}\n");
	bytes_finish(&out);
}

static void bytes_that_are_not_utf8_are_escaped_in_the_text(void **state)
{
	(void)state;
	TEXT("a\xffz", "a\\\\xffz");
	TEXT("\xed\xa0\x80\xc0\xaf\xf5", "\\\\xed\\\\xa0\\\\x80"
	                                 "\\\\xc0\\\\xaf\\\\xf5");
	TEXT("\xec\x95", "\\\\xec\\\\x95");
	for (int byte = 0x80; byte <= 0xff; byte++) {
		char written[8];
		snprintf(written, sizeof(written), "\\\\x%02x", byte);
		assert_text((const char[]){ (char)byte }, 1, written);
	}
}

static void without_room_the_object_fails(void **state)
{
	struct json j;

	(void)state;
	/* {"a":1,"t":"\u001b"} and a newline: 21 bytes */
	for (size_t max = 1; max <= 21; max++) {
		struct bytes out;
		bytes_init(&out, max);
		json_begin(&j, &out);
		json_number(&j, "a", 1);
		json_text(&j, "t", "\033");
		assert_int_equal(json_end(&j), max < 21 ? -1 : 0);
		bytes_finish(&out);
	}
}

static int in_utf8(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_a_line),
		cmocka_unit_test(plain_text_is_itself),
		cmocka_unit_test(characters_that_json_forbids_are_escaped),
		cmocka_unit_test(characters_that_move_a_terminal_are_escaped),
		cmocka_unit_test(
		    a_character_above_the_basic_plane_is_two_units),
		cmocka_unit_test(no_line_contains_a_control_character),
		cmocka_unit_test(base64_is_filled_up_with_equals_signs),
		cmocka_unit_test(base64_has_all_its_digits),
		cmocka_unit_test(hex_has_two_digits_for_each_byte),
		cmocka_unit_test(
		    bytes_that_are_not_utf8_are_escaped_in_the_text),
		cmocka_unit_test(without_room_the_object_fails),
	};
	return cmocka_run_group_tests(tests, in_utf8, NULL);
}
