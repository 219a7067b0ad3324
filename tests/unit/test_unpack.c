/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Fields of binary data in the notation of Python's struct. */

#include <locale.h>

#include <sockchat/unpack.h>

#include "unit.h"

static void assert_row(const char *format, const void *payload, size_t len,
                       const char *row)
{
	struct bytes out = { 0 };
	/* no byte longer, so that a sanitizer sees who reads on */
	uint8_t *exact = malloc(len + !len);
	assert_non_null(exact);
	memcpy(exact, payload, len);
	assert_int_equal(unpack_text(&out, format, exact, len, NULL), 0);
	assert_string_equal(bytes_text(&out), row);
	free(exact);
	bytes_finish(&out);
}

#define ROW(format, payload, row)                                              \
	assert_row(format, payload, sizeof(payload) - 1, row)

static void assert_refused(const char *format, const char *sentence)
{
	struct error e = { 0 };
	assert_int_equal(unpack_check(format, strlen(format), &e), -1);
	assert_string_equal(e.text, sentence);
}

static void fields_have_names_and_the_rest_is_a_string(void **state)
{
	(void)state;
	ROW(">H:type 16s:name *:rest",
	    "\0\3abc\0\0\0\0\0\0\0\0\0\0\0\0\0say \"hi\"\r\n",
	    "type=3 name=\"abc\" rest=\"say \\\"hi\\\"\\r\\n\"");
	ROW(" <H:a\tb:b ", "\1\2\xff", "a=513 b=-1");
	ROW("*", "", "field1=\"\"");
}

static void fields_without_a_name_are_counted(void **state)
{
	(void)state;
	ROW(">B x H:b B", "\1\0\0\2\3", "field1=1 b=2 field3=3");
	ROW("<2xB", "..\1", "field1=1");
}

static void a_count_makes_a_list_and_of_strings_the_length(void **state)
{
	(void)state;
	ROW(">3H:words 2s", "\0\1\0\2\0\3ab", "words=1,2,3 field2=\"ab\"");
	ROW("4c:magic", "RIFF", "magic=\"R\",\"I\",\"F\",\"F\"");
	ROW("0s:empty 0H B", "\7", "empty=\"\" field2=7");
}

static void a_pascal_string_tells_its_length(void **state)
{
	(void)state;
	ROW("5p:a 3p:b", "\2xyzz\xc8yz", "a=\"xy\" b=\"yz\"");
	ROW("p:a 0p:b", "\5", "a=\"\" b=\"\"");
}

static void integers_of_all_sizes_are_exact(void **state)
{
	(void)state;
	ROW("<bBhHiI", "\x80\xff\0\x80\xff\xff\0\0\0\x80\xff\xff\xff\xff",
	    "field1=-128 field2=255 field3=-32768 field4=65535 "
	    "field5=-2147483648 field6=4294967295");
	ROW(">qQ", "\x80\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
	    "field1=-9223372036854775808 field2=18446744073709551615");
	ROW("!??", "\0\2", "field1=false field2=true");
}

static void reals_are_told_as_python_tells_them(void **state)
{
	(void)state;
	ROW(">eeee", "\x3c\0\xc0\0\0\1\x7b\xff",
	    "field1=1.0 field2=-2.0 field3=5.9604645e-08 field4=65504.0");
	ROW(">eee", "\x7c\0\xfc\0\x7e\0", "field1=inf field2=-inf field3=nan");
	ROW(">ff", "\x3d\xcc\xcc\xcd\x80\0\0\0", "field1=0.1 field2=-0.0");
	ROW(">d", "\x3f\xb9\x99\x99\x99\x99\x99\x9a", "field1=0.1");
	ROW(">d", "\x40\xf8\x6a\0\0\0\0\0", "field1=100000.0");
	ROW(">d", "\x43\x41\xc3\x79\x37\xe0\x80\0", "field1=1e+16");
	ROW(">d", "\0\0\0\0\0\0\0\1", "field1=5e-324");
}

static void the_compiler_s_sizes_have_its_padding(void **state)
{
	const struct padded { char c; long l; short h; } made = { 'a', -5, 7 };
	char format[] = "@clh";
	(void)state;
	assert_row(format, &made, offsetof(struct padded, h) + sizeof(short),
	           "field1=\"a\" field2=-5 field3=7");
	ROW("@B0i", "\1...", "field1=1");
	ROW("=Bi", "\1\0\0\0\0", "field1=1 field2=0");
	assert_row(format + 1, &made, 1,
	           "field1=\"a\"; byte 8: field2 needs 8 bytes from here, and "
	           "the payload has 1");
}

static void what_does_not_fit_is_told_with_its_place(void **state)
{
	(void)state;
	ROW(">H:type 16s:name", "\0\3abc",
	    "type=3; byte 2: name needs 16 bytes from here, and the payload "
	    "has 5");
	ROW(">H:type", "\0\3abc",
	    "type=3; byte 2: FORMAT ends here, and the payload has 5: add * "
	    "for the rest");
	ROW(">4x", "abc", "byte 0: column 2 of FORMAT needs 4 bytes from here, "
	                  "and the payload has 3");
	ROW("B *", "", "byte 0: field1 needs 1 byte from here, and the payload "
	               "has 0");
	ROW("999999999s 999999999q", "abc",
	    "byte 0: field1 needs 999999999 bytes from here, and the payload "
	    "has 3");
	ROW("900000000000000000s", "abc",
	    "byte 0: field1 needs 900000000000000000 bytes from here, and the "
	    "payload has 3");
}

static void nothing_of_a_string_moves_the_terminal(void **state)
{
	(void)state;
	ROW("*", "\033[2J\xff\xe2\x80\xae",
	    "field1=\"\\e[2J\\xff\\xe2\\x80\\xae\"");
}

static void a_long_row_is_cut(void **state)
{
	static uint8_t payload[9000];
	struct bytes out = { 0 };
	(void)state;
	assert_int_equal(unpack_text(&out, "9000B:all", payload,
	                             sizeof(payload), NULL), 0);
	assert_int_equal(out.len, strlen("all=") + 64 * 2 - 1 + 4);
	bytes_clear(&out);
	memset(payload, 0xff, sizeof(payload));
	assert_int_equal(unpack_text(&out, "200s", payload, 200, NULL), 0);
	assert_int_equal(out.len, strlen("field1=\"\"...") + 160 * 4);
	bytes_clear(&out);
	assert_int_equal(unpack_text(&out, "99s99s99s99s99s99s99s99s99s99s99s*",
	                             payload, sizeof(payload), NULL), 0);
	assert_true(out.len < UNPACK_ROW_MAX);
	assert_true(out.len > UNPACK_ROW_MAX - 100);
	assert_memory_equal(out.data + out.len - 3, "...", 3);
	bytes_finish(&out);
}

static void strings_are_shown_in_their_encoding(void **state)
{
	struct error e;
	struct encoding *enc = encoding_open(ENCODING_CP949, &e);
	struct bytes out = { 0 };
	(void)state;
	assert_non_null(enc);
	assert_int_equal(unpack_text(&out, "*", (const uint8_t *)"\xb0\xa1\xff",
	                             3, enc), 0);
	assert_string_equal(bytes_text(&out), "field1=\"\xea\xb0\x80\\xff\"");
	bytes_finish(&out);
	encoding_close(enc);
}

static void a_format_that_is_none_is_refused_at_its_column(void **state)
{
	(void)state;
	assert_refused(">Hz", "column 3: 'z' is none of the letters x c b B ? "
	               "h H i I l L q Q n N e f d s p and *");
	assert_refused("H>", "column 2: > can only stand at the front");
	assert_refused(">n", "column 2: n has a size only with @ or no sign at "
	               "the front");
	assert_refused("H 16", "column 3: a letter must follow the count "
	               "directly: 16s");
	assert_refused("16 s", "column 1: a letter must follow the count "
	               "directly: 16s");
	assert_refused("H *B", "column 4: nothing can follow *, which is all "
	               "the rest");
	assert_refused("3*", "column 1: * is all the rest, and has no count");
	assert_refused("H :a", "column 3: a name follows its letter: H:type");
	assert_refused("4x:pad", "column 3: there is no value to name");
	assert_refused("0H:a", "column 3: there is no value to name");
	assert_refused("H:a:b", "column 3: a name is 1 to 63 letters, digits, "
	               "_, - and ., and a space follows it");
	assert_refused("H: B", "column 3: a name is 1 to 63 letters, digits, "
	               "_, - and ., and a space follows it");
	assert_refused("H:a\xe2\x80\xae", "column 3: a name is 1 to 63 "
	               "letters, digits, _, - and ., and a space follows it");
	assert_refused("H:a H:a", "column 5: two fields would have the name a");
	assert_refused("H:field2 B", "column 10: two fields would have the "
	               "name field2");
	assert_refused("99999999999999999999s",
	               "column 1: a message cannot have so many bytes");
	assert_refused("900000000000000000q 900000000000000000q",
	               "column 21: a message cannot have so many bytes");
	assert_refused("\033[2J", "column 1: '^[' is none of the letters x c b "
	               "B ? h H i I l L q Q n N e f d s p and *");
}

static void names_may_be_of_any_script(void **state)
{
	(void)state;
	ROW("B:\xec\xa2\x85\xeb\xa5\x98 B:a.b_c-1", "\1\2",
	    "\xec\xa2\x85\xeb\xa5\x98=1 a.b_c-1=2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_have_names_and_the_rest_is_a_string),
		cmocka_unit_test(fields_without_a_name_are_counted),
		cmocka_unit_test(
		    a_count_makes_a_list_and_of_strings_the_length),
		cmocka_unit_test(a_pascal_string_tells_its_length),
		cmocka_unit_test(integers_of_all_sizes_are_exact),
		cmocka_unit_test(reals_are_told_as_python_tells_them),
		cmocka_unit_test(the_compiler_s_sizes_have_its_padding),
		cmocka_unit_test(what_does_not_fit_is_told_with_its_place),
		cmocka_unit_test(nothing_of_a_string_moves_the_terminal),
		cmocka_unit_test(a_long_row_is_cut),
		cmocka_unit_test(strings_are_shown_in_their_encoding),
		cmocka_unit_test(
		    a_format_that_is_none_is_refused_at_its_column),
		cmocka_unit_test(names_may_be_of_any_script),
	};
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
