/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session says of its peer, and how often. */

#include "session_scene.h"

static struct session_hints hints;

static int set_up(void **state)
{
	start_empty(state);
	hints = (struct session_hints){ 0 };
	now.settings.hints = &hints;
	return 0;
}

static void someone_comes(void)
{
	add_session();
	adopt();
}

static void we_connect(void)
{
	add_session();
	dial();
}

static void they_say(const char *text)
{
	fake_feed(now.fake, text);
	turn();
}

/* How many notes have this. */
static size_t told(const char *text)
{
	size_t count = 0;
	for (uint64_t seq = transcript_first(now.transcript);
	     seq < transcript_end(now.transcript); seq++) {
		const struct entry *e = entry_at(now.transcript, seq);
		count += e->kind == ENTRY_NOTE && *e->hint &&
		         memmem(e->bytes, e->len, text, strlen(text));
	}
	return count;
}

static void a_banner_is_named_with_what_would_speak_it(void **state)
{
	(void)state;
	we_connect();
	they_say("SSH-2.0-OpenSSH_9.2\r\n");
	assert_int_equal(told("what the peer sends looks like SSH"), 1);
	const struct entry *e =
	    entry_at(now.transcript, transcript_end(now.transcript) - 1);
	assert_string_equal(e->hint, "`ssh -p 9 127.0.0.1` speaks it");
	assert_int_equal(e->session, 1);
}

static void a_banner_in_pieces_is_named_when_it_is_whole(void **state)
{
	(void)state;
	we_connect();
	they_say("SSH-2");
	they_say(".0-x");
	assert_int_equal(told(""), 0);
	they_say("\r\nmore");
	assert_int_equal(told("looks like SSH"), 1);
	they_say("SSH-2.0-x\r\n");
	assert_int_equal(told(""), 1);
}

static void what_says_nothing_at_first_is_not_looked_at_later(void **state)
{
	(void)state;
	we_connect();
	they_say("hello\n");
	they_say("SSH-2.0-x\r\n");
	assert_int_equal(told(""), 0);
}

static void an_unfinished_banner_is_judged_at_the_end(void **state)
{
	(void)state;
	someone_comes();
	they_say("GET /a HTTP/1.1\n");
	assert_int_equal(told(""), 0);
	send_text("answer\n");
	assert_int_equal(told("GET /a"), 1);
	someone_comes();
	they_say("GET /b HTTP/1.1\n");
	hints = (struct session_hints){ 0 };
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(told("GET /b"), 1);
}

static void the_protocol_that_we_speak_is_no_news(void **state)
{
	(void)state;
	we_connect();
	send_text("GET / HTTP/1.0\r\n\r\n");
	they_say("HTTP/1.0 200 OK\r\n\r\n");
	assert_int_equal(told(""), 0);
	we_connect();
	send_text("hello\r\n");
	they_say("HTTP/1.0 400 What\r\n\r\n");
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(told("HTTP/1: 400 What"), 1);
}

static void a_listener_tells_each_thing_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		someone_comes();
		they_say("GET / HTTP/1.0\r\n\r\n");
		someone_comes();
		fake_feed_bytes(now.fake, "hello\0", 6);
		fake_feed_end(now.fake);
		turn();
	}
	assert_int_equal(told("HTTP/1"), 1);
	assert_int_equal(told("NUL"), 1);
}

static void each_connection_of_ours_is_told_of(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		we_connect();
		they_say("SSH-2.0-x\r\n");
	}
	assert_int_equal(told("SSH"), 2);
}

static void an_echo_is_told_once(void **state)
{
	(void)state;
	we_connect();
	for (int i = 0; i < 4; i++) {
		send_text("again\n");
		they_say("again\n");
	}
	assert_int_equal(told("sends back"), 1);
	assert_int_equal(told(""), 1);
}

static void a_trap_is_told_when_the_message_is_whole(void **state)
{
	(void)state;
	someone_comes();
	they_say("hi \xec");
	they_say("\x95\x88");
	assert_int_equal(told("character"), 0);
	they_say("\n");
	assert_int_equal(told("character"), 1);
	someone_comes();
	fake_feed_bytes(now.fake, "hello\0", 6);
	turn();
	assert_int_equal(told("NUL"), 0);
	send_text("or ended by an answer\n");
	assert_int_equal(told("NUL"), 1);
}

static void nothing_is_told_when_no_hints_are_wanted(void **state)
{
	(void)state;
	now.settings.hints = NULL;
	we_connect();
	they_say("SSH-2.0-x\r\n");
	assert_int_equal(told(""), 0);
	/* wanted later, the first bytes are over */
	now.settings.hints = &hints;
	they_say("SSH-2.0-x\r\n");
	assert_int_equal(told(""), 0);
	they_say("hi \xec");
	they_say("\x95\x88\n");
	assert_int_equal(told("character"), 1);
}

static void switching_off_in_the_middle_is_silence(void **state)
{
	(void)state;
	someone_comes();
	they_say("GET / HTTP/1.1\r\n");
	now.settings.hints = NULL;
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(told(""), 0);
}

static void bytes_that_are_not_kept_are_not_looked_at(void **state)
{
	(void)state;
	now.settings.keeps_entries = false;
	someone_comes();
	they_say("GET / HTTP/1.0\r\n\r\n");
	assert_int_equal(told(""), 0);
	assert_int_equal(hints.protocols, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, finish)
	const struct CMUnitTest tests[] = {
		TEST(a_banner_is_named_with_what_would_speak_it),
		TEST(a_banner_in_pieces_is_named_when_it_is_whole),
		TEST(what_says_nothing_at_first_is_not_looked_at_later),
		TEST(an_unfinished_banner_is_judged_at_the_end),
		TEST(the_protocol_that_we_speak_is_no_news),
		TEST(a_listener_tells_each_thing_once),
		TEST(each_connection_of_ours_is_told_of),
		TEST(an_echo_is_told_once),
		TEST(a_trap_is_told_when_the_message_is_whole),
		TEST(nothing_is_told_when_no_hints_are_wanted),
		TEST(switching_off_in_the_middle_is_silence),
		TEST(bytes_that_are_not_kept_are_not_looked_at),
	};
	return run_over_each_kind(tests);
}
