/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two runs of bytes beside each other. */

#include <stdlib.h>

#include <sockchat/compare.h>
#include <sockchat/stamp.h>

#include "unit.h"

static struct comparison c;

static void compare(const void *a, size_t a_len, const void *b, size_t b_len)
{
	assert_int_equal(compare_bytes(&c, a, a_len, b, b_len), 0);
}

/* Both sides with `-` where there is nothing, and a row of marks below. */
static void check(const char *a, const char *b, const char *expected_a,
                  const char *expected_b, const char *marks)
{
	char left[64] = "", right[64] = "", below[64] = "";
	compare(a, strlen(a), b, strlen(b));
	assert_true(c.places < sizeof(left));
	for (size_t i = 0, at_a, at_b; i < c.places; i++) {
		bool has_a, has_b;
		below[i] = compare_differs(&c, i, &has_a, &has_b) ? '^' : ' ';
		compare_at(&c, i, &at_a, &at_b);
		left[i] = has_a ? a[at_a] : '-';
		right[i] = has_b ? b[at_b] : '-';
	}
	assert_string_equal(left, expected_a);
	assert_string_equal(right, expected_b);
	assert_string_equal(below, marks);
	compare_finish(&c);
}

static void what_is_the_same_stands_in_the_same_place(void **state)
{
	(void)state;
	check("hello", "hello", "hello", "hello", "     ");
	check("hello", "hallo", "hello", "hallo", " ^   ");
	check("", "", "", "", "");
	check("", "ab", "--", "ab", "^^");
	check("ab", "", "ab", "--", "^^");
	check("axb", "ab", "axb", "a-b", " ^ ");
	check("ab", "axxb", "a--b", "axxb", " ^^ ");
}

static void bytes_put_in_shift_what_follows(void **state)
{
	(void)state;
	check("{id:1,name:x}", "{id:17,nick:n,name:y}",
	      "{id:1--------,name:x}", "{id:17,nick:n,name:y}",
	      "     ^^^^^^^^      ^ ");
	check("0one1two2", "one1two2three", "0one1two2-----",
	      "-one1two2three", "^        ^^^^^");
}

static void equally_long_numbers_are_not_shifted(void **state)
{
	(void)state;
	check("id=10203 x", "id=30201 x", "id=10203 x", "id=30201 x",
	      "   ^   ^  ");
}

static void differences_are_found_both_ways(void **state)
{
	(void)state;
	compare("aXbbbbYc", 8, "aPbbbbQc", 8);
	assert_int_equal(c.differs, 2);
	assert_int_equal(compare_next(&c, 0, false), 1);
	assert_int_equal(compare_next(&c, 2, false), 6);
	assert_int_equal(compare_next(&c, 7, false), SIZE_MAX);
	assert_int_equal(compare_next(&c, 8, true), 6);
	assert_int_equal(compare_next(&c, 6, true), 1);
	assert_int_equal(compare_next(&c, 1, true), SIZE_MAX);
	compare_finish(&c);
}

static unsigned seed = 1;

static unsigned next_random(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 16 & 0x7fff;
}

/* Each byte stands in one place, in its order, and `differs` is the truth. */
static void check_whole(void)
{
	size_t a = 0, b = 0, differs = 0, at_a, at_b;
	for (size_t i = 0; i < c.places; i++) {
		bool has_a, has_b;
		differs += compare_differs(&c, i, &has_a, &has_b);
		compare_at(&c, i, &at_a, &at_b);
		assert_true(has_a || has_b);
		assert_int_equal(at_a, a);
		assert_int_equal(at_b, b);
		a += has_a;
		b += has_b;
	}
	assert_int_equal(a, c.a_len);
	assert_int_equal(b, c.b_len);
	assert_int_equal(differs, c.differs);
}

static void no_byte_is_lost(void **state)
{
	uint8_t a[64] = "", b[64] = "";
	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t a_len = next_random() % 64, b_len = next_random() % 64;
		unsigned letters = 2 + next_random() % 30;
		for (size_t i = 0; i < 64; i++) {
			a[i] = (uint8_t)(next_random() % letters);
			b[i] = (uint8_t)(next_random() % letters);
			if (next_random() % 4 && i + 2 < a_len)
				b[i] = a[i + 2];
		}
		compare(a, a_len, b, b_len);
		check_whole();
		compare_finish(&c);
	}
}

#define LARGE ((size_t)16 << 20)

static int64_t ms_to_compare(const uint8_t *a, size_t a_len, const uint8_t *b,
                             size_t b_len)
{
	int64_t begin = stamp_mono_ns();
	compare(a, a_len, b, b_len);
	return (stamp_mono_ns() - begin) / MS_NS;
}

/* The deadline is for a busy machine under a sanitizer: without the bounds it
 * would be hours. */
static void large_messages_are_compared_in_bounded_time(void **state)
{
	uint8_t *a = malloc(LARGE), *b = malloc(LARGE);
	(void)state;
	assert_true(a && b);
	for (size_t i = 0; i < LARGE; i++)
		a[i] = (uint8_t)(next_random() % 256);
	memcpy(b, a, LARGE);
	memmove(b + 5000, b + 5001, LARGE - 10000); /* one left out */
	b[LARGE / 2] ^= 1;
	assert_true(ms_to_compare(a, LARGE, b, LARGE) < 20000);
	assert_true(c.differs > 1 && c.differs < 10);
	compare_finish(&c);
	for (size_t i = 0; i < LARGE; i++)
		b[i] = (uint8_t)(next_random() % 2);
	assert_true(ms_to_compare(a, LARGE, b, LARGE - 1) < 20000);
	assert_true(c.differs > LARGE / 2);
	compare_finish(&c);
	memset(a, 0, LARGE);
	assert_true(ms_to_compare(a, LARGE, b, LARGE) < 20000);
	compare_finish(&c);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_the_same_stands_in_the_same_place),
		cmocka_unit_test(bytes_put_in_shift_what_follows),
		cmocka_unit_test(equally_long_numbers_are_not_shifted),
		cmocka_unit_test(differences_are_found_both_ways),
		cmocka_unit_test(no_byte_is_lost),
		cmocka_unit_test(large_messages_are_compared_in_bounded_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
