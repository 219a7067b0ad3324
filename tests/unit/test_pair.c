/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A client and its target, over transports without a network. */

#include <sockchat/pair.h>

#include "session_scene.h"

#define MANY ((size_t)10000) /* more than a queue takes when there is no room */

static struct session_settings near_settings;
static struct fake *client, *target;

static int start_pair(void **state)
{
	struct address peer = fake_address(WHERE);
	start(state);
	pair_settings(&near_settings, &now.settings);
	client = fake_open();
	assert_int_equal(pair_begin(now.session, &near_settings,
	                            fake_transport(client), &peer), 0);
	dial();
	target = now.fake;
	return 0;
}

static void feed(struct fake *f, size_t len)
{
	char bytes[MANY];
	assert_true(len <= sizeof(bytes));
	memset(bytes, 'x', len);
	fake_feed_bytes(f, bytes, len);
}

static void what_each_says_goes_to_the_other(void **state)
{
	(void)state;
	fake_feed(client, "hello");
	fake_feed(target, "world");
	turn();
	assert_string_equal(fake_written(target), "hello");
	assert_string_equal(fake_written(client), "world");
}

static void a_side_is_not_read_while_enough_waits_for_the_other(void **state)
{
	(void)state;
	now.queues.max = 0;
	fake_set_room(client, 0);
	feed(target, MANY);
	feed(target, 1);
	turn();
	turn();
	assert_int_equal(fake_unread(target), 1);
	fake_set_room(client, SIZE_MAX);
	turn();
	turn();
	assert_int_equal(fake_written_len(client), MANY + 1);
}

static void a_side_is_read_on_when_the_other_takes_all_at_once(void **state)
{
	(void)state;
	now.queues.max = 0;
	fake_limit_write(client, MANY / 2); /* too much is left for a moment */
	feed(target, MANY);
	feed(target, 1);
	turn();
	turn();
	assert_int_equal(fake_written_len(client), MANY + 1);
}

/* However the writes meet the moments at which each side is looked at. */
static void a_side_is_read_on_when_the_other_takes_a_little_each_time(
    void **state)
{
	(void)state;
	now.queues.max = 0;
	for (size_t parts = 3; parts < 8; parts++) {
		fake_forget_written(client);
		fake_limit_write(client, MANY / parts + 1);
		feed(target, MANY);
		feed(target, 1);
		for (size_t i = 0; i < parts; i++)
			turn();
		assert_int_equal(fake_written_len(client), MANY + 1);
	}
}

/* The client resets behind what it has said. */
static void say_and_reset(const char *text)
{
	fake_feed(client, text);
	fake_feed_error(client, ECONNRESET);
	turn();
	turn();
}

static void what_comes_before_a_reset_waits_for_the_target(void **state)
{
	struct address peer = fake_address(WHERE);
	start(state);
	pair_settings(&near_settings, &now.settings);
	client = fake_open();
	assert_int_equal(pair_begin(now.session, &near_settings,
	                            fake_transport(client), &peer), 0);
	fake_on_connect("127.0.0.1:9", FAKE_HANGS);
	dial();
	target = now.fake;
	struct link *near = &now.session->pair->near->link;
	say_and_reset("hello");
	for (int i = 0; i < 3; i++) /* the system tells of the reset */
		near->ops->on_ready(near, LOOP_HANGUP);
	fake_settle(target, FAKE_OPENS);
	turn();
	turn();
	assert_string_equal(fake_written(target), "hello");
	assert_int_equal(fake_end(target), FAKE_RESET);
}

static void a_reset_follows_what_is_acknowledged(void **state)
{
	(void)state;
	fake_set_pending(target, 5, 0);
	say_and_reset("hello");
	wait_ms(1000);
	assert_string_equal(fake_written(target), "hello");
	assert_int_equal(fake_end(target), FAKE_IN_USE);
	fake_set_pending(target, 0, 0);
	wait_ms(51);
	assert_int_equal(fake_end(target), FAKE_RESET);
}

/* The error says it, with the counts of both sides. */
static void a_reset_by_the_client_is_one_row(void **state)
{
	const struct entry *e;
	(void)state;
	say_and_reset("hello");
	wait_ms(51);
	assert_int_equal(fake_end(target), FAKE_RESET);
	e = entry_at(now.transcript, transcript_end(now.transcript) - 1);
	assert_int_equal(e->state, ENTRY_CLOSED);
	assert_true(e->flags & ENTRY_FOLDED);
}

static void a_reset_waits_for_five_seconds_at_most(void **state)
{
	(void)state;
	fake_set_pending(target, 5, 0);
	say_and_reset("hello");
	wait_ms(4900);
	assert_int_equal(fake_end(target), FAKE_IN_USE);
	wait_ms(200);
	assert_int_equal(fake_end(target), FAKE_RESET);
}

/* What was written to it is not lost when it is closed. */
static void a_kind_without_resets_is_closed_at_once(void **state)
{
	(void)state;
	fake_set_pending(target, 5, 0);
	say_and_reset("hello");
	assert_string_equal(fake_written(target), "hello");
	assert_false(session_is_open(now.session));
}

static int start_bare_pair(void **state)
{
	fake_choose_kind(&transport_fake_bare);
	return start_pair(state);
}

static int finish_bare(void **state)
{
	int failed = finish(state);
	fake_choose_kind(&transport_fake);
	return failed;
}

#define PAIR_TEST(f) cmocka_unit_test_setup_teardown(f, start_pair, finish)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		PAIR_TEST(what_each_says_goes_to_the_other),
		PAIR_TEST(a_side_is_not_read_while_enough_waits_for_the_other),
		PAIR_TEST(a_side_is_read_on_when_the_other_takes_all_at_once),
		PAIR_TEST(
		    a_side_is_read_on_when_the_other_takes_a_little_each_time),
		cmocka_unit_test_teardown(
		    what_comes_before_a_reset_waits_for_the_target, finish),
		PAIR_TEST(a_reset_follows_what_is_acknowledged),
		PAIR_TEST(a_reset_by_the_client_is_one_row),
		PAIR_TEST(a_reset_waits_for_five_seconds_at_most),
		cmocka_unit_test_setup_teardown(
		    a_kind_without_resets_is_closed_at_once, start_bare_pair,
		    finish_bare),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
