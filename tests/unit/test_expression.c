/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which messages an expression matches, and where its groups are. */

#include <sockchat/bytes.h>
#include <sockchat/expression.h>

#include "unit.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define TEXT(text) text, sizeof(text) - 1

static struct expression *made(const char *text)
{
	struct error e;
	size_t at;
	struct expression *x = expression_new(text, strlen(text), &at, &e);
	if (!x)
		fail_msg("%s: %s", text, e.text);
	return x;
}

struct row {
	const char *expression, *bytes;
	size_t len;
	bool is_whole, is_within;
};

static void check(const struct row *row)
{
	struct expression *x = made(row->expression);
	const uint8_t *bytes = (const uint8_t *)row->bytes;
	enum expression_found whole = expression_whole(x, bytes, row->len);
	enum expression_found within = expression_search(x, bytes, row->len);
	if (whole != (row->is_whole ? EXPRESSION_FOUND : EXPRESSION_NONE) ||
	    within != (row->is_within ? EXPRESSION_FOUND : EXPRESSION_NONE))
		fail_msg("%s in \"%s\": %d %d", row->expression, row->bytes,
		         whole, within);
	expression_free(x);
}

static void check_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&rows[i]);
}

static void a_message_matches_from_its_first_byte_to_its_last(void **state)
{
	static const struct row rows[] = {
		{ "hello", TEXT("hello"), true, true },
		{ "hello", TEXT("hello\n"), false, true },
		{ "hello", TEXT("hello!"), false, true },
		{ "hello", TEXT("Hello"), false, false },
		{ "(?i)hello", TEXT("HELLO"), true, true },
		{ "a|ab", TEXT("ab"), true, true },
		{ "a+?", TEXT("aaa"), true, true },
		{ "a*", TEXT(""), true, true },
		{ "", TEXT(""), true, true },
		{ "", TEXT("x"), false, true },
		{ "a.*b\\r\\n", TEXT("axb\r\n"), true, true },
		{ "a.b", TEXT("a\nb"), false, false },
		{ "(?s)a.b", TEXT("a\nb"), true, true },
		{ "(?m)^b$", TEXT("a\nb\nc"), false, true },
		{ "a\\nb", TEXT("a\nb"), true, true },
		{ "b", TEXT("a\nb"), false, true },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void a_byte_that_is_not_utf8_is_a_character(void **state)
{
	static const struct row rows[] = {
		{ "..", TEXT("\uc548\uc548"), true, true },
		{ "..", TEXT("\uc548\xff"), true, true },
		{ "\uc548\\xff", TEXT("\uc548\xff"), true, true },
		{ "\\xff\\x00.", TEXT("\xff\0\xfe"), true, true },
		{ "\\x00+", TEXT("\0\0\0"), true, true },
		{ "[\\x80-\\xff]{3}", TEXT("\x80\x90\xff"), true, true },
		{ "(?s).*end", TEXT("\xe2\x82\xe2\x82\xac" "end"), true, true },
		{ "\\xe2\\x82\u20ac", TEXT("\xe2\x82\xe2\x82\xac"), true,
		  true },
		{ "\u00e9", TEXT("\xc3\xa9"), true, true },
		{ "\\w+", TEXT("\xc3\xa9\u00e8"), true, true },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void two_bytes_are_a_character_by_chance_only_in_text(void **state)
{
	static const struct row rows[] = {
		{ "\\x01.{4}", TEXT("\x01\xc3\xa9\0\0"), true, true },
		{ "\\x01.{3}", TEXT("\x01\xc3\xa9\0\0"), true, true },
		{ "\\x00\\xc3(.)\\xff", TEXT("\0\xc3\xa9\xff"), true, true },
		{ ".{2}", TEXT("\xc3\xa9"), false, false },
		{ ".{3}\r\n", TEXT("\xc3\xa9\t\r\n"), false, false },
		{ "\\x01.{5}", TEXT("\x01\xc3\xa9\0\0"), false, false },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void check_group(struct expression *x, size_t n, size_t at, size_t len)
{
	size_t its_at = SIZE_MAX, its_len = SIZE_MAX;
	assert_true(expression_group(x, n, &its_at, &its_len));
	assert_int_equal(its_at, at);
	assert_int_equal(its_len, len);
}

static void groups_are_told_by_their_places_in_the_message(void **state)
{
	struct expression *x = made("(.)(?<two>b+)(x)?(.*)");
	size_t at, len;
	(void)state;
	assert_int_equal(expression_groups(x), 4);
	assert_int_equal(expression_whole(x, (const uint8_t *)"abb\xff!", 5),
	                 EXPRESSION_FOUND);
	check_group(x, 4, 3, 2);
	check_group(x, 0, 0, 5);
	check_group(x, 1, 0, 1);
	check_group(x, 2, 1, 2);
	assert_false(expression_group(x, 3, &at, &len));
	assert_false(expression_group(x, 5, &at, &len));
	assert_int_equal(expression_search(x, (const uint8_t *)"\xff\xff" "b",
	                                   3), EXPRESSION_FOUND);
	check_group(x, 1, 1, 1);
	check_group(x, 2, 2, 1);
	check_group(x, 4, 3, 0);
	expression_free(x);
	x = made("(?s)\\x00(..)(.)");
	assert_int_equal(expression_whole(x, (const uint8_t *)"\0\xc3\xa9z", 4),
	                 EXPRESSION_FOUND);
	check_group(x, 1, 1, 2);
	check_group(x, 2, 3, 1);
	expression_free(x);
}

static void names_are_told_with_the_numbers_of_their_groups(void **state)
{
	struct expression *x = made("(?J)(?<a>x)|(?<a>y)(?<bc>z)");
	size_t group;
	(void)state;
	assert_string_equal(expression_name(x, 0, &group), "a");
	assert_int_equal(group, 1);
	assert_string_equal(expression_name(x, 1, &group), "a");
	assert_int_equal(group, 2);
	assert_string_equal(expression_name(x, 2, &group), "bc");
	assert_int_equal(group, 3);
	assert_null(expression_name(x, 3, &group));
	expression_free(x);
}

static void it_is_told_how_far_a_message_fits(void **state)
{
	static const struct {
		const char *expression, *bytes;
		size_t len, fits;
	} rows[] = {
		{ "token=([0-9a-f]+)\\r\\n", TEXT("token=12x4\r\n"), 8 },
		{ "token=([0-9a-f]+)\\r\\n", TEXT("tokem=12\r\n"), 4 },
		{ "token=([0-9a-f]+)\\r\\n", TEXT("token=12"), 8 },
		{ "token=([0-9a-f]+)\\r\\n", TEXT("token=12\r\n!"), 10 },
		{ "a", TEXT("b"), 0 },
		{ "a", TEXT(""), 0 },
		{ "\\xff\uc548.c", TEXT("\xff\uc548\xfe" "d"), 5 },
		{ "\uc548\ub155", TEXT("\uc548\ub154"), 3 },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct expression *x = made(rows[i].expression);
		size_t fits = expression_fits(
		    x, (const uint8_t *)rows[i].bytes, rows[i].len);
		if (fits != rows[i].fits)
			fail_msg("row %zu: %zu", i, fits);
		expression_free(x);
	}
}

/* The message with X in place of all that is found in it. */
static void check_all_found(const char *expression, const char *bytes,
                            size_t len, const char *with, size_t with_len)
{
	struct expression *x = made(expression);
	struct bytes out = { 0 };
	size_t done = 0, at = 0, group_len = 0;
	enum expression_found found =
	    expression_search(x, (const uint8_t *)bytes, len);
	for (; found == EXPRESSION_FOUND; found = expression_next(x)) {
		assert_true(expression_group(x, 0, &at, &group_len));
		assert_int_equal(bytes_append(&out, bytes + done, at - done),
		                 0);
		assert_int_equal(bytes_append_byte(&out, 'X'), 0);
		done = at + group_len;
	}
	assert_int_equal(found, EXPRESSION_NONE);
	assert_int_equal(bytes_append(&out, bytes + done, len - done), 0);
	if (out.len != with_len || memcmp(out.data, with, with_len) != 0)
		fail_msg("%s: %s", expression, bytes_text(&out));
	bytes_finish(&out);
	expression_free(x);
}

static void all_places_are_found_as_sed_finds_them(void **state)
{
	static const struct {
		const char *expression, *bytes;
		size_t len;
		const char *with;
		size_t with_len;
	} rows[] = {
		{ "a", TEXT("banana"), TEXT("bXnXnX") },
		{ "an", TEXT("banana"), TEXT("bXXa") },
		{ "x*", TEXT("abc"), TEXT("XaXbXcX") },
		{ "a*", TEXT("baaac"), TEXT("XbXcX") },
		{ "", TEXT(""), TEXT("X") },
		{ "^", TEXT("a\nb"), TEXT("Xa\nb") },
		{ "(?m)^", TEXT("a\nb"), TEXT("Xa\nXb") },
		{ "$", TEXT("ab"), TEXT("abX") },
		{ "\\b", TEXT("ab cd"), TEXT("XabX XcdX") },
		{ "(?<=a)b", TEXT("abbab"), TEXT("aXbaX") },
		{ "q*", TEXT("\uc548\ub155"), TEXT("X\uc548X\ub155X") },
		{ "q*", TEXT("\xff\uc548\xfe"),
		  TEXT("X\xff" "X\uc548X\xfe" "X") },
		{ "\\xff", TEXT("a\xff" "b\xff\xff"), TEXT("aXbXX") },
		{ "\\xc3", TEXT("\0\xc3\xa9\xc3\xa9"), /* binary */
		  TEXT("\0X\xa9X\xa9") },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_all_found(rows[i].expression, rows[i].bytes, rows[i].len,
		                rows[i].with, rows[i].with_len);
}

static void all_places_together_have_the_work_of_one_search(void **state)
{
	enum { LEN = 16 << 20 };
	uint8_t *bytes = malloc(LEN);
	struct expression *x = made("(a|b)");
	enum expression_found found;
	size_t count = 0;
	(void)state;
	memset(bytes, 'a', LEN);
	found = expression_search(x, bytes, 65536);
	for (; found == EXPRESSION_FOUND; count++)
		found = expression_next(x);
	assert_int_equal(found, EXPRESSION_NONE);
	assert_int_equal(count, 65536);
	bytes[0] = 0xff; /* then places in the message have to be looked for */
	found = expression_search(x, bytes, LEN);
	while (found == EXPRESSION_FOUND) {
		size_t at, len;
		assert_true(expression_group(x, 1, &at, &len));
		found = expression_next(x);
	}
	assert_int_equal(found, EXPRESSION_TOO_LONG);
	expression_free(x);
	free(bytes);
}

static void a_wrong_expression_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text;
		size_t len, at;
		const char *sentence;
	} rows[] = {
		{ TEXT("ab("), 3, "not a regular expression: missing closing "
		                  "parenthesis" },
		{ TEXT("a\\Cb"), 3, NULL },
		{ TEXT("a\xff"), 1, NULL },
	};
	struct error e;
	size_t at;
	char *text = calloc(1, EXPRESSION_MAX + 1);
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_null(expression_new(rows[i].text, rows[i].len, &at, &e));
		assert_int_equal(at, rows[i].at);
		if (rows[i].sentence)
			assert_string_equal(e.text, rows[i].sentence);
	}
	assert_null(expression_new(text, EXPRESSION_MAX + 1, &at, &e));
	assert_string_equal(e.text, "an expression may have at most 16384 "
	                            "bytes");
	free(text);
}

static void what_takes_too_much_work_counts_as_no_match(void **state)
{
	static const char *const expressions[] = {
		"(a|aa)*[cx]", "(a*)\\1[bx][cd]", "(a+)+$[bx]",
		"(?:a?){60}[cx]",
	};
	enum { LEN = 65000 };
	uint8_t *bytes = malloc(LEN + 1);
	(void)state;
	memset(bytes, 'a', LEN);
	bytes[LEN] = 'b';
	for (size_t i = 0; i < COUNT(expressions); i++) {
		struct expression *x = made(expressions[i]);
		assert_int_equal(expression_search(x, bytes, LEN + 1),
		                 EXPRESSION_TOO_LONG);
		(void)expression_fits(x, bytes, LEN + 1);
		assert_int_equal(expression_whole(x, bytes, 0),
		                 EXPRESSION_NONE);
		expression_free(x);
	}
	free(bytes);
}

static void a_long_message_of_any_bytes_can_be_matched(void **state)
{
	size_t len = (size_t)16 << 20, at, group_len;
	uint8_t *bytes = malloc(len);
	struct expression *x = made("(?s)\\xff(.*)\\xfe");
	(void)state;
	memset(bytes, 'a', len);
	bytes[0] = 0xff;
	bytes[len - 1] = 0xfe;
	assert_int_equal(expression_whole(x, bytes, len), EXPRESSION_FOUND);
	assert_true(expression_group(x, 1, &at, &group_len));
	assert_int_equal(group_len, len - 2);
	expression_free(x);
	free(bytes);
}

static void an_empty_expression_needs_no_bytes(void **state)
{
	struct error e;
	size_t at;
	struct expression *x = expression_new(NULL, 0, &at, &e);
	(void)state;
	assert_non_null(x);
	assert_int_equal(expression_search(x, (const uint8_t *)"x", 1),
	                 EXPRESSION_FOUND);
	expression_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_message_matches_from_its_first_byte_to_its_last),
		cmocka_unit_test(a_byte_that_is_not_utf8_is_a_character),
		cmocka_unit_test(
		    two_bytes_are_a_character_by_chance_only_in_text),
		cmocka_unit_test(
		    groups_are_told_by_their_places_in_the_message),
		cmocka_unit_test(
		    names_are_told_with_the_numbers_of_their_groups),
		cmocka_unit_test(it_is_told_how_far_a_message_fits),
		cmocka_unit_test(all_places_are_found_as_sed_finds_them),
		cmocka_unit_test(
		    all_places_together_have_the_work_of_one_search),
		cmocka_unit_test(a_wrong_expression_is_refused_with_its_place),
		cmocka_unit_test(what_takes_too_much_work_counts_as_no_match),
		cmocka_unit_test(a_long_message_of_any_bytes_can_be_matched),
		cmocka_unit_test(an_empty_expression_needs_no_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
