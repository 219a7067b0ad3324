/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One peer is spoken to and shown alone. */

#include <errno.h>

#include <sockchat/focus.h>

#include "chat_scene.h"

static struct fake *peers[3]; /* numbers 1 to 3 */

static void meet_three(void)
{
	for (size_t i = 0; i < COUNT(peers); i++)
		peers[i] = connect_one();
}

static void hear_from(size_t i, const char *text)
{
	fake_feed(peers[i], text);
	turn();
}

/* Whether the newest entry with this text is shown; it has to be there. */
static bool is_shown(const char *text)
{
	uint64_t seq = transcript_end(c->transcript);
	struct entry room;
	const struct entry *e;
	while ((e = transcript_at(c->transcript, --seq, &room)))
		if (memmem(e->bytes, e->len, text, strlen(text)))
			return filter_shows(&c->filter, e);
	fail_msg("nobody has said '%s'", text);
	return false;
}

static void a_focus_shows_one_peer_and_speaks_to_it(void **state)
{
	(void)state;
	meet_three();
	hear_from(0, "one\n");
	hear_from(1, "two\n");
	type("/to 2");
	assert_true(chat_toggle_focus(c));
	assert_int_equal(c->target, 2);
	assert_false(is_shown("one"));
	assert_true(is_shown("two"));
	hear_from(0, "another\n");
	assert_false(is_shown("another"));
	type("hello");
	assert_true(is_shown("hello"));
	SENT(peers[1], "hello\n");
	SENT(peers[0], "");
	type("/filter");
	assert_last(ENTRY_NOTE, "only peer 2 (/filter off shows all)");
	assert_true(is_shown("only peer 2"));
	assert_true(chat_toggle_focus(c));
	assert_int_equal(c->target, 0);
	assert_true(is_shown("one"));
	assert_false(filter_is_on(&c->filter));
}

static void without_a_choice_the_peer_heard_last_is_meant(void **state)
{
	(void)state;
	assert_false(chat_toggle_focus(c));
	meet_three();
	hear_from(0, "one\n");
	chat_toggle_focus(c);
	assert_int_equal(c->target, 1);
	assert_int_equal(c->filter.focus, 1);
}

static void the_focus_follows_whom_the_user_speaks_to(void **state)
{
	(void)state;
	meet_three();
	type("/to 1");
	chat_toggle_focus(c);
	chat_next_target(c);
	assert_int_equal(c->filter.focus, 2);
	type("/to 3");
	assert_int_equal(c->filter.focus, 3);
	type("/to all");
	assert_int_equal(c->filter.focus, 0);
	type("/to 1");
	assert_int_equal(c->filter.focus, 0);
}

static void a_client_is_spoken_to_until_somebody_else_is(void **state)
{
	(void)state;
	meet_three();
	chat_speak_to_client(c, 2);
	chat_toggle_focus(c);
	assert_int_equal(c->filter.focus, 2);
	assert_int_equal(c->target_side, ENTRY_IN);
	chat_next_target(c);
	assert_int_equal(c->target, 3);
	assert_int_equal(c->target_side, ENTRY_OUT);
}

static void words_of_a_filter_hold_within_the_focus(void **state)
{
	(void)state;
	meet_three();
	type("/filter text x");
	type("/to 2");
	chat_toggle_focus(c);
	hear_from(1, "x of 2\n");
	hear_from(1, "y of 2\n");
	hear_from(2, "x of 3\n");
	assert_true(is_shown("x of 2"));
	assert_false(is_shown("y of 2"));
	assert_false(is_shown("x of 3"));
	type("/filter");
	assert_last(ENTRY_NOTE, "only peer 2, filter: text x (/filter off "
	                        "shows all)");
	chat_toggle_focus(c);
	assert_true(is_shown("x of 3"));
	assert_false(is_shown("y of 2"));
	type("/filter off");
	assert_true(is_shown("y of 2"));
}

static void filter_off_ends_the_focus_as_well(void **state)
{
	(void)state;
	meet_three();
	type("/to 2");
	chat_toggle_focus(c);
	type("/filter off");
	assert_false(filter_is_on(&c->filter));
	assert_last(ENTRY_NOTE, "all entries are shown");
}

static void when_the_peer_goes_all_are_shown_again(void **state)
{
	(void)state;
	meet_three();
	hear_from(0, "one\n");
	type("/to 2");
	chat_toggle_focus(c);
	fake_feed_error(peers[1], ECONNRESET);
	turn();
	assert_false(filter_is_on(&c->filter));
	assert_true(is_shown("one"));
	assert_true(is_shown("peer 2, which was shown alone, has gone"));
	assert_string_equal(last()->hint, "all peers are shown again. /to all "
	                                  "speaks to all");
	type("not for the others");
	assert_int_equal(last()->kind, ENTRY_ERROR);
	chat_toggle_focus(c); /* a new choice */
	assert_int_not_equal(c->filter.focus, 2);
	assert_int_not_equal(c->target, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_focus_shows_one_peer_and_speaks_to_it),
		TEST(without_a_choice_the_peer_heard_last_is_meant),
		TEST(the_focus_follows_whom_the_user_speaks_to),
		TEST(a_client_is_spoken_to_until_somebody_else_is),
		TEST(words_of_a_filter_hold_within_the_focus),
		TEST(filter_off_ends_the_focus_as_well),
		TEST(when_the_peer_goes_all_are_shown_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
