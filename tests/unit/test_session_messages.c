/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations in datagrams, where nobody is told of an end. */

#include "session_scene.h"

static int start_dialled(void **state)
{
	fake_choose_kind(&transport_fake_messages);
	start(state);
	now.settings.answer_ns = 500 * MS_NS;
	dial();
	return 0;
}

static int start_accepted(void **state)
{
	fake_choose_kind(&transport_fake_messages);
	return start_open(state);
}

static void feed(const char *text)
{
	fake_feed(now.fake, text);
	turn();
}

static const struct entry *last_entry(void)
{
	return entry_at(now.transcript, transcript_end(now.transcript) - 1);
}

static void assert_last(const char *text)
{
	const struct entry *e = last_entry();
	assert_int_equal(e->len, strlen(text));
	assert_memory_equal(e->bytes, text, e->len);
}

static void it_is_ready_without_a_word_from_the_peer(void **state)
{
	(void)state;
	assert_story("O");
	assert_last("ready to send to " WHERE);
	assert_string_equal(last_entry()->hint,
	                    "UDP has no connection. Send something to see "
	                    "whether anybody is there");
}

static void each_datagram_is_a_message_both_ways(void **state)
{
	(void)state;
	send_text("a\nb");
	send_text("");
	feed("c\nd");
	feed("");
	feed("e");
	assert_story("O>><<<");
	assert_string_equal(fake_written(now.fake), "a\nb;;");
	assert_int_equal(entry_at(now.transcript, 3)->len, 0);
	assert_int_equal(entry_at(now.transcript, 5)->len, 0);
	assert_int_equal(now.session->link.messages_in, 3);
	assert_int_equal(now.session->link.messages_out, 2);
	assert_true(session_is_open(now.session));
}

static void what_is_said_before_it_is_open_keeps_its_lengths(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	add_session();
	dial();
	send_text("one");
	send_text("");
	send_text("two");
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	assert_string_equal(fake_written(now.fake), "one;;two;");
}

static void a_long_one_is_refused_and_others_go(void **state)
{
	static uint8_t bytes[70000];
	struct error e;
	(void)state;
	assert_int_equal(session_send(now.session, bytes, 65508, &e), -1);
	assert_string_equal(e.text, "not sent: 65508 bytes do not fit into one "
	                            "datagram: it holds at most 65507 over "
	                            "IPv4");
	assert_string_equal(e.code, "EMSGSIZE");
	assert_int_equal(session_send(now.session, bytes, 65507, &e), 0);
	send_text("x");
	assert_int_equal(fake_written_len(now.fake), 65508 + 2);
}

static void echo_sends_back_each_by_itself(void **state)
{
	(void)state;
	now.settings.echo = true;
	feed("one\n");
	feed("");
	fake_set_room(now.fake, 0);
	feed("two");
	feed("");
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	assert_string_equal(fake_written(now.fake), "one\n;;two;;");
	assert_story("O<><><><>");
}

static void an_error_of_the_network_is_told_and_it_goes_on(void **state)
{
	(void)state;
	fake_feed_error(now.fake, ECONNREFUSED);
	turn();
	assert_story("OE");
	assert_string_equal(last_error()->code, "ECONNREFUSED");
	assert_int_equal(now.losses, 1);
	send_text("x");
	feed("y");
	assert_story("OE><");
	session_close(now.session);
	turn();
	assert_ended(true, FAKE_CLOSED);
}

static void only_hints_about_datagrams_are_given(void **state)
{
	struct session_hints hints = { .traps = 0 };
	(void)state;
	now.settings.hints = &hints;
	send_text("GET / HTTP/1.1\n");
	wait_ms(3000);
	send_text("a");
	send_text("b");
	feed("ab");
	feed("\xec\x95");
	wait_ms(1000);
	assert_story("O>>><<");
}

static void a_protocol_is_known_by_its_first_datagram(void **state)
{
	static const char query[] = "\xab\xcd\x01\x20\0\x01\0\0\0\0\0\0"
	                            "\x03org\0\0\x01\0\x01";
	struct session_hints hints = { .traps = 0 };
	(void)state;
	now.settings.hints = &hints;
	fake_feed_bytes(now.fake, query, sizeof(query) - 1);
	turn();
	assert_story("O*<");
	const struct entry *hint =
	    entry_at(now.transcript, transcript_end(now.transcript) - 2);
	assert_string_equal(hint->code, "protocol-dns");
	assert_memory_equal(hint->bytes,
	                    "what the peer sends looks like DNS: a query for A "
	                    "org", hint->len);
}

static void there_is_no_end_to_send(void **state)
{
	(void)state;
	session_shutdown(now.session);
	turn();
	assert_last(WHERE " cannot be told that you have finished");
	assert_true(session_is_finishing(now.session));
	session_shutdown(now.session);
	assert_story("O*");
	send_text("more");
	assert_false(session_is_finishing(now.session));
	assert_story("O*>");
}

static void a_close_waits_for_nobody(void **state)
{
	(void)state;
	send_text("x");
	session_close(now.session);
	turn();
	assert_ended(false, FAKE_CLOSED);
	assert_last("conversation closed: 0 bytes in 0 datagrams received, 1 "
	            "byte in 1 datagram sent");
}

static void what_the_network_has_said_by_then_counts(void **state)
{
	(void)state;
	send_text("x");
	fake_feed(now.fake, "late");
	fake_feed_error(now.fake, ECONNREFUSED);
	session_close(now.session);
	turn();
	assert_story("O><EX");
	assert_ended(true, FAKE_CLOSED);
}

static void what_was_not_sent_at_a_close_goes_first(void **state)
{
	(void)state;
	fake_set_room(now.fake, 0);
	send_text("");
	session_close(now.session);
	turn();
	assert_int_equal(now.ends, 0);
	fake_set_room(now.fake, SIZE_MAX);
	turn();
	assert_ended(false, FAKE_CLOSED);
	assert_string_equal(fake_written(now.fake), ";");
}

static void an_empty_one_that_never_left_is_a_loss(void **state)
{
	(void)state;
	fake_set_room(now.fake, 0);
	send_text("");
	session_reset(now.session);
	turn();
	assert_int_equal(now.losses, 1);
	assert_ended(true, FAKE_RESET);
}

static void behind_the_last_word_answers_are_awaited(void **state)
{
	(void)state;
	send_text("x");
	session_end_input(now.session);
	wait_ms(400);
	feed("one");
	wait_ms(400);
	feed("two");
	wait_ms(400);
	assert_int_equal(now.ends, 0);
	wait_ms(101);
	assert_ended(false, FAKE_CLOSED);
	assert_story("O><<X");
}

static void the_end_of_the_input_before_it_is_open_counts(void **state)
{
	(void)state;
	fake_on_connect(WHERE, FAKE_HANGS);
	add_session();
	dial();
	session_end_input(now.session);
	wait_ms(600);
	assert_int_equal(now.ends, 0);
	fake_settle(now.fake, FAKE_OPENS);
	turn();
	wait_ms(499);
	assert_int_equal(now.ends, 0);
	wait_ms(2);
	assert_int_equal(now.ends, 1);
	assert_false(now.has_failed);
}

static void a_peer_that_is_silent_is_let_go(void **state)
{
	(void)state;
	feed("x");
	wait_ms(59000);
	assert_int_equal(now.ends, 0);
	wait_ms(1001);
	assert_ended(false, FAKE_CLOSED);
	assert_story("O<X");
	assert_last("peer let go after 60 s of silence: 1 byte in 1 datagram "
	            "received, 0 bytes in 0 datagrams sent");
	assert_string_equal(last_entry()->hint,
	                    "if it sends again, it counts as a new peer");
}

static void after_the_only_peer_nobody_may_come(void **state)
{
	(void)state;
	now.settings.serves_one = true;
	wait_ms(60001);
	assert_ended(false, FAKE_CLOSED);
	assert_string_equal(last_entry()->hint, "");
}

static void whom_we_asked_is_a_failure_when_it_is_silent(void **state)
{
	(void)state;
	now.settings.idle_ns = 300 * MS_NS;
	session_refresh(now.session);
	wait_ms(301);
	assert_int_equal(now.ends, 1);
	assert_true(now.has_failed);
}

static void behind_the_last_word_silence_is_an_end(void **state)
{
	(void)state;
	now.settings.answer_ns = -1;
	now.settings.idle_ns = 300 * MS_NS;
	session_refresh(now.session);
	session_end_input(now.session);
	wait_ms(301);
	assert_ended(false, FAKE_CLOSED);
}

#define DIALLED(name)                                                          \
	cmocka_unit_test_setup_teardown(name, start_dialled, finish)
#define ACCEPTED(name)                                                         \
	cmocka_unit_test_setup_teardown(name, start_accepted, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIALLED(it_is_ready_without_a_word_from_the_peer),
		DIALLED(each_datagram_is_a_message_both_ways),
		DIALLED(what_is_said_before_it_is_open_keeps_its_lengths),
		DIALLED(a_long_one_is_refused_and_others_go),
		ACCEPTED(echo_sends_back_each_by_itself),
		DIALLED(an_error_of_the_network_is_told_and_it_goes_on),
		DIALLED(only_hints_about_datagrams_are_given),
		ACCEPTED(a_protocol_is_known_by_its_first_datagram),
		DIALLED(there_is_no_end_to_send),
		DIALLED(a_close_waits_for_nobody),
		DIALLED(what_the_network_has_said_by_then_counts),
		DIALLED(what_was_not_sent_at_a_close_goes_first),
		DIALLED(an_empty_one_that_never_left_is_a_loss),
		DIALLED(behind_the_last_word_answers_are_awaited),
		DIALLED(the_end_of_the_input_before_it_is_open_counts),
		ACCEPTED(a_peer_that_is_silent_is_let_go),
		ACCEPTED(after_the_only_peer_nobody_may_come),
		DIALLED(whom_we_asked_is_a_failure_when_it_is_silent),
		DIALLED(behind_the_last_word_silence_is_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
