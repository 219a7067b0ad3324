/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where a session's bytes are, as the transport tells: its queue, its records
 * of acknowledgements, or neither. */

#include "session_scene.h"

static int set_up(void **state)
{
	start_open(state);
	now.settings.ticks = ticks_new();
	return 0;
}

static int set_up_bare(void **state)
{
	fake_choose_kind(&transport_fake_bare);
	return set_up(state);
}

static int tear_down(void **state)
{
	struct ticks *ticks = now.settings.ticks;
	int unclosed = finish(state);
	ticks_free(ticks);
	fake_choose_kind(&transport_fake);
	return unclosed;
}

/* The seq of the message. */
static uint64_t say(const char *text)
{
	uint64_t seq = transcript_end(now.transcript);
	send_text(text);
	return seq;
}

static enum tick_state state_of(uint64_t seq)
{
	return (enum tick_state)ticks_at(now.settings.ticks, seq).state;
}

static void turn_until(uint64_t seq, enum tick_state state)
{
	for (int i = 0; i < 1000 && state_of(seq) != state; i++)
		wait_ms(1);
	assert_int_equal(state_of(seq), state);
}

static void bytes_go_from_us_to_the_kernel_to_the_peer(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 6, 0);
	fake_set_room(now.fake, 0);
	uint64_t first = say("hello\n");
	assert_int_equal(state_of(first), TICK_QUEUED);
	fake_set_room(now.fake, SIZE_MAX);
	turn_until(first, TICK_SENT);
	fake_set_pending(now.fake, 0, 0);
	turn_until(first, TICK_ACKED);
}

static void each_message_has_its_own_end(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 4, 0);
	uint64_t first = say("one\n"), second = say("two\n");
	turn_until(first, TICK_ACKED);
	assert_int_equal(state_of(second), TICK_SENT);
	fake_set_pending(now.fake, 0, 0);
	turn_until(second, TICK_ACKED);
}

/* The system counts our FIN as a byte. */
static void our_end_is_none_of_the_bytes(void **state)
{
	(void)state;
	uint64_t seq = say("hello\n");
	fake_set_pending(now.fake, 7, 0);
	session_shutdown(now.session);
	wait_ms(2000);
	assert_int_equal(state_of(seq), TICK_SENT);
	assert_int_equal(session_unacked(now.session), 6);
	fake_set_pending(now.fake, 1, 0);
	turn_until(seq, TICK_ACKED);
	assert_int_equal(session_unacked(now.session), 0);
}

static void a_record_tells_when_bytes_were_acknowledged(void **state)
{
	(void)state;
	fake_stamp_acks();
	fake_set_pending(now.fake, 8, 0);
	uint64_t first = say("one\n"), second = say("two\n");
	int64_t sent_us = clock_ns / 1000;
	assert_int_equal(state_of(first), TICK_SENT);
	clock_ns += MS_NS;
	fake_ack(now.fake, 4, sent_us + 7);
	turn();
	assert_int_equal(state_of(first), TICK_ACKED);
	assert_int_equal(ticks_at(now.settings.ticks, first).ack_us, 7);
	assert_int_equal(state_of(second), TICK_SENT);
}

static void without_acknowledgements_written_is_arrived(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 4, 0); /* the peer has not read it */
	turn_until(say("one\n"), TICK_ACKED);
}

/* It could be read until then. */
static void without_acknowledgements_a_reset_loses_what_was_not_read(
    void **state)
{
	(void)state;
	fake_set_pending(now.fake, 4, 0);
	uint64_t first = say("one\n"), second = say("two\n");
	wait_ms(2000);
	assert_int_equal(state_of(second), TICK_ACKED);
	fake_set_pending(now.fake, -1, ECONNRESET);
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_int_equal(state_of(first), TICK_ACKED);
	assert_int_equal(state_of(second), TICK_LOST);
}

static void without_acknowledgements_our_end_loses_nothing(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 4, 0);
	uint64_t seq = say("one\n");
	session_reset(now.session);
	assert_int_equal(state_of(seq), TICK_ACKED);
}

static void what_never_arrived_is_lost(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 4, 0);
	uint64_t first = say("one\n");
	fake_set_room(now.fake, 0);
	uint64_t second = say("two\n");
	fake_set_pending(now.fake, -1, ECONNRESET);
	session_reset(now.session);
	assert_int_equal(state_of(first), TICK_LOST);
	assert_int_equal(state_of(second), TICK_LOST);
	assert_true(ticks_at(now.settings.ticks, first).is_final);
	assert_true(ticks_at(now.settings.ticks, second).is_final);
}

static void without_ticks_the_system_is_not_asked(void **state)
{
	(void)state;
	struct ticks *ticks = now.settings.ticks;
	now.settings.ticks = NULL;
	uint64_t seq = say("one\n");
	now.settings.ticks = ticks;
	assert_int_equal(state_of(seq), TICK_NONE);
}

static void messages_beyond_those_followed_have_no_tick(void **state)
{
	(void)state;
	uint64_t last = 0, first = transcript_end(now.transcript);
	fake_set_room(now.fake, 0);
	for (int i = 0; i <= TICKS_MAX; i++)
		last = say("x\n");
	assert_int_equal(state_of(first), TICK_QUEUED);
	assert_int_equal(state_of(last), TICK_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_go_from_us_to_the_kernel_to_the_peer),
		TEST(each_message_has_its_own_end),
		TEST(our_end_is_none_of_the_bytes),
		TEST(a_record_tells_when_bytes_were_acknowledged),
		cmocka_unit_test_setup_teardown(
		    without_acknowledgements_a_reset_loses_what_was_not_read,
		    set_up_bare, tear_down),
		cmocka_unit_test_setup_teardown(
		    without_acknowledgements_our_end_loses_nothing, set_up_bare,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    without_acknowledgements_written_is_arrived, set_up_bare,
		    tear_down),
		TEST(what_never_arrived_is_lost),
		TEST(without_ticks_the_system_is_not_asked),
		TEST(messages_beyond_those_followed_have_no_tick),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
