/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a chat is left while bytes are on their way. */

#include "chat_scene.h"

static void leaving_is_asked_for_once(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	fake_limit_write(f, 0);
	type("last words");
	type("/quit");
	assert_true(c->is_leaving);
	turn();
	assert_int_equal(fake_end(f), FAKE_IN_USE);
	fake_limit_write(f, SIZE_MAX);
	turn();
	SENT(f, "last words\n");
	assert_int_equal(fake_end(f), FAKE_CLOSED);
}

/* It waits for a second, in vain. */
static void leaving_with_bytes_unacknowledged_is_a_failure(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("on its way");
	fake_set_pending(f, 11, 0);
	chat_leave(c);
	run_loop(loop);
	assert_true(c->own->has_broken);
}

static void leaving_before_our_end_has_arrived_is_told(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	type("all there");
	fake_set_pending(f, 1, 0);
	chat_leave(c);
	run_loop(loop);
	assert_true(c->own->has_broken);
	assert_last(ENTRY_ERROR, "gave up on 127.0.0.1:9: our FIN was not "
	                         "acknowledged");
}

static void acknowledge_some(struct timer *t)
{
	struct fake *f = t->user;
	ssize_t left = link_pending(&chat_session(c, 0)->link) - 10;
	fake_set_pending(f, left, 0);
	if (left)
		timer_start(loop, t, 700 * MS_NS);
}

static void leaving_goes_on_while_a_slow_peer_acknowledges(void **state)
{
	struct fake *f = connect_one();
	struct timer t = { .on_time = acknowledge_some, .user = f };
	(void)state;
	type("on its way");
	fake_set_pending(f, 30, 0);
	timer_start(loop, &t, 700 * MS_NS);
	chat_leave(c);
	run_loop(loop);
	timer_stop(&t);
}

static void leaving_when_all_has_arrived_is_no_failure(void **state)
{
	connect_one();
	(void)state;
	type("arrived");
	chat_leave(c);
	run_loop(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(leaving_is_asked_for_once),
		TEST(leaving_with_bytes_unacknowledged_is_a_failure),
		TEST(leaving_before_our_end_has_arrived_is_told),
		TEST(leaving_goes_on_while_a_slow_peer_acknowledges),
		TEST(leaving_when_all_has_arrived_is_no_failure),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
