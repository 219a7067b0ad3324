/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations that break; what is seen of it comes in every order. */

#include "session_scene.h"

static void a_reset_by_the_peer_comes_after_what_it_sent(void **state)
{
	(void)state;
	fake_feed(now.fake, "one\ntwo");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("O<<X");
	const struct entry *e =
	    entry_at(now.transcript, transcript_end(now.transcript) - 1);
	assert_string_equal(e->code, "ECONNRESET");
	assert_string_equal(e->peer, WHERE);
	assert_int_equal(strncmp((const char *)e->bytes, "connection closed by "
	                         "a reset: 7 bytes received, 0", 49), 0);
}

/* Whom we have reached, or sent something, should not do that. */
static void a_reset_that_may_lose_something_is_an_error(void **state)
{
	(void)state;
	send_text("x\n");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("O>EX");
	assert_string_equal(last_error()->code, "ECONNRESET");
	assert_string_equal(last_error()->peer, WHERE);
	finish(state);
	start(state);
	dial();
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("COEX");
}

static void a_write_that_fails_ends_it(void **state)
{
	(void)state;
	fake_fail_write(now.fake, EPIPE);
	send_text("x\n");
	assert_ended(true, FAKE_RESET);
	assert_story("O>EX");
	assert_string_equal(last_error()->code, "EPIPE");
}

static void what_had_come_is_read_before_a_failed_write_is_told(void **state)
{
	struct error e;
	(void)state;
	fake_feed(now.fake, "one\n");
	fake_feed(now.fake, "two\n");
	fake_feed_error(now.fake, ECONNRESET);
	fake_fail_write(now.fake, EPIPE);
	assert_int_equal(session_send(now.session, "x\n", 2, &e), 0);
	assert_not_sent("not sent: the connection to " WHERE " has ended");
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("O><<EX");
	assert_string_equal(last_error()->code, "EPIPE");
}

static void a_failed_write_to_one_that_lives_on_ends_it_too(void **state)
{
	struct error e;
	(void)state;
	fake_feed(now.fake, "one\n");
	fake_fail_write(now.fake, ENOBUFS);
	assert_int_equal(session_send(now.session, "x\n", 2, &e), 0);
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("O><EX");
}

static void what_had_come_waits_until_somebody_keeps_up(void **state)
{
	(void)state;
	hold(true);
	fake_feed(now.fake, "one\n");
	fake_feed_error(now.fake, ECONNRESET);
	fake_fail_write(now.fake, EPIPE);
	send_text("x\n");
	turn();
	assert_story("O>");
	hold(false);
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("O><EX");
}

static void an_end_that_cannot_be_sent_comes_after_what_had_come(void **state)
{
	(void)state;
	fake_feed(now.fake, "one\n");
	fake_feed_error(now.fake, ECONNRESET);
	session_shutdown(now.session);
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("OH<X");
}

static void a_reset_of_ours_that_drops_something_is_a_failure(void **state)
{
	static const struct {
		size_t room;
		ssize_t pending;
		bool shuts_down, failed;
	} cases[] = {
		{ 2, 0, false, false }, { 1, 0, false, true },
		{ 2, 2, false, true },  { 2, 0, true, false },
		{ 2, 1, true, true },
	};
	/* only TCP counts our FIN among what is pending */
	ssize_t fin = fake_kind() == &transport_fake;
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ssize_t ours = cases[i].shuts_down ? fin : 0;
		fake_set_room(now.fake, cases[i].room);
		fake_set_pending(now.fake, cases[i].pending + ours, 0);
		send_text("x\n");
		if (cases[i].shuts_down)
			session_shutdown(now.session);
		turn();
		session_reset(now.session);
		assert_int_equal(now.has_failed, cases[i].failed);
		assert_int_equal(now.losses, cases[i].failed);
		finish(state);
		start_open(state);
	}
}

/* The peer's program is gone: its system answers the question whether it is
 * still there. */
static void a_reset_long_after_the_peers_end_is_no_failure(void **state)
{
	static const struct {
		int seconds, probe; /* --keepalive's; 0: as usual */
		bool failed;
	} cases[] = { { 30, 0, true }, { 60, 0, false }, { 30, 29, false } };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		now.settings.probe_ns = cases[i].probe * 1000 * MS_NS;
		fake_feed(now.fake, "bye\n");
		fake_feed_end(now.fake);
		turn();
		clock_ns += cases[i].seconds * 1000 * MS_NS;
		turn();
		fake_set_pending(now.fake, -1, ECONNRESET);
		session_shutdown(now.session);
		turn();
		assert_ended(cases[i].failed,
		             cases[i].failed ? FAKE_RESET : FAKE_CLOSED);
		assert_story("O<HX");
		finish(state);
		start_open(state);
	}
}

static void without_memory_it_ends_by_a_reset(void **state)
{
	(void)state;
	fake_feed(now.fake, "one\n");
	fake_feed_error(now.fake, ENOMEM);
	turn();
	assert_ended(true, FAKE_RESET);
	assert_story("O<EX");
	assert_string_equal(last_error()->code, "ENOMEM");
}

static void a_paused_one_still_sees_that_it_broke(void **state)
{
	(void)state;
	session_pause(now.session);
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_ended(true, FAKE_RESET);
}

static void what_was_never_acknowledged_is_an_error(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 3, 0);
	session_shutdown(now.session);
	fake_feed_end(now.fake);
	wait_ms(20);
	assert_int_equal(now.ends, 0);
	fake_set_pending(now.fake, -1, ETIMEDOUT);
	wait_ms(51);
	assert_ended(true, FAKE_RESET);
	assert_string_equal(last_error()->code, "ETIMEDOUT");
}

#define OPEN(name) cmocka_unit_test_setup_teardown(name, start_open, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OPEN(a_reset_by_the_peer_comes_after_what_it_sent),
		OPEN(a_reset_that_may_lose_something_is_an_error),
		OPEN(a_write_that_fails_ends_it),
		OPEN(what_had_come_is_read_before_a_failed_write_is_told),
		OPEN(a_failed_write_to_one_that_lives_on_ends_it_too),
		OPEN(what_had_come_waits_until_somebody_keeps_up),
		OPEN(an_end_that_cannot_be_sent_comes_after_what_had_come),
		OPEN(a_reset_of_ours_that_drops_something_is_a_failure),
		OPEN(a_reset_long_after_the_peers_end_is_no_failure),
		OPEN(without_memory_it_ends_by_a_reset),
		OPEN(a_paused_one_still_sees_that_it_broke),
		OPEN(what_was_never_acknowledged_is_an_error),
	};
	return run_over_each_kind(tests);
}
