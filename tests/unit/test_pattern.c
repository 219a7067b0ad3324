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
	struct pattern_scan s;
	size_t start = 0, end = 0;
	if (!p)
		fail_msg("%s: %s", row->pattern, e.text);
	pattern_begin(&s, p, (const uint8_t *)row->bytes, row->len);
	bool found = pattern_next(&s, &start, &end);
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
		{ "re:x.?$", TEXT("x\r\nx"), 0, 2 },
		{ "re:(?<=ab)c", TEXT("abc"), 2, 3 },
		{ "re:a\\Kb", TEXT("ab"), 1, 2 },
		{ "re:(*CRLF)a.b", TEXT("a\nb a\rb"), 4, 7 },
		{ "re:(?s)a.b", TEXT("a\nb"), -1, 0 },
		{ "re:a\\sb", TEXT("a\nb"), -1, 0 },
		{ "re:\\bend\\z", TEXT("end\nx"), 0, 3 },
	};
	(void)state;
	check_all(rows, COUNT(rows));
}

static void an_expression_knows_characters(void **state)
{
	static const struct row rows[] = {
		{ "re:^.$", TEXT("\uc548"), 0, 3 },
		{ "re:\\w+", TEXT("- \uc548\ub155!"), 2, 8 },
		{ "re:\u00e9+", TEXT("\u00c9\u00e9"), 0, 4 },
		{ "re:b", TEXT("\xff\xfe\xc3"), -1, 0 },
		{ "re:a.b", TEXT("a\xff"
		                 "b a\0b"), 4, 7 },
		{ "re:^b", TEXT("\xff"
		                "b\nb"), 3, 4 },
		{ "re:a$", TEXT("a\xff\na"), 3, 4 },
		{ "re:a+", TEXT("\xe2\x82"
		                "aa\xe2"), 2, 4 },
		{ "re:\xff", TEXT("\xff"), -2, 0 },
	};
	(void)state;
	check_all(rows, COUNT(rows) - 1);
	struct error e;
	assert_null(pattern_new(rows[COUNT(rows) - 1].pattern, &e));
	assert_non_null(strstr(e.text, "UTF-8 error"));
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

static void a_wrong_expression_is_refused_with_a_sentence(void **state)
{
	static const char *const rows[][2] = {
		{ "", "what should be found?" },
		{ "hex:", "hex: which bytes?" },
		{ "re:", "re: which expression?" },
		{ "re:(", "not a regular expression: "
		          "missing closing parenthesis" },
		{ "re:((a{99}){99}){99}", "not a regular expression: "
		                          "regular expression is too large" },
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
	assert_null(pattern_new("re:a\\Cb", &e)); /* half of a character */
	memset(text, '(', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_null(pattern_new(text, &e));
	memcpy(text, "re:", 3);
	text[PATTERN_MAX] = '\0';
	assert_null(pattern_new(text, &e));
	assert_non_null(strstr(e.text, "deeply nested"));
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

static void text_is_found_wherever_it_is(void **state)
{
	static const char *const patterns[] = { "needle", "NEEDLE", "n",
		                                "re:needle", "needle-",
		                                "needle------------" };
	enum { LEN = 20000 };
	uint8_t *bytes = malloc(LEN);
	(void)state;
	memset(bytes, '-', LEN);
	for (size_t at = 0; at + 18 <= LEN; at += at < 600 ? 1 : 97) {
		memcpy(bytes + at, "NEEDLE", 6);
		for (size_t i = 0; i < COUNT(patterns); i++)
			assert_int_equal(count(patterns[i], bytes, LEN), 1);
		memset(bytes + at, '-', 6);
	}
	free(bytes);
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

/* A line of so many `a`, and what else it has behind them. */
static struct pattern_scan scan_long(struct pattern *p, size_t len,
                                     const char *tail, size_t *matches)
{
	struct pattern_scan s;
	size_t start, end, tail_len = strlen(tail);
	uint8_t *bytes = malloc(len + tail_len);
	memset(bytes, 'a', len);
	memcpy(bytes + len, tail, tail_len);
	pattern_begin(&s, p, bytes, len + tail_len);
	*matches = 0;
	while (pattern_next(&s, &start, &end))
		(*matches)++;
	free(bytes);
	return s;
}

static void an_expression_that_takes_too_long_is_given_up(void **state)
{
	static const char *const expressions[] = {
		"re:(a|aa)*[cx]", "re:(a*)\\1[bx]", "re:(a+)+$[bx]",
		"re:(?=a*[cx])", "re:(?:\\X)*[cx]", "re:(.)*?\\1[cx]",
		"re:.*.*.*[cx]", "re:(a(?1)?)[cx]", "re:(?:a?){60}[cx]",
		"re:(?R)?a[ab]", "re:^(a|a?)+$", "re:(?<n>a*)\\k<n>[bx]",
		"re:(?J)(?<n>a*)(?<n>)?\\k<n>[bx]", "re:(?:.(?=.*[cx]))*z|q",
	};
	struct error e;
	size_t matches;
	(void)state;
	for (size_t i = 0; i < COUNT(expressions); i++) {
		struct pattern *p = pattern_new(expressions[i], &e);
		assert_non_null(p);
		assert_false(pattern_gave_up(p, &e));
		struct pattern_scan s = scan_long(p, 65000, "b", &matches);
		/* no longer than it takes for one item more */
		if (!s.is_over || !pattern_gave_up(p, &e) || s.left < -600000)
			fail_msg("%s: %zu matches, %lld steps left",
			         expressions[i], matches, (long long)s.left);
		pattern_free(p);
	}
}

static void a_search_that_was_given_up_counts_no_matches(void **state)
{
	const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
	const uint8_t *bytes = (const uint8_t *)text;
	struct error e;
	struct pattern *p = pattern_new("re:!|(a+)+$", &e);
	(void)state;
	assert_int_equal(pattern_count(p, (const uint8_t *)"!!a", 3), 3);
	assert_false(pattern_gave_up(p, &e));
	assert_int_equal(pattern_count(p, bytes, strlen(text)), 0);
	assert_true(pattern_gave_up(p, &e));
	assert_string_equal(e.text, "the expression takes too long on some "
	                            "entries: they count as no match");
	assert_false(pattern_gave_up(p, &e)); /* it has been told */
	assert_int_equal(pattern_count(p, (const uint8_t *)"!!a", 3), 3);
	pattern_free(p);
}

static void a_line_of_nothing_but_matches_is_counted_quickly(void **state)
{
	static const char *const patterns[] = { "a", "re:a", "re:a(?=a|b)",
		                                "re:\\w", "hex:61" };
	struct error e;
	size_t matches;
	(void)state;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		struct pattern *p = pattern_new(patterns[i], &e);
		struct pattern_scan s = scan_long(p, 65000, "b", &matches);
		assert_false(s.is_over);
		assert_int_equal(matches, 65000 + (i == 3));
		pattern_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_letters_match_capitals_too),
		cmocka_unit_test(text_is_found_among_any_bytes),
		cmocka_unit_test(an_expression_matches_within_a_line),
		cmocka_unit_test(an_expression_knows_characters),
		cmocka_unit_test(bytes_are_found_by_their_hex),
		cmocka_unit_test(a_wrong_expression_is_refused_with_a_sentence),
		cmocka_unit_test(matches_are_counted_one_after_another),
		cmocka_unit_test(an_expression_is_looked_for_in_a_long_line),
		cmocka_unit_test(text_is_found_wherever_it_is),
		cmocka_unit_test(an_expression_that_takes_too_long_is_given_up),
		cmocka_unit_test(a_search_that_was_given_up_counts_no_matches),
		cmocka_unit_test(
		    a_line_of_nothing_but_matches_is_counted_quickly),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
