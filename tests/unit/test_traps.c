/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The traps, in the bytes of a conversation. */

#include "golden.h"

#include <sockchat/bytes.h>
#include <sockchat/traps.h>

static struct traps traps;
static unsigned seen;
static bool is_dripped;

static int start(void **state)
{
	(void)state;
	traps_init(&traps, true);
	seen = 0;
	is_dripped = false;
	return 0;
}

static void out(const char *text)
{
	traps_out(&traps, text, strlen(text), is_dripped);
}

/* Of a copy, so that not one byte behind them can be looked at. */
static void in_bytes(const char *bytes, size_t len)
{
	uint8_t *copy = malloc(len);
	memcpy(copy, bytes, len);
	seen |= traps_in(&traps, copy, len);
	free(copy);
}

static void in(const char *text)
{
	in_bytes(text, strlen(text));
}

#define IN(text) in_bytes(text, sizeof(text) - 1)

static bool has(enum trap trap)
{
	return seen & 1u << trap;
}

static void each_says_what_it_is_and_what_to_do(void **state)
{
	struct bytes all = { 0 };
	(void)state;
	for (unsigned i = 0; i < TRAP_COUNT; i++)
		bytes_printf(&all, "%s%s%s\n  hint: %s\n", trap_rows[i].text,
		             trap_rows[i].tail ? "NAME" : "",
		             trap_rows[i].tail ? trap_rows[i].tail : "",
		             trap_rows[i].hint);
	assert_golden("tests/golden/traps.txt", bytes_text(&all));
	bytes_finish(&all);
}

static void an_answer_shows_that_lf_will_do(void **state)
{
	(void)state;
	in("220 ready\r\n");
	for (int i = 0; i < 3; i++) {
		out("NOOP\n");
		in("250 ok\r\n");
	}
	assert_int_equal(seen, 0);
}

static void a_complaint_of_a_peer_of_crlf_is_about_the_ending(void **state)
{
	(void)state;
	out("HELLO\n");
	in("HTTP/1.1 400 Bad Request\r\n\r\n");
	assert_int_equal(seen, 1u << TRAP_EOL);
}

/* What is told after two seconds without an answer. */
static unsigned silence(void)
{
	return traps_silence(&traps);
}

static void two_lines_without_an_answer_to_a_peer_of_crlf(void **state)
{
	(void)state;
	in("220 ready\r\n");
	out("status\n");
	assert_int_equal(silence(), 0);
	out("status\n");
	assert_true(traps_wait(&traps));
	assert_int_equal(silence(), 1u << TRAP_EOL);
	assert_int_equal(silence(), 0);
}

static void lines_sent_at_once_have_time_for_their_answers(void **state)
{
	(void)state;
	in("220 ready\r\n");
	out("one\n");
	out("two\n");
	in("1\r\n");
	assert_int_equal(seen | silence(), 0);
}

static void a_request_line_in_lf_without_an_answer_is_named(void **state)
{
	static const char *const requests[][2] = {
		{ "GET / HTTP/1.1\nHost: x\n\n", "HTTP" },
		{ "get http://x/ HTTP/1.0\n\n", "HTTP" },
		{ "OPTIONS * RTSP/1.0\nCSeq: 1\n\n", "RTSP" },
		{ "REGISTER sip:x SIP/2.0\n\n", "SIP" },
		{ "EHLO me\n", "SMTP" }, { "mail from:<a@b>\n", "SMTP" },
		{ "USER anonymous\n", "FTP and POP3" }, { "CAPA\n", "POP3" },
		{ "a1 LOGIN me secret\n", "IMAP" },
		{ "MODE READER\n", "NNTP" },
		{ "USER me 0 * :Me\n", "IRC" },
		{ "set k 0 0 5\nhello\n", "memcached" },
		{ "*1\n$4\nPING\n", "Redis" }, { "AT+CSQ\n", "modems" },
	};
	char text[TRAP_TEXT_MAX], expected[TRAP_TEXT_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		traps_init(&traps, true);
		seen = 0;
		out(requests[i][0]);
		assert_true(traps_wait(&traps));
		assert_int_equal(seen, 0);
		assert_int_equal(silence(), 1u << TRAP_REQUEST);
		traps_text(&traps, TRAP_REQUEST, text, sizeof(text));
		snprintf(expected, sizeof(expected),
		         "your lines end in \\n, those of %s in \\r\\n",
		         requests[i][1]);
		assert_string_equal(text, expected);
		assert_int_equal(silence(), 0);
	}
}

static void silence_after_other_lines_says_nothing(void **state)
{
	static const char *const lines[] = {
		"hello\n", "GET well soon\n", "is it HTTP/1.1\n", "USER\n",
		"EHLO\n", "please login to it\n", "set it up\n",
		"GET / HTTP/1.1\r\n\r\n", "EHLO me\r\n", "EHLO me",
		"PING\n", "get k\n", "\xff GET / HTTP/1.0\n", "\n",
		"NICK me\n", "QUIT\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		traps_init(&traps, true);
		out(lines[i]);
		assert_int_equal(silence(), 0);
	}
}

static void who_answers_once_takes_lf(void **state)
{
	(void)state;
	in("220 ready\r\n");
	out("EHLO me\n");
	in("250 ok\r\n");
	assert_int_equal(silence(), 0);
	out("MAIL FROM:<a>\n");
	assert_int_equal(silence(), 0);
	in("500 5.5.2 Error\r\n");
	assert_int_equal(seen, 0);
}

static void a_greeting_behind_a_request_is_no_answer_to_it(void **state)
{
	(void)state;
	out("EHLO me\n");
	in("220 ready\r\n");
	assert_int_equal(silence(), 1u << TRAP_REQUEST);
}

static void an_answer_that_complains_is_enough(void **state)
{
	static const char *const talks[][2] = {
		{ "GET / HTTP/1.0\n\n", "HTTP/1.1 400 Bad Request\n\n" },
		{ "SETUP /x RTSP/1.0\n\n", "RTSP/1.0 400 What\r\n\r\n" },
		{ "USER me\n", "500 Syntax error\r\n" },
		{ "CAPABILITIES\n", "500 unknown command\r\n" },
		{ "set k 0 0 5\nhello\n", "CLIENT_ERROR bad data chunk\r\n" },
		{ "*1\n", "-ERR Protocol error: expected '$'\r\n" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(talks) / sizeof(*talks); i++) {
		traps_init(&traps, true);
		in("hello\n");
		seen = 0;
		out(talks[i][0]);
		in(talks[i][1]);
		assert_int_equal(seen, 1u << TRAP_COMPLAINT);
		assert_int_equal(silence(), 0);
	}
}

static void an_answer_that_refuses_something_else_is_none(void **state)
{
	(void)state;
	in("hello\n");
	out("GET / HTTP/1.0\n\n");
	in("HTTP/1.1 404 Not Found\r\n\r\nwidth: 400 px, unrecognized");
	out("EHLO me\r\n");
	in("500 5.5.2 Error\r\n");
	assert_int_equal(seen, 0);
}

static void a_request_without_its_empty_line_is_told_of_it(void **state)
{
	(void)state;
	out("GET / HTTP/1.0\n");
	assert_int_equal(silence(), 1u << TRAP_HEAD);
	traps_init(&traps, true);
	out("GET / HTTP/1.0\r\n");
	out("Host: x\r\n");
	assert_int_equal(silence(), 1u << TRAP_EMPTY_LINE);
	out("\r\n");
	assert_int_equal(silence(), 0);
}

static void a_request_without_its_host_line_is_told_of_it(void **state)
{
	static const char refusal[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	(void)state;
	out("GET / HTTP/1.1\r\n");
	out("\r\n");
	in(refusal);
	assert_int_equal(seen, 1u << TRAP_HOST);
	seen = 0;
	out("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
	in(refusal);
	out("GET / HTTP/1.0\r\n\r\n");
	in(refusal);
	out("GET / HTTP/1.1\r\n\r\n");
	in("HTTP/1.1 404 Not Found\r\n\r\n");
	assert_int_equal(seen, 0);
}

static void utf16_without_a_mark_is_seen(void **state)
{
	(void)state;
	IN("h\0e\0l\0l\0o\0");
	assert_int_equal(seen, 1u << TRAP_UTF16);
	traps_init(&traps, true);
	seen = 0;
	IN("\0h\0e\0l\0l\0o\0\n");
	assert_int_equal(seen, 1u << TRAP_UTF16);
	traps_init(&traps, true);
	seen = 0;
	IN("\1\0\2\0\3\0\4\0");
	IN("h\0e\0l\0l\0\0\0");
	IN("\0\0\0\0\0\0\0\0");
	IN("A\0B\0");
	assert_int_equal(seen, 0);
}

static void lines_that_end_in_cr_alone_are_seen(void **state)
{
	(void)state;
	in("READY\r");
	assert_int_equal(seen, 0);
	in("OK\r");
	assert_int_equal(seen, 1u << TRAP_CR);
	traps_init(&traps, true);
	seen = 0;
	in("one\r");
	in("\ntwo\r");
	in("\n10%\r20%\r");
	traps_init(&traps, true);
	IN("\x01\r\x02\r\r\r");
	assert_int_equal(seen, 0);
}

static void a_whole_buffer_is_seen(void **state)
{
	char buffer[1024] = "안녕!\n";
	(void)state;
	in_bytes(buffer, sizeof(buffer));
	assert_int_equal(seen, 1u << TRAP_PADDED);
	traps_init(&traps, true);
	seen = 0;
	memcpy(buffer + 512, "and another one", 15);
	in_bytes(buffer, 527);
	assert_int_equal(seen, 1u << TRAP_PADDED);
}

static void a_few_zeros_and_zeros_of_ours_are_no_padding(void **state)
{
	(void)state;
	IN("text\0\0\0\0\0\0\0");
	IN("\x01\x02\0\0\0\0\0\0\0\0\0");
	IN("\0\0\0\0\0\0\0\0\0\0");
	IN("name\0\0\0\0\0\0\0\0\0\0\1");
	IN("name\0\0\0\0\0\0\0\0\0\0value\0\0\0\0\0\0\0\0\0\0");
	assert_int_equal(seen, 0);
	traps_out(&traps, "ok", 3, false);
	IN("text\0\0\0\0\0\0\0\0\0\0");
	assert_int_equal(seen, 0);
}

static void lines_that_end_in_crlf_are_not_to_blame(void **state)
{
	(void)state;
	out("GET / HTTP/1.0\r\n");
	in("HTTP/1.1 400 Bad Request\r\n\r\n");
	out("GET\r\n");
	out("GET\r\n");
	out("GET");
	out("GET");
	assert_int_equal(seen, 0);
}

static void a_peer_of_lf_that_says_nothing_has_no_ending_to_blame(void **state)
{
	(void)state;
	in("welcome\n");
	for (int i = 0; i < 4; i++)
		out("line\n");
	in("bad request\n");
	assert_int_equal(seen, 0);
}

static void two_messages_that_come_back_are_an_echo(void **state)
{
	(void)state;
	out("안녕!");
	in("안녕!");
	assert_int_equal(seen, 0);
	out("again\n");
	in("again\n");
	assert_int_equal(seen, 1u << TRAP_ECHO);
}

static void an_answer_of_its_own_is_no_echo(void **state)
{
	(void)state;
	out("one\n");
	in("one\n");
	out("two\n");
	in("six\n");
	out("three\n");
	in("three\n");
	assert_int_equal(seen, 0);
}

static void who_speaks_first_or_says_more_is_no_echo(void **state)
{
	(void)state;
	in("hello\n");
	for (int i = 0; i < 3; i++) {
		out("x\n");
		in("x\n");
	}
	assert_int_equal(seen, 0);
	traps_init(&traps, true);
	for (int i = 0; i < 3; i++) {
		out("x\n");
		in("x\nand more\n");
	}
	assert_int_equal(seen, 0);
}

static void two_messages_in_one_read_are_merged(void **state)
{
	(void)state;
	out("one\n");
	out("two\n");
	in("one\ntwo\n");
	assert_int_equal(seen, 1u << TRAP_ECHO | 1u << TRAP_MERGED);
}

static void one_message_in_two_reads_is_parted(void **state)
{
	(void)state;
	out("a long message\n");
	in("a long ");
	in("message\n");
	out("ok\n");
	in("ok\n");
	assert_int_equal(seen, 1u << TRAP_ECHO | 1u << TRAP_PARTED);
}

static void pieces_of_our_own_are_not_remarked_upon(void **state)
{
	(void)state;
	is_dripped = true;
	out("안녕!\n");
	in("\xec");
	in("\x95\x88녕!\n");
	out("ok\n");
	in("ok\n");
	assert_int_equal(seen, 1u << TRAP_ECHO);
}

static void with_many_messages_on_their_way_nothing_is_said(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * MIRROR_MARKS; i++)
		out("x\n");
	for (int i = 0; i < 3 * MIRROR_MARKS; i++)
		in("x\n");
	assert_int_equal(seen, 0);
}

static void a_character_in_pieces_is_seen(void **state)
{
	(void)state;
	in("hi \xec");
	assert_false(has(TRAP_CHARACTER));
	in("\x95");
	in("\x88\n");
	assert_true(has(TRAP_CHARACTER));
}

static void bytes_that_are_no_character_are_no_piece_of_one(void **state)
{
	(void)state;
	in("caf\xe9");
	in("s\n");
	IN("\xff\xfe\x80\xec");
	in("\x95\x88");
	in("whole 안");
	in("녕\n");
	assert_false(has(TRAP_CHARACTER));
}

static void a_byte_order_mark_is_one_only_at_the_beginning(void **state)
{
	static const char *const marks[] = {
		"\xef\xbb\xbfhello", "\xff\xfeh\0i\0", "\xfe\xff\0h\0i",
	};
	static const size_t lens[] = { 8, 6, 6 };
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		traps_init(&traps, true);
		seen = 0;
		in_bytes(marks[i], lens[i]);
		assert_true(has(TRAP_BOM));
		traps_init(&traps, true);
		seen = 0;
		in("x");
		in_bytes(marks[i], lens[i]);
		assert_false(has(TRAP_BOM));
	}
	traps_init(&traps, true);
	IN("\xff\xfe\x01\xff\xfb\x03"); /* telnet */
	assert_false(has(TRAP_BOM));
}

static void a_string_and_its_nul_are_seen(void **state)
{
	(void)state;
	IN("hello\0you\0");
	assert_true(has(TRAP_NUL));
}

static void zeros_among_other_bytes_are_no_end_of_a_string(void **state)
{
	(void)state;
	IN("\1\0\0\0");
	IN("text\n\0");
	IN("A\0");
	IN("\0\0\0\0\0\0");
	IN("\0name\0");
	IN("text\0\0");
	IN("hell\xff\0");
	assert_int_equal(seen, 0);
	traps_out(&traps, "ok", 3, false); /* we do the same */
	IN("hello\0");
	assert_int_equal(seen, 0);
}

static void text_that_is_not_utf8_is_named(void **state)
{
	(void)state;
	in("안녕!\n\xbe\xc8\xb3\xe7!\nhi\n");
	assert_int_equal(seen, 1u << TRAP_CP949);
	in("\x82\xb1\x82\xf1\x82\xc9\n");
	assert_int_equal(seen, 1u << TRAP_CP949 | 1u << TRAP_SHIFT_JIS);
	in("caf\xe9, s'il vous pla\xeet\n");
	assert_true(has(TRAP_LATIN1));
}

static void the_rest_of_a_character_is_not_guessed_at(void **state)
{
	(void)state;
	in("hi \xec");
	in("\xb1\xb1\xb1\xb1 is well\n");
	assert_int_equal(seen, 1u << TRAP_CHARACTER);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, start)
	const struct CMUnitTest tests[] = {
		TEST(each_says_what_it_is_and_what_to_do),
		TEST(two_lines_without_an_answer_to_a_peer_of_crlf),
		TEST(lines_sent_at_once_have_time_for_their_answers),
		TEST(an_answer_shows_that_lf_will_do),
		TEST(a_complaint_of_a_peer_of_crlf_is_about_the_ending),
		TEST(a_request_line_in_lf_without_an_answer_is_named),
		TEST(silence_after_other_lines_says_nothing),
		TEST(who_answers_once_takes_lf),
		TEST(a_greeting_behind_a_request_is_no_answer_to_it),
		TEST(an_answer_that_complains_is_enough),
		TEST(an_answer_that_refuses_something_else_is_none),
		TEST(a_request_without_its_empty_line_is_told_of_it),
		TEST(a_request_without_its_host_line_is_told_of_it),
		TEST(utf16_without_a_mark_is_seen),
		TEST(lines_that_end_in_cr_alone_are_seen),
		TEST(a_whole_buffer_is_seen),
		TEST(a_few_zeros_and_zeros_of_ours_are_no_padding),
		TEST(lines_that_end_in_crlf_are_not_to_blame),
		TEST(a_peer_of_lf_that_says_nothing_has_no_ending_to_blame),
		TEST(two_messages_that_come_back_are_an_echo),
		TEST(an_answer_of_its_own_is_no_echo),
		TEST(who_speaks_first_or_says_more_is_no_echo),
		TEST(two_messages_in_one_read_are_merged),
		TEST(one_message_in_two_reads_is_parted),
		TEST(pieces_of_our_own_are_not_remarked_upon),
		TEST(with_many_messages_on_their_way_nothing_is_said),
		TEST(a_character_in_pieces_is_seen),
		TEST(bytes_that_are_no_character_are_no_piece_of_one),
		TEST(a_byte_order_mark_is_one_only_at_the_beginning),
		TEST(a_string_and_its_nul_are_seen),
		TEST(zeros_among_other_bytes_are_no_end_of_a_string),
		TEST(text_that_is_not_utf8_is_named),
		TEST(the_rest_of_a_character_is_not_guessed_at),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
