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
	assert_story("RCT");
	assert_int_equal(now.session->phase, ENTRY_HANDSHAKING);
	assert_string_equal(session_state_text(now.session), "handshaking");
	fake_feed(now.fake, ".");
	turn();
	assert_story("RCTO");
}

static void a_handshake_that_fails_is_an_error(void **state)
{
	(void)state;
	dial_layered();
	fake_feed(now.fake, "!");
	turn();
	assert_story("RCTEX");
	assert_true(now.has_failed);
}

static void feed(const char *text)
{
	fake_feed(now.fake, text);
	turn();
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
	assert_story("RCTOH*");
	assert_string_equal(entry_at(now.transcript, transcript_end(
	                    now.transcript) - 1)->code, "end-unproven");
	session_close(now.session);
	turn();
	fake_leave_end_unproven(false);
	assert_false(now.has_failed);
	assert_true(now.session->is_unproven);
	assert_story("RCTOH*X");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_handshake_is_a_state_of_its_own),
		TEST(a_handshake_that_fails_is_an_error),
		TEST(an_end_that_proves_nothing_is_a_note),
	};
	return run_over_each_kind(tests);
}
