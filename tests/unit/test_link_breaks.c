/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a connection breaks, and its clocks. */

#include "link_scene.h"

/* A break */

static void a_reset_comes_after_what_had_come(void **state)
{
	(void)state;
	now.wishes = LOOP_READ;
	fake_feed(now.fake, "last words");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_string_equal(now.came, "last words");
	assert_over(ECONNRESET);
	assert_non_null(strstr(now.error.text, "by " WHERE " after 10 bytes"));
}

static void a_failed_write_is_told_after_what_had_come(void **state)
{
	(void)state;
	now.reads = false;
	fake_feed(now.fake, "last words");
	fake_feed_error(now.fake, ECONNRESET);
	fake_fail_write(now.fake, EPIPE);
	write_text("x");
	assert_int_equal(now.link.halves, HALVES_OUT_CLOSED);
	now.reads = true;
	step(LOOP_READ | LOOP_WRITE | LINK_END_OUT);
	assert_false(fake_is_shut_down(now.fake));
	assert_string_equal(now.came, "last words");
	assert_over(EPIPE);
	assert_string_equal(now.error.code, "EPIPE");
}

static void a_write_that_has_to_wait_breaks_nothing(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 0);
	write_text("x");
	assert_int_equal(now.link.broken, 0);
	step(LOOP_READ);
	assert_int_equal(now.overs, 0);
}

static void unread_bytes_are_passed_on_before_a_break_is_told(void **state)
{
	(void)state;
	now.wishes = LOOP_READ | LINK_HOLD;
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_int_equal(now.overs, 0);
	step(LOOP_READ);
	assert_over(ECONNRESET);
}

static void one_that_fails_while_all_is_on_its_way_has_broken(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	fake_set_pending(now.fake, 3, 0);
	step(LOOP_READ | LINK_END_OUT);
	wait_ms(5);
	fake_set_pending(now.fake, -1, ETIMEDOUT);
	wait_ms(51);
	assert_over(ETIMEDOUT);
}

static void an_owner_that_cannot_go_on_ends_the_link(void **state)
{
	(void)state;
	link_break(&now.link, ENOMEM);
	link_break(&now.link, EIO);
	step(LOOP_READ);
	assert_over(ENOMEM);
}

static void a_hang_up_is_told_when_nothing_else_is_wished(void **state)
{
	(void)state;
	step(LOOP_HANGUP);
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_over(EPIPE);
}

/* Time */

static void silence_ends_it_and_anything_that_moves_does_not(void **state)
{
	(void)state;
	link_set_idle(&now.link, 100 * MS_NS);
	for (int i = 0; i < 4; i++) {
		wait_ms(80);
		if (i % 2)
			write_text("x");
		else
			fake_feed(now.fake, "y");
		turn();
	}
	wait_ms(99);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(ETIMEDOUT);
	assert_string_equal(now.error.text, "idle: nothing came from or went "
	                                    "to "
	                    WHERE " for 0.1 s");
}

static void a_limit_that_is_taken_back_ends_nothing(void **state)
{
	(void)state;
	link_set_idle(&now.link, 100 * MS_NS);
	wait_ms(50);
	link_set_idle(&now.link, 0);
	wait_ms(100);
	link_set_idle(&now.link, 200 * MS_NS);
	wait_ms(49);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(ETIMEDOUT);
}

static void the_owners_alarms_come_once_each(void **state)
{
	(void)state;
	link_set_alarm(&now.link, LINK_OWN + 1, 20 * MS_NS);
	link_set_alarm(&now.link, LINK_OWN, 10 * MS_NS);
	wait_ms(10);
	assert_int_equal(now.alarms[LINK_OWN], 1);
	assert_false(link_has_alarm(&now.link, LINK_OWN));
	assert_true(link_has_alarm(&now.link, LINK_OWN + 1));
	wait_ms(10);
	link_set_alarm(&now.link, LINK_OWN, 10 * MS_NS);
	link_stop_alarm(&now.link, LINK_OWN);
	wait_ms(50);
	assert_int_equal(now.alarms[LINK_OWN], 1);
	assert_int_equal(now.alarms[LINK_OWN + 1], 1);
}

static void nobody_is_called_after_a_close(void **state)
{
	(void)state;
	link_set_idle(&now.link, 10 * MS_NS);
	link_set_alarm(&now.link, LINK_OWN, 10 * MS_NS);
	link_close(&now.link, false);
	wait_ms(50);
	assert_int_equal(now.overs + now.alarms[LINK_OWN], 0);
}

static void a_second_connection_knows_nothing_of_the_first(void **state)
{
	(void)state;
	link_set_alarm(&now.link, LINK_OWN, MS_NS);
	fake_feed(now.fake, "one");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_over(ECONNRESET);
	accept_peer();
	step(LOOP_READ);
	assert_int_equal(now.overs, 1);
	assert_int_equal(now.link.broken, 0);
	assert_int_equal(now.link.bytes_in, 0);
	assert_int_equal(now.link.halves, HALVES_OPEN);
	link_set_alarm(&now.link, LINK_OWN + 1, 5 * MS_NS);
	wait_ms(5);
	assert_int_equal(now.alarms[LINK_OWN], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		OPEN(a_reset_comes_after_what_had_come),
		OPEN(a_failed_write_is_told_after_what_had_come),
		OPEN(a_write_that_has_to_wait_breaks_nothing),
		OPEN(unread_bytes_are_passed_on_before_a_break_is_told),
		OPEN(one_that_fails_while_all_is_on_its_way_has_broken),
		OPEN(an_owner_that_cannot_go_on_ends_the_link),
		OPEN(a_hang_up_is_told_when_nothing_else_is_wished),
		OPEN(silence_ends_it_and_anything_that_moves_does_not),
		OPEN(a_limit_that_is_taken_back_ends_nothing),
		OPEN(the_owners_alarms_come_once_each),
		OPEN(nobody_is_called_after_a_close),
		OPEN(a_second_connection_knows_nothing_of_the_first),
	};
	return run_over_each_kind(tests);
}
