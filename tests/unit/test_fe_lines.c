/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The front end of lines and json: what it leaves behind. */

#include <signal.h>

#include "chat_scene.h"

static void on_signal(void *user, int signum)
{
	(void)user;
	(void)signum;
}

static bool is_acked(void)
{
	uint64_t seq = transcript_end(c->transcript) - 1;
	return ticks_at(c->ticks, seq).state == TICK_ACKED;
}

/* Somebody else has its signals, so that it cannot start.  A sanitizer sees if
 * anything of it is called later. */
static void a_front_end_that_fails_to_start_is_not_called_again(void **state)
{
	static const int none[] = { 0 };
	static const struct frontend_ops *const ops[] = { &frontend_lines,
		                                          &frontend_json };
	static const struct frontend_ops ticking = {
		.stays = true, .has_ticks = true,
	};
	struct error e;
	(void)state;
	for (size_t i = 0; i < COUNT(ops); i++) {
		assert_int_equal(signals_start(loop, none, on_signal, c), 0);
		c->ops = ops[i];
		assert_null(c->ops->start(c, &e));
		assert_true(*e.text);
		signals_stop();
	}
	c->ops = &ticking;
	chat_settings_changed(c);
	connect_one();
	type("said"); /* its acknowledgement is news of a tick */
	for (int i = 0; i < 100 && !is_acked(); i++)
		wait_ms(20);
	assert_true(is_acked());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_front_end_that_fails_to_start_is_not_called_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
