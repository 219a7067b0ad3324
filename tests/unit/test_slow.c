/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Peers that do not read, and those who are not to wait for them. */

#include <sockchat/session_state.h>

#include "chat_scene.h"

static const struct frontend_ops no_screen = { .stays = false };
static struct fake *one, *two;

static struct fake *add_peer(void)
{
	struct fake *f = fake_open();
	struct address peer = fake_address("127.0.0.1:9");
	session_adopt(chat_add_session(c), fake_transport(f), &peer);
	turn();
	return f;
}

static int set_up_one(void **state)
{
	int failed = set_up(state);
	c->ops = &no_screen;
	one = add_peer();
	two = NULL;
	return failed;
}

static int set_up_two(void **state)
{
	int failed = set_up_one(state);
	two = add_peer();
	return failed;
}

/* Say so much that it has to wait for peer 1. */
static void fill_one(void)
{
	static char line[64 << 10];
	memset(line, 'x', sizeof(line) - 1);
	fake_set_room(one, 0);
	for (int i = 0; i < 5; i++)
		type(line);
	turn();
	assert_true(chat_congestion(c));
	if (two)
		fake_forget_written(two);
}

static const struct entry *find_entry(const char *text)
{
	for (uint64_t seq = transcript_end(c->transcript); --seq;) {
		const struct entry *e = entry_at(c->transcript, seq);
		if (e->len >= strlen(text) &&
		    memcmp(e->bytes, text, strlen(text)) == 0)
			return e;
	}
	return NULL;
}

static void assert_told(enum entry_kind kind, const char *text)
{
	const struct entry *e = find_entry(text);
	if (!e)
		fail_msg("nobody said: %s", text);
	assert_int_equal(e->kind, kind);
	assert_int_equal(e->session, 1);
}

static void one_that_does_not_read_is_passed_over(void **state)
{
	(void)state;
	fill_one();
	wait_ms(1500);
	assert_true(chat_congestion(c));
	assert_int_not_equal(chat_congestion(c), CONGESTION_STUCK);
	wait_ms(1000);
	assert_false(chat_congestion(c));
	assert_told(ENTRY_ERROR, "peer 1 does not read: 327680 bytes wait for");
	assert_false(c->own->has_refused);
	type("more");
	turn();
	SENT(two, "more\n");
	assert_int_equal(queue_len(chat_find(c, 1)->queue), 327680);
	assert_true(c->own->has_refused);
}

static void one_that_reads_again_is_told_with_what_it_missed(void **state)
{
	(void)state;
	fill_one();
	wait_ms(2500);
	type("more");
	type("and more");
	fake_set_room(one, SIZE_MAX);
	wait_ms(500);
	assert_told(ENTRY_ERROR, "peer 1 reads again");
	fake_forget_written(one);
	type("all");
	turn();
	SENT(one, "all\n");
}

static void one_that_goes_on_not_reading_is_dropped(void **state)
{
	(void)state;
	fill_one();
	wait_ms(2500);
	type("more");
	wait_ms(9000);
	assert_told(ENTRY_ERROR, "peer 1 is disconnected: it has read "
	                         "nothing for 10 s");
	assert_null(chat_find(c, 1));
	assert_int_equal(fake_end(one), FAKE_RESET);
	assert_non_null(chat_find(c, 2));
}

static void the_only_one_is_waited_for(void **state)
{
	(void)state;
	fill_one();
	wait_ms(20000);
	assert_true(chat_congestion(c));
	assert_int_equal(chat_congestion(c), CONGESTION_STUCK);
	assert_null(find_entry("peer 1 "));
	assert_non_null(chat_find(c, 1));
}

static void one_that_takes_a_little_is_waited_for(void **state)
{
	(void)state;
	fill_one();
	for (size_t room = 1; room < 10; room++) {
		fake_set_room(one, room);
		session_resume(chat_find(c, 1)); /* it tries again */
		wait_ms(1500);
	}
	assert_true(chat_congestion(c));
	assert_null(find_entry("peer 1 does"));
}

static void what_is_for_it_alone_is_refused(void **state)
{
	(void)state;
	fill_one();
	wait_ms(2500);
	type("/to 1");
	type("for you");
	assert_last(ENTRY_ERROR, "not sent: peer 1 does not read");
	type("/to 2");
	type("for me");
	turn();
	SENT(two, "for me\n");
}

static void where_somebody_sits_at_a_screen_nobody_is_dropped(void **state)
{
	static const struct frontend_ops screen = { .stays = true };
	(void)state;
	c->ops = &screen;
	fill_one();
	wait_ms(20000);
	assert_non_null(chat_find(c, 1));
	assert_null(find_entry("peer 1 "));
}

#define WITH_TWO(name) \
	cmocka_unit_test_setup_teardown(name, set_up_two, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TWO(one_that_does_not_read_is_passed_over),
		WITH_TWO(one_that_reads_again_is_told_with_what_it_missed),
		WITH_TWO(one_that_goes_on_not_reading_is_dropped),
		cmocka_unit_test_setup_teardown(the_only_one_is_waited_for,
		                                set_up_one, tear_down),
		WITH_TWO(one_that_takes_a_little_is_waited_for),
		WITH_TWO(what_is_for_it_alone_is_refused),
		WITH_TWO(where_somebody_sits_at_a_screen_nobody_is_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
