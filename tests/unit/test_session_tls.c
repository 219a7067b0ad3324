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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_handshake_is_a_state_of_its_own,
		                                start, finish),
		cmocka_unit_test_setup_teardown(a_handshake_that_fails_is_an_error,
		                                start, finish),
	};
	return run_over_each_kind(tests);
}
