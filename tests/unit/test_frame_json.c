/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* JSON values are messages, whatever stands between them. */

#include "frame_scene.h"

static void values_on_lines_are_messages_with_their_line_ends(void **state)
{
	(void)state;
	SCENE("json", CAME("{\"a\":1}\n"), CAME("[1,2]\r\n"), CAME("\"x\"\n"),
	      CAME("true\n"), CAME("-1.5e+3 \n"));
}

static void values_that_are_glued_together_are_told_apart(void **state)
{
	(void)state;
	SCENE("json", CAME("{\"a\":{}}"), CAME("{}"), CAME("[[],[]]"),
	      CAME("\"a\""), CAME("\"b\""), CAME("true"), CAME("false"),
	      CAME("null"), CAME("12"), CAME("-3"), CAME("[]"), CAME("0.5"),
	      CAME("{}"));
}

static void a_value_over_many_lines_is_one_message(void **state)
{
	(void)state;
	SCENE("json", CAME("{\n  \"a\": [\n    1,\n    null\n  ]\n}\n"),
	      CAME("\n\n [\n]"), CAME("7\n"));
}

static void commas_and_record_separators_stand_between(void **state)
{
	(void)state;
	SCENE("json", CAME("{},"), CAME("{} , \n"), CAME(",1,"), CAME("2\n"));
	SCENE("json", CAME("\x1e{}\n"), CAME("\x1e[1]\n"));
	SCENE("json", CAME("{}\x1e"), CAME("{\"type\":6}\x1e"));
}

static void brackets_and_quotes_within_strings_mean_nothing(void **state)
{
	(void)state;
	SCENE("json", CAME("{\"}\":\"]\\\"}\\\\\"}"), CAME("\"\\\\\""),
	      CAME("[\"\\u0022\",\"\xc3\xa9\xff\"]"), CAME("\"{\"\n"));
}

static void a_byte_order_mark_stands_before_the_first_value(void **state)
{
	(void)state;
	SCENE("json", CAME("\xef\xbb\xbf{}\n"), CAME("{}\n"));
	WRONG("json", "{}\n\xef\xbb\xbf{}\n", FRAME_NOT_IT);
	WRONG("json", "\xef{}\n\xbb", FRAME_NOT_IT);
}

static void what_is_no_value_is_wrong(void **state)
{
	(void)state;
	WRONG("json", "hello\n", FRAME_NOT_IT);
	WRONG("json", "{}\n}", FRAME_NOT_IT);
	WRONG("json", "nonsense", FRAME_NOT_IT);
	WRONG("json", "truex", FRAME_NOT_IT);
	WRONG("json", "1.x", FRAME_NOT_IT);
	WRONG("json", "-\n", FRAME_NOT_IT);
	WRONG("json", "{\"a\":1]", FRAME_NOT_IT);
	WRONG("json", "[1;2]", FRAME_NOT_IT);
	WRONG("json", "[\"a\0b\"]", FRAME_NOT_IT);
	WRONG("json", "\x16\x03\x01", FRAME_NOT_IT);
}

/* More brackets than are remembered. */
static void nesting_has_no_limit(void **state)
{
	enum { DEPTH = 5000 };
	static char text[2 * DEPTH + 2];
	const struct said said[] = { { false, text, 2 * DEPTH }, CAME("[1]") };
	(void)state;
	for (size_t i = 0; i < DEPTH; i++) {
		text[i] = i % 3 ? '[' : '{';
		text[2 * DEPTH - 1 - i] = i % 3 ? ']' : '}';
	}
	scene_check("json", said, 2);
	text[DEPTH] ^= '{' ^ '[';
	scene_wrong("json", &(struct said){ false, text, DEPTH + 1 },
	            FRAME_NOT_IT);
}

static void the_end_makes_numbers_whole(void **state)
{
	(void)state;
	ENDS("json", "12", true);
	ENDS("json", "1.5e3", true);
	ENDS("json", "-", false);
	ENDS("json", "1.", false);
	ENDS("json", "[1", false);
	ENDS("json", "\"a", false);
	ENDS("json", "tru", false);
	ENDS("json", "\n \n", true);
}

static void a_value_is_told_before_its_line_ends(void **state)
{
	struct frame_scene sc;
	(void)state;
	scene_begin(&sc, "json");
	struct frame_cut c =
	    frame_cut(&sc.frame, &sc.in, (const uint8_t *)"{} ", 3);
	assert_int_equal(c.status, FRAME_WHOLE);
	assert_true(sc.in.now.is_soft);
	c = frame_cut(&sc.frame, &sc.in, (const uint8_t *)"\n{", 2);
	assert_int_equal(c.status, FRAME_WHOLE);
	assert_int_equal(c.len, 1);
	assert_int_equal(sc.in.now.len, 4);
	assert_false(sc.in.now.is_soft);
}

static void a_value_over_the_limit_is_wrong(void **state)
{
	static uint8_t text[5000] = "[";
	(void)state;
	memset(text + 1, ' ', sizeof(text) - 1);
	for (size_t piece = 1; piece <= sizeof(text); piece += 333) {
		struct frame_scene sc;
		struct frame_cut c = { .status = FRAME_MORE };
		scene_begin(&sc, "json");
		sc.frame.max = 4096;
		for (size_t at = 0; c.status == FRAME_MORE; at += c.len)
			c = frame_cut(&sc.frame, &sc.in, text + at, piece);
		assert_int_equal(sc.in.now.wrong, FRAME_TOO_LONG);
		assert_int_equal(sc.in.now.value, 4096);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    values_on_lines_are_messages_with_their_line_ends),
		cmocka_unit_test(values_that_are_glued_together_are_told_apart),
		cmocka_unit_test(a_value_over_many_lines_is_one_message),
		cmocka_unit_test(commas_and_record_separators_stand_between),
		cmocka_unit_test(
		    brackets_and_quotes_within_strings_mean_nothing),
		cmocka_unit_test(
		    a_byte_order_mark_stands_before_the_first_value),
		cmocka_unit_test(what_is_no_value_is_wrong),
		cmocka_unit_test(nesting_has_no_limit),
		cmocka_unit_test(the_end_makes_numbers_whole),
		cmocka_unit_test(a_value_is_told_before_its_line_ends),
		cmocka_unit_test(a_value_over_the_limit_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
