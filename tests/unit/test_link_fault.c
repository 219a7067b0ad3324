/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A link whose bytes are delayed, cut and broken on purpose. */

#include "link_scene.h"

#define LINE_MAX (FAULT_LINE_MAX + ((size_t)256 << 10)) /* and a block */

static struct faults faults;

static void have(const char *text)
{
	struct fault_spec spec = { .seed = { 0 } };
	struct error e;
	assert_int_equal(fault_parse(&spec, text, &e), 0);
	faults_set(&faults, &spec);
}

/* A connection that has these faults from its opening on. */
static void open_with(const char *text)
{
	faults = (struct faults){ .turn = 0 };
	have(text);
	now.link.faults = &faults;
	accept_peer();
	step(LOOP_READ | LOOP_HANGUP);
}

static void what_is_sent_and_what_comes_is_delayed(void **state)
{
	(void)state;
	open_with("latency=200ms");
	write_text("out");
	fake_feed(now.fake, "in");
	step(LOOP_READ);
	wait_ms(199);
	assert_string_equal(fake_written(now.fake), "");
	assert_string_equal(now.came, "");
	assert_int_equal(link_held(&now.link, FAULT_OUT), 3);
	assert_int_equal(now.link.bytes_out, 0);
	wait_ms(2);
	assert_string_equal(fake_written(now.fake), "out");
	assert_string_equal(now.came, "in");
	assert_int_equal(now.link.bytes_out, 3);
	assert_int_equal(now.told, 2); /* once for each direction */
}

static void ends_wait_behind_what_is_delayed(void **state)
{
	(void)state;
	open_with("latency=200ms");
	write_text("out");
	fake_feed(now.fake, "in");
	fake_feed_end(now.fake);
	step(LOOP_READ | LINK_END_OUT);
	wait_ms(190);
	assert_false(fake_is_shut_down(now.fake));
	assert_false(now.link.has_peer_ended);
	wait_ms(20);
	assert_true(fake_is_shut_down(now.fake));
	assert_string_equal(now.came, "in");
	assert_over(0);
}

static void nothing_wakes_it_up_after_an_end(void **state)
{
	(void)state;
	open_with("latency=20ms slice=1,1ms rate=1k");
	write_text("out");
	step(LOOP_READ | LINK_END_OUT);
	wait_ms(100);
	assert_true(fake_is_shut_down(now.fake));
	size_t before = now.readies;
	wait_ms(1000);
	assert_int_equal(now.readies, before);
	fake_feed(now.fake, "in");
	wait_ms(100);
	assert_true(now.readies < before + 20);
}

static void a_break_releases_what_had_come(void **state)
{
	(void)state;
	open_with("latency=10s slice=2,10s rate=1");
	fake_feed(now.fake, "before");
	fake_feed_error(now.fake, ECONNRESET);
	step(LOOP_READ);
	wait_ms(10);
	assert_string_equal(now.came, "before");
	assert_over(ECONNRESET);
}

static void a_limit_sends_our_end_at_its_byte(void **state)
{
	(void)state;
	open_with("out:limit=5");
	write_text("abc");
	write_text("defg");
	step(LOOP_READ);
	assert_string_equal(fake_written(now.fake), "abcde");
	assert_true(fake_is_shut_down(now.fake));
	write_text("hij");
	assert_string_equal(fake_written(now.fake), "abcde");
	fake_feed(now.fake, "late");
	fake_feed_end(now.fake);
	step(LOOP_READ);
	assert_string_equal(now.came, "late");
	assert_int_equal(faults.lost[FAULT_OUT], 5);
	assert_true(faults.has_hurt);
	assert_over(0);
}

static void a_limit_of_what_comes_is_an_end_to_the_owner(void **state)
{
	(void)state;
	open_with("in:limit=5");
	fake_feed(now.fake, "abcdefg");
	step(LOOP_READ);
	fake_feed(now.fake, "hij");
	step(LOOP_READ);
	assert_string_equal(now.came, "abcde");
	assert_true(now.link.has_peer_ended);
	assert_int_equal(fake_unread(now.fake), 0);
	assert_int_equal(now.overs, 0);
	step(LOOP_READ | LINK_END_OUT);
	assert_over(0);
	assert_int_equal(faults.lost[FAULT_IN], 5);
}

/* A kind that has no reset loses nothing when it is closed. */
static bool is_closed_at_once(void)
{
	return !link_is_tcp(&now.link);
}

static void a_reset_waits_until_its_bytes_have_arrived(void **state)
{
	(void)state;
	open_with("out:reset=3");
	fake_set_pending(now.fake, 3, 0);
	write_text("abcd");
	step(LOOP_READ);
	wait_ms(100);
	assert_string_equal(fake_written(now.fake), "abc");
	assert_int_equal(now.overs, is_closed_at_once());
	fake_set_pending(now.fake, 0, 0);
	wait_ms(10);
	assert_int_equal(now.overs, 1);
	assert_int_equal(now.code, ECONNABORTED);
	assert_int_equal(fake_end(now.fake), FAKE_RESET);
	assert_string_equal(now.error.text, "out:reset=3 has reset the "
	                    "connection to " WHERE ": 0 bytes received, 3 "
	                    "sent");
}

static void a_reset_does_not_wait_for_ever(void **state)
{
	(void)state;
	open_with("out:reset=1");
	fake_set_pending(now.fake, 1, 0);
	write_text("a");
	step(LOOP_READ);
	wait_ms(4900);
	assert_int_equal(now.overs, is_closed_at_once());
	wait_ms(200);
	assert_int_equal(now.overs, 1);
	assert_int_equal(fake_end(now.fake), FAKE_RESET);
}

static void a_reset_by_time_waits_for_nobody(void **state)
{
	(void)state;
	open_with("reset=1s");
	fake_set_pending(now.fake, 1, 0);
	wait_ms(999);
	assert_int_equal(now.overs, 0);
	wait_ms(2);
	assert_int_equal(now.overs, 1);
	assert_int_equal(now.told, 1);
	assert_memory_equal(now.last_told, "reset=1s: the connection is ", 28);
	assert_int_equal(fake_end(now.fake), FAKE_RESET);
}

static void a_stall_sends_nothing_more_and_no_end(void **state)
{
	(void)state;
	open_with("stall=2");
	write_text("abc");
	fake_feed(now.fake, "xyz");
	fake_feed_end(now.fake);
	step(LOOP_READ);
	step(LOOP_READ | LINK_END_OUT);
	wait_ms(1000);
	assert_string_equal(fake_written(now.fake), "ab");
	assert_string_equal(now.came, "xy");
	assert_false(fake_is_shut_down(now.fake));
	assert_false(now.link.has_peer_ended);
	assert_true(link_is_stalled(&now.link));
	step(LOOP_READ | LINK_END_OUT | LINK_LEAVE);
	assert_over(0);
	assert_int_equal(faults.lost[FAULT_OUT], 1);
	assert_int_equal(faults.lost[FAULT_IN], 1);
}

static void what_is_delayed_is_not_idle(void **state)
{
	(void)state;
	open_with("out:latency=10s");
	link_set_idle(&now.link, 2 * SECOND_NS);
	write_text("abc");
	step(LOOP_READ);
	wait_ms(9000);
	assert_int_equal(now.overs, 0);
	wait_ms(1100);
	assert_string_equal(fake_written(now.fake), "abc");
	wait_ms(2100);
	assert_over(ETIMEDOUT);
}

static void other_faults_let_go_what_waits(void **state)
{
	(void)state;
	open_with("latency=1h");
	write_text("abc");
	fake_feed(now.fake, "xyz");
	step(LOOP_READ);
	have("off");
	link_follow_faults(&now.link);
	step(LOOP_READ);
	assert_string_equal(fake_written(now.fake), "abc");
	wait_ms(1);
	assert_string_equal(now.came, "xyz");
}

static void faults_begin_while_it_is_open(void **state)
{
	(void)state;
	open_with("off");
	assert_null(now.link.fault);
	write_text("abc");
	have("out:limit=2");
	link_follow_faults(&now.link);
	write_text("def");
	step(LOOP_READ);
	assert_string_equal(fake_written(now.fake), "abcde");
	assert_true(fake_is_shut_down(now.fake));
}

static void the_system_moves_no_bytes_past_them(void **state)
{
	(void)state;
	open_with("rate=1");
	assert_int_equal(link_read_to(&now.link, 0, 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(link_write_from(&now.link, 0, true, 1), -1);
	assert_int_equal(errno, EINVAL);
}

static void a_delay_line_is_bounded(void **state)
{
	static char block[65536];
	size_t sum = 0;
	ssize_t n;
	(void)state;
	open_with("latency=10s");
	while ((n = link_write(&now.link, block, sizeof(block))) > 0)
		sum += (size_t)n;
	assert_int_equal(errno, EAGAIN);
	assert_between(sum, FAULT_LINE_MAX - 3 * sizeof(block), LINE_MAX);
	assert_between(faults.memory, sum, LINE_MAX);
	size_t before = now.readies;
	step(LOOP_READ | LOOP_WRITE);
	wait_ms(9000);
	assert_int_equal(now.readies, before);
	wait_ms(1100);
	assert_true(now.readies > before);
	assert_int_equal(fake_written_len(now.fake), sum);
}

static void a_peer_that_takes_nothing_holds_up_only_the_line(void **state)
{
	(void)state;
	open_with("slice=2,5ms");
	fake_limit_write(now.fake, 0);
	write_text("abcd");
	step(LOOP_READ);
	wait_ms(50);
	assert_string_equal(fake_written(now.fake), "");
	fake_limit_write(now.fake, SIZE_MAX);
	wait_ms(50);
	assert_string_equal(fake_written(now.fake), "abcd");
}

static void changed_bytes_are_told_and_summed_up(void **state)
{
	char text[65] = "";
	(void)state;
	open_with("out:corrupt=1 seed=1");
	memset(text, 'a', sizeof(text) - 1);
	write_text(text);
	step(LOOP_READ);
	assert_int_equal(now.told, 10);
	wait_ms(1100);
	assert_int_equal(now.told, 11);
	assert_string_equal(now.last_told, "out:corrupt=1.0: 54 more bytes "
	                                   "sent were changed");
	assert_int_equal(faults.struck[FAULT_OUT][FAULT_CORRUPT], 64);
	for (size_t i = 0; i < 64; i++)
		assert_int_not_equal(fake_written(now.fake)[i], 'a');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FRESH(what_is_sent_and_what_comes_is_delayed),
		FRESH(ends_wait_behind_what_is_delayed),
		FRESH(nothing_wakes_it_up_after_an_end),
		FRESH(a_break_releases_what_had_come),
		FRESH(a_limit_sends_our_end_at_its_byte),
		FRESH(a_limit_of_what_comes_is_an_end_to_the_owner),
		FRESH(a_reset_waits_until_its_bytes_have_arrived),
		FRESH(a_reset_does_not_wait_for_ever),
		FRESH(a_reset_by_time_waits_for_nobody),
		FRESH(a_stall_sends_nothing_more_and_no_end),
		FRESH(what_is_delayed_is_not_idle),
		FRESH(other_faults_let_go_what_waits),
		FRESH(faults_begin_while_it_is_open),
		FRESH(the_system_moves_no_bytes_past_them),
		FRESH(a_delay_line_is_bounded),
		FRESH(a_peer_that_takes_nothing_holds_up_only_the_line),
		FRESH(changed_bytes_are_told_and_summed_up),
	};
	return run_over_each_kind(tests);
}
