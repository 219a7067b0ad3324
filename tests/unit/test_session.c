/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation over a transport without a network. */

#include "session_scene.h"

/* Turn until it is so, or fail. */
#define UNTIL(condition)                                                      \
	do {                                                                  \
		for (int i = 0; i < 10000 && !(condition); i++)               \
			wait_ms(1);                                           \
		assert_true(condition);                                       \
	} while (0)

static const struct entry *last_entry(void)
{
	return entry_at(now.transcript,
	                     transcript_end(now.transcript) - 1);
}

static bool last_is(const char *text)
{
	const struct entry *e = last_entry();
	return e->len == strlen(text) && memcmp(e->bytes, text, e->len) == 0;
}

static void an_unfinished_message_is_completed_in_place(void **state)
{
	(void)state;
	fake_feed(now.fake, "hel");
	UNTIL(last_is("hel"));
	uint64_t seq = last_entry()->seq;
	assert_false(last_entry()->flags & ENTRY_COMPLETE);
	fake_feed(now.fake, "lo\n");
	UNTIL(last_is("hello\n"));
	assert_int_equal(last_entry()->seq, seq);
	assert_true(last_entry()->flags & ENTRY_COMPLETE);
}

static void what_follows_an_answer_is_another_message(void **state)
{
	(void)state;
	fake_feed(now.fake, "login: ");
	UNTIL(last_is("login: "));
	send_text("me\n");
	fake_feed(now.fake, "password: ");
	UNTIL(last_is("password: "));
}

static void an_answer_does_not_cut_a_character(void **state)
{
	(void)state;
	fake_feed(now.fake, "\xec\x95");
	UNTIL(last_is("\xec\x95"));
	uint64_t seq = last_entry()->seq;
	send_text("x\n");
	fake_feed(now.fake, "\x88\n");
	UNTIL(entry_at(now.transcript, seq)->len == 4);
}

static void a_message_without_an_end_is_cut(void **state)
{
	char *text = calloc(1, 65537);
	(void)state;
	memset(text, 'x', 65536);
	fake_feed(now.fake, text);
	fake_feed(now.fake, "tail");
	UNTIL(last_is("tail"));
	const struct entry *e = entry_at(now.transcript,
	                                      last_entry()->seq - 1);
	assert_int_equal(e->len, 65536);
	assert_int_equal(e->flags, ENTRY_COMPLETE | ENTRY_CUT);
	free(text);
}

static void the_peers_end_leaves_our_half_open(void **state)
{
	(void)state;
	fake_feed_end(now.fake);
	UNTIL(now.in_ends);
	assert_int_equal(now.session->link.halves, HALVES_IN_CLOSED);
	send_text("answer\n");
	UNTIL(strcmp(fake_written(now.fake), "answer\n") == 0);
	session_close(now.session);
	UNTIL(now.ends);
	assert_false(now.has_failed);
}

static void our_end_comes_after_what_is_queued(void **state)
{
	(void)state;
	fake_limit_write(now.fake, 2);
	send_text("queued\n");
	session_shutdown(now.session);
	UNTIL(fake_is_shut_down(now.fake));
	assert_string_equal(fake_written(now.fake), "queued\n");
	assert_int_equal(now.session->link.halves, HALVES_OUT_CLOSED);
	fake_feed(now.fake, "still\n");
	UNTIL(last_is("still\n"));
	fake_feed_end(now.fake);
	UNTIL(now.ends);
	assert_false(now.has_failed);
}

static void it_ends_only_when_all_is_acknowledged(void **state)
{
	(void)state;
	fake_set_pending(now.fake, 5, 0);
	session_shutdown(now.session);
	fake_feed_end(now.fake);
	UNTIL(now.session->link.halves == HALVES_CLOSED);
	wait_ms(30);
	assert_false(now.ends);
	fake_set_pending(now.fake, 0, 0);
	UNTIL(now.ends);
}

static void a_reset_is_an_error_with_the_counts(void **state)
{
	(void)state;
	send_text("x");
	fake_feed(now.fake, "12345");
	fake_feed_error(now.fake, ECONNRESET);
	UNTIL(now.ends);
	assert_true(now.has_failed);
	const struct entry *e = entry_at(now.transcript,
	                                      last_entry()->seq - 1);
	assert_int_equal(e->kind, ENTRY_ERROR);
	assert_string_equal(e->code, "ECONNRESET");
	assert_non_null(memmem(e->bytes, e->len, "5 bytes", 7));
}

static void a_reset_within_a_message_says_how_much_of_it_came(void **state)
{
	struct error why;
	(void)state;
	assert_int_equal(frame_parse(&now.frame, "u8", &why), 0);
	fake_feed(now.fake, "dabc");
	fake_feed_error(now.fake, ECONNRESET);
	UNTIL(now.ends);
	const struct entry *e = entry_at(now.transcript,
	                                      last_entry()->seq - 1);
	assert_string_equal(e->code, "frame-unfinished");
	assert_non_null(memmem(e->bytes, e->len, "3 of 100 bytes came before "
	                       "the connection ended", 47));
}

static void echo_stops_reading_a_peer_that_does_not_read(void **state)
{
	char *text = calloc(1, 65537);
	(void)state;
	now.settings.echo = true;
	memset(text, 'x', 65535);
	text[65535] = '\n';
	fake_limit_write(now.fake, 0);
	for (int i = 0; i < 12; i++)
		fake_feed(now.fake, text);
	UNTIL(queue_len(now.session->queue) >= QUEUE_SHARE_MAX);
	wait_ms(50);
	assert_true(queue_len(now.session->queue) <=
	            QUEUE_SHARE_MAX + 65536);
	assert_true(fake_unread(now.fake) > 0);
	fake_limit_write(now.fake, SIZE_MAX);
	fake_feed_end(now.fake);
	UNTIL(now.ends);
	assert_int_equal(fake_written_len(now.fake), 12 * 65536);
	assert_int_equal(fake_end(now.fake), FAKE_CLOSED);
	free(text);
}

static void its_own_address_is_asked_for_when_it_may_be_told(void **state)
{
	(void)state;
	add_session();
	now.settings.tells_states = false;
	adopt();
	fake_facts(now.fake)->local = fake_address("127.0.0.1:9");
	session_refresh(now.session);
	assert_string_equal(session_local(now.session), "");
	now.settings.tells_states = true;
	session_refresh(now.session);
	assert_string_equal(session_local(now.session), "127.0.0.1:9");
	assert_string_equal(now.session->link.where, WHERE);
}

static void a_paused_peer_waits(void **state)
{
	(void)state;
	session_pause(now.session);
	fake_feed(now.fake, "later\n");
	wait_ms(15);
	assert_int_equal(now.session->link.bytes_in, 0);
	session_resume(now.session);
	UNTIL(last_is("later\n"));
}

static void what_is_sent_drips(void **state)
{
	(void)state;
	have_faults("out:slice=2,1ms");
	send_text("abcde");
	assert_string_equal(fake_written(now.fake), "ab");
	UNTIL(strcmp(fake_written(now.fake), "abcde") == 0);
}

static void a_session_that_is_idle_too_long_ends(void **state)
{
	(void)state;
	now.settings.idle_ns = 20 * MS_NS;
	session_refresh(now.session);
	fake_feed(now.fake, "x");
	UNTIL(now.ends);
	assert_true(now.has_failed);
}

static void a_close_does_not_wait_for_ever(void **state)
{
	(void)state;
	session_close(now.session);
	UNTIL(now.ends);
	assert_false(now.has_failed);
	assert_true(fake_is_shut_down(now.fake));
}

static void our_reset_reaches_the_peer_as_one(void **state)
{
	(void)state;
	session_reset(now.session);
	assert_true(now.ends);
	assert_int_equal(fake_end(now.fake), FAKE_RESET);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_open, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_unfinished_message_is_completed_in_place),
		TEST(what_follows_an_answer_is_another_message),
		TEST(an_answer_does_not_cut_a_character),
		TEST(a_message_without_an_end_is_cut),
		TEST(the_peers_end_leaves_our_half_open),
		TEST(our_end_comes_after_what_is_queued),
		TEST(it_ends_only_when_all_is_acknowledged),
		TEST(a_reset_is_an_error_with_the_counts),
		TEST(a_reset_within_a_message_says_how_much_of_it_came),
		TEST(echo_stops_reading_a_peer_that_does_not_read),
		TEST(its_own_address_is_asked_for_when_it_may_be_told),
		TEST(a_paused_peer_waits),
		TEST(what_is_sent_drips),
		TEST(a_session_that_is_idle_too_long_ends),
		TEST(a_close_does_not_wait_for_ever),
		TEST(our_reset_reaches_the_peer_as_one),
	};
	return run_over_each_kind(tests);
}
