/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations over a layer, as TLS is one: how they begin and end, and how it
 * is put on one that goes on in plain. */

#include "session_scene.h"

static void dial_layered(void)
{
	const struct dial_settings settings = { .timeout_ms = 5000 };
	const struct endpoint ep = { .host = "127.0.0.1", .port = "9",
		                     .is_tls = true };
	session_connect(now.session, fake_kind(), &ep, &settings, false);
	turn();
	now.fake = fake_last();
}

static void the_handshake_is_a_state_of_its_own(void **state)
{
	(void)state;
	dial_layered();
	assert_story("CT");
	assert_int_equal(now.session->phase, ENTRY_HANDSHAKING);
	assert_string_equal(session_state_text(now.session), "handshaking");
	fake_feed(now.fake, ".");
	turn();
	assert_story("CTO");
}

static void a_handshake_that_fails_is_an_error(void **state)
{
	(void)state;
	dial_layered();
	fake_feed(now.fake, "!");
	turn();
	assert_story("CTEX");
	assert_true(now.has_failed);
}

/* STARTTLS */



static void starttls(const char *text)
{
	const struct dial_settings settings = { .timeout_ms = 0 };
	struct error e;
	assert_int_equal(session_starttls(now.session, text, strlen(text),
	                                  &settings, &e), 0);
	turn();
}

static void assert_refused(const char *sentence)
{
	const struct dial_settings settings = { .timeout_ms = 0 };
	struct error e;
	assert_int_equal(session_starttls(now.session, "", 0, &settings, &e),
	                 -1);
	assert_string_equal(e.text, sentence);
}

static void feed(const char *text)
{
	fake_feed(now.fake, text);
	turn();
}

static void a_server_consents_in_plain_and_goes_on_in_tls(void **state)
{
	(void)state;
	adopt();
	fake_limit_write(now.fake, 0);
	send_text("before\n");
	starttls("220 go\n");
	send_text("behind\n");
	assert_story("O>>*>");
	fake_limit_write(now.fake, 5);
	wait_ms(5);
	assert_story("O>>*>T");
	assert_string_equal(fake_written(now.fake), "before\n220 go\n");
	feed(".");
	assert_story("O>>*>TO");
	assert_string_equal(fake_written(now.fake), "before\n220 go\nbehind\n");
}

static void a_client_waits_for_the_consent(void **state)
{
	(void)state;
	dial();
	starttls("STARTTLS\n");
	send_text("secret\n");
	assert_string_equal(fake_written(now.fake), "STARTTLS\n");
	feed("220-one\n");
	assert_int_equal(now.session->phase, ENTRY_OPEN);
	feed("220 two\n");
	assert_int_equal(now.session->phase, ENTRY_HANDSHAKING);
	assert_string_equal(fake_written(now.fake), "STARTTLS\n");
	feed(".");
	assert_int_equal(now.session->phase, ENTRY_OPEN);
	assert_string_equal(fake_written(now.fake), "STARTTLS\nsecret\n");
}

static void an_answer_that_was_read_already_is_enough(void **state)
{
	(void)state;
	dial();
	send_text("STARTTLS\n");
	feed("220 go\n");
	starttls("");
	assert_int_equal(now.session->phase, ENTRY_HANDSHAKING);
	feed(".");
	assert_int_equal(now.session->phase, ENTRY_OPEN);
}

static void a_server_may_consent_without_a_word(void **state)
{
	(void)state;
	dial();
	starttls("upgrade\n");
	wait_ms(2900);
	assert_int_equal(now.session->phase, ENTRY_OPEN);
	wait_ms(200);
	assert_int_equal(now.session->phase, ENTRY_HANDSHAKING);
}

static void an_answer_may_have_no_end_of_line(void **state)
{
	(void)state;
	dial();
	starttls("x");
	feed("S");
	wait_ms(200);
	assert_int_equal(now.session->phase, ENTRY_OPEN);
	wait_ms(200);
	assert_int_equal(now.session->phase, ENTRY_HANDSHAKING);
}

static void assert_ends_in_plain(const char *answer, const char *code)
{
	dial();
	starttls("STARTTLS\n");
	send_text("secret\n");
	feed(answer);
	assert_string_equal(last_error()->code, code);
	assert_string_equal(fake_written(now.fake), "STARTTLS\n");
	assert_ended(true, FAKE_CLOSED);
	assert_int_equal(now.losses, 1);
}

static void bytes_behind_the_consent_end_it(void **state)
{
	(void)state;
	assert_ends_in_plain("220 go\n250 hello\n", "TLS_INJECTED");
}

static void bytes_behind_it_that_nobody_has_read_end_it(void **state)
{
	(void)state;
	dial();
	starttls("STARTTLS\n");
	fake_feed(now.fake, "220 go\n");
	feed("250 hello\n");
	assert_string_equal(last_error()->code, "TLS_INJECTED");
}

static void a_refusal_ends_it(void **state)
{
	(void)state;
	assert_ends_in_plain("454 not today\n", "TLS_DECLINED");
}

static void a_peer_that_ends_in_place_of_an_answer_ends_it(void **state)
{
	(void)state;
	dial();
	starttls("STARTTLS\n");
	fake_feed_end(now.fake);
	turn();
	assert_ended(true, FAKE_CLOSED);
}

static void a_client_hello_that_was_read_is_taken_over(void **state)
{
	(void)state;
	adopt();
	send_text("hello\n");
	fake_feed_bytes(now.fake, "\x16\x03\x01\x00\n\x01xyz", 9);
	turn();
	assert_int_equal(now.session->phase, ENTRY_OPEN);
	fake_set_layer_rounds(6); /* the fake's hello is what it begins with */
	starttls("");
	assert_int_equal(now.session->phase, ENTRY_OPEN);
	assert_null(now.session->link.transport->ops->secure);
	fake_set_layer_rounds(1);
}

static void what_cannot_be_tls_is_told(void **state)
{
	(void)state;
	assert_refused("TLS was not begun: the connection to  is not open yet");
	adopt();
	starttls("");
	feed(".");
	assert_refused("TLS was not begun: the connection to " WHERE
	               " speaks TLS already");
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(now.session->phase, ENTRY_HALF_CLOSED);
}

static void what_is_closed_in_one_direction_gets_no_tls(void **state)
{
	(void)state;
	adopt();
	session_shutdown(now.session);
	assert_refused("TLS was not begun: the connection to " WHERE
	               " is closed in one direction");
}

static void our_end_waits_until_tls_is_there(void **state)
{
	(void)state;
	adopt();
	starttls("220 go\n");
	session_shutdown(now.session);
	turn();
	assert_false(fake_is_shut_down(now.fake));
	feed(".");
	assert_true(fake_is_shut_down(now.fake));
}

static void a_close_does_not_wait_for_a_consent(void **state)
{
	(void)state;
	dial();
	starttls("STARTTLS\n");
	send_text("secret\n");
	session_close(now.session);
	turn();
	assert_ended(true, FAKE_CLOSED);
	assert_string_equal(fake_written(now.fake), "STARTTLS\n");
	assert_int_equal(now.losses, 1);
}

/* Ends */

static void an_end_that_proves_nothing_is_a_note(void **state)
{
	(void)state;
	dial_layered();
	feed(".");
	fake_leave_end_unproven(true);
	fake_feed_end(now.fake);
	turn();
	assert_story("CTOH*");
	assert_string_equal(entry_at(now.transcript, transcript_end(
	                    now.transcript) - 1)->code, "end-unproven");
	session_close(now.session);
	turn();
	fake_leave_end_unproven(false);
	assert_false(now.has_failed);
	assert_true(now.session->is_unproven);
	assert_story("CTOH*X");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_handshake_is_a_state_of_its_own),
		TEST(a_handshake_that_fails_is_an_error),
		TEST(a_server_consents_in_plain_and_goes_on_in_tls),
		TEST(a_client_waits_for_the_consent),
		TEST(an_answer_that_was_read_already_is_enough),
		TEST(a_server_may_consent_without_a_word),
		TEST(an_answer_may_have_no_end_of_line),
		TEST(bytes_behind_the_consent_end_it),
		TEST(bytes_behind_it_that_nobody_has_read_end_it),
		TEST(a_refusal_ends_it),
		TEST(a_peer_that_ends_in_place_of_an_answer_ends_it),
		TEST(a_client_hello_that_was_read_is_taken_over),
		TEST(what_cannot_be_tls_is_told),
		TEST(what_is_closed_in_one_direction_gets_no_tls),
		TEST(our_end_waits_until_tls_is_there),
		TEST(a_close_does_not_wait_for_a_consent),
		TEST(an_end_that_proves_nothing_is_a_note),
	};
	return run_over_each_kind(tests);
}
