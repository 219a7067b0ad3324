/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a connection does: each sentence, and the rates of the last minute. */

#include "health_scene.h"

static void wait_s(double seconds)
{
	f.now.mono_ns += (int64_t)(seconds * (double)SECOND);
}

/* A second passes in which so much moves. */
static void move(uint64_t in, uint64_t out)
{
	wait_s(1);
	f.in += in;
	f.out += out;
	f.in_ns = f.now.mono_ns;
	health_look(&health, &f);
}

#define assert_verdict(wanted, words)                                         \
	do {                                                                  \
		struct health_verdict got;                                    \
		health_verdict(&got, &health, &f);                            \
		assert_string_equal(got.text, words);                         \
		assert_int_equal(got.mood, wanted);                           \
	} while (0)

/* The sentence */

static void a_connection_that_works_is_healthy(void **state)
{
	(void)state;
	assert_verdict(HEALTH_FINE, "healthy");
	wait_s(49);
	assert_verdict(HEALTH_FINE, "healthy");
	wait_s(1);
	assert_verdict(HEALTH_FINE, "healthy, quiet for 1 min");
	f.out_ns = f.now.mono_ns - 59 * SECOND;
	assert_verdict(HEALTH_FINE, "healthy");
}

static void before_it_is_open_it_says_what_is_waited_for(void **state)
{
	(void)state;
	f.phase = ENTRY_RESOLVING;
	f.has_tcp = false;
	assert_verdict(HEALTH_WORTH_KNOWING, "looking up the name for 10 s");
	f.phase = ENTRY_CONNECTING;
	assert_verdict(HEALTH_WORTH_KNOWING,
	               "connecting for 10 s, no answer yet");
}

static void after_its_end_only_the_end_is_told(void **state)
{
	(void)state;
	f.phase = ENTRY_CLOSED;
	f.tcp.unsent = 100;
	f.tcp.last_sent_ms = 5000;
	wait_s(7200);
	assert_verdict(HEALTH_WORTH_KNOWING, "closed 2 h 0 min ago");
}

static void a_peer_that_does_not_read_is_named_with_what_waits(void **state)
{
	(void)state;
	f.tcp.unacked = f.tcp.unsent = 1024;
	f.tcp.last_sent_ms = 999;
	f.queued = 512;
	assert_verdict(HEALTH_FINE, "sending at 0 B/s, 1.5 KiB to go");
	f.tcp.last_sent_ms = 12400;
	assert_verdict(HEALTH_TROUBLE,
	               "peer not reading for 12 s, 1.5 KiB waiting for it");
}

/* What this machine knows of the peer's socket */

static void a_server_that_has_not_accepted_is_not_healthy(void **state)
{
	(void)state;
	f.far = (struct owner_peer){ .is_here = true, .is_waiting = true };
	assert_verdict(HEALTH_TROUBLE, "not accepted yet");
	f.far.waiting = 1;
	f.far.backlog = 128;
	assert_verdict(HEALTH_TROUBLE,
	               "not accepted yet, 1 waits in its backlog of 128");
	f.far.waiting = 2;
	f.far.backlog = 1;
	f.out = f.far.unread = 6;
	f.asked_ns = f.now.mono_ns - 5 * SECOND;
	assert_verdict(HEALTH_TROUBLE,
	               "no answer for 5 s: not accepted yet, 2 wait in its "
	               "backlog of 1, which is full");
}

static void what_lies_unread_is_told_once_it_could_have_been_read(void **state)
{
	(void)state;
	f.far = (struct owner_peer){ .is_here = true, .unread = 6 };
	f.out = 6;
	f.out_ns = f.asked_ns = f.now.mono_ns;
	assert_verdict(HEALTH_FINE, "healthy");
	wait_s(1);
	assert_verdict(HEALTH_TROUBLE, "accepted, but 6 bytes lie unread");
	wait_s(4);
	assert_verdict(HEALTH_TROUBLE,
	               "no answer for 5 s: accepted, but 6 bytes lie unread");
	f.is_accepted = true; /* they have come to us */
	f.far.unread = 1;
	assert_verdict(HEALTH_TROUBLE, "no answer for 5 s: 1 byte lies unread");
}

static void one_that_reads_while_we_send_on_is_healthy(void **state)
{
	(void)state;
	f.far = (struct owner_peer){ .is_here = true, .unread = 6 };
	f.out = 12;
	f.asked_ns = f.now.mono_ns - 5 * SECOND;
	f.out_ns = f.now.mono_ns;
	assert_verdict(HEALTH_WORTH_KNOWING,
	               "no answer for 5 s, accepted, but 6 bytes lie unread");
	f.far.unread = 12; /* it has never read */
	assert_verdict(HEALTH_TROUBLE,
	               "no answer for 5 s: accepted, but 12 bytes lie unread");
}

static void a_silence_is_worth_a_word_after_three_seconds(void **state)
{
	(void)state;
	f.out = 6;
	f.asked_ns = f.out_ns = f.now.mono_ns;
	wait_s(2);
	assert_verdict(HEALTH_FINE, "healthy");
	wait_s(1);
	assert_verdict(HEALTH_WORTH_KNOWING, "no answer for 3 s");
	f.far.is_here = true;
	assert_verdict(HEALTH_WORTH_KNOWING,
	               "no answer for 3 s, it has read all of it");
}

static void a_peer_without_a_program_is_gone(void **state)
{
	(void)state;
	f.is_gone = true;
	f.halves = HALVES_IN_CLOSED;
	assert_verdict(HEALTH_WORTH_KNOWING,
	               "the peer is gone: no program reads what you send");
}

static void without_the_systems_help_our_queue_tells_it(void **state)
{
	(void)state;
	f.has_tcp = false;
	f.queued = 700;
	f.out_ns = f.now.mono_ns - 3 * SECOND;
	assert_verdict(HEALTH_TROUBLE,
	               "peer not reading for 3 s, 700 B waiting for it");
	f.is_slowed = true; /* it is we who are slow */
	assert_verdict(HEALTH_FINE, "sending at 0 B/s, 700 B to go");
}

static void a_peer_that_has_vanished_does_not_answer(void **state)
{
	(void)state;
	health_look(&health, &f);
	wait_s(30);
	f.out = 5;
	f.tcp.unacked = 5;
	health_look(&health, &f);
	wait_s(4);
	f.tcp.retransmits = f.tcp.retrying = 1;
	assert_verdict(HEALTH_TROUBLE, "no answer from the peer's system "
	               "for 4 s: sent again 1 time");
	f.tcp.retrying = 3;
	f.tcp.unsent = 5;
	f.tcp.last_sent_ms = 3000;
	health_look(&health, &f);
	wait_s(1);
	assert_verdict(HEALTH_TROUBLE, "no answer from the peer's system "
	               "for 5 s: sent again 3 times");
	health.number = 2; /* nobody has looked at it */
	f.out_ns = f.now.mono_ns - 6 * SECOND;
	assert_verdict(HEALTH_TROUBLE, "no answer from the peer's system "
	               "for 6 s: sent again 3 times");
}

static void what_is_acknowledged_is_an_answer(void **state)
{
	(void)state;
	f.tcp.unacked = 5;
	health_look(&health, &f);
	wait_s(3);
	f.tcp.acked = 1;
	health_look(&health, &f);
	wait_s(2);
	f.tcp.retrying = 1;
	assert_verdict(HEALTH_TROUBLE, "no answer from the peer's system "
	               "for 2 s: sent again 1 time");
}

static void retransmits_are_told_for_a_minute(void **state)
{
	(void)state;
	f.tcp.retransmits = 7; /* before anybody looked */
	health_look(&health, &f);
	assert_verdict(HEALTH_FINE, "healthy");
	f.tcp.retransmits = 8;
	move(0, 1);
	assert_verdict(HEALTH_TROUBLE, "1 retransmit in the last minute");
	f.tcp.retransmits = 10;
	move(0, 1);
	assert_verdict(HEALTH_TROUBLE, "3 retransmits in the last minute");
	wait_s(59);
	f.in_ns = f.now.mono_ns;
	assert_verdict(HEALTH_TROUBLE, "2 retransmits in the last minute");
	wait_s(2);
	assert_verdict(HEALTH_FINE, "healthy");
}

static void a_pause_of_ours_is_told_with_what_waits(void **state)
{
	(void)state;
	f.is_paused = true;
	assert_verdict(HEALTH_WORTH_KNOWING,
	               "paused by us (/resume continues)");
	f.tcp.unread = 2048;
	assert_verdict(HEALTH_WORTH_KNOWING,
	               "paused by us (/resume continues), "
	               "2.0 KiB of the peer unread");
}

static void what_is_on_its_way_has_a_rate(void **state)
{
	(void)state;
	health_look(&health, &f);
	for (int i = 0; i < 4; i++)
		move(0, 2048);
	f.queued = 1024;
	assert_verdict(HEALTH_FINE, "sending at 2.0 KiB/s, 1.0 KiB to go");
}

static void over_udp_only_an_answer_tells_that_anybody_is_there(void **state)
{
	(void)state;
	f.is_tcp = f.has_tcp = false;
	f.has_messages = true;
	assert_verdict(HEALTH_FINE, "nothing sent yet: nobody may be there");
	f.out_messages = 1;
	assert_verdict(HEALTH_FINE,
	               "nothing has come back yet: nobody may be there");
	f.far.is_here = true;
	assert_verdict(HEALTH_FINE,
	               "nothing has come back yet: a program has that port");
	f.in_messages = 1;
	assert_verdict(HEALTH_FINE, "healthy");
}

static void a_half_that_is_closed_is_told_with_its_time(void **state)
{
	static const struct {
		enum tcp_state state;
		const char *text;
	} rows[] = {
		{ TCP_STATE_FIN_WAIT_1, "our FIN not acknowledged for 10 s" },
		{ TCP_STATE_FIN_WAIT_2,
		  "this side finished sending 10 s ago; the peer still can" },
		{ TCP_STATE_CLOSE_WAIT,
		  "the peer finished sending 10 s ago; this side still can" },
		{ TCP_STATE_CLOSING, "both have finished, our FIN not "
		                     "acknowledged for 10 s" },
		{ TCP_STATE_LAST_ACK, "both have finished, our FIN not "
		                      "acknowledged for 10 s" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		f.tcp.state = rows[i].state;
		assert_verdict(HEALTH_WORTH_KNOWING, rows[i].text);
	}
	f.has_tcp = false;
	f.halves = HALVES_IN_CLOSED;
	assert_verdict(HEALTH_WORTH_KNOWING, rows[2].text);
	f.halves = HALVES_OUT_CLOSED;
	assert_verdict(HEALTH_WORTH_KNOWING, rows[1].text);
}

/* The last minute */

static void it_is_looked_at_again_while_bytes_move(void **state)
{
	(void)state;
	f.opened.mono_ns = f.now.mono_ns;
	assert_false(health_is_known(&health, 0, 0, 0));
	assert_true(health_look(&health, &f)); /* too early */
	wait_s(1);
	f.in = 10;
	assert_true(health_look(&health, &f));
	assert_true(health_is_known(&health, 1, 10, 0));
	assert_false(health_is_known(&health, 2, 10, 0));
	assert_false(health_is_known(&health, 1, 11, 0));
	wait_s(1);
	assert_false(health_look(&health, &f));
	f.tcp.unacked = 1;
	wait_s(1);
	assert_true(health_look(&health, &f));
	f.tcp.unacked = 0;
	f.queued = 1;
	wait_s(1);
	assert_true(health_look(&health, &f));
}

static void a_rate_is_that_of_three_seconds(void **state)
{
	(void)state;
	health_look(&health, &f);
	move(300, 0);
	move(300, 60);
	move(300, 0);
	assert_int_equal(health_rate(&health, &f, HEALTH_IN), 300);
	assert_int_equal(health_rate(&health, &f, HEALTH_OUT), 20);
	f.in += 300; /* not yet looked at, and it counts */
	wait_s(1);
	assert_int_equal(health_rate(&health, &f, HEALTH_IN), 300);
	wait_s(3);
	assert_int_equal(health_rate(&health, &f, HEALTH_OUT), 0);
	f.number = 2;
	assert_int_equal(health_rate(&health, &f, HEALTH_IN), 0);
}

/* After a rest it has not come all the while. */
static void bytes_after_a_rest_count_from_now(void **state)
{
	(void)state;
	health_look(&health, &f);
	wait_s(40);
	move(300, 0);
	assert_int_equal(health_growth(&health, &f, HEALTH_IN, SECOND), 300);
	assert_int_equal(health_rate(&health, &f, HEALTH_IN), 100);
}

static void one_that_has_just_opened_began_with_nothing(void **state)
{
	(void)state;
	f.opened.mono_ns = f.now.mono_ns - SECOND;
	f.in = 300;
	health_look(&health, &f);
	assert_int_equal(health_growth(&health, &f, HEALTH_IN, 5 * SECOND),
	                 300);
	f.number = 2; /* an old one: all of it was before */
	f.opened.mono_ns -= 100 * SECOND;
	health_look(&health, &f);
	assert_int_equal(health_growth(&health, &f, HEALTH_IN, 5 * SECOND), 0);
}

static void the_minute_is_cut_into_parts(void **state)
{
	uint64_t parts[60];
	(void)state;
	health_look(&health, &f);
	move(7, 0);
	move(0, 0);
	move(9, 0);
	health_parts(&health, &f, HEALTH_IN, parts, 60);
	assert_int_equal(parts[56], 7);
	assert_int_equal(parts[57], 0);
	assert_int_equal(parts[58], 9);
	assert_int_equal(parts[59], 0); /* it has just begun */
	wait_s(0.5);
	health_parts(&health, &f, HEALTH_IN, parts, 60);
	assert_int_equal(parts[58], 9);
	health_parts(&health, &f, HEALTH_IN, parts, 6);
	assert_int_equal(parts[4] + parts[5], 16);
	health_parts(&health, &f, HEALTH_IN, parts, 0);
	f.number = 2;
	health_parts(&health, &f, HEALTH_IN, parts, 60);
	assert_int_equal(parts[58], 0);
}

static void more_than_a_minute_is_forgotten(void **state)
{
	uint64_t parts[60], sum = 0;
	(void)state;
	health_look(&health, &f);
	for (int i = 0; i < 3 * RATE_MARKS; i++) {
		wait_s(1.5); /* as dense as it gets */
		f.in += 3;
		health_look(&health, &f);
	}
	assert_int_equal(health.counters[HEALTH_IN].count, RATE_MARKS);
	assert_int_equal(health_growth(&health, &f, HEALTH_IN, HEALTH_SPAN_NS),
	                 120);
	health_parts(&health, &f, HEALTH_IN, parts, 60);
	for (int i = 0; i < 60; i++)
		sum += parts[i];
	assert_between(sum, 117, 120);
}

static void spans_are_in_words(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {
		{ -1, "0 s" }, { 59, "59 s" }, { 60, "1 min" },
		{ 3599, "59 min" }, { 3661, "1 h 1 min" },
		{ 47 * 3600, "47 h 0 min" }, { 48 * 3600, "2 days" },
	};
	char out[32];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		health_format_span(out, rows[i].seconds * SECOND);
		assert_string_equal(out, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup(name, start)
		T(a_connection_that_works_is_healthy),
		T(before_it_is_open_it_says_what_is_waited_for),
		T(after_its_end_only_the_end_is_told),
		T(a_peer_that_does_not_read_is_named_with_what_waits),
		T(a_server_that_has_not_accepted_is_not_healthy),
		T(what_lies_unread_is_told_once_it_could_have_been_read),
		T(one_that_reads_while_we_send_on_is_healthy),
		T(a_silence_is_worth_a_word_after_three_seconds),
		T(a_peer_without_a_program_is_gone),
		T(without_the_systems_help_our_queue_tells_it),
		T(a_peer_that_has_vanished_does_not_answer),
		T(what_is_acknowledged_is_an_answer),
		T(retransmits_are_told_for_a_minute),
		T(a_pause_of_ours_is_told_with_what_waits),
		T(what_is_on_its_way_has_a_rate),
		T(over_udp_only_an_answer_tells_that_anybody_is_there),
		T(a_half_that_is_closed_is_told_with_its_time),
		T(it_is_looked_at_again_while_bytes_move),
		T(a_rate_is_that_of_three_seconds),
		T(bytes_after_a_rest_count_from_now),
		T(one_that_has_just_opened_began_with_nothing),
		T(the_minute_is_cut_into_parts),
		T(more_than_a_minute_is_forgotten),
		T(spans_are_in_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
