/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a connection begins, what is noted of it, and its orderly end. */

#include "link_scene.h"

/* The beginning */

static void a_dialled_link_opens(void **state)
{
	(void)state;
	dial();
	assert_int_equal(now.opens, 1);
	assert_null(now.link.dial);
	assert_false(now.link.is_accepted);
	step(LOOP_READ);
	fake_feed(now.fake, "hello");
	turn();
	assert_string_equal(now.came, "hello");
}

static void a_refused_link_is_over(void **state)
{
	(void)state;
	fake_on_connect(WHERE, ECONNREFUSED);
	dial();
	assert_int_equal(now.overs, 1);
	assert_string_equal(now.error.code, "ECONNREFUSED");
	assert_null(now.link.dial);
	link_step(&now.link, LOOP_READ); /* harmless */
}

static void closing_gives_up_dialling(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	link_close(&now.link, false);
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	assert_int_equal(now.opens + now.overs, 0);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

/* An opening of several round trips */

static void assert_opens_after_two_answers(void)
{
	turn();
	fake_answer(now.fake);
	turn();
	assert_int_equal(now.opens, 0);
	assert_null(now.link.transport);
	fake_answer(now.fake);
	turn();
	assert_int_equal(now.opens, 1);
	assert_null(now.link.dial);
	step(LOOP_READ);
	fake_feed(now.fake, "hello");
	turn();
	assert_string_equal(now.came, "hello");
}

static void a_dialled_peer_opens_after_its_round_trips(void **state)
{
	(void)state;
	fake_set_rounds(2);
	dial();
	assert_opens_after_two_answers();
	assert_false(now.link.is_accepted);
}

static void an_open_peer_is_taken_at_once(void **state)
{
	(void)state;
	accept_peer();
	assert_int_equal(now.opens, 1);
	assert_null(now.link.dial);
}

static void an_opening_has_its_time(void **state)
{
	(void)state;
	fake_set_rounds(2);
	dial();
	wait_ms(4990);
	fake_answer(now.fake);
	wait_ms(9);
	assert_int_equal(now.overs, 0);
	wait_ms(1);
	assert_over(0);
	assert_string_equal(now.error.code, "ETIMEDOUT");
}

static void closing_gives_up_an_opening(void **state)
{
	(void)state;
	fake_set_rounds(1);
	dial();
	turn();
	link_close(&now.link, false);
	fake_answer(now.fake);
	turn();
	assert_int_equal(now.opens + now.overs, 0);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
}

/* What is noted */

static void bytes_are_counted_with_their_time(void **state)
{
	int64_t opened_ns = now.link.in_ns;
	(void)state;
	assert_true(now.link.is_accepted);
	assert_int_equal(link_moved_ns(&now.link), opened_ns);
	wait_ms(5);
	fake_feed(now.fake, "abc");
	turn();
	assert_int_equal(now.link.bytes_in, 3);
	assert_int_equal(now.link.in_ns, opened_ns + 5 * MS_NS);
	wait_ms(5);
	write_text("xy");
	assert_int_equal(now.link.bytes_out, 2);
	assert_int_equal(link_moved_ns(&now.link), opened_ns + 10 * MS_NS);
	assert_string_equal(fake_written(now.fake), "xy");
}

static void a_transport_that_has_to_look_moves_nothing_unseen(void **state)
{
	(void)state;
	assert_int_equal(link_read_to(&now.link, 0, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(link_write_from(&now.link, 0, true, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(now.link.broken, 0);
}

static void an_end_without_a_word_is_one_soon_after_dialling(void **state)
{
	(void)state;
	dial();
	step(LOOP_READ);
	assert_false(link_is_wordless(&now.link));
	fake_feed_end(now.fake);
	turn();
	assert_true(link_is_wordless(&now.link));
	clock_ns += 1000 * MS_NS;
	turn();
	assert_false(link_is_wordless(&now.link));
}

static void
an_accepted_peer_that_ends_silently_is_not_remarked_upon(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	turn();
	assert_true(now.link.has_peer_ended);
	assert_false(link_is_wordless(&now.link));
}

/* The end */

static void it_is_over_when_both_halves_have_ended(void **state)
{
	(void)state;
	fake_feed(now.fake, "bye");
	fake_feed_end(now.fake);
	turn();
	assert_string_equal(now.came, "bye");
	assert_int_equal(now.overs, 0);
	assert_int_equal(now.link.halves, HALVES_IN_CLOSED);
	write_text("bye");
	step(LOOP_READ | LINK_END_OUT);
	assert_false(fake_is_shut_down(now.fake)); /* closing says it */
	assert_over(0);
}

static void our_end_goes_although_not_all_has_arrived(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	turn();
	fake_set_pending(now.fake, 3, 0);
	step(LOOP_READ | LINK_END_OUT);
	assert_true(fake_is_shut_down(now.fake));
	assert_int_equal(now.overs, 0);
	fake_set_pending(now.fake, 0, 0);
	step(LOOP_READ | LINK_END_OUT);
	assert_over(0);
}

static void our_end_goes_once_and_the_peer_may_go_on(void **state)
{
	(void)state;
	step(LOOP_READ | LINK_END_OUT);
	fake_feed(now.fake, "more");
	turn();
	assert_int_equal(now.ends_out, 1);
	assert_int_equal(now.overs, 0);
	assert_string_equal(now.came, "more");
	fake_feed_end(now.fake);
	turn();
	assert_over(0);
}

static void leaving_waits_for_acknowledgements_alone(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 7, 0);
	step(LOOP_READ | LINK_END_OUT | LINK_LEAVE);
	wait_ms(200);
	assert_int_equal(now.overs, 0);
	assert_int_equal(now.unacked, 7);
	size_t waits = now.waits;
	wait_ms(100); /* it is asked about less and less often */
	assert_true(now.waits > waits && now.waits <= waits + 3);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_over(0);
}

static void leaving_waits_for_our_end(void **state)
{
	(void)state;
	step(LOOP_READ | LINK_LEAVE);
	wait_ms(100);
	assert_int_equal(now.overs, 0);
	step(LOOP_READ | LINK_LEAVE | LINK_END_OUT);
	assert_over(0);
}

static void a_half_that_has_ended_causes_no_wake_up(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	now.wishes = LOOP_READ;
	fake_feed_end(now.fake);
	turn();
	size_t readies = now.readies;
	turn();
	assert_int_equal(now.readies, readies);
	step(LOOP_READ | LOOP_WRITE | LINK_END_OUT);
	readies = now.readies;
	turn();
	assert_int_equal(now.readies, readies);
}

static void a_hang_up_after_both_ends_is_no_break(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	now.wishes = LOOP_READ;
	fake_feed_end(now.fake);
	turn();
	step(LOOP_HANGUP | LINK_END_OUT);
	fake_feed_error(now.fake, ECONNRESET);
	wait_ms(5);
	assert_int_equal(now.overs, 0);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_over(0);
}

static void acknowledgements_are_not_asked_for_before_our_end(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	step(LOOP_READ | LINK_ASK);
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(now.waits, 0); /* our half goes on */
	step(LOOP_READ | LINK_ASK | LINK_END_OUT);
	assert_false(now.link.is_settled);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_over(0);
}

static void an_owner_that_asks_is_told_while_the_peer_goes_on(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 1, 0);
	step(LOOP_READ | LINK_ASK | LINK_END_OUT);
	assert_false(now.link.is_settled);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_true(now.link.is_settled);
	assert_int_equal(now.overs, 0);
}

static void unread_bytes_put_off_the_end(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	step(LINK_HOLD | LOOP_READ | LINK_END_OUT);
	wait_ms(200);
	assert_int_equal(now.overs, 0);
	step(LINK_END_OUT);
	assert_over(0);
}

static void closing_destroys_nothing_that_the_peer_has_to_read(void **state)
{
	(void)state;
	step(0);
	fake_feed(now.fake, "unread");
	link_close(&now.link, false);
	assert_int_equal(fake_unread(now.fake), 0);
	assert_true(fake_is_shut_down(now.fake));
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
	link_close(&now.link, true); /* harmless */
	assert_int_equal(now.overs, 0);
}

static void an_abort_resets_it(void **state)
{
	(void)state;
	link_close(&now.link, true);
	assert_int_equal(fake_end(now.fake), FAKE_RESET);
	assert_int_equal(now.link.halves, HALVES_CLOSED);
	assert_null(now.link.watch.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(a_dialled_link_opens),
		FRESH(a_refused_link_is_over),
		FRESH(closing_gives_up_dialling),
		FRESH(a_dialled_peer_opens_after_its_round_trips),
		FRESH(an_open_peer_is_taken_at_once),
		FRESH(an_opening_has_its_time),
		FRESH(closing_gives_up_an_opening),
		OPEN(bytes_are_counted_with_their_time),
		OPEN(a_transport_that_has_to_look_moves_nothing_unseen),
		FRESH(an_end_without_a_word_is_one_soon_after_dialling),
		OPEN(an_accepted_peer_that_ends_silently_is_not_remarked_upon),
		OPEN(it_is_over_when_both_halves_have_ended),
		OPEN(our_end_goes_although_not_all_has_arrived),
		OPEN(our_end_goes_once_and_the_peer_may_go_on),
		OPEN(leaving_waits_for_acknowledgements_alone),
		OPEN(leaving_waits_for_our_end),
		OPEN(a_half_that_has_ended_causes_no_wake_up),
		OPEN(a_hang_up_after_both_ends_is_no_break),
		OPEN(acknowledgements_are_not_asked_for_before_our_end),
		OPEN(an_owner_that_asks_is_told_while_the_peer_goes_on),
		OPEN(unread_bytes_put_off_the_end),
		OPEN(closing_destroys_nothing_that_the_peer_has_to_read),
		OPEN(an_abort_resets_it),
	};
	return run_over_each_kind(tests);
}
