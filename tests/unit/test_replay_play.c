/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* When the steps of a replay are done: by the clock, as the peer takes what is
 * sent, and as the front end keeps up. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sockchat/wire.h>

#include "chat_scene.h"

static struct wire wire;
static char path[] = "/tmp/sockchat-replay-XXXXXX";

static int set_up_file(void **state)
{
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	int fd = mkstemp(path);
	if (fd < 0 || set_up(state))
		return -1;
	close(fd);
	options.dial.wire = &wire;
	return 0;
}

static int tear_down_file(void **state)
{
	if (c->lead)
		c->lead->ops->stop(c->lead);
	unlink(path);
	return tear_down(state);
}

static void write_steps(const char *steps, int times)
{
	FILE *file = fopen(path, "we");
	assert_non_null(file);
	fputs("# sockchat conversation 1\n", file);
	while (times--)
		fputs(steps, file);
	assert_int_equal(fclose(file), 0);
}

/* Type a command with PATH behind it. */
static void begin(const char *command)
{
	char line[80];
	snprintf(line, sizeof(line), "%s %s", command, path);
	type(line);
	turn();
}

/* Play these steps with a new peer. */
static struct fake *play(const char *steps)
{
	struct fake *f = connect_one();
	write_steps(steps, 1);
	begin("/replay");
	return f;
}

/* Whether an entry of this kind has this code. */
static bool has(enum entry_kind kind, const char *code)
{
	uint64_t seq = transcript_first(c->transcript);
	struct entry e;
	for (; seq < transcript_end(c->transcript); seq++)
		if (transcript_at(c->transcript, seq, &e) && e.kind == kind &&
		    strcmp(e.code, code) == 0)
			return true;
	return false;
}

static void assert_goes_on(void)
{
	assert_non_null(c->lead);
	assert_false(has(ENTRY_NOTE, "replayed"));
}

static void assert_success(void)
{
	assert_true(has(ENTRY_NOTE, "replayed"));
	assert_null(c->lead);
}

static void a_step_has_ten_seconds_from_the_one_before(void **state)
{
	struct fake *f = play("> \"a\"\n< \"b\"\n< \"c\"\n");
	(void)state;
	SENT(f, "a");
	wait_ms(9000);
	fake_feed(f, "b");
	wait_ms(9900);
	assert_goes_on();
	wait_ms(300);
	assert_true(has(ENTRY_ERROR, "REPLAY_LATE"));
	assert_null(c->lead);
}

static void a_new_step_timeout_counts_at_once(void **state)
{
	struct fake *f = play("< \"b\"\n");
	(void)state;
	(void)f;
	wait_ms(500);
	type("/set step-timeout 1");
	wait_ms(700);
	assert_true(has(ENTRY_ERROR, "REPLAY_LATE"));
}

static void without_a_step_timeout_it_waits(void **state)
{
	struct fake *f;
	(void)state;
	options.step_timeout_ms = 0;
	f = play("< \"b\"\n");
	wait_ms(60000);
	assert_goes_on();
	fake_feed(f, "b");
	turn();
	assert_success();
}

static void pauses_are_kept_as_the_pace_says(void **state)
{
	struct fake *f;
	(void)state;
	options.pace = PACE_RECORDED;
	f = play("+1.5 > \"a\"\nwait 1\n> \"b\"\n");
	wait_ms(1400);
	SENT(f, "");
	wait_ms(200);
	SENT(f, "a");
	wait_ms(1100);
	SENT(f, "b");
	assert_success();
	options.pace = PACE_FAST;
	type("/close");
	turn();
	f = play("+1000 > \"a\"\nwait 1\n> \"b\"\n");
	SENT(f, "a");
	wait_ms(900);
	SENT(f, "");
	wait_ms(200);
	SENT(f, "b");
}

static void what_a_peer_does_not_take_waits_in_the_file(void **state)
{
	static char step[65536 + 8];
	struct fake *f = connect_one();
	const struct session *s = chat_session(c, 0);
	(void)state;
	memset(step, 'x', sizeof(step));
	memcpy(step, "> \"", 3);
	memcpy(step + sizeof(step) - 3, "\"\n", 3);
	write_steps(step, 64);
	fake_set_room(f, 1000);
	begin("/replay");
	wait_ms(1000);
	assert_true(queue_len(s->queue) >= 65536);
	assert_true(queue_len(s->queue) < 6 * 65536);
	assert_goes_on();
	fake_set_room(f, SIZE_MAX);
	wait_ms(100);
	assert_success();
	assert_int_equal(fake_written_len(f), 64 * (sizeof(step) - 6));
}

static void a_peer_that_takes_nothing_is_late(void **state)
{
	static char step[65536 + 8];
	struct fake *f = connect_one();
	(void)state;
	memset(step, 'x', sizeof(step));
	memcpy(step, "> \"", 3);
	memcpy(step + sizeof(step) - 3, "\"\n", 3);
	write_steps(step, 64);
	fake_set_room(f, 1000);
	begin("/replay");
	wait_ms(9000);
	assert_goes_on();
	wait_ms(2000);
	assert_true(has(ENTRY_ERROR, "REPLAY_LATE"));
}

static void a_reset_waits_for_what_was_sent_before(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	fake_set_pending(f, 3, 0);
	write_steps("> \"abc\"\n> rst\n", 1);
	begin("/replay");
	wait_ms(100);
	assert_int_equal(fake_end(f), FAKE_IN_USE);
	fake_set_pending(f, 0, 0);
	wait_ms(50);
	assert_int_equal(fake_end(f), FAKE_RESET);
	assert_success();
}

static void nothing_is_sent_while_the_front_end_cannot_follow(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	chat_hold(c, CHAT_HOLD_OUTPUT, true);
	write_steps("> \"a\"\n< \"b\"\n", 1);
	begin("/replay");
	wait_ms(20000);
	SENT(f, "");
	assert_goes_on();
	chat_hold(c, CHAT_HOLD_OUTPUT, false);
	wait_ms(50);
	SENT(f, "a");
	assert_goes_on();
}

/* Its output is full again and again, and what comes is shown all the same. */
static void a_flood_does_not_stop_the_clock(void **state)
{
	struct fake *f = play("< ...\n< \"b\"\n");
	(void)state;
	for (int i = 0; i < 1050; i++) {
		chat_hold(c, CHAT_HOLD_OUTPUT, false);
		fake_feed(f, "y");
		turn();
		chat_hold(c, CHAT_HOLD_OUTPUT, true);
		wait_ms(10);
	}
	assert_true(has(ENTRY_ERROR, "REPLAY_LATE"));
}

static void a_step_waits_for_the_word_as_long_as_it_takes(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	write_steps("> \"a\"\n< \"b\"\n", 1);
	begin("/replay step");
	wait_ms(60000);
	SENT(f, "");
	type("");
	turn();
	SENT(f, "a");
	type(""); /* it is the peer's turn: the line goes to nobody */
	turn();
	SENT(f, "");
	wait_ms(9000);
	assert_goes_on();
	fake_feed(f, "b");
	turn();
	assert_success();
}

static void what_is_typed_meanwhile_is_sent(void **state)
{
	struct fake *f = play("> \"a\"\n< \"b\"\n> \"c\"\n");
	(void)state;
	SENT(f, "a");
	type("by hand");
	SENT(f, "by hand\n");
	fake_feed(f, "b");
	turn();
	SENT(f, "c");
	assert_success();
}

static void an_end_of_ours_ends_it(void **state)
{
	struct fake *f = play("> \"a\"\n< \"b\"\n");
	(void)state;
	type("/reset");
	turn();
	assert_int_equal(fake_end(f), FAKE_RESET);
	assert_true(has(ENTRY_ERROR, "REPLAY_ENDED"));
	assert_null(c->lead);
}

#define REPLAY(name)                                                           \
	cmocka_unit_test_setup_teardown(name, set_up_file, tear_down_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPLAY(a_step_has_ten_seconds_from_the_one_before),
		REPLAY(a_new_step_timeout_counts_at_once),
		REPLAY(without_a_step_timeout_it_waits),
		REPLAY(pauses_are_kept_as_the_pace_says),
		REPLAY(what_a_peer_does_not_take_waits_in_the_file),
		REPLAY(a_peer_that_takes_nothing_is_late),
		REPLAY(a_reset_waits_for_what_was_sent_before),
		REPLAY(nothing_is_sent_while_the_front_end_cannot_follow),
		REPLAY(a_flood_does_not_stop_the_clock),
		REPLAY(a_step_waits_for_the_word_as_long_as_it_takes),
		REPLAY(what_is_typed_meanwhile_is_sent),
		REPLAY(an_end_of_ours_ends_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
