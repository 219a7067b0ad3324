/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In the middle of UDP: datagrams pass whole, both ways, and can be held,
 * changed, dropped and answered. */

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "datagrams.h"

/* The program between a client and a target, both of them ours. */
static struct {
	struct proc p;
	uint16_t target_port, port;
	int client, target;
	struct sender from; /* who sent to the target last: our socket there */
} now;

/* Begin with these options, up to three words. */
static void start_middle(const char *a, const char *b, const char *c)
{
	char target[40];
	now.target_port = 0;
	now.target = udp_at(AF_INET, &now.target_port);
	snprintf(target, sizeof(target), "udp://127.0.0.1:%u",
	         now.target_port);
	proc_sockchat(&now.p, "listen", "udp://127.0.0.1:0", "--forward",
	              target, a, b, c, NULL);
	now.port = proc_lines_port(&now.p);
	now.client = udp_connect(now.port);
}

static void stop_middle(void)
{
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	proc_finish(&now.p);
	close(now.client);
	close(now.target);
}

static void say(const char *text)
{
	size_t len = strlen(text);
	assert_int_equal(send(now.client, text, len, 0), len);
}

static void expect_at_target(const char *text)
{
	udp_expect(now.target, text, &now.from);
}

static void answer(const char *text)
{
	udp_answer(now.target, &now.from, text, strlen(text));
}

static void datagrams_pass_whole_both_ways(void **state)
{
	static uint8_t sent[65507], came[DATAGRAM_CAP];
	(void)state;
	start_middle(NULL, NULL, NULL);
	say("one\n");
	say("");
	say("two");
	expect_at_target("one\n");
	expect_at_target("");
	expect_at_target("two");
	answer("ONE");
	answer("");
	udp_expect(now.client, "ONE", NULL);
	udp_expect(now.client, "", NULL);
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t)(i * 31 >> 3);
	assert_int_equal(send(now.client, sent, sizeof(sent), 0),
	                 sizeof(sent));
	assert_int_equal(udp_take(now.target, came, &now.from), sizeof(sent));
	assert_memory_equal(came, sent, sizeof(sent));
	proc_expect_out(&now.p, "> (empty datagram)");
	proc_expect_out(&now.p, "< (empty datagram)");
	stop_middle();
}

static void empty_ones_pass_where_ticks_follow_them(void **state)
{
	(void)state;
	start_middle("--json", NULL, NULL);
	say("");
	say("two");
	expect_at_target("");
	expect_at_target("two");
	answer("");
	udp_expect(now.client, "", NULL);
	stop_middle();
}

/* Send this until the target has it: a quiet one cannot say that it listens. */
static void reach_target(const char *text)
{
	struct pollfd p = { .fd = now.target, .events = POLLIN };
	int64_t late = now_ms() + DEADLINE_MS;
	do {
		assert_true(now_ms() < late);
		(void)!send(now.client, text, strlen(text), 0);
	} while (poll(&p, 1, 20) == 0);
	expect_at_target(text);
}

static void a_quiet_one_passes_them_as_well(void **state)
{
	char at[40], target[40];
	(void)state;
	now.target_port = now.port = 0;
	now.target = udp_at(AF_INET, &now.target_port);
	close(udp_at(AF_INET, &now.port)); /* it is free now */
	snprintf(at, sizeof(at), "udp://127.0.0.1:%u", now.port);
	snprintf(target, sizeof(target), "udp://127.0.0.1:%u",
	         now.target_port);
	proc_sockchat(&now.p, "listen", "--quiet", at, "--forward", target,
	              NULL);
	now.client = udp_connect(now.port);
	reach_target("a");
	answer("");
	udp_expect(now.client, "", NULL);
	answer("b");
	udp_expect(now.client, "b", NULL);
	kill(now.p.pid, SIGTERM);
	proc_expect_signal(&now.p, SIGTERM);
	assert_silent(&now.p);
	proc_finish(&now.p);
	close(now.client);
	close(now.target);
}

static void each_source_has_a_socket_of_its_own_to_the_target(void **state)
{
	struct sender first;
	(void)state;
	start_middle(NULL, NULL, NULL);
	int other = udp_connect(now.port);
	say("a");
	udp_expect(now.target, "a", &first);
	assert_int_equal(send(other, "b", 1, 0), 1);
	expect_at_target("b");
	assert_memory_not_equal(&first.sa, &now.from.sa, first.len);
	answer("for b");
	udp_answer(now.target, &first, "for a", 5);
	udp_expect(other, "for b", NULL);
	udp_expect(now.client, "for a", NULL);
	close(other);
	stop_middle();
}

static void they_are_held_passed_edited_and_dropped_one_by_one(void **state)
{
	(void)state;
	start_middle("--hold", "out", NULL);
	say("a\n");
	proc_expect_out(&now.p, "‖1 > a");
	say("");
	proc_expect_out(&now.p, "‖2 > (empty datagram)");
	say("c");
	proc_expect_out(&now.p, "‖3 > c");
	say("d");
	proc_expect_out(&now.p, "‖4 > d");
	proc_write_text(&now.p, "/pass\n/pass\n/edit 3 changed\n/drop 4\n");
	expect_at_target("a\n");
	expect_at_target("");
	expect_at_target("changed");
	answer("back");
	udp_expect(now.client, "back", NULL);
	proc_write_text(&now.p, "/inject in hi\n/inject out ho\n");
	udp_expect(now.client, "hi\n", NULL);
	expect_at_target("ho\n");
	proc_write_text(&now.p, "/hold off\n");
	proc_expect_out(&now.p, "hold is now off");
	say("e");
	expect_at_target("e");
	stop_middle();
}

static void rules_strike_whole_datagrams(void **state)
{
	FILE *f = fopen(at_path("u.rules"), "we");
	(void)state;
	assert_non_null(f);
	fputs("drop out /bad/\nchange out /cat/ \"dog\"\n"
	      "on /ping ([0-9]+)/\n  > \"pong ${1}\"\n  > \"\"\n", f);
	assert_int_equal(fclose(f), 0);
	start_middle("--rules", at_path("u.rules"), NULL);
	say("bad");
	say("a cat and a cat");
	say("");
	expect_at_target("a dog and a dog");
	expect_at_target("");
	answer("ping 7");
	udp_expect(now.client, "ping 7", NULL);
	expect_at_target("pong 7");
	expect_at_target("");
	stop_middle();
}

static void what_the_network_says_of_the_target_is_told(void **state)
{
	(void)state;
	start_middle(NULL, NULL, NULL);
	say("a");
	expect_at_target("a");
	close(now.target);
	say("b");
	proc_expect_out(&now.p, " 1 ! ");
	proc_expect_out(&now.p, "cannot be told; UDP has no way");
	now.target = udp_at(AF_INET, &now.target_port);
	say("c");
	expect_at_target("c");
	udp_expect_none(now.client, 0);
	stop_middle();
}

static void a_pair_that_is_silent_is_let_go(void **state)
{
	struct sender first;
	(void)state;
	start_middle("--idle-timeout", "0.3", NULL);
	say("a");
	udp_expect(now.target, "a", &first);
	proc_expect_out(&now.p, "let go after 0.3 s of silence");
	say("b");
	expect_at_target("b");
	assert_memory_not_equal(&first.sa, &now.from.sa, first.len);
	proc_expect_out(&now.p, " 2 > b");
	stop_middle();
}

static void a_recording_has_both_sides_and_no_warning(void **state)
{
	(void)state;
	start_middle("--record", at_path("m.pcapng"), NULL);
	say("abc");
	expect_at_target("abc");
	answer("de");
	udp_expect(now.client, "de", NULL);
	stop_middle();
	assert_capture("m.pcapng", 0, 0);
	assert_tshark("m.pcapng", "11\n11\n10\n10\n", "-Y",
	              "udp.checksum.status == 1", "-T", "fields", "-e",
	              "udp.length", NULL);
	assert_tshark("m.pcapng", "the connection of its client", "-T",
	              "fields", "-e", "frame.comment", NULL);
}

/* Answer a question for an address with 192.0.2.7. */
static void answer_question(void)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60,
		                          0, 4, 192, 0, 2, 7 };
	uint8_t bytes[DATAGRAM_CAP];
	size_t len = udp_take(now.target, bytes, &now.from), end = 12;
	while (end < len && bytes[end])
		end += bytes[end] + 1;
	end += 5; /* the root's label, a type, a class */
	assert_true(end <= len);
	bytes[2] = 0x85;             /* an answer, by who knows */
	bytes[7] = 1;                /* one record, */
	bytes[9] = bytes[11] = 0;    /* and no others */
	memcpy(bytes + end, record, sizeof(record));
	udp_answer(now.target, &now.from, bytes, end + sizeof(record));
}

static void dig_gets_its_answer_and_tshark_reads_both(void **state)
{
	struct proc dig;
	char port[8];
	(void)state;
	start_middle("--record", at_path("dns.pcapng"), NULL);
	snprintf(port, sizeof(port), "%u", now.port);
	const char *argv[] = { "dig", "+short", "+tries=1", "+time=20", "-p",
		               port, "@127.0.0.1", "host.example", "A", NULL };
	proc_start(&dig, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	answer_question();
	proc_expect_exit(&dig, 0);
	assert_string_equal(dig.out_text.bytes, "192.0.2.7\n");
	proc_finish(&dig);
	stop_middle();
	snprintf(port, sizeof(port), "%u", now.target_port);
	assert_capture("dns.pcapng", 0, 0);
	char decode[40];
	snprintf(decode, sizeof(decode), "udp.port==%u,dns", now.target_port);
	assert_tshark("dns.pcapng", "host.example\t192.0.2.7\n", "-d", decode,
	              "-Y", "dns.flags.response == 1", "-T", "fields", "-e",
	              "dns.qry.name", "-e", "dns.a", NULL);
}

static void udp_and_streams_do_not_go_together(void **state)
{
	static const char *const places[][2] = {
		{ "udp://127.0.0.1:0", "127.0.0.1:9" },
		{ "127.0.0.1:0", "udp://127.0.0.1:9" },
		{ "udp://127.0.0.1:0", "unix:x" },
	};
	struct proc p;
	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		proc_sockchat(&p, "listen", places[i][0], "--forward",
		              places[i][1], NULL);
		proc_expect_exit(&p, 2);
		proc_expect_err(&p, "write udp:// on both sides, or on "
		                    "neither");
		proc_finish(&p);
	}
	proc_sockchat(&p, "listen", "--ui=lines", "127.0.0.1", "0", NULL);
	proc_write_text(&p, "/forward udp://127.0.0.1:0 127.0.0.1:9\n");
	proc_expect_out(&p, "/forward: UDP can be forwarded only to UDP");
	proc_write_text(&p, "/quit\n");
	proc_expect_exit(&p, 1);
	proc_finish(&p);
}

#define T(test) cmocka_unit_test_setup_teardown(test, unix_setup, unix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(datagrams_pass_whole_both_ways),
		T(empty_ones_pass_where_ticks_follow_them),
		T(a_quiet_one_passes_them_as_well),
		T(each_source_has_a_socket_of_its_own_to_the_target),
		T(they_are_held_passed_edited_and_dropped_one_by_one),
		T(rules_strike_whole_datagrams),
		T(what_the_network_says_of_the_target_is_told),
		T(a_pair_that_is_silent_is_let_go),
		T(a_recording_has_both_sides_and_no_warning),
		T(dig_gets_its_answer_and_tshark_reads_both),
		T(udp_and_streams_do_not_go_together),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
