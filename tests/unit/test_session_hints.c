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

static const char *last_hint(void)
{
	uint64_t seq = transcript_end(now.transcript) - 1;
	while (seq && entry_at(now.transcript, seq)->role != ROLE_HINT)
		seq--;
	assert_true(seq > 0);
	return entry_at(now.transcript, seq)->hint;
}

static void a_banner_is_named_with_what_would_speak_it(void **state)
{
	(void)state;
	we_connect();
	they_say("SSH-2.0-OpenSSH_9.2\r\n");
	assert_int_equal(told("what the peer sends looks like SSH"), 1);
	assert_string_equal(last_hint(), "use `ssh -p 9 127.0.0.1`");
}

/* A long message would hide it. */
static void a_hint_stands_above_what_it_is_about(void **state)
{
	(void)state;
	we_connect();
	they_say("SSH-2.0-OpenSSH_9.2\r\n");
	assert_story("CO*<");
	assert_int_equal(entry_at(now.transcript, 3)->session, 1);
}

static void a_banner_in_pieces_is_named_as_soon_as_it_tells(void **state)
{
	(void)state;
	we_connect();
	they_say("SSH-2");
	assert_int_equal(told(""), 0);
	they_say(".0-x");
	assert_int_equal(told("looks like SSH"), 1);
	they_say("\r\nmore");
	they_say("SSH-2.0-x\r\n");
	assert_int_equal(told(""), 1);
}

static void a_head_without_an_end_is_named_after_a_moment(void **state)
{
	(void)state;
	someone_comes();
	they_say("GET /a HTTP/1.1\r\n");
	wait_ms(200);
	they_say("Host: x\r\n");
	wait_ms(200);
	assert_int_equal(told(""), 0);
	wait_ms(200);
	assert_int_equal(told("GET /a at x"), 1);
	wait_ms(1000);
	assert_int_equal(told(""), 1);
}

static void nothing_is_told_of_a_connection_that_we_have_ended(void **state)
{
	(void)state;
	someone_comes();
	they_say("GET /a HTTP/1.1\r\n");
	session_reset(now.session);
	wait_ms(500);
	assert_int_equal(told(""), 0);
}

static void what_a_moment_did_not_tell_the_rest_may(void **state)
{
	(void)state;
	we_connect();
	they_say("22");
	wait_ms(1000);
	they_say("0 x ESMTP\r\n");
	assert_int_equal(told("looks like SMTP"), 1);
}

static void telnet_is_named_behind_a_greeting(void **state)
{
	(void)state;
	we_connect();
	they_say("Welcome\r\n");
	they_say("login: \xff\xfb\x01");
	assert_int_equal(told("looks like Telnet: WILL ECHO"), 1);
	they_say("\xff\xfb\x01");
	assert_int_equal(told(""), 1);
	someone_comes();
	they_say("\xff\xfb\x1f\xff\xfd\x03");
	wait_ms(400);
	assert_int_equal(told("Telnet: WILL NAWS, DO SUPPRESS"), 1);
}

static void a_request_in_lf_is_told_after_two_seconds(void **state)
{
	(void)state;
	we_connect();
	send_text("GET / HTTP/1.0\n");
	wait_ms(1500);
	send_text("\n");
	wait_ms(1500);
	assert_int_equal(told(""), 0);
	wait_ms(1000);
	assert_int_equal(told("those of HTTP in \\r\\n"), 1);
	wait_ms(5000);
	assert_int_equal(told(""), 1);
}

static void the_clock_runs_when_all_has_left_and_we_read(void **state)
{
	(void)state;
	have_faults("out:slice=1,500ms");
	we_connect();
	send_text("EHLO me\n");
	wait_ms(3500);
	assert_int_equal(told(""), 0);
	session_pause(now.session);
	wait_ms(4000);
	assert_int_equal(told(""), 0);
	session_resume(now.session);
	wait_ms(2000);
	assert_int_equal(told("those of SMTP"), 1);
}

static void an_answer_or_an_end_stops_the_clock(void **state)
{
	(void)state;
	we_connect();
	send_text("GET / HTTP/1.0\n\n");
	they_say("hm");
	wait_ms(3000);
	assert_int_equal(told(""), 0);
	we_connect();
	send_text("GET / HTTP/1.0\n\n");
	session_reset(now.session);
	wait_ms(3000);
	assert_int_equal(told(""), 0);
}

static void a_peer_that_dies_of_half_a_character_is_told(void **state)
{
	(void)state;
	have_faults("out:slice=1,50ms");
	we_connect();
	send_text("안녕!\n");
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(told("it closed after ec, the 1st of 3 bytes of "
	                      "안"), 1);
	assert_int_equal(told(""), 1);
}

/* In both it had read the first message before the second one came. */
static void a_reset_behind_half_a_character_is_told(void **state)
{
	(void)state;
	we_connect();
	send_text("\xec\x95");
	send_text("\x88");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_int_equal(told("it closed after ec 95, the 2nd of 3 bytes of "
	                      "안"), 1);
	we_connect();
	send_text("\xec");
	fake_fail_write(now.fake, EPIPE);
	send_text("\x95\x88");
	assert_int_equal(told("it closed after ec, the 1st of 3 bytes of"), 1);
}

static void a_chosen_encoding_has_other_characters(void **state)
{
	(void)state;
	now.settings.is_decoded = true;
	we_connect();
	send_text("\xec\x95");
	fake_feed_error(now.fake, ECONNRESET);
	turn();
	assert_int_equal(told(""), 0);
}

static void no_byte_after_our_fin_is_told(void **state)
{
	(void)state;
	we_connect();
	they_say("hello\n");
	send_text("what?\n");
	session_shutdown(now.session);
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(told("ended without a byte after our FIN"), 1);
}

/* Nor after we hung up, nor long before our FIN. */
static void an_answered_or_unwanted_end_is_no_news(void **state)
{
	(void)state;
	we_connect();
	send_text("what?\n");
	they_say("that\n");
	session_shutdown(now.session);
	fake_feed_end(now.fake);
	turn();
	we_connect();
	send_text("what?\n");
	session_close(now.session);
	fake_feed_end(now.fake);
	turn();
	we_connect();
	session_shutdown(now.session);
	fake_feed_end(now.fake);
	turn();
	we_connect();
	send_text("what?\n");
	wait_ms(3000);
	session_shutdown(now.session);
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(told(""), 0);
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
	assert_int_equal(told("the peer echoes"), 1);
	assert_int_equal(told(""), 1);
}

static void a_trap_waits_for_no_line_end_and_not_for_us(void **state)
{
	(void)state;
	someone_comes();
	they_say("hi \xec");
	assert_int_equal(told("character"), 0);
	they_say("\x95\x88");
	assert_int_equal(told("character"), 1);
	someone_comes();
	fake_feed_bytes(now.fake, "hello\0", 6);
	turn();
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

/* Frames */

static void they_frame(const char *word)
{
	const uint8_t head[4] = { 0, 0, 0, (uint8_t)strlen(word) };
	fake_feed_bytes(now.fake, head, sizeof(head));
	they_say(word);
}

static void they_frame_three(void)
{
	they_frame("hello");
	they_frame("world!");
	they_frame("abc");
	wait_ms(200);
}

static void a_frame_that_fits_is_told_once_with_its_command(void **state)
{
	(void)state;
	we_connect();
	they_frame_three();
	assert_int_equal(told("looks like `u32`"), 1);
	assert_non_null(strstr(last_hint(), "`/frame u32` shows"));
	they_frame_three();
	assert_int_equal(told(""), 1);
	assert_int_equal(hints.kept, 0);
}

static void a_listener_tells_each_frame_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		someone_comes();
		they_frame_three();
	}
	assert_int_equal(told("`u32`"), 1);
}

static void a_frame_is_guessed_at_the_end_at_the_latest(void **state)
{
	(void)state;
	someone_comes();
	they_frame("hello");
	they_frame("world!");
	they_frame("abc");
	assert_int_equal(told(""), 0);
	fake_feed_end(now.fake);
	turn();
	assert_int_equal(told("`u32`"), 1);
}

static void a_frame_is_told_while_more_comes(void **state)
{
	(void)state;
	we_connect();
	for (unsigned i = 0; i < 16; i++) {
		they_frame(i % 2 ? "world!" : i % 4 ? "abc" : "hello");
		wait_ms(40);
	}
	assert_int_equal(told("`u32`"), 1);
}

static void what_is_sent_otherwise_leaves_a_frame_for_what_comes(void **state)
{
	(void)state;
	we_connect();
	send_text("get it\n");
	they_frame_three();
	assert_int_equal(told("`u32`"), 1);
	assert_non_null(strstr(last_hint(), "`/set frame-in u32` shows"));
}

static void no_frame_is_guessed_when_one_is_set(void **state)
{
	(void)state;
	now.frame.kind = frame_find("line");
	we_connect();
	they_frame_three();
	fake_feed_bytes(now.fake, "hello\0", 6);
	turn();
	assert_int_equal(told(""), 0);
	assert_int_equal(hints.kept, 0);
}

static void a_protocol_is_told_with_its_frame_and_not_again(void **state)
{
	static const char packets[] =
	    "\x10\x0e\0\4MQTT\4\2\0\x3c\0\2me"
	    "\x30\x0a\0\3a/bhello\x30\x0b\0\3a/bworld!\x30\x08\0\3a/babc";
	(void)state;
	someone_comes();
	fake_feed_bytes(now.fake, packets, sizeof(packets) - 1);
	turn();
	wait_ms(200);
	assert_int_equal(told("looks like MQTT"), 1);
	assert_non_null(strstr(last_hint(), ". `/frame mqtt` shows its"));
	assert_int_equal(told(""), 1);
	now.frame.kind = frame_find("mqtt");
	hints = (struct session_hints){ 0 };
	someone_comes();
	fake_feed_bytes(now.fake, packets, sizeof(packets) - 1);
	turn();
	assert_int_equal(told("looks like MQTT"), 2);
	assert_null(strstr(last_hint(), "/frame"));
}

static void a_greeting_is_named_where_frames_were_expected(void **state)
{
	(void)state;
	now.frame.kind = frame_find("u32");
	we_connect();
	they_say("SSH-2.0-OpenSSH_9.2\r\n");
	assert_int_equal(told("what the peer sends looks like SSH"), 1);
}

static void texts_that_end_in_nul_are_told_once(void **state)
{
	(void)state;
	we_connect();
	for (int i = 0; i < 4; i++) {
		fake_feed_bytes(now.fake, "hello, world\0", 13);
		turn();
		wait_ms(200);
	}
	assert_int_equal(told("NUL"), 1);
	assert_int_equal(told(""), 1);
}

static void bytes_of_too_many_peers_are_not_kept(void **state)
{
	(void)state;
	hints.kept = (size_t)64 << 20;
	someone_comes();
	they_frame_three();
	assert_int_equal(told(""), 0);
	assert_int_equal(hints.kept, (size_t)64 << 20);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, finish)
	const struct CMUnitTest tests[] = {
		TEST(a_banner_is_named_with_what_would_speak_it),
		TEST(a_hint_stands_above_what_it_is_about),
		TEST(a_banner_in_pieces_is_named_as_soon_as_it_tells),
		TEST(a_head_without_an_end_is_named_after_a_moment),
		TEST(nothing_is_told_of_a_connection_that_we_have_ended),
		TEST(what_a_moment_did_not_tell_the_rest_may),
		TEST(telnet_is_named_behind_a_greeting),
		TEST(a_request_in_lf_is_told_after_two_seconds),
		TEST(the_clock_runs_when_all_has_left_and_we_read),
		TEST(an_answer_or_an_end_stops_the_clock),
		TEST(a_peer_that_dies_of_half_a_character_is_told),
		TEST(a_reset_behind_half_a_character_is_told),
		TEST(a_chosen_encoding_has_other_characters),
		TEST(no_byte_after_our_fin_is_told),
		TEST(an_answered_or_unwanted_end_is_no_news),
		TEST(what_says_nothing_at_first_is_not_looked_at_later),
		TEST(an_unfinished_banner_is_judged_at_the_end),
		TEST(the_protocol_that_we_speak_is_no_news),
		TEST(a_listener_tells_each_thing_once),
		TEST(each_connection_of_ours_is_told_of),
		TEST(an_echo_is_told_once),
		TEST(a_trap_waits_for_no_line_end_and_not_for_us),
		TEST(nothing_is_told_when_no_hints_are_wanted),
		TEST(switching_off_in_the_middle_is_silence),
		TEST(bytes_that_are_not_kept_are_not_looked_at),
		TEST(a_frame_that_fits_is_told_once_with_its_command),
		TEST(a_frame_is_told_while_more_comes),
		TEST(a_listener_tells_each_frame_once),
		TEST(a_frame_is_guessed_at_the_end_at_the_latest),
		TEST(what_is_sent_otherwise_leaves_a_frame_for_what_comes),
		TEST(no_frame_is_guessed_when_one_is_set),
		TEST(a_protocol_is_told_with_its_frame_and_not_again),
		TEST(a_greeting_is_named_where_frames_were_expected),
		TEST(texts_that_end_in_nul_are_told_once),
		TEST(bytes_of_too_many_peers_are_not_kept),
	};
	return run_over_each_kind(tests);
}
