/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A direction with faults, by a clock that is given. */

#include <stdlib.h>

#include <sockchat/stamp.h>

#include "../../src/net/fault_way.h"

#include "unit.h"

static struct fault_spec spec;
static struct fault_way way;
static uint64_t flips;
static struct fault_hit last;

static void on_hit(void *user, const struct fault_hit *hit)
{
	(void)user;
	flips++;
	last = *hit;
}

static int finish(void **state)
{
	(void)state;
	fault_way_finish(&way);
	return 0;
}

static void set(const char *text, uint64_t seed)
{
	struct error e;
	fault_way_finish(&way);
	spec = (struct fault_spec){ .seed = { 0 } };
	if (fault_parse(&spec, text, &e))
		fail_msg("%s", e.text);
	way = (struct fault_way){ .rules = spec.ways[FAULT_OUT],
				  .on_hit = on_hit };
	flips = 0;
	fault_way_begin(&way, seed, 1);
}

static void put(const char *text, int64_t now_ns)
{
	assert_int_equal(fault_way_take(&way, (const uint8_t *)text,
	                                strlen(text), now_ns), 0);
}

/* Let go what may: how much. */
static size_t go(int64_t now_ns)
{
	struct fault_piece p;
	if (!fault_way_front(&way, now_ns, &p))
		return 0;
	fault_way_gone(&way, p.len, now_ns);
	return p.len;
}

static void ten_thousand_delays_are_spread_evenly(void **state)
{
	enum { COUNT = 10000, BINS = 10 };
	unsigned bins[BINS] = { 0 };
	int64_t now_ns = 1;
	(void)state;
	set("latency=200ms~50ms", 7);
	for (int i = 0; i < COUNT; i++, now_ns += SECOND_NS) {
		put("x", now_ns);
		int64_t ns = fault_way_due(&way, now_ns, true) - now_ns;
		assert_between(ns, 150 * MS_NS, 250 * MS_NS);
		assert_int_equal(go(now_ns + ns - 1), 0);
		assert_int_equal(go(now_ns + ns), 1);
		int64_t bin = (ns - 150 * MS_NS) / (10 * MS_NS);
		bins[bin < BINS ? bin : BINS - 1]++;
	}
	for (int i = 0; i < BINS; i++)
		assert_between(bins[i], 850, 1150);
}

static void a_delay_alone_is_exact(void **state)
{
	(void)state;
	set("latency=200ms", 7);
	put("abc", 1000);
	assert_int_equal(fault_way_due(&way, 1000, true), 1000 + 200 * MS_NS);
	put("de", 2000);
	assert_int_equal(go(1000 + 200 * MS_NS), 3);
	assert_int_equal(go(1000 + 200 * MS_NS), 0);
	assert_int_equal(go(2000 + 200 * MS_NS), 2);
	assert_int_equal(fault_way_due(&way, 3000, true), 0);
}

static void the_order_is_kept_and_the_end_comes_last(void **state)
{
	struct fault_piece p;
	char all[1001] = "";
	int64_t now_ns = 1, due_ns;
	size_t len = 0;
	(void)state;
	set("latency=200ms~200ms", 3);
	for (int i = 0; i < 1000; i++) {
		const char one[] = { (char)('a' + i % 26), '\0' };
		put(one, now_ns += MS_NS);
	}
	fault_way_end(&way, now_ns);
	for (due_ns = 0; way.len;
	     due_ns = fault_way_due(&way, due_ns, true))
		while (fault_way_front(&way, due_ns, &p)) {
			assert_false(fault_way_is_ended(&way, due_ns));
			memcpy(all + len, p.bytes, p.len);
			len += p.len;
			fault_way_gone(&way, p.len, due_ns);
		}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(all[i], 'a' + i % 26);
	assert_true(fault_way_is_ended(&way, now_ns + 400 * MS_NS));
}

static void a_rate_is_kept_over_simulated_seconds(void **state)
{
	static uint8_t block[65536];
	uint64_t sum = 0, most = 0;
	int64_t now_ns = 1;
	(void)state;
	set("rate=10k", 1);
	while (now_ns < 10 * SECOND_NS) {
		while (way.len < sizeof(block))
			assert_int_equal(fault_way_take(&way, block,
			                                sizeof(block), now_ns),
			                 0);
		size_t n = go(now_ns);
		sum += n;
		most = n > most ? n : most;
		now_ns = fault_way_due(&way, now_ns, true) +
		         rand() % (3 * MS_NS);
	}
	assert_between(sum, 102400 - 2048, 102400 + 2048);
	assert_between(most, 1, 1024);
	assert_true(way.has_waited);
}

static void a_rate_at_rest_saves_up_a_tenth_of_a_second(void **state)
{
	static uint8_t block[4096];
	(void)state;
	set("rate=10k", 1);
	assert_int_equal(fault_way_take(&way, block, sizeof(block), 1), 0);
	assert_int_equal(go(100 * SECOND_NS), 1024);
	assert_int_equal(go(100 * SECOND_NS), 0);
}

static void slices_are_so_long_and_so_far_apart(void **state)
{
	(void)state;
	set("slice=2,5ms", 1);
	put("abcde", 1);
	assert_int_equal(go(1), 2);
	assert_int_equal(go(1), 0);
	assert_int_equal(fault_way_due(&way, 1, true), 1 + 5 * MS_NS);
	assert_int_equal(go(5 * MS_NS), 0);
	assert_int_equal(go(1 + 5 * MS_NS), 2);
	assert_int_equal(go(1 + 10 * MS_NS), 1);
	put("f", 2 + 10 * MS_NS);
	assert_int_equal(go(2 + 10 * MS_NS), 0);
	assert_int_equal(go(1 + 15 * MS_NS), 1);
}

/* The bytes after corruption, cut into reads of `step`. */
static void corrupt(uint8_t *out, size_t len, size_t step, uint64_t seed)
{
	static const uint8_t zeros[100000];
	struct fault_piece p;
	size_t got = 0;
	set("corrupt=0.01", seed);
	for (size_t at = 0; at < len; at += step)
		assert_int_equal(fault_way_take(&way, zeros,
		                                len - at < step ? len - at
		                                                : step, 1), 0);
	while (fault_way_front(&way, 1, &p)) {
		memcpy(out + got, p.bytes, p.len);
		got += p.len;
		fault_way_gone(&way, p.len, 1);
	}
	assert_int_equal(got, len);
}

static void a_seed_repeats_what_is_corrupted_byte_for_byte(void **state)
{
	static uint8_t first[100000], again[100000];
	size_t changed = 0;
	(void)state;
	corrupt(first, sizeof(first), sizeof(first), 42);
	for (size_t i = 0; i < sizeof(first); i++) {
		changed += first[i] != 0;
		assert_int_equal(first[i] & (first[i] - 1), 0); /* one bit */
	}
	assert_int_equal(changed, flips);
	assert_between(changed, 850, 1150);
	corrupt(again, sizeof(again), 7, 42);
	assert_memory_equal(first, again, sizeof(first));
	corrupt(again, sizeof(again), 7, 43);
	assert_memory_not_equal(first, again, sizeof(first));
}

static void a_change_is_told_with_its_place(void **state)
{
	(void)state;
	set("corrupt=1", 1);
	put("ab", 1);
	assert_int_equal(flips, 2);
	assert_int_equal(last.at, 1);
	assert_int_equal(last.was, 'b');
	assert_int_not_equal(last.is, 'b');
}

static void an_end_strikes_at_the_very_byte_and_once(void **state)
{
	static const char *const words[] = { "limit=5", "reset=5", "stall=5" };
	(void)state;
	for (int i = 0; i < 3; i++) {
		set(words[i], 1);
		put("abc", 1);
		assert_int_equal(go(1), 3);
		assert_int_equal(fault_way_strikes(&way, 1), FAULT_NONE);
		put("defgh", 1);
		assert_int_equal(go(1), 2);
		assert_int_equal(go(1), 0);
		assert_int_equal(fault_way_strikes(&way, 1), FAULT_LIMIT + i);
		fault_way_cut(&way, FAULT_LIMIT + i);
		put("ij", 1);
		assert_int_equal(way.lost, 5);
		assert_int_equal(go(1), 0);
		assert_int_equal(fault_way_strikes(&way, 1), FAULT_NONE);
		fault_way_end(&way, 1);
		assert_false(fault_way_is_ended(&way, 1));
	}
}

static void an_end_strikes_at_its_time_and_a_reset_after_a_limit(void **state)
{
	(void)state;
	set("limit=1s reset=5s", 1);
	assert_int_equal(fault_way_due(&way, 1, true), 1 + SECOND_NS);
	assert_int_equal(fault_way_strikes(&way, SECOND_NS), FAULT_NONE);
	assert_int_equal(fault_way_strikes(&way, 1 + SECOND_NS), FAULT_LIMIT);
	fault_way_cut(&way, FAULT_LIMIT);
	assert_int_equal(fault_way_due(&way, 1 + SECOND_NS, true),
	                 1 + 5 * SECOND_NS);
	assert_int_equal(fault_way_strikes(&way, 6 * SECOND_NS), FAULT_RESET);
	assert_int_equal(fault_way_due(&way, 6 * SECOND_NS, true), 0);
}

static void many_small_messages_take_memory_only_while_they_wait(void **state)
{
	int64_t now_ns = 1;
	(void)state;
	set("latency=1s", 1);
	for (int i = 0; i < 100000; i++)
		put("x", now_ns++);
	assert_true(fault_way_memory(&way) > 1600000);
	for (int i = 0; i < 99999; i++)
		assert_int_equal(go(1 + i + SECOND_NS), 1);
	assert_true(fault_way_memory(&way) < 70000);
	assert_int_equal(go(now_ns + SECOND_NS), 1);
	assert_true(way.cap < 100);
}

static void nothing_more_is_held_back_after_a_break_or_other_rules(void **state)
{
	(void)state;
	set("latency=10s slice=1,1s", 1);
	put("abc", 1);
	assert_int_equal(go(2), 0);
	fault_way_release(&way);
	assert_int_equal(go(2), 3);
	set("latency=10s", 1);
	put("abc", 1);
	fault_way_end(&way, 1);
	spec = (struct fault_spec){ .seed = { 0 } };
	fault_way_renew(&way, 5);
	assert_int_equal(go(5), 3);
	assert_true(fault_way_is_ended(&way, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, finish)
		TEST(ten_thousand_delays_are_spread_evenly),
		TEST(a_delay_alone_is_exact),
		TEST(the_order_is_kept_and_the_end_comes_last),
		TEST(a_rate_is_kept_over_simulated_seconds),
		TEST(a_rate_at_rest_saves_up_a_tenth_of_a_second),
		TEST(slices_are_so_long_and_so_far_apart),
		TEST(a_seed_repeats_what_is_corrupted_byte_for_byte),
		TEST(a_change_is_told_with_its_place),
		TEST(an_end_strikes_at_the_very_byte_and_once),
		TEST(an_end_strikes_at_its_time_and_a_reset_after_a_limit),
		TEST(many_small_messages_take_memory_only_while_they_wait),
		TEST(nothing_more_is_held_back_after_a_break_or_other_rules),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
