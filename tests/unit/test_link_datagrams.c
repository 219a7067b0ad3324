/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A link whose datagrams are delayed, dropped and doubled on purpose. */

#include "link_scene.h"

static struct faults faults;

static int start_datagrams(void **state)
{
	start(state);
	fake_choose_kind(&transport_fake_messages);
	return 0;
}

/* A conversation that has these faults from its opening on. */
static void open_with(const char *text)
{
	struct fault_spec spec = { .seed = { 0 } };
	struct error e;
	faults = (struct faults){ .turn = 0 };
	assert_int_equal(fault_parse(&spec, text, &e), 0);
	faults_set(&faults, &spec);
	now.link.faults = &faults;
	accept_peer();
	step(LOOP_READ);
}

static void send_text(const char *text)
{
	assert_int_equal(link_write(&now.link, text, strlen(text)),
	                 strlen(text));
}

static void they_are_delayed_as_wholes_and_empty_ones_too(void **state)
{
	(void)state;
	open_with("latency=100ms");
	send_text("ab");
	send_text("");
	send_text("c");
	step(LOOP_READ);
	assert_string_equal(fake_written(now.fake), "");
	assert_int_equal(link_held(&now.link, FAULT_OUT), 3);
	wait_ms(101);
	assert_string_equal(fake_written(now.fake), "ab;;c;");
	assert_int_equal(now.link.bytes_out, 3);
	assert_int_equal(now.link.messages_out, 3);
	assert_int_equal(link_held(&now.link, FAULT_OUT), 0);
}

static void an_empty_one_that_comes_is_no_end(void **state)
{
	(void)state;
	open_with("in:latency=100ms");
	fake_feed(now.fake, "a");
	fake_feed(now.fake, "");
	fake_feed(now.fake, "b");
	step(LOOP_READ);
	assert_string_equal(now.came, "");
	wait_ms(101);
	wait_ms(1);
	assert_string_equal(now.came, "ab");
	assert_int_equal(now.link.messages_in, 3);
	assert_false(now.link.has_peer_ended);
	assert_int_equal(now.overs, 0);
}

static void one_that_is_dropped_counts_as_sent(void **state)
{
	(void)state;
	open_with("out:drop=1");
	send_text("abc");
	step(LOOP_READ);
	assert_string_equal(fake_written(now.fake), "");
	assert_int_equal(now.link.bytes_out, 3);
	assert_int_equal(now.link.messages_out, 1);
	assert_int_equal(link_held(&now.link, FAULT_OUT), 0);
	assert_string_equal(now.last_told, "out:drop=1.0: datagram 1 sent (3 "
	                                   "bytes) was dropped");
	assert_int_equal(faults.struck[FAULT_OUT][FAULT_DROP], 1);
}

static void a_copy_does_not_count(void **state)
{
	(void)state;
	open_with("out:dup=1");
	send_text("ab");
	step(LOOP_READ);
	assert_string_equal(fake_written(now.fake), "ab;ab;");
	assert_int_equal(now.link.bytes_out, 2);
	assert_int_equal(now.link.messages_out, 1);
}

static void many_are_summed_up(void **state)
{
	(void)state;
	open_with("out:drop=1");
	for (int i = 0; i < 30; i++)
		send_text("x");
	step(LOOP_READ);
	assert_int_equal(now.told, 10);
	wait_ms(1100);
	assert_string_equal(now.last_told, "out:drop=1.0: 20 more datagrams "
	                                   "sent were dropped");
}

static void what_is_on_its_way_goes_before_it_is_over(void **state)
{
	(void)state;
	open_with("out:latency=100ms");
	send_text("");
	step(LOOP_READ | LINK_END_OUT | LINK_LEAVE);
	wait_ms(50);
	assert_int_equal(now.overs, 0);
	wait_ms(51);
	assert_string_equal(fake_written(now.fake), ";");
	wait_ms(1);
	assert_int_equal(now.overs, 1);
	assert_int_equal(now.code, 0);
}

static void a_word_for_streams_is_told_once(void **state)
{
	(void)state;
	open_with("slice=1,1ms");
	send_text("abc");
	step(LOOP_READ);
	send_text("d");
	step(LOOP_READ);
	assert_string_equal(fake_written(now.fake), "abc;d;");
	assert_int_equal(now.told, 1);
	assert_non_null(strstr(now.last_told, "a datagram is never cut"));
}

#define DATAGRAMS(test)                                                        \
	cmocka_unit_test_setup_teardown(test, start_datagrams, finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATAGRAMS(they_are_delayed_as_wholes_and_empty_ones_too),
		DATAGRAMS(an_empty_one_that_comes_is_no_end),
		DATAGRAMS(one_that_is_dropped_counts_as_sent),
		DATAGRAMS(a_copy_does_not_count),
		DATAGRAMS(many_are_summed_up),
		DATAGRAMS(what_is_on_its_way_goes_before_it_is_over),
		DATAGRAMS(a_word_for_streams_is_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
