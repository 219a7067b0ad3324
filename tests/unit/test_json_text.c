/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* JSON of strangers: judged, and cut into tokens. */

#include <sockchat/bytes.h>
#include <sockchat/json_cut.h>
#include <sockchat/json_judge.h>

#include "unit.h"

static enum json_verdict judge(const char *text, size_t len,
                               struct json_fault *fault)
{
	/* no byte longer, so that a sanitizer sees who reads on */
	uint8_t *exact = malloc(len ? len : 1);
	assert_non_null(exact);
	memcpy(exact, text, len);
	enum json_verdict verdict = json_judge(exact, len, fault);
	free(exact);
	return verdict;
}

/* Lay the tokens out, two spaces for each level. */
static const char *indented(const char *text, size_t len)
{
	static struct bytes out;
	struct json_place place = { 0 };
	struct json_token t;
	bytes_clear(&out);
	for (size_t at = 0; at < len; at += t.len) {
		json_cut(&place, &t, (const uint8_t *)text + at, len - at);
		assert_true(t.len && t.len <= len - at);
		if (t.begins_row)
			bytes_printf(&out, "\n%*s", (int)t.depth * 2, "");
		if (t.has_space)
			bytes_append_byte(&out, ' ');
		if (!t.is_hidden)
			bytes_append(&out, text + at, t.len);
	}
	assert_int_equal(place.depth, 0);
	return bytes_text(&out);
}

static void assert_indented(const char *text, const char *as)
{
	struct json_fault fault;
	assert_int_equal(judge(text, strlen(text), &fault), JSON_GOOD);
	assert_string_equal(indented(text, strlen(text)), as);
}

static void members_stand_in_rows_of_their_own(void **state)
{
	(void)state;
	assert_indented("{\"a\":1,\"b\":[true,null],\"c\":{}}",
	                "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ],"
	                "\n  \"c\": {}\n}");
	assert_indented("[]", "[]");
	assert_indented("[[ ] ,\r\n\t{ } ]", "[\n  [],\n  {}\n]");
}

static void numbers_escapes_order_and_repeated_names_stay(void **state)
{
	(void)state;
	assert_indented("{\"b\":1.0E+2,\"a\":-0,\"b\":12345678901234567890123}",
	                "{\n  \"b\": 1.0E+2,\n  \"a\": -0,\n"
	                "  \"b\": 12345678901234567890123\n}");
	assert_indented("[\"\\u00e9\\/ {,:}  \\\"\\\\\",\"\xc3\xa9\"]",
	                "[\n  \"\\u00e9\\/ {,:}  \\\"\\\\\",\n"
	                "  \"\xc3\xa9\"\n]");
}

static void values_side_by_side_stand_below_each_other(void **state)
{
	(void)state;
	assert_indented("{\"a\":1}{\"b\":2}[3]",
	                "{\n  \"a\": 1\n}\n{\n  \"b\": 2\n}\n[\n  3\n]");
	assert_indented("[1] 2 \"x\",null", "[\n  1\n]\n2\n\"x\",\nnull");
}

static void white_space_behind_the_value_stays(void **state)
{
	(void)state;
	assert_indented(" {} \r\n", "{} \r\n");
	assert_indented("[] , \n", "[], \n");
}

static void what_begins_otherwise_is_left_alone(void **state)
{
	static const char *const texts[] = { "", " ", "1", "\"{}\"", "x{}",
		                             "true", "\xef\xbb\xbf{}" };
	struct json_fault fault;
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(judge(texts[i], strlen(texts[i]), &fault),
		                 JSON_OTHER);
}

struct wrong {
	const char *text;
	enum json_verdict verdict;
	size_t at;
	const char *expected;
};

#define ESCAPE "an escape that JSON has (\\n, \\u0041)"

static void a_fault_has_a_place_and_says_what_should_be_there(void **state)
{
	static const struct wrong list[] = {
		{ "{\"a\" 1}", JSON_BROKEN, 5, "a colon" },
		{ "{\"a\":}", JSON_BROKEN, 5, "a value" },
		{ "{a:1}", JSON_BROKEN, 1, "a name in quotes or }" },
		{ "{\"a\":1,}", JSON_BROKEN, 7, "a name in quotes" },
		{ "{\"a\":1]", JSON_BROKEN, 6, "a comma or }" },
		{ "[1 2]", JSON_BROKEN, 3, "a comma or ]" },
		{ "[1,]", JSON_BROKEN, 3, "a value" },
		{ "[,]", JSON_BROKEN, 1, "a value or ]" },
		{ "[01]", JSON_BROKEN, 2, "a comma or ]" },
		{ "[1.]", JSON_BROKEN, 3, "a digit" },
		{ "[-]", JSON_BROKEN, 2, "a digit" },
		{ "[1e+]", JSON_BROKEN, 4, "a digit" },
		{ "[nul]", JSON_BROKEN, 1, "a value or ]" },
		{ "[NaN]", JSON_BROKEN, 1, "a value or ]" },
		{ "{} x", JSON_BROKEN, 3, "the end or another value" },
		{ "{}}", JSON_BROKEN, 2, "the end or another value" },
		{ "[\"\\q\"]", JSON_BROKEN, 2, ESCAPE },
		{ "[\"\\u12g4\"]", JSON_BROKEN, 2, ESCAPE },
		{ "[\"a\nb\"]", JSON_BROKEN, 3,
		  "no control character, but its escape" },
		{ "[1,[2],", JSON_UNFINISHED, 7, "a value" },
		{ "[1", JSON_UNFINISHED, 2, "a comma or ]" },
		{ "{", JSON_UNFINISHED, 1, "a name in quotes or }" },
		{ "[\"a", JSON_UNFINISHED, 3, "a closing quote" },
		{ "[\"\\", JSON_UNFINISHED, 3, ESCAPE },
		{ "[\"\\u00", JSON_UNFINISHED, 6, ESCAPE },
		{ "[tr", JSON_UNFINISHED, 3, "true" },
		{ "[1.", JSON_UNFINISHED, 3, "a digit" },
	};
	struct json_fault fault;
	(void)state;
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		const struct wrong *w = &list[i];
		fault.expected = "nothing";
		if (judge(w->text, strlen(w->text), &fault) != w->verdict)
			fail_msg("%s", w->text);
		assert_int_equal(fault.at, w->at);
		assert_string_equal(fault.expected, w->expected);
	}
	assert_int_equal(judge("[\"\0\"]", 5, &fault), JSON_BROKEN);
	assert_int_equal(fault.at, 2);
}

static void a_hundred_thousand_levels_are_no_trouble(void **state)
{
	enum { LEVELS = 100000 };
	char *text = malloc(2 * LEVELS);
	struct json_fault fault;
	struct json_place place = { 0 };
	struct json_token t;
	(void)state;
	assert_non_null(text);
	memset(text, '[', LEVELS);
	memset(text + LEVELS, ']', LEVELS);
	assert_int_equal(judge(text, 2 * LEVELS, &fault), JSON_GOOD);
	assert_int_equal(judge(text, LEVELS, &fault), JSON_UNFINISHED);
	for (size_t i = 0; i < 2 * LEVELS; i++)
		json_cut(&place, &t, (uint8_t *)text + i, 2 * LEVELS - i);
	assert_int_equal(place.depth, 0);
	free(text);
}

/* Cut a long token of `each`, and insist that no piece is too long or begins a
 * row. */
static void assert_pieces(const char *before, const char *each,
                          const char *after)
{
	struct bytes text = { 0 };
	struct json_place place = { 0 };
	struct json_token t;
	struct json_fault fault;
	size_t rows = 0, most = 0;
	bytes_append_text(&text, before);
	while (text.len < 50000)
		bytes_append_text(&text, each);
	bytes_append_text(&text, after);
	assert_int_equal(json_judge(text.data, text.len, &fault), JSON_GOOD);
	for (size_t at = 0; at < text.len; at += t.len) {
		json_cut(&place, &t, text.data + at, text.len - at);
		rows += t.begins_row;
		most = t.len > most ? t.len : most;
		assert_true((text.data[at] & 0xc0) != 0x80);
	}
	assert_int_equal(rows, 3);
	assert_true(most > 1 && most <= 3 * JSON_TOKEN_MAX);
	bytes_finish(&text);
}

static void a_long_token_comes_in_pieces(void **state)
{
	(void)state;
	assert_pieces("[\"", "abc", "\",1]");
	assert_pieces("[\"", "\\\"", "\",1]");
	assert_pieces("[\"", "\xec\x95\x88", "\",1]");
	assert_pieces("[1", "1", ",1]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_stand_in_rows_of_their_own),
		cmocka_unit_test(numbers_escapes_order_and_repeated_names_stay),
		cmocka_unit_test(values_side_by_side_stand_below_each_other),
		cmocka_unit_test(white_space_behind_the_value_stays),
		cmocka_unit_test(what_begins_otherwise_is_left_alone),
		cmocka_unit_test(
		    a_fault_has_a_place_and_says_what_should_be_there),
		cmocka_unit_test(a_hundred_thousand_levels_are_no_trouble),
		cmocka_unit_test(a_long_token_comes_in_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
