/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is held between a client and its target, and the user's word about
 * it. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bounds.h"
#include "peer.h"

static struct {
	struct proc p;
	int listener; /* of the target */
	uint16_t target_port, port;
	int client, target;
} now;

static void connect_both(void)
{
	now.client = net_connect(now.port);
	now.target = net_accept(now.listener);
}

static void start(const char *hold, const char *frame, const char *scrollback)
{
	char target[32];
	now.listener = net_listen(&now.target_port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", now.target_port);
	proc_sockchat(&now.p, "listen", "127.0.0.1", "0", "--json",
	              "--forward", target, "--hold", hold, "--frame", frame,
	              "--scrollback", scrollback, NULL);
	now.port = proc_lines_port(&now.p);
	connect_both();
}

static int end_pair(void **state)
{
	(void)state;
	if (now.p.pid) { /* else the test has failed */
		kill(now.p.pid, SIGTERM);
		proc_expect_signal(&now.p, SIGTERM);
	}
	proc_finish(&now.p);
	close(now.client);
	close(now.target);
	close(now.listener);
	return 0;
}

static int hold_out(void **state)
{
	(void)state;
	start("out", "auto", "64M");
	return 0;
}

static int hold_numbers(void **state)
{
	(void)state;
	start("both", "u16", "64M");
	return 0;
}

static int hold_lines(void **state)
{
	(void)state;
	start("both", "line", "64M");
	return 0;
}

static int hold_more_than_is_kept(void **state)
{
	(void)state;
	start("out", "line", "1M");
	return 0;
}

static void type(const char *line)
{
	proc_write_text(&now.p, line);
	proc_write_text(&now.p, "\n");
}

/* The entry that is printed next and has this in it. */
static void shows(const char *text)
{
	proc_expect_out(&now.p, text);
}

static void await_held(unsigned number)
{
	char text[32];
	snprintf(text, sizeof(text), "\"held\":%u", number);
	shows(text);
}

/* Nothing has come, and nothing is on its way: what is said now comes first. */
static void expect_nothing(int fd, const char *inject)
{
	char line[64], said[64];
	snprintf(line, sizeof(line), "/inject %s", inject);
	snprintf(said, sizeof(said), "%s\n", strchr(inject, ' ') + 1);
	type(line);
	net_expect(fd, said);
}

static void send_numbered(int fd)
{
	net_send_text(fd, "one\ntwo\nthree\n");
	await_held(3);
}

/* The word */

static void a_message_waits_and_the_other_direction_goes_on(void **state)
{
	(void)state;
	net_send_text(now.client, "hello\n");
	shows("\"text\":\"hello\\n\",\"complete\":true,\"held\":1}");
	net_send_text(now.target, "welcome\n");
	net_expect(now.client, "welcome\n");
	expect_nothing(now.target, "out first");
	type("/pass");
	shows("\"code\":\"passed\"");
	net_expect(now.target, "hello\n");
}

static void pass_n_passes_all_up_to_it(void **state)
{
	(void)state;
	send_numbered(now.client);
	type("/pass 2");
	net_expect(now.target, "one\ntwo\n");
	type("/pass all");
	net_expect(now.target, "three\n");
}

static void drop_n_drops_it_alone(void **state)
{
	(void)state;
	send_numbered(now.client);
	type("/drop 2");
	shows("\"text\":\"message 2 is dropped: it had 4 bytes\",\"held\":2}");
	type("/pass all");
	net_expect(now.target, "one\nthree\n");
}

static void pass_and_drop_alone_take_the_oldest(void **state)
{
	(void)state;
	send_numbered(now.client);
	type("/drop");
	type("/pass");
	net_expect(now.target, "two\n");
	type("/drop all");
	expect_nothing(now.target, "out end");
	type("/pass");
	shows("no message is held");
}

static void a_number_that_is_not_there_is_told_with_those_that_are(void **state)
{
	(void)state;
	send_numbered(now.client);
	type("/pass 7");
	shows("there is no held message '7': 1, 2, 3 are held");
	type("/drop x");
	shows("there is no held message 'x'");
	type("/edit 9 z");
	shows("there is no held message '9'");
}

/* Editing */

static void the_third_is_changed_in_its_place_while_two_wait(void **state)
{
	(void)state;
	send_numbered(now.client);
	type("/edit 3");
	shows("/edit 3 three\\\\n\"");
	type("/edit 3 THREE\\x00\\xff!\\n");
	shows("\"code\":\"changed\"");
	shows("\"held\":3,\"fate\":\"changed\"}");
	type("/pass 3");
	struct text t = { NULL, 0 };
	assert_int_equal(net_read(now.target, &t, 17), 0);
	assert_memory_equal(t.bytes, "one\ntwo\nTHREE\0\xff!\n", 17);
	text_finish(&t);
}

static void the_oldest_is_passed_when_it_is_changed(void **state)
{
	(void)state;
	send_numbered(now.client);
	type("/edit 1 ONE");
	net_expect(now.target, "ONE");
	type("/edit 2 a\\q");
	shows("nothing was changed");
	type("/pass all");
	net_expect(now.target, "two\nthree\n");
}

static void a_changed_payload_gets_its_length_anew(void **state)
{
	struct text t = { NULL, 0 };
	(void)state;
	net_send(now.client, "\0\3abc\0\2de", 9);
	await_held(2);
	type("/edit 1");
	shows("/edit 1 abc\"");
	type("/edit 1 longer \\x01");
	type("/pass");
	assert_int_equal(net_read(now.target, &t, 14), 0);
	assert_memory_equal(t.bytes, "\0\10longer \1\0\2de", 14);
	text_finish(&t);
}

static void take_rules(const char *rules)
{
	char path[] = "/tmp/sockchat-rules-XXXXXX", line[64];
	int fd = mkstemp(path);
	dprintf(fd, "%s\n", rules);
	close(fd);
	snprintf(line, sizeof(line), "/rules %s", path);
	type(line);
	shows("\"code\":\"rules\"");
	unlink(path);
}

static void a_rule_leaves_the_ending_as_it_came(void **state)
{
	(void)state;
	type("/hold off");
	type("/frame line");
	take_rules("change out /(a)(b)/ \"${2}${1}\"");
	net_send_text(now.client, "abab\r\n");
	net_expect(now.target, "baba\r\n");
}

static void an_edited_line_keeps_the_ending_it_came_with(void **state)
{
	(void)state;
	type("/frame line");
	shows("frame is now line");
	net_send_text(now.client, "a\r\nb\nc");
	await_held(3);
	type("/edit 3 C");
	type("/edit 2 B");
	type("/edit 2 BB");
	type("/edit 1 A");
	type("/pass all");
	net_expect(now.target, "A\r\nBB\nC");
}

/* Messages that are not whole */

static void an_unfinished_message_is_passed_and_its_rest_follows(void **state)
{
	struct text t = { NULL, 0 };
	(void)state;
	net_send(now.client, "\0\5ab", 4);
	shows("message 1 is not whole, 4 bytes so far");
	type("/pass");
	assert_int_equal(net_read(now.target, &t, 4), 0);
	type("/inject out x");
	shows("\"code\":\"said-later\"");
	net_send(now.client, "cde\0\1z", 6);
	await_held(2);
	assert_int_equal(net_read(now.target, &t, 6), 0);
	assert_memory_equal(t.bytes, "\0\5abcde\0\1x", 10);
	text_finish(&t);
}

static void what_is_said_does_not_cut_what_is_held(void **state)
{
	(void)state;
	net_send_text(now.client, "wel");
	await_held(1);
	net_send_text(now.target, "hel");
	await_held(2);
	expect_nothing(now.target, "out first");
	expect_nothing(now.client, "in first");
	net_send_text(now.client, "come\n");
	shows("come\\n\",\"complete\":true,\"held\":1");
	net_send_text(now.target, "lo\n");
	shows("lo\\n\",\"complete\":true,\"held\":2"); /* or hello */
	type("/pass all");
	net_expect(now.target, "welcome\n");
	net_expect(now.client, "hello\n");
}

static void what_comes_after_a_new_frame_does_not_overtake(void **state)
{
	(void)state;
	type("/hold off");
	take_rules("hold in /one/");
	net_send_text(now.target, "one\n");
	await_held(1);
	net_send_text(now.target, "two\n"); /* waits behind it */
	shows("\"text\":\"two");
	type("/frame u16"); /* now it is the beginning of more */
	shows("frame is now u16");
	net_send_text(now.target, "three\n");
	shutdown(now.target, SHUT_WR);
	shows("\"text\":\"three");
	type("/pass");
	net_expect(now.client, "one\ntwo\nthree\n");
}

static void what_waits_for_its_end_goes_when_the_rules_go(void **state)
{
	struct text t = { NULL, 0 };
	(void)state;
	type("/hold off");
	take_rules("hold in /x/");
	net_send(now.target, "\0\5ab", 4);
	proc_watch(&now.p, 100);
	type("/rules off");
	assert_int_equal(net_read(now.client, &t, 4), 0);
	assert_memory_equal(t.bytes, "\0\5ab", 4);
	text_finish(&t);
}

static void an_unfinished_message_of_a_frame_cannot_be_changed(void **state)
{
	(void)state;
	net_send(now.client, "\0\5ab", 4);
	shows("message 1 is not whole");
	type("/edit 1 x");
	shows("message 1 cannot be edited yet: its end has not come");
}

static void a_dropped_message_is_dropped_to_its_end(void **state)
{
	struct text t = { NULL, 0 };
	(void)state;
	net_send(now.client, "\0\5ab", 4);
	shows("message 1 is not whole");
	type("/drop");
	net_send(now.client, "cde\0\1z", 6);
	await_held(2);
	type("/pass");
	assert_int_equal(net_read(now.target, &t, 3), 0);
	assert_memory_equal(t.bytes, "\0\1z", 3);
	text_finish(&t);
}

static void a_message_under_way_is_let_to_its_end_by_a_new_hold(void **state)
{
	struct text t = { NULL, 0 };
	(void)state;
	type("/hold off");
	net_send(now.client, "\0\5ab", 4);
	assert_int_equal(net_read(now.target, &t, 4), 0);
	type("/hold out");
	shows("hold is now out: messages wait for /pass, /drop or /edit");
	type("/hold");
	shows("hold: out");
	net_send(now.client, "cde\0\1z", 6);
	assert_int_equal(net_read(now.target, &t, 3), 0);
	assert_memory_equal(t.bytes, "\0\5abcde", 7);
	await_held(1);
	text_finish(&t);
}

/* Ends */

static void the_clients_end_waits_behind_what_is_held(void **state)
{
	(void)state;
	send_numbered(now.client);
	assert_int_equal(shutdown(now.client, SHUT_WR), 0);
	expect_nothing(now.target, "out zero");
	type("/pass 2");
	net_expect(now.target, "one\ntwo\n");
	type("/drop");
	net_expect_end(now.target);
	net_send_text(now.target, "bye\n");
	net_expect(now.client, "bye\n");
}

static void hold_off_passes_all_and_the_end(void **state)
{
	(void)state;
	send_numbered(now.client);
	net_send_text(now.client, "unfinished");
	assert_int_equal(shutdown(now.client, SHUT_WR), 0);
	await_held(4);
	type("/hold off");
	net_expect(now.target, "one\ntwo\nthree\nunfinished");
	net_expect_end(now.target);
}

static void a_reset_drops_what_is_held_and_says_so(void **state)
{
	(void)state;
	send_numbered(now.client);
	net_reset(now.client);
	now.client = -1;
	shows("3 messages (14 bytes) that waited for the target are dropped");
}

static void a_target_that_dies_drops_what_is_held_for_it(void **state)
{
	(void)state;
	send_numbered(now.client);
	net_reset(now.target);
	now.target = -1;
	shows("3 messages (14 bytes) that waited for the target are dropped");
}

static void other_peers_go_on(void **state)
{
	int client = now.client, target = now.target;
	(void)state;
	send_numbered(client);
	connect_both();
	net_send_text(now.client, "other\n");
	await_held(4);
	type("/pass 4");
	net_expect(now.target, "other\n");
	type("/pass 1");
	net_expect(target, "one\n");
	type("/to 2<");
	shows("what you type goes to the client of peer 2");
	type("/send hi");
	net_expect(now.client, "hi");
	close(client);
	close(target);
}

/* More than fits */

static void the_hold_keeps_what_the_transcript_has_dropped(void **state)
{
	enum { LINES = 3000, LEN = 1000 };
	char line[LEN + 1];
	(void)state;
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%0*d\n", LEN - 1, i);
		net_send(now.client, line, LEN);
	}
	await_held(LINES);
	type("/hold off");
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%0*d\n", LEN - 1, i);
		net_expect(now.target, line);
	}
}

static void what_does_not_fit_waits_at_the_sender(void **state)
{
	enum { TOTAL = QUARANTINE_KIB ? 24 << 20 : 40 << 20 }; /* it is slow */
	struct stream s = { .fd = now.client, .total = TOTAL, .ends = true };
	struct stream r = { .fd = now.target };
	(void)state;
	assert_int_equal(
	    pthread_create(&s.thread, NULL, run_writer, &s), 0);
	assert_int_equal(
	    pthread_create(&r.thread, NULL, run_checker, &r), 0);
	shows("\"code\":\"hold-full\"");
	assert_true(proc_rss_kib(&now.p) < 128 << 10);
	type("/hold off");
	shows("\"state\":\"half-closed\"");
	assert_int_equal(pthread_join(s.thread, NULL), 0);
	assert_int_equal(pthread_join(r.thread, NULL), 0);
	assert_int_equal(r.result, TOTAL);
}

static void it_needs_a_target(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "listen", "0", "--hold", "both", NULL);
	proc_expect_err(&p, "option --hold needs --forward ENDPOINT: it "
	                    "holds what passes between clients and a server");
	proc_expect_exit(&p, 2);
	proc_finish(&p);
}

#define OUT(name)     cmocka_unit_test_setup_teardown(name, hold_out, end_pair)
#define NUMBERS(name) \
	cmocka_unit_test_setup_teardown(name, hold_numbers, end_pair)
#define MUCH(name) \
	cmocka_unit_test_setup_teardown(name, hold_more_than_is_kept, end_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OUT(a_message_waits_and_the_other_direction_goes_on),
		OUT(pass_n_passes_all_up_to_it),
		OUT(drop_n_drops_it_alone),
		OUT(pass_and_drop_alone_take_the_oldest),
		OUT(a_number_that_is_not_there_is_told_with_those_that_are),
		OUT(the_third_is_changed_in_its_place_while_two_wait),
		OUT(the_oldest_is_passed_when_it_is_changed),
		NUMBERS(a_changed_payload_gets_its_length_anew),
		OUT(a_rule_leaves_the_ending_as_it_came),
		cmocka_unit_test_setup_teardown(
		    what_is_said_does_not_cut_what_is_held, hold_lines,
		    end_pair),
		OUT(an_edited_line_keeps_the_ending_it_came_with),
		cmocka_unit_test_setup_teardown(
		    what_comes_after_a_new_frame_does_not_overtake, hold_lines,
		    end_pair),
		NUMBERS(an_unfinished_message_is_passed_and_its_rest_follows),
		NUMBERS(what_waits_for_its_end_goes_when_the_rules_go),
		NUMBERS(an_unfinished_message_of_a_frame_cannot_be_changed),
		NUMBERS(a_dropped_message_is_dropped_to_its_end),
		NUMBERS(a_message_under_way_is_let_to_its_end_by_a_new_hold),
		OUT(the_clients_end_waits_behind_what_is_held),
		OUT(hold_off_passes_all_and_the_end),
		OUT(a_reset_drops_what_is_held_and_says_so),
		OUT(a_target_that_dies_drops_what_is_held_for_it),
		OUT(other_peers_go_on),
		MUCH(the_hold_keeps_what_the_transcript_has_dropped),
		MUCH(what_does_not_fit_waits_at_the_sender),
		cmocka_unit_test(it_needs_a_target),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
