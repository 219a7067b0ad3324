/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where a session's bytes are, over a transport that has no records: the queue
 * is asked. */

#include "unit.h"

#include <errno.h>

#include <sockchat/session.h>

#include "../fake/fake_transport.h"

static struct {
	struct loop *loop;
	struct transcript *transcript;
	struct session_settings settings;
	struct session_ops ops;
	struct session *session;
	struct fake *fake;
} now;

static void on_in_end(void *user, struct session *s)
{
	(void)user;
	(void)s;
}

static void on_end(void *user, struct session *s, bool failed)
{
	(void)user;
	(void)s;
	(void)failed;
}

static int set_up(void **state)
{
	struct address peer = fake_address("127.0.0.1:9");
	(void)state;
	memset(&now, 0, sizeof(now));
	fake_start();
	now.loop = loop_new(LOOP_AUTO);
	now.transcript = transcript_new(1 << 20);
	now.settings.keeps_entries = true;
	now.settings.ticks = ticks_new();
	now.ops = (struct session_ops){ .on_in_end = on_in_end,
		                        .on_end = on_end };
	now.session = session_new(now.loop, now.transcript, 1, &now.settings,
	                          &now.ops);
	now.fake = fake_open();
	session_adopt(now.session, fake_transport(now.fake), &peer);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	session_free(now.session);
	ticks_free(now.settings.ticks);
	transcript_free(now.transcript);
	loop_free(now.loop);
	return fake_finish() == 0 ? 0 : -1;
}

/* The seq of the message. */
static uint64_t send_text(const char *text)
{
	struct error e;
	uint64_t seq = transcript_end(now.transcript);
	assert_int_equal(session_send(now.session, text, strlen(text), &e), 0);
	return seq;
}

static enum tick_state state_of(uint64_t seq)
{
	return (enum tick_state)ticks_at(now.settings.ticks, seq).state;
}

static void turn_until(uint64_t seq, enum tick_state state)
{
	for (int i = 0; i < 1000 && state_of(seq) != state; i++)
		loop_turn(now.loop, 10);
	assert_int_equal(state_of(seq), state);
}

static void bytes_go_from_us_to_the_kernel_to_the_peer(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 6, 0);
	fake_set_room(now.fake, 0);
	uint64_t first = send_text("hello\n");
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
	uint64_t first = send_text("one\n"), second = send_text("two\n");
	turn_until(first, TICK_ACKED);
	assert_int_equal(state_of(second), TICK_SENT);
	fake_set_pending(now.fake, 0, 0);
	turn_until(second, TICK_ACKED);
}

static void what_never_arrived_stays_where_it_was(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 4, 0);
	uint64_t first = send_text("one\n");
	fake_set_room(now.fake, 0);
	uint64_t second = send_text("two\n");
	fake_set_pending(now.fake, -1, ECONNRESET);
	session_reset(now.session);
	assert_int_equal(state_of(first), TICK_SENT);
	assert_int_equal(state_of(second), TICK_QUEUED);
	assert_true(ticks_at(now.settings.ticks, first).is_final);
	assert_true(ticks_at(now.settings.ticks, second).is_final);
}

static void nobody_asks_when_nobody_wants_to_know(void **state)
{
	(void)state;
	struct ticks *ticks = now.settings.ticks;
	now.settings.ticks = NULL;
	uint64_t seq = send_text("one\n");
	now.settings.ticks = ticks;
	assert_int_equal(state_of(seq), TICK_NONE);
}

static void of_what_is_not_followed_nothing_is_said(void **state)
{
	(void)state;
	uint64_t last = 0, first = transcript_end(now.transcript);
	fake_set_room(now.fake, 0);
	for (int i = 0; i <= TICKS_MAX; i++)
		last = send_text("x\n");
	assert_int_equal(state_of(first), TICK_QUEUED);
	assert_int_equal(state_of(last), TICK_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_go_from_us_to_the_kernel_to_the_peer),
		TEST(each_message_has_its_own_end),
		TEST(what_never_arrived_stays_where_it_was),
		TEST(nobody_asks_when_nobody_wants_to_know),
		TEST(of_what_is_not_followed_nothing_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
