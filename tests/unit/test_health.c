/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a connection does: each sentence, the rates of the last minute, the rows
 * of details. */

#include "unit.h"

#include <errno.h>

#include <sockchat/dial.h>
#include <sockchat/health.h>

#define SECOND INT64_C(1000000000)

static struct health health;
static struct facts f;

/* An open connection, an hour after the clock began; nothing has moved. */
static int start(void **state)
{
	(void)state;
	health = (struct health){ .number = 0 };
	f = (struct facts){
		.now = { .mono_ns = 3600 * SECOND },
		.number = 1,
		.phase = ENTRY_OPEN,
		.since = { .wall_us = 1, .mono_ns = 3590 * SECOND },
		.opened = { .wall_us = 1, .mono_ns = 3590 * SECOND },
		.name = "echo:9",
		.peer = "127.0.0.1:9",
		.local = "127.0.0.1:8",
		.owner = "nc (pid 78)",
		.pid = 77,
		.is_tcp = true,
		.has_tcp = true,
		.tcp = { .state = TCP_STATE_ESTABLISHED },
	};
	return 0;
}

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
	assert_verdict(HEALTH_FINE, "healthy, quiet since 1 min");
	f.out_ns = f.now.mono_ns - 59 * SECOND;
	assert_verdict(HEALTH_FINE, "healthy");
}

static void before_it_is_open_it_says_what_is_waited_for(void **state)
{
	(void)state;
	f.phase = ENTRY_RESOLVING;
	f.has_tcp = false;
	assert_verdict(HEALTH_WORTH_KNOWING, "looking up the name since 10 s");
	f.phase = ENTRY_CONNECTING;
	assert_verdict(HEALTH_WORTH_KNOWING,
	               "connecting since 10 s, no answer yet");
}

static void after_its_end_only_the_end_is_told(void **state)
{
	(void)state;
	f.phase = ENTRY_CLOSED;
	f.tcp.unsent = 100;
	f.tcp.last_sent_ms = 5000;
	wait_s(7200);
	assert_verdict(HEALTH_WORTH_KNOWING, "closed since 2 h 0 min");
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
	               "peer not reading since 12 s, 1.5 KiB waiting for it");
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
	               "peer not reading since 3 s, 700 B waiting for it");
	f.is_dripping = true; /* it is we who are slow */
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
	               "since 4 s: sent again 1 time");
	f.tcp.retrying = 3;
	f.tcp.unsent = 5;
	f.tcp.last_sent_ms = 3000;
	health_look(&health, &f);
	wait_s(1);
	assert_verdict(HEALTH_TROUBLE, "no answer from the peer's system "
	               "since 5 s: sent again 3 times");
	health.number = 2; /* nobody has looked at it */
	f.out_ns = f.now.mono_ns - 6 * SECOND;
	assert_verdict(HEALTH_TROUBLE, "no answer from the peer's system "
	               "since 6 s: sent again 3 times");
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
	               "since 2 s: sent again 1 time");
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
	assert_verdict(HEALTH_WORTH_KNOWING, "paused by us (/resume goes on)");
	f.tcp.unread = 2048;
	assert_verdict(HEALTH_WORTH_KNOWING, "paused by us (/resume goes on), "
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

static void a_half_that_is_closed_is_told_with_its_time(void **state)
{
	static const struct {
		enum tcp_state state;
		const char *text;
	} rows[] = {
		{ TCP_STATE_FIN_WAIT_1, "our FIN not acknowledged since 10 s" },
		{ TCP_STATE_FIN_WAIT_2,
		  "the peer may go on, we have finished since 10 s" },
		{ TCP_STATE_CLOSE_WAIT,
		  "we may go on, the peer has finished since 10 s" },
		{ TCP_STATE_CLOSING, "both have finished, our FIN not "
		                     "acknowledged since 10 s" },
		{ TCP_STATE_LAST_ACK, "both have finished, our FIN not "
		                      "acknowledged since 10 s" },
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

/* The details */

static char page[4000];

static void note(void *user, enum health_row kind, const char *label,
                 const char *text)
{
	size_t len = strlen(page);
	(void)user;
	snprintf(page + len, sizeof(page) - len, "%d %s: %s\n", (int)kind,
	         label, text);
}

static const char *rows(void)
{
	page[0] = '\0';
	health_rows(&health, &f, note, NULL);
	return page;
}

#define assert_row(text) assert_non_null(strstr(rows(), text))

static void the_details_tell_both_ends_and_both_directions(void **state)
{
	(void)state;
	f.in = 2048;
	f.in_messages = 2;
	f.in_ns = f.now.mono_ns - 3 * SECOND;
	f.out = 6;
	f.out_messages = 1;
	assert_row("0 peer: 127.0.0.1:9 (echo:9)\n");
	assert_row("0 here: 127.0.0.1:8, sockchat (pid 77)\n");
	assert_row("0 process: nc (pid 78)\n");
	assert_row("1 state: ESTABLISHED, open both ways, since ");
	assert_row(" (10 s)\n");
	assert_row("2 received: 2.0 KiB in 2 messages, 0 B/s, last 3 s ago\n");
	assert_row("3 sent: 6 B in 1 message, 0 B/s\n");
	assert_null(strstr(rows(), "connected: "));
	f.is_accepted = true;
	f.name[0] = f.owner[0] = '\0';
	assert_row("0 peer: 127.0.0.1:9\n0 here: ");
	f.since.mono_ns += SECOND;
	assert_row("0 connected: at ");
	assert_row(", 10 s ago\n1 state: ");
	f.phase = ENTRY_CONNECTING;
	f.opened.mono_ns = 0;
	assert_null(strstr(rows(), "connected: "));
	assert_row("state: SYN-SENT, our SYN is sent, since ");
}

static void without_tcp_no_state_of_its_is_told(void **state)
{
	(void)state;
	f.is_tcp = f.has_tcp = false;
	assert_row("0 state: open, since ");
	assert_row(" (10 s)\n");
	assert_null(strstr(rows(), "ESTABLISHED"));
	assert_null(strstr(rows(), "TCP"));
	f.phase = ENTRY_HALF_CLOSED;
	assert_row("0 state: half-closed, since ");
	f.phase = ENTRY_CONNECTING;
	assert_row("0 state: connecting, since ");
}

static void what_the_ends_are_called_is_told_with_them(void **state)
{
	(void)state;
	snprintf(f.peer_name, sizeof(f.peer_name), "echo");
	snprintf(f.local_name, sizeof(f.local_name), "here.example");
	assert_row("0 peer: 127.0.0.1:9 (echo:9)\n");
	assert_row("0 here: 127.0.0.1:8 (here.example), sockchat (pid 77)\n");
	snprintf(f.peer_name, sizeof(f.peer_name), "other.example");
	assert_row("0 peer: 127.0.0.1:9 (echo:9) (other.example)\n");
	snprintf(f.name, sizeof(f.name), "%s", f.peer);
	assert_row("0 peer: 127.0.0.1:9 (other.example)\n");
	f.name[0] = '\0';
	assert_row("0 peer: 127.0.0.1:9 (other.example)\n");
}

static void the_details_tell_what_the_system_knows(void **state)
{
	(void)state;
	f.queued = 1;
	f.tcp = (struct tcpinfo){
		.state = TCP_STATE_ESTABLISHED,
		.rtt_us = 82, .rttvar_us = 12345, .min_rtt_us = 1500000,
		.retransmits = 3, .resent = 1448,
		.cwnd = 10, .snd_mss = 1448,
		.delivery_rate = 2048, .is_app_limited = true,
		.busy_us = 2000000, .rwnd_limited_us = 1000000,
		.sndbuf_limited_us = 500000,
		.has_peer_window = true, .peer_window = 65536,
		.unacked = 7, .unsent = 3, .unread = 5,
	};
	assert_row("waiting: 1 B queued, 3 B unsent, 4 B unacknowledged; "
	           "5 B unread\n");
	assert_row("round trip: 0.082 ms, varies by 12.3 ms, 1.5 s at least\n");
	assert_row("retransmits: 3, 0 in the last minute; 1.4 KiB sent "
	           "again\n");
	assert_row("windows: 64.0 KiB the peer's, 10 segments of 1448 B (MSS) "
	           "by congestion\n");
	assert_row("delivered: at 2.0 KiB/s, or more had we more to send\n");
	assert_row("held up: by the peer's window 50%, our buffer 25%, "
	           "congestion 25% of 2.0 s\n");
	f.tcp.has_peer_window = false;
	f.tcp.delivery_rate = f.tcp.busy_us = f.tcp.retransmits = 0;
	assert_row("windows: 10 segments of 1448 B (MSS) by congestion\n");
	assert_row("retransmits: none\n");
	assert_row("held up: never\n");
	assert_null(strstr(rows(), "delivered"));
}

static void where_the_time_went_is_told_for_each_address(void **state)
{
	struct timing t = {
		.resolve_us = 1500,
		.first_byte_us = -1,
		.tries = { { .where = "[::1]:9", .errnum = ECONNREFUSED,
			     .us = 90 },
			   { .where = "127.0.0.1:9", .us = 250 } },
		.try_count = 2,
	};
	(void)state;
	f.timing = &t;
	assert_row("opening: looked up in 1.50 ms, "
	           "[::1]:9 connection refused in 0.090 ms, "
	           "127.0.0.1:9 open in 0.250 ms, no byte has come yet\n");
	t.tries[0] = t.tries[1];
	t.try_count = 1;
	t.resolve_us = 0;
	t.first_byte_us = 2000000;
	assert_row("opening: open in 0.250 ms, first byte 2.0 s later\n");
}

static void a_system_that_tells_less_is_told_once(void **state)
{
	(void)state;
	f.has_tcp = false;
	assert_row("TCP: this system does not tell more\n");
	assert_row("waiting: 0 B queued\n");
	f.phase = ENTRY_CLOSED;
	assert_row("state: CLOSED, no connection");
	assert_null(strstr(rows(), "TCP:"));
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
		T(a_half_that_is_closed_is_told_with_its_time),
		T(it_is_looked_at_again_while_bytes_move),
		T(a_rate_is_that_of_three_seconds),
		T(bytes_after_a_rest_count_from_now),
		T(one_that_has_just_opened_began_with_nothing),
		T(the_minute_is_cut_into_parts),
		T(more_than_a_minute_is_forgotten),
		T(spans_are_in_words),
		T(the_details_tell_both_ends_and_both_directions),
		T(without_tcp_no_state_of_its_is_told),
		T(what_the_ends_are_called_is_told_with_them),
		T(the_details_tell_what_the_system_knows),
		T(where_the_time_went_is_told_for_each_address),
		T(a_system_that_tells_less_is_told_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
