/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Connecting by itself: --retry, --reconnect and --on-connect. */

#include <errno.h>

#include <sockchat/again.h>
#include <sockchat/session_state.h>

#include "chat_scene.h"

#define WHERE   "127.0.0.1:9"
#define REFUSED "connection refused: " WHERE                                   \
	" is reachable, but nothing listens on that port"

static int start(void **state)
{
	static const struct frontend_ops lines = { .stays = false };
	int failed = set_up(state);
	c->ops = &lines;
	options.retry = RETRY_ENDLESS;
	return failed;
}

/* How many connections were tried. */
static size_t tried(void)
{
	return c->own->last_number;
}

static void dial_refused(void)
{
	fake_on_connect(WHERE, ECONNREFUSED);
	chat_connect(c, &options.endpoint);
	turn();
}

static void it_tries_until_it_is_connected(void **state)
{
	(void)state;
	dial_refused();
	assert_last(ENTRY_NOTE, "trying again in 0.1 s");
	wait_ms(110);
	assert_int_equal(tried(), 2);
	assert_last(ENTRY_NOTE, REFUSED);
	assert_string_equal(last()->hint, "trying again in 0.2 s");
	fake_on_connect(WHERE, FAKE_OPENS);
	wait_ms(210);
	assert_int_equal(tried(), 3);
	assert_true(session_is_open(chat_session(c, 0)));
	assert_int_equal(last()->kind, ENTRY_STATE);
	assert_false(c->own->has_broken);
	wait_ms(20000);
	assert_int_equal(tried(), 3);
}

static void it_gives_up_after_so_many_tries(void **state)
{
	(void)state;
	options.retry = 2;
	dial_refused();
	wait_ms(110);
	assert_last(ENTRY_NOTE, "gave up after 2 tries");
	const struct entry *e = entry_at(c->transcript,
	                                 transcript_end(c->transcript) - 2);
	assert_int_equal(e->kind, ENTRY_ERROR);
	assert_string_equal(e->code, "ECONNREFUSED");
	assert_non_null(memmem(e->bytes, e->len, REFUSED, strlen(REFUSED)));
	assert_true(c->own->has_broken);
	wait_ms(20000);
	assert_int_equal(tried(), 2);
}

static void on_the_screen_the_same_failure_is_told_once(void **state)
{
	static const struct frontend_ops screen = { .stays = true };
	char advice[ADVICE_MAX];
	(void)state;
	c->ops = &screen;
	dial_refused();
	uint64_t end = transcript_end(c->transcript);
	wait_ms(800);
	assert_int_equal(transcript_end(c->transcript), end);
	chat_advise(c, advice);
	assert_string_equal(advice, "trying again in 1 s: Enter tries now, "
	                            "Ctrl-C stops");
	fake_on_connect(WHERE, EHOSTUNREACH);
	wait_ms(800);
	assert_true(transcript_end(c->transcript) == end + 1);
}

static void what_is_typed_meanwhile_is_refused_and_said(void **state)
{
	(void)state;
	dial_refused();
	type("early");
	assert_last(ENTRY_ERROR, "not sent: not connected yet");
	fake_on_connect(WHERE, FAKE_HANGS);
	wait_ms(110);
	type("lost");
	fake_settle(fake_last(), ECONNREFUSED);
	turn();
	const struct entry *e = entry_at(c->transcript,
	                                 transcript_end(c->transcript) - 2);
	assert_non_null(memmem(e->bytes, e->len, "5 bytes were never sent",
	                       23));
	wait_ms(210);
	type("waits");
	fake_settle(fake_last(), FAKE_OPENS);
	turn();
	SENT(fake_last(), "waits\n");
}

static void what_is_typed_waits_for_no_connection_with_on_connect(void **state)
{
	(void)state;
	strcpy(options.on_connect, "HELO\n");
	fake_on_connect(WHERE, FAKE_HANGS);
	chat_connect(c, &options.endpoint);
	turn();
	type("early");
	assert_last(ENTRY_ERROR, "not sent: not connected yet");
	fake_settle(fake_last(), FAKE_OPENS);
	turn();
	type("now");
	SENT(fake_last(), "HELO\nnow\n");
}

static void enter_tries_at_once(void **state)
{
	(void)state;
	dial_refused();
	fake_on_connect(WHERE, FAKE_HANGS);
	type("");
	turn();
	assert_int_equal(tried(), 2);
	type("");
	assert_last(ENTRY_NOTE, "nothing was sent");
	wait_ms(1000);
	assert_int_equal(tried(), 2);
	fake_settle(fake_last(), FAKE_OPENS);
	turn();
	type("");
	assert_last(ENTRY_NOTE, "the empty line was not sent");
	type("x");
	type("");
	SENT(fake_last(), "x\n\n");
}

static void assert_stopped_by(const char *command)
{
	type(command);
	assert_last(ENTRY_NOTE, "no longer trying to connect to " WHERE);
	assert_true(c->own->has_broken);
	size_t before = tried();
	wait_ms(20000);
	assert_int_equal(tried(), before);
}

static void a_command_stops_the_countdown(void **state)
{
	static const char *const commands[] = { "/close", "/cancel", "/reset",
		                                "/set retry off" };
	(void)state;
	for (size_t i = 0; i < COUNT(commands) - 1; i++) {
		dial_refused();
		assert_stopped_by(commands[i]);
	}
	dial_refused();
	type(commands[3]);
	assert_false(chat_counts_down(c));
}

static void a_command_stops_a_try_under_way(void **state)
{
	(void)state;
	dial_refused();
	fake_on_connect(WHERE, FAKE_HANGS);
	wait_ms(110);
	assert_int_equal(chat_session_count(c), 1);
	assert_stopped_by("/close");
}

static void connecting_elsewhere_ends_the_countdown(void **state)
{
	(void)state;
	dial_refused();
	type("/connect 127.0.0.1 8");
	wait_ms(20000);
	assert_int_equal(tried(), 2);
}

static void a_loss_is_the_end_without_reconnect(void **state)
{
	(void)state;
	struct fake *f = connect_one();
	fake_feed_error(f, ECONNRESET);
	wait_ms(20000);
	assert_int_equal(tried(), 1);
	assert_true(c->own->has_broken);
}

static void reconnect_survives_a_reset_and_a_fin(void **state)
{
	(void)state;
	options.retry = 0;
	options.reconnect = true;
	fake_feed_error(connect_one(), ECONNRESET);
	turn();
	assert_last(ENTRY_NOTE, "trying again in 0.1 s");
	wait_ms(110);
	assert_int_equal(tried(), 2);
	fake_feed_end(fake_last());
	turn();
	assert_int_equal(chat_session_count(c), 0);
	wait_ms(210);
	assert_int_equal(tried(), 3);
	assert_true(session_is_open(chat_session(c, 0)));
	assert_false(c->own->has_broken);
}

static void what_the_user_ends_stays_ended(void **state)
{
	static const char *const commands[] = { "/close", "/reset" };
	(void)state;
	options.reconnect = true;
	for (size_t i = 0; i < COUNT(commands); i++) {
		struct fake *f = connect_one();
		type(commands[i]);
		if (i == 0)
			fake_feed_end(f);
		turn();
		size_t before = tried();
		wait_ms(20000);
		assert_int_equal(tried(), before);
		assert_int_equal(chat_session_count(c), 0);
	}
}

static void what_is_lost_is_told_and_not_sent_again(void **state)
{
	(void)state;
	options.reconnect = true;
	c->is_scripted = true;
	struct fake *f = connect_one();
	fake_set_room(f, 2);
	type("hello");
	turn();
	fake_feed_error(f, ECONNRESET);
	turn();
	assert_true(c->own->has_refused);
	fake_on_connect(WHERE, FAKE_OPENS);
	wait_ms(110);
	assert_true(session_is_open(chat_session(c, 0)));
	assert_int_equal(fake_written_len(fake_last()), 0);
	assert_false(c->own->has_broken);
	fake_forget_written(f);
}

static void on_connect_is_typed_first_each_time(void **state)
{
	(void)state;
	options.reconnect = true;
	strcpy(options.on_connect, "HELO me\n//x\n");
	struct fake *f = connect_one();
	SENT(f, "HELO me\n/x\n");
	fake_feed_error(f, ECONNRESET);
	wait_ms(110);
	SENT(fake_last(), "HELO me\n/x\n");
}

static void on_connect_is_typed_before_the_end_of_input(void **state)
{
	(void)state;
	options.reconnect = true;
	strcpy(options.on_connect, "HELO me\n");
	fake_feed_error(connect_one(), ECONNRESET);
	turn();
	chat_input_ended(c);
	chat_input_taken(c);
	wait_ms(110);
	SENT(fake_last(), "HELO me\n");
	assert_string_equal(session_state_text(chat_session(c, 0)),
	                    "half-closed (by us)");
}

static void on_connect_may_end_it(void **state)
{
	(void)state;
	strcpy(options.on_connect, "bye\n/reset\nnever\n");
	chat_connect(c, &options.endpoint);
	wait_ms(20);
	assert_int_equal(chat_session_count(c), 0);
	SENT(fake_last(), "bye\n");
}

static void on_connect_may_lead_elsewhere_once(void **state)
{
	(void)state;
	strcpy(options.on_connect, "/close\n/connect " WHERE "\n");
	chat_connect(c, &options.endpoint);
	wait_ms(200);
	assert_int_equal(tried(), 2);
	type("/reset");
	chat_connect(c, &options.endpoint);
	wait_ms(200);
	assert_int_equal(tried(), 4);
}

static void on_connect_is_for_the_new_connection_alone(void **state)
{
	struct fake *old = fake_open();
	struct address peer = fake_address("127.0.0.1:7");
	(void)state;
	session_adopt(chat_add_session(c), fake_transport(old), &peer);
	turn();
	strcpy(options.on_connect, "HELO\n");
	struct fake *f = connect_one();
	SENT(f, "HELO\n");
	assert_int_equal(fake_written_len(old), 0);
	assert_int_equal(c->target, 0);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_tries_until_it_is_connected),
		TEST(it_gives_up_after_so_many_tries),
		TEST(on_the_screen_the_same_failure_is_told_once),
		TEST(what_is_typed_meanwhile_is_refused_and_said),
		TEST(what_is_typed_waits_for_no_connection_with_on_connect),
		TEST(enter_tries_at_once),
		TEST(a_command_stops_the_countdown),
		TEST(a_command_stops_a_try_under_way),
		TEST(connecting_elsewhere_ends_the_countdown),
		TEST(a_loss_is_the_end_without_reconnect),
		TEST(reconnect_survives_a_reset_and_a_fin),
		TEST(what_the_user_ends_stays_ended),
		TEST(what_is_lost_is_told_and_not_sent_again),
		TEST(on_connect_is_typed_first_each_time),
		TEST(on_connect_is_typed_before_the_end_of_input),
		TEST(on_connect_may_end_it),
		TEST(on_connect_may_lead_elsewhere_once),
		TEST(on_connect_is_for_the_new_connection_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
