/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Values as people type them, written as fields. */

#include <sockchat/unpack.h>

#include "unit.h"

static void assert_packed(const char *text, const void *bytes, size_t len)
{
	struct bytes out = { 0 };
	struct error e = { 0 };
	if (pack_parse(&out, text, strlen(text), &e))
		fail_msg("%s: %s", text, e.text);
	assert_int_equal(out.len, len);
	if (len)
		assert_memory_equal(out.data, bytes, len);
	bytes_finish(&out);
}

static void assert_refused(const char *text, const char *sentence)
{
	struct bytes out = { 0 };
	struct error e = { 0 };
	assert_int_equal(bytes_append_text(&out, "kept"), 0);
	assert_int_equal(pack_parse(&out, text, strlen(text), &e), -1);
	assert_string_equal(e.text, sentence);
	assert_string_equal(bytes_text(&out), "kept");
	bytes_finish(&out);
}

#define PACK(text, bytes) assert_packed(text, bytes, sizeof(bytes) - 1)

static void values_become_fields(void **state)
{
	(void)state;
	PACK(">HI 3 500", "\0\3\0\0\1\xf4");
	PACK("<HI 3 500", "\3\0\xf4\1\0\0");
	PACK("\">H:type 8s:name *:rest\" 3 abc \"d e\\r\\n\"",
	     "\0\3abc\0\0\0\0\0d e\r\n");
	PACK("'B x B' 1 2", "\1\0\2");
	PACK(">2H  1   0xffff ", "\0\1\xff\xff");
	PACK(">", "");
	PACK("", "");
}

static void strings_are_bare_or_in_quotes_and_have_escapes(void **state)
{
	(void)state;
	PACK("* a\\x20b\\u{e9}", "a b\xc3\xa9");
	PACK("* \"say \\\"hi\\\" \\\\\"", "say \"hi\" \\");
	PACK("* 'it is \"so\"'", "it is \"so\"");
	PACK("* \"\"", "");
	PACK("4s4sc ab \"\" \\0", "ab\0\0\0\0\0\0\0");
	PACK("6p3p abc \"\"", "\3abc\0\0\0\0\0");
	PACK("0s0p2c \"\" \"\" a b", "ab");
}

static void integers_may_have_a_sign_and_be_hex(void **state)
{
	(void)state;
	PACK("<bBhq -128 +255 -0x8000 -9223372036854775808",
	     "\x80\xff\0\x80\0\0\0\0\0\0\0\x80");
	PACK("<Q 18446744073709551615", "\xff\xff\xff\xff\xff\xff\xff\xff");
	PACK("<??? true False 1", "\1\0\1");
}

static void reals_are_rounded_to_the_nearest_even(void **state)
{
	(void)state;
	PACK(">eee 1 -2.5 65519", "\x3c\0\xc1\0\x7b\xff");
	PACK(">eeee 5.9604644775390625e-08 2.9e-8 3e-8 0",
	     "\0\1\0\0\0\1\0\0");
	PACK(">ee 1.00048828125 1.00146484375", "\x3c\0\x3c\2");
	PACK(">ff 0.1 -0.0", "\x3d\xcc\xcc\xcd\x80\0\0\0");
	PACK(">d 1e-3", "\x3f\x50\x62\x4d\xd2\xf1\xa9\xfc");
	PACK(">eef nan inf -inf", "\x7e\0\x7c\0\xff\x80\0\0");
}

static void the_compiler_s_padding_is_zeros(void **state)
{
	const struct made { char c; long l; } made = { 'a', 5 };
	uint8_t padded[sizeof(made)] = { 'a' };
	(void)state;
	memcpy(padded + offsetof(struct made, l), &made.l, sizeof(long));
	assert_packed("cl a 5", padded, sizeof(padded));
	PACK("@B0i 1", "\1\0\0\0");
	PACK("=Bi 1 0", "\1\0\0\0\0");
}

static void what_cannot_be_packed_names_the_value(void **state)
{
	(void)state;
	assert_refused(">HB 3 256", "value 2: '256' is not an integer from 0 "
	               "to 255, which B needs");
	assert_refused(">b:level -129", "value 1 (level): '-129' is not an "
	               "integer from -128 to 127, which b needs");
	assert_refused(">q 9223372036854775808", "value 1: "
	               "'9223372036854775808' is not an integer from "
	               "-9223372036854775808 to 9223372036854775807, which q "
	               "needs");
	assert_refused("Q 18446744073709551616", "value 1: "
	               "'18446744073709551616' is not an integer from 0 to "
	               "18446744073709551615, which Q needs");
	assert_refused("B 1.5", "value 1: '1.5' is not an integer from 0 to "
	               "255, which B needs");
	assert_refused("B 0x", "value 1: '0x' is not an integer from 0 to 255, "
	               "which B needs");
	assert_refused("B 1\\0", "value 1: '' is not an integer from 0 to 255, "
	               "which B needs");
	assert_refused("? 2", "value 1: '2' is not true or false, which ? "
	                      "needs");
	assert_refused("f x", "value 1: 'x' is not a number, which f needs");
	assert_refused("f 1e39", "value 1: 1e39 is over 3.4028235e+38, the "
	               "largest for f");
	assert_refused("e -65520", "value 1: -65520 is over 65504, the "
	               "largest for e");
	assert_refused("c ab", "value 1: it has 2 bytes, and this c needs 1");
	assert_refused("4s hello", "value 1: it has 5 bytes, and this s needs "
	               "at most 4");
	assert_refused("4p:a four", "value 1 (a): it has 4 bytes, and this p "
	               "needs at most 3");
	assert_refused("p a", "value 1: it has 1 byte, and this p needs at "
	               "most 0");
	assert_refused("0p a", "value 1: it has 1 byte, and this p needs at "
	               "most 0");
	assert_refused("s \\q", "value 1: column 1: a backslash begins \\n \\r "
	               "\\t \\0 \\e \\xNN \\u{...} \\\" or \\\\");
}

static void too_few_and_too_many_values_are_counted(void **state)
{
	(void)state;
	assert_refused("\">H I:size *:rest\" 3 500", "value 3 (rest): it is "
	               "missing: FORMAT needs 3");
	assert_refused("16000000B 1", "value 2: it is missing: FORMAT needs "
	               "16000000");
	assert_refused(">H 3 500 7", "value 2 is too many: FORMAT needs 1");
	assert_refused("4x 1", "value 1 is too many: FORMAT needs 0");
}

static void a_format_must_be_one(void **state)
{
	(void)state;
	assert_refused("z 1", "FORMAT: column 1: 'z' is none of the letters x "
	               "c b B ? h H i I l L q Q n N e f d s p and *");
	assert_refused("\">H 1", "FORMAT: a quote is not closed");
	assert_refused("\">H\"1", "FORMAT: a space must follow the closing "
	               "quote");
}

static void what_is_packed_is_bounded(void **state)
{
	(void)state;
	assert_refused("999999999s a", "FORMAT needs 999999999 bytes, more "
	               "than 16 MiB");
	assert_refused("9999999999x", "FORMAT needs 9999999999 bytes, more "
	               "than 16 MiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_become_fields),
		cmocka_unit_test(
		    strings_are_bare_or_in_quotes_and_have_escapes),
		cmocka_unit_test(integers_may_have_a_sign_and_be_hex),
		cmocka_unit_test(reals_are_rounded_to_the_nearest_even),
		cmocka_unit_test(the_compiler_s_padding_is_zeros),
		cmocka_unit_test(what_cannot_be_packed_names_the_value),
		cmocka_unit_test(too_few_and_too_many_values_are_counted),
		cmocka_unit_test(a_format_must_be_one),
		cmocka_unit_test(what_is_packed_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
