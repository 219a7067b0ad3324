/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes as people type them. */

#include <sockchat/escape.h>

#include "unit.h"

typedef int parse_fn(struct bytes *out, const char *text, size_t len,
                     struct error *e);

static void assert_parsed(parse_fn *parse, const char *text,
                          const char *bytes, size_t len)
{
	struct bytes out = { 0 };
	struct error e = { 0 };

	if (parse(&out, text, strlen(text), &e))
		fail_msg("%s: %s", text, e.text);
	assert_int_equal(out.len, len);
	if (len)
		assert_memory_equal(out.data, bytes, len);
	bytes_finish(&out);
}

static void assert_refused(parse_fn *parse, const char *text, size_t len,
                           const char *sentence)
{
	struct bytes out = { 0 };
	struct error e = { 0 };
	/* no byte longer, so that a sanitizer sees who reads on */
	char *exact = malloc(len);

	assert_non_null(exact);
	memcpy(exact, text, len);
	assert_int_equal(bytes_append_text(&out, "kept"), 0);
	assert_int_equal(parse(&out, exact, len, &e), -1);
	free(exact);
	assert_string_equal(e.text, sentence);
	assert_string_equal(bytes_text(&out), "kept");
	bytes_finish(&out);
}

#define TEXT(text, bytes)                                                      \
	assert_parsed(escape_parse, text, bytes, sizeof(bytes) - 1)

#define COLUMN_X "\\x needs two hex digits"
#define COLUMN_U "\\u needs a character: \\u{1f600}"
#define COLUMN_BACKSLASH                                                       \
	"a backslash begins \\n \\r \\t \\0 \\e \\xNN \\u{...} \\\" or \\\\"

static void text_without_a_backslash_is_itself(void **state)
{
	(void)state;
	TEXT("", "");
	TEXT("plain \xc3\xa9\xff", "plain \xc3\xa9\xff");
}

static void a_letter_after_a_backslash_is_a_control_character(void **state)
{
	(void)state;
	TEXT("\\n\\r\\t\\0\\e\\\\\\\"", "\n\r\t\0\033\\\"");
	TEXT("a\\r\\nb", "a\r\nb");
	TEXT("\\\\n", "\\n");
	TEXT("\\0a\\0", "\0a\0");
}

static void two_hex_digits_are_a_byte(void **state)
{
	(void)state;
	TEXT("\\x00\\xff\\xAb", "\0\xff\xab");
	TEXT("\\x414", "A4");
}

static void a_code_point_in_braces_is_a_character(void **state)
{
	(void)state;
	TEXT("\\u{41}\\u{e9}\\u{20AC}\\u{1f600}",
	     "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	TEXT("\\u{000041}", "A");
	TEXT("\\u{0}", "\0");
	TEXT("\\u{10ffff}!", "\xf4\x8f\xbf\xbf!");
}

static void an_error_names_its_column(void **state)
{
	static const char *const rows[][2] = {
		{ "\\", "column 1: " COLUMN_BACKSLASH },
		{ "ab\\", "column 3: " COLUMN_BACKSLASH },
		{ "\\q", "column 1: " COLUMN_BACKSLASH },
		{ "\\N", "column 1: " COLUMN_BACKSLASH },
		{ "\\n\xc3\xa9\\1", "column 5: " COLUMN_BACKSLASH },
		{ "123456\\x4", "column 7: " COLUMN_X },
		{ "\\x", "column 1: " COLUMN_X },
		{ "\\xg0", "column 1: " COLUMN_X },
		{ "\\x0g", "column 1: " COLUMN_X },
		{ "\\u", "column 1: " COLUMN_U },
		{ "\\u41", "column 1: " COLUMN_U },
		{ "\\u{", "column 1: " COLUMN_U },
		{ "\\u{}", "column 1: " COLUMN_U },
		{ "\\u{41", "column 1: " COLUMN_U },
		{ "\\u{4g}", "column 1: " COLUMN_U },
		{ "\\u{d800}", "column 1: " COLUMN_U },
		{ "\\u{110000}", "column 1: " COLUMN_U },
		{ "\\u{0000041}", "column 1: " COLUMN_U },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(escape_parse, rows[i][0], strlen(rows[i][0]),
		               rows[i][1]);
	assert_refused(escape_parse, "\\\0", 2, "column 1: " COLUMN_BACKSLASH);
}

static void a_nul_before_a_digit_is_refused_as_ambiguous(void **state)
{
	static const char *const rows[][2] = {
		{ "\\033[A",
		  "column 1: \\033 is ambiguous: write \\x1b if it is octal, "
		  "\\x0033 if it is NUL and 33" },
		{ "a\\012",
		  "column 2: \\012 is ambiguous: write \\x0a if it is octal, "
		  "\\x0012 if it is NUL and 12" },
		{ "\\01234",
		  "column 1: \\012 is ambiguous: write \\x0a if it is octal, "
		  "\\x0012 if it is NUL and 12" },
		{ "\\00",
		  "column 1: \\00 is ambiguous: write \\x00 if it is octal, "
		  "\\x000 if it is NUL and 0" },
		{ "\\08",
		  "column 1: \\0 before a digit is ambiguous: write \\x00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(escape_parse, rows[i][0], strlen(rows[i][0]),
		               rows[i][1]);
	assert_refused(escape_parse, "\\0123", 3,
	               "column 1: \\01 is ambiguous: write \\x01 if it is "
	               "octal, \\x001 if it is NUL and 1");
}

static void nothing_is_read_behind_the_end(void **state)
{
	(void)state;
	assert_refused(escape_parse, "\\x41", 3, "column 1: " COLUMN_X);
	assert_refused(escape_parse, "\\n", 1, "column 1: " COLUMN_BACKSLASH);
	assert_refused(escape_parse, "\\u{41}", 5, "column 1: " COLUMN_U);
}

static void what_does_not_fit_is_removed_again(void **state)
{
	struct bytes out;
	struct error e;

	(void)state;
	bytes_init(&out, 3);
	assert_int_equal(escape_parse(&out, "ab\\n\\n", 6, &e), -1);
	assert_string_equal(e.code, "EMSGSIZE");
	assert_int_equal(out.len, 0);
	bytes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_without_a_backslash_is_itself),
		cmocka_unit_test(
		    a_letter_after_a_backslash_is_a_control_character),
		cmocka_unit_test(two_hex_digits_are_a_byte),
		cmocka_unit_test(a_code_point_in_braces_is_a_character),
		cmocka_unit_test(an_error_names_its_column),
		cmocka_unit_test(a_nul_before_a_digit_is_refused_as_ambiguous),
		cmocka_unit_test(nothing_is_read_behind_the_end),
		cmocka_unit_test(what_does_not_fit_is_removed_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
