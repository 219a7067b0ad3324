/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is remembered of messages on their way. */

#include <sockchat/ticks.h>

#include "unit.h"

static struct ticks *ticks;
static uint64_t told;
static size_t told_count;

static void on_change(void *user, uint64_t seq)
{
	(void)user;
	told = seq;
	told_count++;
}

static struct ticks_listener listener = { .on_tick = on_change };

static int set_up(void **state)
{
	(void)state;
	ticks = ticks_new();
	ticks_listen(ticks, &listener);
	told = told_count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ticks_free(ticks);
	return 0;
}

static void assert_tick(uint64_t seq, enum tick_state state, uint32_t ack_us)
{
	struct tick tick = ticks_at(ticks, seq);
	assert_int_equal(tick.state, state);
	assert_int_equal(tick.ack_us, ack_us);
}

static void a_message_goes_from_us_to_the_peer(void **state)
{
	(void)state;
	ticks_add(ticks, 3);
	ticks_add(ticks, 7);
	assert_tick(3, TICK_QUEUED, 0);
	ticks_set(ticks, &(struct tick){ 7, 0, TICK_SENT, false });
	ticks_set(ticks, &(struct tick){ 7, 42, TICK_ACKED, false });
	assert_tick(7, TICK_ACKED, 42);
	assert_tick(3, TICK_QUEUED, 0);
	assert_string_equal(tick_name(TICK_ACKED), "acked");
	assert_string_equal(tick_name(TICK_LOST), "lost");
}

static void what_was_not_sent_by_hand_has_none(void **state)
{
	(void)state;
	ticks_add(ticks, 3);
	assert_tick(2, TICK_NONE, 0);
	assert_tick(4, TICK_NONE, 0);
	ticks_set(ticks, &(struct tick){ 4, 0, TICK_SENT, false });
	assert_tick(4, TICK_NONE, 0);
	assert_int_equal(told_count, 0);
}

static void only_a_change_of_a_tick_is_told(void **state)
{
	(void)state;
	ticks_add(ticks, 3);
	assert_int_equal(told_count, 0);
	ticks_set(ticks, &(struct tick){ 3, 0, TICK_SENT, false });
	ticks_set(ticks, &(struct tick){ 3, 0, TICK_SENT, false });
	assert_int_equal(told_count, 1);
	assert_int_equal(told, 3);
	ticks_set(ticks, &(struct tick){ 3, 0, TICK_SENT, true });
	assert_int_equal(told_count, 2);
}

static void all_who_listen_are_told_until_they_leave(void **state)
{
	struct ticks_listener second = { .on_tick = on_change };
	(void)state;
	ticks_add(ticks, 3);
	ticks_listen(ticks, &second);
	ticks_set(ticks, &(struct tick){ 3, 0, TICK_SENT, false });
	assert_int_equal(told_count, 2);
	ticks_unlisten(ticks, &second);
	ticks_unlisten(ticks, &second);
	ticks_set(ticks, &(struct tick){ 3, 0, TICK_ACKED, false });
	assert_int_equal(told_count, 3);
}

static void the_oldest_are_forgotten(void **state)
{
	(void)state;
	for (uint64_t seq = 1; seq <= TICKS_MAX + 10; seq++)
		ticks_add(ticks, seq);
	assert_tick(10, TICK_NONE, 0);
	assert_tick(11, TICK_QUEUED, 0);
	ticks_set(ticks, &(struct tick){ TICKS_MAX + 10, 1, TICK_ACKED,
	                                 false });
	assert_tick(TICKS_MAX + 10, TICK_ACKED, 1);
}

static void one_that_was_held_comes_later_than_those_behind_it(void **state)
{
	(void)state;
	ticks_add(ticks, 3);
	ticks_add(ticks, 9);
	ticks_add(ticks, 5);
	ticks_add(ticks, 4);
	ticks_set(ticks, &(struct tick){ 4, 8, TICK_ACKED, false });
	ticks_set(ticks, &(struct tick){ 9, 7, TICK_ACKED, false });
	assert_tick(3, TICK_QUEUED, 0);
	assert_tick(4, TICK_ACKED, 8);
	assert_tick(5, TICK_QUEUED, 0);
	assert_tick(9, TICK_ACKED, 7);
}

static void one_that_grows_is_queued_again(void **state)
{
	(void)state;
	ticks_add(ticks, 3);
	ticks_set(ticks, &(struct tick){ 3, 8, TICK_ACKED, false });
	ticks_add(ticks, 3);
	assert_tick(3, TICK_QUEUED, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_message_goes_from_us_to_the_peer),
		TEST(what_was_not_sent_by_hand_has_none),
		TEST(only_a_change_of_a_tick_is_told),
		TEST(all_who_listen_are_told_until_they_leave),
		TEST(the_oldest_are_forgotten),
		TEST(one_that_was_held_comes_later_than_those_behind_it),
		TEST(one_that_grows_is_queued_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
