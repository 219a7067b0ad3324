/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How far, how fast, how long still; and all of it in a line that fits. */

#include <sockchat/progress.h>

#include <sockchat/glyph.h>

#include "unit.h"

#define S INT64_C(1000000000)
#define MIB ((uint64_t)1 << 20)

static struct progress p;
static struct progress_facts facts;

static void at(int64_t now_ns, uint64_t done)
{
	progress_set(&p, done, now_ns);
	progress_facts(&p, now_ns, &facts);
}

static void the_rate_is_that_of_the_last_seconds(void **state)
{
	(void)state;
	progress_init(&p, 100 * MIB, 7 * S);
	for (int i = 1; i <= 100; i++) /* 10 s at 1 MiB/s */
		at(7 * S + i * S / 10, (uint64_t)i * MIB / 10);
	assert_between(facts.rate, MIB - 1, MIB + 1);
	assert_between(facts.left_s, 90, 91);
	for (int i = 1; i <= 50; i++) /* then 5 s at 4 */
		at(17 * S + i * S / 10, 10 * MIB + (uint64_t)i * 4 * MIB / 10);
	assert_between(facts.rate, 4 * MIB - 4, 4 * MIB + 4);
	assert_between(facts.left_s, 17, 18);
}

static void told_often_it_still_looks_at_seconds(void **state)
{
	(void)state;
	progress_init(&p, 100 * MIB, 0);
	for (int i = 1; i <= 1000; i++) /* 10 s at 1 MiB/s */
		at(i * S / 100, (uint64_t)i * MIB / 100);
	at(10 * S + S / 10, 11 * MIB);
	assert_between(facts.rate, MIB, 3 * MIB / 2);
}

static void one_that_stands_still_has_no_time_left_to_tell(void **state)
{
	(void)state;
	progress_init(&p, 10 * MIB, 0);
	at(S, 5 * MIB);
	assert_true(facts.rate > 0);
	for (int i = 0; i < 50; i++)
		at(S + i * S / 10, 5 * MIB);
	assert_int_equal(facts.rate, 0);
	assert_int_equal(facts.left_s, -1);
}

static void too_short_a_time_gives_no_rate(void **state)
{
	(void)state;
	progress_init(&p, 10 * MIB, 0);
	at(S / 100, 5 * MIB);
	assert_int_equal(facts.rate, 0);
	assert_int_equal(facts.left_s, -1);
}

static void at_the_end_no_time_is_left(void **state)
{
	(void)state;
	progress_init(&p, 10 * MIB, 0);
	at(S, 10 * MIB);
	assert_int_equal(facts.left_s, 0);
	at(2 * S, 11 * MIB); /* it has grown */
	assert_int_equal(facts.left_s, 0);
}

static void without_a_total_there_is_no_time_left(void **state)
{
	(void)state;
	progress_init(&p, 0, 0);
	at(S, 10 * MIB);
	assert_int_equal(facts.rate, 10 * MIB);
	assert_int_equal(facts.left_s, -1);
}

static void assert_line(int columns, const char *wanted)
{
	char out[160];
	int width = progress_format(out, sizeof(out), columns, "video.bin",
	                            &facts, GLYPH_ASCII);
	assert_string_equal(out, wanted);
	assert_int_equal(width, strlen(wanted));
}

static void parts_are_left_out_until_it_fits(void **state)
{
	(void)state;
	facts = (struct progress_facts){ .done = 58 * MIB / 10,
		                         .total = 12 * MIB,
		                         .rate = 39 * MIB / 10,
		                         .left_s = 2 };
	assert_line(200, "video.bin [####------] 48% 5.8 MiB of 12.0 MiB, "
	                 "3.9 MiB/s, 2 s left");
	assert_line(67, "video.bin [####------] 48% 5.8 MiB of 12.0 MiB, "
	                "3.9 MiB/s, 2 s left");
	assert_line(66, "video.bin [####------] 48%, 3.9 MiB/s, 2 s left");
	assert_line(40, "video.bin 48%, 3.9 MiB/s, 2 s left");
	assert_line(30, "video.bin 48%, 2 s left");
	assert_line(20, "48%, 2 s left");
	assert_line(5, "48%");
	assert_line(2, "");
	assert_line(0, "");
	assert_line(-1, "");
}

static void figures_that_are_not_known_are_left_out(void **state)
{
	(void)state;
	facts = (struct progress_facts){ .done = MIB, .left_s = -1 };
	assert_line(80, "video.bin 1.0 MiB, 0 B/s");
}

static void more_than_the_total_is_told_as_100_percent(void **state)
{
	(void)state;
	facts = (struct progress_facts){ .done = 3, .total = 2, .left_s = 0 };
	assert_line(80, "video.bin [##########] 100% 3 B of 2 B, 0 B/s, "
	                "0 s left");
}

static void long_times_are_told_as_clocks_do(void **state)
{
	(void)state;
	facts = (struct progress_facts){ .total = MIB, .left_s = 185 };
	assert_line(26, "video.bin 0%, 3:05 left");
	facts.left_s = 3723;
	assert_line(26, "video.bin 0%, 1:02:03 left");
	facts.left_s = 1000000;
	assert_line(26, "video.bin 0%, 277 h left");
}

static void a_hostile_name_is_made_safe_and_short(void **state)
{
	char out[160], name[300];
	(void)state;
	memset(name, '\033', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	facts = (struct progress_facts){ .total = 1, .left_s = -1 };
	progress_format(out, sizeof(out), 160, name, &facts, 0);
	assert_null(strchr(out, '\033'));
	assert_true(strlen(out) < sizeof(out) - 1);
	progress_format(out, 10, 160, name, &facts, 0);
	assert_int_equal(strlen(out), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rate_is_that_of_the_last_seconds),
		cmocka_unit_test(told_often_it_still_looks_at_seconds),
		cmocka_unit_test(
		    one_that_stands_still_has_no_time_left_to_tell),
		cmocka_unit_test(too_short_a_time_gives_no_rate),
		cmocka_unit_test(at_the_end_no_time_is_left),
		cmocka_unit_test(without_a_total_there_is_no_time_left),
		cmocka_unit_test(parts_are_left_out_until_it_fits),
		cmocka_unit_test(figures_that_are_not_known_are_left_out),
		cmocka_unit_test(more_than_the_total_is_told_as_100_percent),
		cmocka_unit_test(long_times_are_told_as_clocks_do),
		cmocka_unit_test(a_hostile_name_is_made_safe_and_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
