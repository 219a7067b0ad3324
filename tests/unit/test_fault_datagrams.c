/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A direction of datagrams with faults, by a clock that is given. */

#include <stdlib.h>

#include <sockchat/stamp.h>

#include "../../src/net/fault_way.h"

#include "unit.h"

static struct fault_spec spec;
static struct fault_way way;
static uint64_t hits[FAULT_WORDS];
static struct fault_hit last;

static void on_hit(void *user, const struct fault_hit *hit)
{
	(void)user;
	hits[hit->word]++;
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
		                  .on_hit = on_hit,
		                  .has_datagrams = true };
	memset(hits, 0, sizeof(hits));
	fault_way_begin(&way, seed, 1);
}

static void put(const char *text, int64_t now_ns)
{
	assert_int_equal(fault_way_take(&way, (const uint8_t *)text,
	                                strlen(text), now_ns), 0);
}

/* Let go the next datagram that may: "" is an empty one, "none" that there is
 * none. */
static const char *go(int64_t now_ns)
{
	static char text[100];
	struct fault_piece p;
	if (!fault_way_front(&way, now_ns, &p))
		return "none";
	snprintf(text, sizeof(text), "%.*s%s", (int)p.len,
	         p.len ? (const char *)p.bytes : "", p.is_copy ? "+" : "");
	fault_way_gone(&way, p.len, now_ns);
	return text;
}

static void each_datagram_goes_as_a_whole_and_an_empty_one_too(void **state)
{
	(void)state;
	set("latency=10ms", 1);
	put("abc", 1);
	put("", 1);
	put("de", 1);
	assert_string_equal(go(1), "none");
	assert_true(fault_way_waits(&way));
	assert_int_equal(way.len, 5);
	int64_t due_ns = fault_way_due(&way, 1, true);
	assert_int_equal(due_ns, 1 + 10 * MS_NS);
	assert_string_equal(go(due_ns), "abc");
	assert_string_equal(go(due_ns), "");
	assert_true(fault_way_waits(&way));
	assert_string_equal(go(due_ns), "de");
	assert_false(fault_way_waits(&way));
	assert_int_equal(fault_way_memory(&way), 0);
}

/* Which of 10000 datagrams come, one bit each. */
static void drop(uint8_t come[1250], uint64_t seed)
{
	struct fault_piece p;
	set("drop=0.1", seed);
	memset(come, 0, 1250);
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(fault_way_take(&way, (uint8_t *)&i, sizeof(i),
		                                1), 0);
	while (fault_way_front(&way, 1, &p)) {
		uint32_t i;
		assert_int_equal(p.len, sizeof(i));
		memcpy(&i, p.bytes, sizeof(i));
		come[i / 8] |= (uint8_t)(1u << i % 8);
		fault_way_gone(&way, p.len, 1);
	}
}

static void one_in_ten_is_dropped_and_a_seed_repeats_which(void **state)
{
	static uint8_t first[1250], again[1250];
	(void)state;
	drop(first, 42);
	assert_between(hits[FAULT_DROP], 900, 1100);
	assert_int_equal(way.gone, 4 * (10000 - hits[FAULT_DROP]));
	drop(again, 42);
	assert_memory_equal(first, again, sizeof(first));
	drop(again, 43);
	assert_memory_not_equal(first, again, sizeof(first));
}

static void a_doubled_one_comes_twice_and_its_copy_counts_for_nothing(
    void **state)
{
	(void)state;
	set("dup=1", 1);
	put("ab", 1);
	assert_int_equal(way.len, 2);
	assert_string_equal(go(1), "ab");
	assert_int_equal(way.len, 0);
	assert_true(fault_way_waits(&way));
	assert_string_equal(go(1), "ab+");
	assert_string_equal(go(1), "none");
	assert_int_equal(hits[FAULT_DUP], 1);
	assert_int_equal(last.len, 2);
}

static void a_reordered_one_comes_behind_the_next(void **state)
{
	(void)state;
	set("reorder=1", 1);
	put("a", 1);
	assert_string_equal(go(1), "none");
	put("b", 2);
	put("c", 3);
	assert_int_equal(way.len, 3);
	assert_string_equal(go(3), "b");
	assert_string_equal(go(3), "a");
	assert_string_equal(go(3), "none");
	assert_int_equal(hits[FAULT_REORDER], 2);
	assert_int_equal(last.at, 2);
}

static void a_reordered_one_that_none_follows_comes_after_a_while(void **state)
{
	(void)state;
	set("reorder=1", 1);
	put("", 1);
	assert_true(fault_way_waits(&way));
	int64_t due_ns = fault_way_due(&way, 1, true);
	assert_int_equal(due_ns, 1 + 100 * MS_NS);
	assert_string_equal(go(due_ns - 1), "none");
	assert_string_equal(go(due_ns), "");
	put("b", due_ns);
	fault_way_end(&way, due_ns); /* nothing can follow it now */
	assert_false(fault_way_is_ended(&way, due_ns));
	assert_string_equal(go(due_ns), "b");
	assert_true(fault_way_is_ended(&way, due_ns));
}

static void a_rate_is_kept_though_no_datagram_is_cut(void **state)
{
	static uint8_t block[3000];
	struct fault_piece p;
	uint64_t sum = 0;
	int64_t now_ns = 1;
	(void)state;
	set("rate=10k", 1);
	while (now_ns < 20 * SECOND_NS) {
		if (!fault_way_waits(&way))
			assert_int_equal(fault_way_take(&way, block,
			                                sizeof(block), now_ns),
			                 0);
		if (fault_way_front(&way, now_ns, &p)) {
			assert_int_equal(p.len, sizeof(block));
			sum += p.len;
			fault_way_gone(&way, p.len, now_ns);
		} else {
			now_ns = fault_way_due(&way, now_ns, true);
		}
	}
	assert_between(sum, 204800 - 6000, 204800 + 6000);
	assert_true(way.has_waited);
}

static void a_limit_lets_pass_what_fits_and_cuts_none(void **state)
{
	(void)state;
	set("limit=5", 1);
	put("abc", 1);
	put("def", 1);
	assert_string_equal(go(1), "abc");
	assert_string_equal(go(1), "none");
	assert_int_equal(fault_way_strikes(&way, 1), FAULT_LIMIT);
	fault_way_cut(&way, FAULT_STALL);
	put("g", 1);
	assert_string_equal(go(1), "none");
	assert_int_equal(way.lost, 4);
}

static void a_limit_by_bytes_strikes_when_all_of_them_have_gone(void **state)
{
	(void)state;
	set("limit=3", 1);
	put("abc", 1);
	assert_int_equal(fault_way_strikes(&way, 1), FAULT_NONE);
	assert_string_equal(go(1), "abc");
	assert_int_equal(fault_way_strikes(&way, 1), FAULT_LIMIT);
}

static void slices_leave_datagrams_whole(void **state)
{
	(void)state;
	set("slice=1,50ms", 1);
	put("abc", 1);
	put("d", 1);
	assert_string_equal(go(1), "abc");
	assert_string_equal(go(1), "d");
	assert_int_equal(fault_never_strikes(&spec, true), FAULT_SLICE);
	assert_int_equal(fault_never_strikes(&spec, false), FAULT_NONE);
	set("dup=0.5", 1);
	assert_int_equal(fault_never_strikes(&spec, true), FAULT_NONE);
	assert_int_equal(fault_never_strikes(&spec, false), FAULT_DUP);
}

static void bytes_of_a_datagram_are_changed_in_their_place(void **state)
{
	(void)state;
	set("corrupt=1", 1);
	put("ab", 1);
	put("cd", 1);
	assert_int_equal(hits[FAULT_CORRUPT], 4);
	assert_int_equal(last.at, 3);
	assert_int_equal(last.was, 'd');
	assert_int_not_equal(go(1)[0], 'a');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_datagram_goes_as_a_whole_and_an_empty_one_too),
		cmocka_unit_test(
		    one_in_ten_is_dropped_and_a_seed_repeats_which),
		cmocka_unit_test(
		    a_doubled_one_comes_twice_and_its_copy_counts_for_nothing),
		cmocka_unit_test(a_reordered_one_comes_behind_the_next),
		cmocka_unit_test(
		    a_reordered_one_that_none_follows_comes_after_a_while),
		cmocka_unit_test(a_rate_is_kept_though_no_datagram_is_cut),
		cmocka_unit_test(a_limit_lets_pass_what_fits_and_cuts_none),
		cmocka_unit_test(
		    a_limit_by_bytes_strikes_when_all_of_them_have_gone),
		cmocka_unit_test(slices_leave_datagrams_whole),
		cmocka_unit_test(
		    bytes_of_a_datagram_are_changed_in_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, finish);
}
