/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Conversations over UDP without a screen, by who waits for others. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "datagrams.h"
#include "entries.h"

static struct proc p;
static uint16_t port;

/* One that listens, with up to three more words. */
static void listen_for(const char *a, const char *b, const char *c)
{
	proc_sockchat(&p, "listen", "--ui", "lines", "udp://127.0.0.1:0", a, b,
	              c, NULL);
	port = proc_lines_port(&p);
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

/* A peer that has said so, which is shown. */
static int come(const char *text)
{
	char shown[80];
	int fd = udp_connect(port);
	say(fd, text);
	snprintf(shown, sizeof(shown), " < %s\n", text);
	proc_expect_out(&p, shown);
	return fd;
}

static void finish(int status)
{
	if (p.in >= 0)
		proc_end_in(&p);
	proc_expect_exit(&p, status);
	proc_finish(&p);
}

static bool has_out(const char *text)
{
	return strstr(p.out_text.bytes, text);
}

static void peers_are_numbered_and_spoken_to_by_number(void **state)
{
	(void)state;
	listen_for("-k", "--linger", "0");
	int a = come("one"), b = come("two");
	proc_write_text(&p, "all\n");
	udp_expect(a, "all\n", NULL);
	udp_expect(b, "all\n", NULL);
	proc_write_text(&p, "/to 2\nsecond\n/peers\n");
	udp_expect(b, "second\n", NULL);
	udp_expect_none(a, 50);
	proc_expect_out(&p, " 1 * first datagram from 127.0.0.1:");
	proc_expect_out(&p, " 2 * first datagram from 127.0.0.1:");
	proc_expect_out(&p, " * peer 1: 127.0.0.1:");
	proc_expect_out(&p, " queued; 1 datagram in, 2 out\n");
	finish(0);
	close(a);
	close(b);
}

static void one_that_is_let_go_is_a_new_peer_when_it_sends_again(void **state)
{
	(void)state;
	listen_for("-k", "--linger", "0");
	int a = come("one");
	proc_write_text(&p, "/close 1\n");
	proc_expect_out(&p, " * peer let go: 3 bytes in 1 datagram received, 0 "
	                    "bytes in 0 datagrams sent; if it sends again, it "
	                    "counts as a new peer\n");
	say(a, "again");
	proc_expect_out(&p, " 2 < again\n");
	finish(0);
	close(a);
}

static void who_is_silent_for_long_is_let_go_which_is_no_failure(void **state)
{
	(void)state;
	listen_for("-k", "-i", "0.3");
	int a = come("one");
	proc_expect_out(&p, " * peer let go after 0.3 s of silence: ");
	assert_false(has_out(" ! "));
	int b = come("two");
	proc_expect_out(&p, " 2 < two\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_false(has_out(" ! "));
	proc_finish(&p);
	close(a);
	close(b);
}

static void without_k_others_are_refused_and_the_first_is_served(void **state)
{
	(void)state;
	listen_for("--linger", "0", NULL);
	int a = come("one"), b = udp_connect(port);
	say(b, "two");
	proc_expect_out(&p, " refused: one peer is served already (--keep-open "
	                    "serves more)\n");
	say(a, "more");
	proc_expect_out(&p, " < more\n");
	assert_false(has_out("two"));
	finish(0);
	close(a);
	close(b);
}

static void lines_before_the_first_peer_go_to_it(void **state)
{
	(void)state;
	listen_for("-i", "0.4", NULL);
	proc_write_text(&p, "hello\n/send\n");
	proc_end_in(&p);
	int a = come("one");
	udp_expect(a, "hello\n", NULL);
	udp_expect(a, "", NULL);
	say(a, "two");
	proc_expect_out(&p, " < two\n");
	finish(0); /* when it has been silent */
	close(a);
}

static void behind_the_input_each_peers_answers_are_awaited(void **state)
{
	(void)state;
	listen_for("-k", "--linger", "0.5");
	int a = come("one"), b = come("two");
	proc_write_text(&p, "bye\n");
	proc_end_in(&p);
	udp_expect(b, "bye\n", NULL);
	proc_watch(&p, 300);
	say(b, "late");
	proc_expect_out(&p, " 1 * peer let go: ");
	assert_true(has_out(" 2 < late\n"));
	assert_false(has_out(" 2 * peer let go: "));
	finish(0);
	close(a);
	close(b);
}

static void an_echo_is_byte_for_byte_and_one_for_each(void **state)
{
	static char sent[65507], got[DATAGRAM_CAP];
	int peers[20];
	(void)state;
	listen_for("--echo", NULL, NULL);
	for (int i = 0; i < 20; i++)
		peers[i] = udp_connect(port);
	for (int i = 0; i < 20; i++) {
		say(peers[i], "x\ny\r\n");
		say(peers[i], "");
	}
	for (int i = 0; i < 20; i++) {
		udp_expect(peers[i], "x\ny\r\n", NULL);
		udp_expect(peers[i], "", NULL);
	}
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (char)(i * 7 >> 2);
	assert_int_equal(send(peers[3], sent, sizeof(sent), 0), sizeof(sent));
	assert_int_equal(udp_take(peers[3], got, NULL), sizeof(sent));
	assert_memory_equal(got, sent, sizeof(sent));
	udp_expect_none(peers[4], 50);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
	for (int i = 0; i < 20; i++)
		close(peers[i]);
}

static void what_a_paused_peer_lost_is_counted_and_told(void **state)
{
	static char bytes[1000];
	(void)state;
	memset(bytes, 'y', sizeof(bytes));
	listen_for("-k", "--linger", "0");
	int a = come("one"), b = come("two");
	proc_write_text(&p, "/pause 1\n");
	proc_expect_out(&p, "reading is paused");
	for (int i = 0; i < 100; i++)
		assert_int_equal(send(a, bytes, sizeof(bytes), 0),
		                 sizeof(bytes));
	say(b, "served");
	proc_expect_out(&p, " 2 < served\n");
	proc_write_text(&p, "/resume 1\n");
	proc_expect_out(&p, " datagrams from 127.0.0.1:");
	proc_expect_out(&p, " were dropped: nobody read what came before; ");
	proc_write_text(&p, "/info 1\n");
	proc_expect_out(&p, " datagrams by our system, ");
	finish(1);
	close(a);
	close(b);
}

static unsigned long count_of(const char *text)
{
	unsigned long count = 0;
	for (const char *at = p.out_text.bytes; (at = strstr(at, text)); at++)
		count++;
	return count;
}

/* The sum of what it has told. */
static unsigned long told_dropped(void)
{
	const char *at = p.out_text.bytes, *end;
	unsigned long sum = 0;
	for (; (end = strstr(at, " dropped by this system")); at = end + 1) {
		const char *note = end;
		while (strncmp(note, " * ", 3) != 0)
			note--;
		sum += strtoul(note + 3, NULL, 10);
	}
	return sum;
}

static void what_the_system_dropped_is_told_even_when_nothing_follows(
    void **state)
{
	(void)state;
	listen_for("-k", "--linger=0", "--rcvbuf=5000");
	int a = come("one");
	kill(p.pid, SIGSTOP);
	for (int i = 0; i < 200; i++)
		say(a, "more");
	kill(p.pid, SIGCONT);
	proc_watch(&p, 200); /* it has read all that there is */
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_true(told_dropped() > 100);
	assert_int_equal(count_of(" < more\n") + told_dropped(), 200);
	proc_finish(&p);
	close(a);
}

static void a_socket_that_cannot_be_read_is_told(void **state)
{
	const char *const argv[] = { NULL, "listen", "--echo",
		                     "udp://127.0.0.1:0", NULL };
	const char *env[] = { preload_fault(), "FAULT_CALL=recv", "FAULT_NTH=1",
		              "FAULT_ON=1", NULL };
	(void)state;
	proc_start(&p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	port = proc_lines_port(&p);
	int fd = udp_connect(port);
	say(fd, "one");
	proc_expect_out(&p, " ! out of memory: new peers of udp://127.0.0.1:");
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	proc_finish(&p);
	close(fd);
}

static void json_is_as_promised(void **state)
{
	(void)state;
	proc_sockchat(&p, "listen", "--json", "-k", "--linger=0",
	              "udp://127.0.0.1:0", NULL);
	proc_expect_out(&p, "\"state\":\"listening\","
	                    "\"transport\":\"udp\"");
	port = (uint16_t)strtoul(strstr(p.out_text.bytes, "127.0.0.1:") + 10,
	                         NULL, 10);
	int a = udp_connect(port);
	say(a, "one");
	say(a, "");
	proc_expect_out(&p, "\"len\":0,\"text\":\"\",\"complete\":true}");
	proc_write_text(&p, "/info\n/peers\n/close 1\n");
	proc_expect_out(&p, "\"received\":3,\"sent\":0}");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	check_json(&p, "one", 3);
	proc_finish(&p);
	close(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers_are_numbered_and_spoken_to_by_number),
		cmocka_unit_test(
		    one_that_is_let_go_is_a_new_peer_when_it_sends_again),
		cmocka_unit_test(
		    who_is_silent_for_long_is_let_go_which_is_no_failure),
		cmocka_unit_test(
		    without_k_others_are_refused_and_the_first_is_served),
		cmocka_unit_test(lines_before_the_first_peer_go_to_it),
		cmocka_unit_test(
		    behind_the_input_each_peers_answers_are_awaited),
		cmocka_unit_test(an_echo_is_byte_for_byte_and_one_for_each),
		cmocka_unit_test(what_a_paused_peer_lost_is_counted_and_told),
		cmocka_unit_test(
		    what_the_system_dropped_is_told_even_when_nothing_follows),
		cmocka_unit_test(a_socket_that_cannot_be_read_is_told),
		cmocka_unit_test(json_is_as_promised),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
