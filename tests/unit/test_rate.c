/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How fast a counter grows: the one estimator, for all that shows a rate. */

#include <sockchat/rate.h>

#include "unit.h"

#define S RATE_STEP_NS

static struct rate r;

static int begin(void **state)
{
	(void)state;
	r = (struct rate){ .count = 0 };
	return 0;
}

static void a_rate_is_that_of_the_last_seconds(void **state)
{
	(void)state;
	for (int i = 0; i <= 10; i++)
		rate_note(&r, i * S, (uint64_t)i * 1000);
	assert_int_equal(rate_per_second(&r, 10 * S, 10000), 1000);
	assert_int_equal(rate_per_second(&r, 11 * S, 10000), 666);
	assert_int_equal(rate_per_second(&r, 14 * S, 10000), 0);
}

static void a_young_one_is_measured_since_it_began(void **state)
{
	(void)state;
	assert_int_equal(rate_per_second(&r, S, 10), 0);
	rate_note(&r, S, 0);
	assert_int_equal(rate_per_second(&r, S + S / 11, 10), 0);
	assert_int_equal(rate_per_second(&r, S + S / 2, 10), 20);
}

static void between_two_marks_it_grew_evenly(void **state)
{
	(void)state;
	rate_note(&r, 2 * S, 100);
	rate_note(&r, 4 * S, 300);
	assert_int_equal(rate_value_at(&r, 5 * S, 350, S), 100);
	assert_int_equal(rate_value_at(&r, 5 * S, 350, 3 * S), 200);
	assert_int_equal(rate_value_at(&r, 5 * S, 350, 9 * S / 2), 325);
	assert_int_equal(rate_value_at(&r, 5 * S, 350, 6 * S), 350);
}

static void after_a_rest_it_grew_in_the_last_second(void **state)
{
	(void)state;
	rate_note(&r, 0, 0);
	assert_true(rate_note(&r, 40 * S, 300));
	assert_int_equal(rate_value_at(&r, 40 * S, 300, 39 * S), 0);
}

static void it_tells_whether_it_may_go_on_growing(void **state)
{
	(void)state;
	assert_true(rate_note(&r, 0, 7));
	assert_true(rate_note(&r, S / 3, 7)); /* too soon to tell */
	assert_int_equal(r.count, 1);
	assert_false(rate_note(&r, S, 7));
	assert_true(rate_note(&r, 2 * S, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, begin)
		TEST(a_rate_is_that_of_the_last_seconds),
		TEST(a_young_one_is_measured_since_it_began),
		TEST(between_two_marks_it_grew_evenly),
		TEST(after_a_rest_it_grew_in_the_last_second),
		TEST(it_tells_whether_it_may_go_on_growing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
