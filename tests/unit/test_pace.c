/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How fast it goes, and that nobody is woken when nothing goes. */

#include "unit.h"

#include "../../src/tui/status.h"

static struct pace pace;

static int begin(void **state)
{
	(void)state;
	pace = (struct pace){ .subject = 0 };
	return 0;
}

static bool look(double seconds, uint64_t in, uint64_t out, size_t queued)
{
	return pace_look(&pace, 1,
	                 &(struct pace_sample){
	                     (int64_t)(seconds * 1e9) + 5, in, out },
	                 queued);
}

static void a_stream_has_a_rate_until_it_rests(void **state)
{
	(void)state;
	assert_false(look(0, 0, 0, 0));
	for (int i = 1; i <= 20; i++)
		assert_true(look(i, (uint64_t)i * 1000, (uint64_t)i * 10, 0));
	assert_int_equal(pace.in_rate, 1000);
	assert_int_equal(pace.out_rate, 10);
	int i = 21;
	while (look(i, 20000, 200, 0))
		assert_between(i++, 21, 25);
	assert_int_equal(pace.in_rate, 0);
	assert_int_equal(pace.out_rate, 0);
}

static void bytes_after_a_rest_are_not_averaged_over_the_rest(void **state)
{
	(void)state;
	look(0, 500, 0, 0);
	assert_true(look(1000, 1500, 0, 0));
	assert_true(look(1001, 2500, 0, 0));
	assert_true(look(1002, 3500, 0, 0));
	assert_between(pace.in_rate, 1000, 1500);
}

static void a_line_now_and_then_is_no_stream(void **state)
{
	(void)state;
	look(0, 0, 0, 0);
	for (int i = 0; i < 10; i++) {
		look(5 * i + 1, (uint64_t)i * 10, 0, 0);
		assert_int_equal(pace.in_rate, 0);
		look(5 * i + 2, (uint64_t)i * 10, 0, 0);
		assert_int_equal(pace.in_rate, 0);
	}
}

static void frames_between_the_seconds_change_nothing_much(void **state)
{
	(void)state;
	for (int i = 0; i <= 600; i++)
		look(i / 60.0, (uint64_t)i * 100, 0, 0);
	assert_between(pace.in_rate, 5500, 6500);
}

static void a_queue_that_stands_for_a_second_is_stuck(void **state)
{
	(void)state;
	assert_true(look(0, 0, 10, 500));
	assert_false(pace.is_stuck);
	assert_true(look(0.5, 0, 10, 500));
	assert_false(pace.is_stuck);
	assert_false(look(1.0, 0, 10, 500)); /* nothing more to find out */
	assert_true(pace.is_stuck);
	assert_true(look(1.5, 0, 20, 490));
	assert_false(pace.is_stuck);
	look(9, 0, 510, 0);
	assert_false(pace.is_stuck);
	assert_true(look(10, 0, 510, 1)); /* a new one has its second */
	assert_false(pace.is_stuck);
}

static void another_subject_begins_anew(void **state)
{
	struct pace_sample other = { 5, 7, 7 };
	(void)state;
	for (int i = 0; i < 9; i++)
		look(i, (uint64_t)i * 1000, 0, 0);
	other.ns += INT64_C(9000000000);
	pace_look(&pace, 2, &other, 0);
	assert_int_equal(pace.in_rate, 0);
	other.in = 3; /* one of several has gone */
	assert_false(pace_look(&pace, 2, &other, 0));
	assert_int_equal(pace.in_rate, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, begin)
		TEST(a_stream_has_a_rate_until_it_rests),
		TEST(bytes_after_a_rest_are_not_averaged_over_the_rest),
		TEST(a_line_now_and_then_is_no_stream),
		TEST(frames_between_the_seconds_change_nothing_much),
		TEST(a_queue_that_stands_for_a_second_is_stuck),
		TEST(another_subject_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
