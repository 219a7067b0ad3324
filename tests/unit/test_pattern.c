/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is looked for, and where it is found. */

#include <locale.h>

#include <sockchat/pattern.h>

#include "unit.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct row {
	const char *pattern, *bytes;
	size_t len;
	int start, end; /* -1: not found */
};

#define TEXT(text) text, sizeof(text) - 1

static void check(const struct row *row)
{
	struct error e;
	struct pattern *p = pattern_new(row->pattern, &e);
	size_t start = 0, end = 0;
	if (!p)
		fail_msg("%s: %s", row->pattern, e.text);
	bool found = pattern_find(p, (const uint8_t *)row->bytes, row->len, 0,
	                          &start, &end);
	if (found != (row->start >= 0) ||
	    (found && ((int)start != row->start || (int)end != row->end)))
		fail_msg("%s in \"%s\": %d, %zu to %zu", row->pattern,
		         row->bytes, found, start, end);
	pattern_free(p);
}

static void check_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check(&rows[i]);
}

static void small_letters_match_capitals_too(void **state)
{
	static const struct row rows[] = {
		{ "error", TEXT("an ERROR"), 3, 8 },
		{ "ERROR", TEXT("an error"), -1, 0 },
		{ "Error", TEXT("error Error"), 6, 11 },
		{ "\u00e9t\u00e9", TEXT("\u00c9T\u00c9"), 0, 5 },
		{ "\u00c9t", TEXT("\u00e9t"), -1, 0 },
		{ "\uc548\ub155", TEXT("x \uc548\ub155!"), 2, 8 },
		{ "a.\u00e9", TEXT("ab\u00e9 a.\u00e9"), 5, 9 },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void text_is_found_among_any_bytes(void **state)
{
	static const struct row rows[] = {
		{ "b", TEXT("a\0b"), 2, 3 },
		{ "b", TEXT("\xff\xfe\nB"), 3, 4 },
		{ "ab", TEXT("a"), -1, 0 },
		{ "ab", TEXT(""), -1, 0 },
		{ "a+b", TEXT("aab a+b"), 4, 7 },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void an_expression_matches_within_a_line(void **state)
{
	static const struct row rows[] = {
		{ "re:^b+$", TEXT("a\nbb\nc"), 2, 4 },
		{ "re:a.c", TEXT("a\nc abc"), 4, 7 },
		{ "re:[0-9]{3}", TEXT("12 3456"), 3, 6 },
		{ "re:x*", TEXT("abxx"), 2, 4 },
		{ "re:x*", TEXT("ab"), -1, 0 },
		{ "re:GET", TEXT("get"), -1, 0 },
		{ "re:get", TEXT("GET"), 0, 3 },
		{ "re:a\\Wb", TEXT("A-B"), 0, 3 },
		{ "re:b$", TEXT("\0b"), 1, 2 },
		{ "re:(a+b{2,300})+", TEXT("xaabbabb"), 1, 8 },
		{ "re:[]+{9999}(]+", TEXT("a](x"), 1, 3 },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void bytes_are_found_by_their_hex(void **state)
{
	static const struct row rows[] = {
		{ "hex:0d0a", TEXT("a\r\n"), 1, 3 },
		{ "hex:00 ff", TEXT("\0\0\xff"), 1, 3 },
		{ "hex:41", TEXT("a"), -1, 0 },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void a_repetition_may_be_lazy_as_elsewhere(void **state)
{
	static const char *const rows[] = {
		"re:a.*?b", "re:a+?", "re:\\++", "re:[*+]+", "re:a+|b*",
	};
	struct error e;
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pattern *p = pattern_new(rows[i], &e);
		assert_non_null(p);
		pattern_free(p);
	}
}

static void what_is_no_pattern_gets_a_sentence(void **state)
{
	static const char *const rows[][2] = {
		{ "", "what is to be found?" },
		{ "hex:", "hex: which bytes?" },
		{ "re:", "re: which expression?" },
		{ "re:(", "not a regular expression: Unmatched ( or \\(" },
	};
	struct error e;
	char text[PATTERN_MAX + 2];
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_null(pattern_new(rows[i][0], &e));
		assert_string_equal(e.text, rows[i][1]);
	}
	assert_null(pattern_new("hex:4", &e));
	assert_non_null(strstr(e.text, "column"));
	/* libc would take all the memory there is */
	assert_null(pattern_new("re:f++++++++++++++++++++++++f", &e));
	assert_string_equal(e.text, "this expression repeats too much");
	assert_null(pattern_new("re:((((((((((((((f+)+)+)+)+)+)+)+)+)+)+)+)+)+",
	                        &e));
	assert_null(pattern_new("re:((a{99}){99}){99}", &e));
	/* or all the time */
	assert_null(pattern_new("re:-++++++)+$!+++e:^a*+++++.e", &e));
	assert_null(pattern_new("re:a*+*+*+*+*+*+*+*+*+*+*+*+*+*+", &e));
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_null(pattern_new(text, &e));
}

static size_t count(const char *pattern, const uint8_t *bytes, size_t len)
{
	struct error e;
	struct pattern *p = pattern_new(pattern, &e);
	size_t n = pattern_count(p, bytes, len);
	pattern_free(p);
	return n;
}

static void matches_are_counted_one_after_another(void **state)
{
	const uint8_t *a = (const uint8_t *)"aaaa\naaaa\n";
	(void)state;
	assert_int_equal(count("aa", a, 10), 4);
	assert_int_equal(count("re:aa", a, 10), 4);
	assert_int_equal(count("re:^a", a, 10), 2);
	assert_int_equal(count("re:a$", a, 10), 2);
	assert_int_equal(count("hex:0a", a, 10), 2);
}

static void an_expression_is_looked_for_in_a_long_line(void **state)
{
	size_t len = 300000;
	uint8_t *bytes = malloc(len);
	(void)state;
	memset(bytes, 'a', len);
	for (size_t i = 1000; i < len; i += 1000)
		bytes[i] = 'b';
	assert_int_equal(count("re:b", bytes, len), 299);
	assert_int_equal(count("re:^a", bytes, len), 1);
	bytes[250001] = '\n';
	assert_int_equal(count("re:^a", bytes, len), 2);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_letters_match_capitals_too),
		cmocka_unit_test(text_is_found_among_any_bytes),
		cmocka_unit_test(an_expression_matches_within_a_line),
		cmocka_unit_test(bytes_are_found_by_their_hex),
		cmocka_unit_test(a_repetition_may_be_lazy_as_elsewhere),
		cmocka_unit_test(what_is_no_pattern_gets_a_sentence),
		cmocka_unit_test(matches_are_counted_one_after_another),
		cmocka_unit_test(an_expression_is_looked_for_in_a_long_line),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
