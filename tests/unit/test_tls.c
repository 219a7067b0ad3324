/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "tls_scene.h"

static void a_handshake_goes_well_in_pieces_of_any_size(void **state)
{
	static const size_t pieces[] = { 1, 2, 3, 5, 6, 7, 100, 517, WHOLE };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		scene_prepare();
		client.settings.insecure = true;
		scene_begin();
		shake_hands(pieces[i]);
		assert_int_equal(client.state, 0);
		assert_int_equal(server.state, 0);
		scene_finish();
	}
}

static void what_is_said_arrives_both_ways(void **state)
{
	(void)state;
	scene_open();
	assert_int_equal(say(&client, "hello", 5), 5);
	carry(&client, &server, 1);
	assert_string_equal(hear(&server), "hello");
	assert_int_equal(server.errnum, EAGAIN);
	assert_int_equal(say(&server, "you", 3), 3);
	carry(&server, &client, WHOLE);
	assert_string_equal(hear(&client), "you");
	scene_finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handshake_goes_well_in_pieces_of_any_size),
		cmocka_unit_test(what_is_said_arrives_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
