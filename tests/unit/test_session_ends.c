/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a conversation begins, waits and ends, in every order. */

#include "session_scene.h"

/* The beginning */

static void what_is_sent_before_it_is_open_waits(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	assert_true(now.session->phase == ENTRY_CONNECTING);
	send_text("early\n");
	session_shutdown(now.session);
	turn();
	assert_int_equal(queue_len(now.session->queue), 6);
	assert_not_sent("not sent: you have finished sending to " WHERE);
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	assert_string_equal(fake_written(now.fake), "early\n");
	assert_true(fake_is_shut_down(now.fake));
	assert_int_equal(now.opens, 1);
	assert_story("C>OH");
}

static void what_waited_is_lost_with_a_word_when_it_is_refused(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	send_text("early\n");
	fake_settle(now.fake, ECONNREFUSED);
	turn();
	assert_ended(true, FAKE_CLOSED);
	assert_story("C>EX");
	assert_int_equal(now.opens, 0);
	assert_string_equal(now.why.code, "ECONNREFUSED");
	assert_string_equal(last_error()->code, "ECONNREFUSED");
	const struct entry *e = entry_at(
	    now.transcript, transcript_end(now.transcript) - 1);
	assert_non_null(memmem(e->bytes, e->len, "never sent", 10));
}

static void a_close_gives_up_connecting(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	session_close(now.session);
	assert_ended(true, FAKE_CLOSED);
	assert_string_equal(now.why.code, "");
	session_close(now.session);
	session_leave(now.session);
	session_reset(now.session);
	turn();
	assert_int_equal(now.ends, 1);
	assert_story("CX");
}

static void a_reset_gives_up_connecting(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	session_reset(now.session);
	turn();
	assert_int_equal(now.ends, 1);
	assert_story("CX");
}

/* Rows show what has come of it */

static void being_connected_takes_the_place_of_connecting(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	assert_rows("C");
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	assert_story("CO");
	assert_rows("O");
}

static void a_refusal_takes_the_place_of_connecting(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	dial();
	fake_settle(now.fake, ECONNREFUSED);
	turn();
	assert_story("CEX");
	assert_rows("E");
}

static void a_name_is_resolved_in_the_row_of_its_connection(void **state)
{
	const struct dial_settings settings = { .timeout_ms = 5000 };
	const struct endpoint ep = { .host = "localhost", .port = "9" };
	(void)state;
	session_connect(now.session, fake_kind(), &ep, &settings, false);
	assert_rows("R");
	session_close(now.session);
	assert_story("RX");
	assert_rows("X");
}

static void an_end_is_told_once(void **state)
{
	(void)state;
	adopt();
	session_shutdown(now.session);
	turn();
	assert_rows("OH");
	fake_feed_end(now.fake);
	turn();
	assert_story("OHX");
	assert_rows("OX");
}

static void half_an_end_that_words_follow_keeps_its_row(void **state)
{
	(void)state;
	adopt();
	session_shutdown(now.session);
	turn();
	fake_feed(now.fake, "still\n");
	turn();
	fake_feed_end(now.fake);
	turn();
	assert_rows("OH<X");
}

static void with_steps_each_state_keeps_its_row(void **state)
{
	(void)state;
	now.settings.tells_steps = true;
	dial();
	session_shutdown(now.session);
	turn();
	fake_feed_end(now.fake);
	turn();
	assert_story("C**OHX");
	assert_rows("C**OHX");
}

/* Halves end in four orders */

static void the_peer_ends_first(void **state)
{
	(void)state;
	fake_feed(now.fake, "bye");
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(now.in_ends, 1);
	assert_int_equal(now.session->link.halves, HALVES_IN_CLOSED);
	send_text("more\n");
	wait_ms(500);
	assert_int_equal(now.ends, 0);
	session_shutdown(now.session);
	turn();
	assert_string_equal(fake_written(now.fake), "more\n");
	assert_ended(false, FAKE_CLOSED);
	assert_story("O<H>X");
}

static void one_byte_is_told_as_one(void **state)
{
	(void)state;
	send_text("x");
	turn();
	session_reset(now.session);
	turn();
	const struct entry *e = entry_at(
	    now.transcript, transcript_end(now.transcript) - 1);
	assert_non_null(memmem(e->bytes, e->len, "0 bytes received, 1 byte "
	                                         "sent", 29));
}

static void we_end_first(void **state)
{
	(void)state;
	session_shutdown(now.session);
	turn();
	assert_int_equal(now.session->link.halves, HALVES_OUT_CLOSED);
	assert_not_sent("not sent: you have finished sending to " WHERE);
	wait_ms(500);
	fake_feed(now.fake, "still\n");
	turn();
	assert_int_equal(now.ends, 0);
	fake_feed_end(now.fake);
	turn();
	assert_ended(false, FAKE_CLOSED);
	assert_int_equal(now.in_ends, 0);
	assert_story("OH<X");
}

static void both_end_at_once(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	session_shutdown(now.session);
	turn();
	assert_ended(false, FAKE_CLOSED);
	assert_story("OHX");
}

static void the_peer_ends_while_ours_still_waits_to_go(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 0);
	send_text("queued\n");
	session_shutdown(now.session);
	fake_feed_end(now.fake);
	wait_ms(500);
	assert_int_equal(now.ends, 0);
	assert_false(fake_is_shut_down(now.fake));
	fake_limit_write(now.fake, 3);
	turn();
	assert_string_equal(fake_written(now.fake), "queued\n");
	assert_ended(false, FAKE_CLOSED);
}

static void assert_told_ends(unsigned ended)
{
	turn();
	const struct entry *e = entry_at(
	    now.transcript, transcript_end(now.transcript) - 1);
	assert_int_equal(e->state, ENTRY_CLOSED);
	assert_int_equal(e->ended, ended);
}

static void a_close_by_both_tells_that_both_have_ended(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	session_shutdown(now.session);
	assert_told_ends(ENTRY_IN | ENTRY_OUT);
}

static void a_reset_of_ours_tells_that_we_have_not_ended(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	turn();
	session_reset(now.session);
	assert_told_ends(ENTRY_IN);
}

/* Close, leave, reset */

static void a_close_waits_for_the_peers_end(void **state)
{
	(void)state;
	session_close(now.session);
	wait_ms(50);
	assert_true(fake_is_shut_down(now.fake));
	assert_true(now.session->closes);
	assert_int_equal(now.ends, 0);
	fake_feed(now.fake, "goodbye\n");
	fake_feed_end(now.fake);
	turn();
	assert_ended(false, FAKE_CLOSED);
	assert_story("OH<X");
}

static void a_close_waits_no_longer_than_it_may(void **state)
{
	(void)state;
	session_close(now.session);
	wait_ms(99);
	assert_int_equal(now.ends, 0);
	wait_ms(2);
	assert_ended(false, FAKE_CLOSED);
	assert_told_ends(ENTRY_OUT);
}

static void the_wait_of_a_close_begins_when_all_has_gone(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 0);
	send_text("slow\n");
	session_close(now.session);
	wait_ms(1000);
	assert_int_equal(now.ends, 0);
	fake_limit_write(now.fake, SIZE_MAX);
	wait_ms(50);
	assert_int_equal(now.ends, 0);
	wait_ms(51);
	assert_ended(false, FAKE_CLOSED);
	assert_string_equal(fake_written(now.fake), "slow\n");
}

static void a_close_reads_what_was_paused(void **state)
{
	(void)state;
	session_pause(now.session);
	fake_feed(now.fake, "waited\n");
	fake_feed_end(now.fake);
	turn();
	assert_story("O");
	session_close(now.session);
	turn();
	assert_ended(false, FAKE_CLOSED);
	assert_story("OH<X");
}

static void leaving_waits_only_for_what_is_ours(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 5, 0);
	send_text("last\n");
	session_leave(now.session);
	wait_ms(300);
	assert_true(fake_is_shut_down(now.fake));
	assert_int_equal(now.ends, 0);
	fake_set_pending(now.fake, 0, 0);
	wait_ms(51);
	assert_ended(false, FAKE_CLOSED);
}

/* Unread bytes would make a reset of the FIN. */
static void leaving_reads_what_nobody_wants_any_more(void **state)
{
	(void)state;
	hold(true);
	fake_feed(now.fake, "unread\n");
	session_leave(now.session);
	turn();
	assert_ended(false, FAKE_CLOSED);
	assert_int_equal(fake_unread(now.fake), 0);
}

static void a_reset_drops_what_waits(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 0);
	send_text("lost\n");
	session_reset(now.session);
	assert_ended(true, FAKE_RESET);
	assert_int_equal(queue_len(now.session->queue), 0);
	turn();
	assert_story("O>X");
}

static void freeing_an_open_one_closes_it(void **state)
{
	(void)state;
	send_text("x\n");
	session_free(now.session);
	now.count = 0;
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
	assert_int_equal(now.ends, 0);
}

static void a_session_ends_when_idle_and_stays_while_bytes_move(void **state)
{
	(void)state;
	now.settings.idle_ns = 100 * MS_NS;
	session_refresh(now.session);
	send_text("x\n");
	for (int i = 0; i < 4; i++) {
		wait_ms(80);
		if (i % 2)
			send_text("x\n");
		else
			fake_feed(now.fake, "y\n");
		turn();
		assert_int_equal(now.ends, 0);
	}
	wait_ms(101);
	assert_ended(true, FAKE_CLOSED);
	assert_string_equal(last_error()->code, "ETIMEDOUT");
}

/* Who waits for whom */

static void pause_and_hold_are_two_things(void **state)
{
	(void)state;
	session_pause(now.session);
	hold(true);
	fake_feed(now.fake, "x\n");
	session_resume(now.session);
	turn();
	assert_int_equal(fake_reads(now.fake), 0);
	session_pause(now.session);
	hold(false);
	turn();
	assert_int_equal(fake_reads(now.fake), 0);
	session_resume(now.session);
	turn();
	assert_story("O<");
}

static void an_echo_reads_again_only_when_the_queue_is_low(void **state)
{
	static char block[32 << 10];
	(void)state;
	memset(block, '\n', sizeof(block));
	now.settings.echo = true;
	now.settings.keeps_entries = false;
	fake_set_room(now.fake, 0);
	for (int i = 0; i < 20; i++)
		fake_feed_bytes(now.fake, block, sizeof(block));
	for (int i = 0; i < 5; i++)
		turn();
	size_t queued = queue_len(now.session->queue);
	assert_int_equal(queued, QUEUE_SHARE_MAX);
	fake_set_room(now.fake, queued - QUEUE_SHARE_MAX / 4 - 1);
	turn();
	assert_int_equal(queue_len(now.session->queue),
	                 QUEUE_SHARE_MAX / 4 + 1);
	size_t reads = fake_reads(now.fake);
	turn();
	assert_int_equal(fake_reads(now.fake), reads);
	fake_set_room(now.fake, 1);
	turn();
	assert_true(fake_reads(now.fake) > reads);
	fake_set_room(now.fake, SIZE_MAX);
	fake_feed_end(now.fake);
	for (int i = 0; i < 5; i++)
		turn();
	assert_int_equal(fake_written_len(now.fake), 20 * sizeof(block));
	assert_ended(false, FAKE_CLOSED);
}

static void a_drip_goes_by_the_clock_and_the_end_follows_it(void **state)
{
	(void)state;
	have_faults("out:slice=2,10ms");
	send_text("abcde");
	session_shutdown(now.session);
	assert_string_equal(fake_written(now.fake), "ab");
	wait_ms(9);
	assert_string_equal(fake_written(now.fake), "ab");
	wait_ms(2);
	assert_string_equal(fake_written(now.fake), "abcd");
	assert_false(fake_is_shut_down(now.fake));
	wait_ms(11);
	assert_string_equal(fake_written(now.fake), "abcde");
	assert_true(fake_is_shut_down(now.fake));
}

static void what_is_discarded_is_counted_and_not_kept(void **state)
{
	(void)state;
	now.settings.discards_in = true;
	fake_feed(now.fake, "12345\n");
	turn();
	assert_int_equal(now.session->link.bytes_in, 6);
	assert_story("O");
}

static void too_much_is_refused_and_nothing_is_cut(void **state)
{
	size_t len = QUEUES_MAX / 2 + 1;
	char *block = malloc(len);
	struct error e;
	(void)state;
	assert_non_null(block);
	memset(block, 'x', len);
	now.settings.keeps_entries = false;
	fake_limit_write(now.fake, 0);
	assert_int_equal(session_send(now.session, block, len, &e), 0);
	assert_int_equal(session_send(now.session, block, len, &e), -1);
	assert_string_equal(e.code, "EMSGSIZE");
	assert_int_equal(queue_len(now.session->queue), len);
	free(block);
	session_reset(now.session);
}

#define OPEN(name)  cmocka_unit_test_setup_teardown(name, start_open, finish)
#define FRESH(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(what_is_sent_before_it_is_open_waits),
		FRESH(what_waited_is_lost_with_a_word_when_it_is_refused),
		FRESH(a_close_gives_up_connecting),
		FRESH(a_reset_gives_up_connecting),
		FRESH(being_connected_takes_the_place_of_connecting),
		FRESH(a_refusal_takes_the_place_of_connecting),
		FRESH(a_name_is_resolved_in_the_row_of_its_connection),
		FRESH(an_end_is_told_once),
		FRESH(half_an_end_that_words_follow_keeps_its_row),
		FRESH(with_steps_each_state_keeps_its_row),
		OPEN(the_peer_ends_first),
		OPEN(one_byte_is_told_as_one),
		OPEN(we_end_first),
		OPEN(both_end_at_once),
		OPEN(a_close_by_both_tells_that_both_have_ended),
		OPEN(a_reset_of_ours_tells_that_we_have_not_ended),
		OPEN(the_peer_ends_while_ours_still_waits_to_go),
		OPEN(a_close_waits_for_the_peers_end),
		OPEN(a_close_waits_no_longer_than_it_may),
		OPEN(the_wait_of_a_close_begins_when_all_has_gone),
		OPEN(a_close_reads_what_was_paused),
		OPEN(leaving_waits_only_for_what_is_ours),
		OPEN(leaving_reads_what_nobody_wants_any_more),
		OPEN(a_reset_drops_what_waits),
		OPEN(freeing_an_open_one_closes_it),
		OPEN(a_session_ends_when_idle_and_stays_while_bytes_move),
		OPEN(pause_and_hold_are_two_things),
		OPEN(an_echo_reads_again_only_when_the_queue_is_low),
		OPEN(a_drip_goes_by_the_clock_and_the_end_follows_it),
		OPEN(what_is_discarded_is_counted_and_not_kept),
		OPEN(too_much_is_refused_and_nothing_is_cut),
	};
	return run_over_each_kind(tests);
}
