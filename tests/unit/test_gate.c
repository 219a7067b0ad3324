/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The order in which entries are printed that wait for their ticks. */

#include "entry_piece.h"

#include <sockchat/bytes.h>
#include <sockchat/gate.h>

#include "made_clock.h"

static struct loop *loop;
static struct transcript *transcript;
static struct ticks *ticks;
static struct gate gate;
static struct bytes out; /* "1- 2a": which, and its tick's letter */

static size_t held;

static void on_step(void *user, enum gate_step step, const struct entry *e)
{
	const char *letters = "-qsa";
	(void)user;
	if (step == GATE_HOLD) {
		held++;
		return;
	}
	assert_int_equal(bytes_printf(&out, "%s%d%c%s", out.len ? " " : "",
	                              (int)e->seq,
	                              e->tick ? letters[e->tick->state] : '.',
	                              step == GATE_LATE ? "!" : ""), 0);
}

static void on_entries(void *user, uint64_t first, uint64_t end)
{
	(void)user;
	gate_show(&gate, first, end);
}

static struct transcript_listener listener = { .on_entries = on_entries };

static int set_up(void **state)
{
	(void)state;
	clock_ns = 1000000 * MS_NS;
	loop = loop_new(LOOP_AUTO);
	transcript = transcript_new(1 << 20);
	ticks = ticks_new();
	gate = (struct gate){
		.loop = loop,
		.transcript = transcript,
		.ticks = ticks,
		.step = on_step,
	};
	gate_init(&gate);
	transcript_listen(transcript, &listener);
	bytes_init(&out, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gate_write_all(&gate);
	gate_stop(&gate);
	ticks_free(ticks);
	transcript_free(transcript);
	loop_free(loop);
	bytes_finish(&out);
	return 0;
}

static void say(enum entry_dir dir, size_t len)
{
	static const uint8_t bytes[100000];
	transcript_append(transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = (uint8_t)dir, .bytes = bytes,
		.len = len, .flags = ENTRY_COMPLETE,
	});
}

static void say_by_hand(void)
{
	ticks_add(ticks, transcript_end(transcript));
	say(ENTRY_OUT, 1);
}

static void tick(uint64_t seq, enum tick_state state, bool is_final)
{
	ticks_set(ticks, &(struct tick){
		.seq = seq, .state = (uint8_t)state, .is_final = is_final,
	});
}

static void assert_out(const char *text)
{
	assert_string_equal(bytes_text(&out), text);
}

static void an_entry_without_a_tick_is_written_at_once(void **state)
{
	(void)state;
	say(ENTRY_IN, 1);
	say(ENTRY_OUT, 1); /* an echo */
	assert_out("1. 2-");
}

static void a_message_waits_and_what_follows_with_it(void **state)
{
	(void)state;
	held = 0;
	say_by_hand();
	assert_int_equal(held, 1);
	say(ENTRY_IN, 1);
	assert_out("");
	tick(1, TICK_SENT, false);
	assert_out("");
	tick(1, TICK_ACKED, false);
	assert_out("1a 2.");
}

static void a_message_waits_for_its_tick_only_so_long(void **state)
{
	(void)state;
	say_by_hand();
	say(ENTRY_IN, 1);
	pass_ms(loop, 199);
	assert_out("");
	pass_ms(loop, 1);
	assert_out("1q 2.");
	tick(1, TICK_SENT, false);
	tick(1, TICK_ACKED, false);
	assert_out("1q 2. 1a!");
}

static void the_end_of_a_connection_ends_the_waiting(void **state)
{
	(void)state;
	say_by_hand();
	tick(1, TICK_SENT, true);
	assert_out("1s");
}

static void too_much_behind_it_ends_the_waiting(void **state)
{
	(void)state;
	say_by_hand();
	say(ENTRY_IN, 100000);
	assert_out("1q 2.");
	bytes_clear(&out);
	for (int i = 0; i < 300; i++)
		say_by_hand();
	assert_true(out.len > 0);
}

static void an_entry_may_grow_after_it_was_written(void **state)
{
	(void)state;
	transcript_append(transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.bytes = (const uint8_t *)"a", .len = 1,
	});
	say_by_hand();
	assert_out("1.");
	transcript_extend(transcript, 1, ENTRY_PIECE("b", 1, ENTRY_COMPLETE));
	assert_out("1. 2q 1.");
	tick(2, TICK_ACKED, false);
	assert_out("1. 2q 1. 2a!");
}

/* In the middle an unfinished message goes on, and is acknowledged. */
static void of_an_unfinished_message_no_tick_is_told(void **state)
{
	(void)state;
	ticks_add(ticks, transcript_end(transcript));
	transcript_append(transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_OUT,
		.bytes = (const uint8_t *)"a", .len = 1,
	});
	assert_out("1.");
	tick(1, TICK_ACKED, false);
	tick(1, TICK_SENT, false);
	assert_out("1.");
	transcript_extend(transcript, 1, ENTRY_PIECE("b", 1, ENTRY_COMPLETE));
	tick(1, TICK_ACKED, false);
	assert_out("1. 1s 1a!");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_entry_without_a_tick_is_written_at_once),
		TEST(a_message_waits_and_what_follows_with_it),
		TEST(a_message_waits_for_its_tick_only_so_long),
		TEST(the_end_of_a_connection_ends_the_waiting),
		TEST(too_much_behind_it_ends_the_waiting),
		TEST(an_entry_may_grow_after_it_was_written),
		TEST(of_an_unfinished_message_no_tick_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
