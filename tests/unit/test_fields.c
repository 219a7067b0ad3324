/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The fields of messages: a row below them, and members of their JSON. */

#include <sockchat/format.h>

#include "wrap_scene.h"

#define IN(literal) message(literal, sizeof(literal) - 1, ENTRY_COMPLETE)

static struct wrap_look look_of(const char *in, const char *out)
{
	return (struct wrap_look){
		.time = TIME_OFF, .endings = true, .unpack = { in, out },
	};
}

static void assert_written(enum format format, const struct wrap_look *look,
                           const struct entry *e, size_t from,
                           const char *wanted)
{
	struct bytes out = { 0 };
	assert_int_equal(format_entry(&out, format, look, e, from), 0);
	assert_string_equal(bytes_text(&out), wanted);
	bytes_finish(&out);
}

/* Check what stands in JSON behind what all messages have. */
static void assert_members(const char *unpack, enum encode encode,
                           const struct entry *e, const char *wanted)
{
	struct wrap_look look = look_of(unpack, NULL);
	struct bytes out = { 0 };
	look.encode = encode;
	assert_int_equal(format_entry(&out, FORMAT_JSON, &look, e, 0), 0);
	const char *members = strstr(bytes_text(&out), "true,\"fields\"");
	assert_non_null(members);
	assert_string_equal(members + 5, wanted);
	bytes_finish(&out);
}

static void fields_stand_in_a_row_below_the_message(void **state)
{
	const struct wrap_look look = look_of(">H:type *:rest", "");
	const struct entry e = IN("\0\3abc");
	(void)state;
	assert_written(FORMAT_TEXT, &look, &e, 0,
	               "< ^@^Cabc\n  type=3 rest=\"abc\"\n");
	assert_written(FORMAT_TEXT, &look, &e, 3,
	               "< bc\n  type=3 rest=\"abc\"\n");
	assert_written(FORMAT_BYTES, &look, &e, 2, "abc");
}

static void each_direction_has_fields_of_its_own(void **state)
{
	const struct wrap_look look = look_of("B:in", "B:out");
	struct entry e = IN("\1");
	(void)state;
	assert_written(FORMAT_TEXT, &look, &e, 0, "< ^A\n  in=1\n");
	e.dir = ENTRY_OUT;
	assert_written(FORMAT_TEXT, &look, &e, 0, "> ^A\n  out=1\n");
}

static void only_whole_messages_have_fields(void **state)
{
	const struct wrap_look look = look_of("*", "*");
	struct entry e = message("ab", 2, 0);
	(void)state;
	assert_written(FORMAT_TEXT, &look, &e, 0, "< ab\n");
	e.kind = ENTRY_NOTE;
	e.dir = ENTRY_NO_DIR;
	e.flags = ENTRY_COMPLETE;
	assert_written(FORMAT_TEXT, &look, &e, 0, "* ab\n");
}

static void fields_are_those_of_the_payload(void **state)
{
	const struct wrap_look look = look_of("B:kind *:rest", NULL);
	struct entry e = IN("\7\0\2ab\n");
	(void)state;
	e.prefix_at = 1;
	e.prefix = 2;
	e.suffix = 1;
	assert_written(FORMAT_TEXT, &look, &e, 0,
	               "< ^G^@^Bab\\n\n  kind=7 rest=\"ab\"\n");
}

/* All parts of a message are before the row. */
static void fields_follow_the_last_part_of_a_message(void **state)
{
	static const struct entry_part parts[] = { { 1, true, 2000000 } };
	struct wrap_look look = look_of("*:all", NULL);
	struct entry e = IN("ab");
	(void)state;
	look.time = TIME_START;
	e.parts = parts;
	e.part_count = 1;
	assert_written(FORMAT_TEXT, &look, &e, 0,
	               "0.000000 < a\n   2.000 < b\n           all=\"ab\"\n");
}

static void a_row_of_fields_is_dim_and_wrapped_at_spaces(void **state)
{
	struct wrap_settings s = {
		.columns = 11, .row_count = SIZE_MAX,
		.look = look_of("B:a B:bcd *:efgh", NULL),
	};
	const struct entry e = IN("\1\2hi\033");
	static struct page p;
	(void)state;
	for (s.look.view = 0; s.look.view < VIEW_COUNT; s.look.view++) {
		memset(&p, 0, sizeof(p));
		p.rows = wrap_entry(&e, &s, put_run, &p);
		assert_int_equal(p.rows, wrap_entry(&e, &s, NULL, NULL));
		assert_string_equal(p.row[p.rows - 2], "a=1 bcd=2");
		assert_string_equal(p.styles[p.rows - 2], "fffffffff");
		assert_string_equal(p.row[p.rows - 1], "efgh=\"hi\\e\"");
	}
}

static void a_map_of_other_fields_is_not_used(void **state)
{
	static char bytes[WRAP_MAP_MIN];
	const struct entry e = message(bytes, sizeof(bytes), ENTRY_COMPLETE);
	struct wrap_map map = { 0 };
	struct wrap_settings s = {
		.columns = 80, .row_count = SIZE_MAX, .map = &map,
		.look = look_of("B:a 4095x", NULL),
	};
	(void)state;
	s.look.view = VIEW_HEX;
	size_t rows = wrap_entry(&e, &s, NULL, NULL);
	s.look.unpack[0] = "100B *";
	assert_true(wrap_entry(&e, &s, NULL, NULL) > rows);
	s.look.unpack[0] = "4096x"; /* there is nothing to tell */
	assert_int_equal(wrap_entry(&e, &s, NULL, NULL), rows - 1);
	wrap_map_finish(&map);
}

static void json_has_exact_numbers_and_lists(void **state)
{
	const struct entry e = IN("\xff\xff\xff\xff\xff\xff\xff\xff"
	                          "\x80\0\0\0\0\0\0\0\1\0\1\0\2"
	                          "\x3d\xcc\xcc\xcd\x80\0");
	(void)state;
	assert_members(">Q:big q:low ?:is 2H:both f e:zero", ENCODE_AUTO, &e,
	               "\"fields\":{\"big\":18446744073709551615,"
	               "\"low\":-9223372036854775808,\"is\":true,"
	               "\"both\":[1,2],\"field5\":0.10000000149011612,"
	               "\"zero\":-0.0}}\n");
}

static void json_has_words_for_numbers_that_are_none(void **state)
{
	const struct entry e = IN("\x7e\0\x7c\0\xfc\0");
	(void)state;
	assert_members(">3e:x", ENCODE_AUTO, &e,
	               "\"fields\":{\"x\":[\"NaN\",\"Infinity\","
	               "\"-Infinity\"]}}\n");
}

static void json_has_bytes_as_text_or_says_what_they_are(void **state)
{
	const struct entry e = IN("a\0\xff\"");
	(void)state;
	assert_members("2s:a s:b *:c", ENCODE_AUTO, &e,
	               "\"fields\":{\"a\":\"a\\u0000\",\"b\":{\"hex\":"
	               "\"ff\"},\"c\":\"\\\"\"}}\n");
	assert_members("2s:a 2c:b", ENCODE_BASE64, &e,
	               "\"fields\":{\"a\":{\"base64\":\"YQA=\"},"
	               "\"b\":[{\"base64\":\"/w==\"},{\"base64\":\"Ig==\"}]}}"
	               "\n");
	assert_members("4s:a", ENCODE_HEX, &e,
	               "\"fields\":{\"a\":{\"hex\":\"6100ff22\"}}}\n");
}

static void json_says_what_does_not_fit(void **state)
{
	const struct entry e = IN("\1abc");
	(void)state;
	assert_members(">B:n I:size", ENCODE_AUTO, &e,
	               "\"fields\":{\"n\":1},\"fields_error\":\"byte 1: size "
	               "needs 4 bytes from here, and the payload has 4\"}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_stand_in_a_row_below_the_message),
		cmocka_unit_test(each_direction_has_fields_of_its_own),
		cmocka_unit_test(only_whole_messages_have_fields),
		cmocka_unit_test(fields_are_those_of_the_payload),
		cmocka_unit_test(fields_follow_the_last_part_of_a_message),
		cmocka_unit_test(a_row_of_fields_is_dim_and_wrapped_at_spaces),
		cmocka_unit_test(a_map_of_other_fields_is_not_used),
		cmocka_unit_test(json_has_exact_numbers_and_lists),
		cmocka_unit_test(json_has_words_for_numbers_that_are_none),
		cmocka_unit_test(json_has_bytes_as_text_or_says_what_they_are),
		cmocka_unit_test(json_says_what_does_not_fit),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
