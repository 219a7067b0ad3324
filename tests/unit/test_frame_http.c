/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Requests and answers of HTTP are messages, bodies included. */

#include "frame_scene.h"

#define GET  "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
#define HEAD "HEAD / HTTP/1.0\r\n\r\n"
#define OK   "HTTP/1.1 200 OK\r\n"

static void a_length_says_how_long_a_body_is(void **state)
{
	(void)state;
	SCENE("http", SENT("POST / HTTP/1.1\r\ncontent-length:3\r\n\r\na\nb"),
	      CAME(OK "Server: y\r\nContent-Length: 5 \r\n\r\nhello"),
	      SENT(GET), CAME(OK "Content-Length: 0\r\n\r\n"));
}

static void chunks_have_extensions_and_trailers(void **state)
{
	(void)state;
	SCENE("http", SENT(GET),
	      CAME(OK "Transfer-Encoding: gzip, Chunked\r\n\r\n"
	              "5\r\nhello\r\n00A;x=\"y\"\r\n0123\r\n6789\r\n"
	              "0\r\nContent-Length: 3\r\nX: y\r\n\r\n"),
	      SENT("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
	           "1 \r\na\r\n0\r\n\r\n"),
	      CAME(OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
}

static void requests_are_answered_in_their_order(void **state)
{
	(void)state;
	SCENE("http", SENT(GET), SENT(HEAD), SENT(GET),
	      CAME(OK "Content-Length: 2\r\n\r\nab"),
	      CAME(OK "Content-Length: 2\r\n\r\n"), SENT(HEAD),
	      CAME(OK "Content-Length: 1\r\n\r\na"),
	      CAME(OK "Transfer-Encoding: chunked\r\n\r\n"));
}

static void some_answers_never_have_a_body(void **state)
{
	(void)state;
	SCENE("http", SENT(GET), CAME("HTTP/1.1 100 Continue\r\n\r\n"),
	      CAME("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"),
	      CAME("HTTP/1.1 204 No Content\r\n\r\n"), SENT(GET), SENT(HEAD),
	      CAME("HTTP/1.1 304\r\nContent-Length: 7\r\n\r\n"),
	      CAME("HTTP/1.1 100 Continue\r\n\r\n"),
	      CAME(OK "Content-Length: 7\r\n\r\n"));
}

static void empty_lines_belong_to_the_next_message(void **state)
{
	(void)state;
	SCENE("http", SENT("\r\n\n" GET), SENT("\r\n" GET), SENT("\r\n"));
}

static void a_line_feed_alone_ends_a_line(void **state)
{
	(void)state;
	SCENE("http", SENT("GET / HTTP/1.1\nHost: x\n\n"), SENT(GET),
	      CAME("HTTP/1.0 200 OK\nTransfer-Encoding:chunked\n\n"
	           "1\na\n0\n\n"));
}

static void a_body_without_a_length_goes_on_until_the_end(void **state)
{
	(void)state;
	ENDS("http", OK "\r\nhello", true);
	ENDS("http", OK "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n", true);
	ENDS("http", OK "Content-Length: 6\r\n\r\nhello", false);
	ENDS("http", OK "Transfer-Encoding: chunked\r\n\r\n0\r\n", false);
	ENDS("http", OK, false);
	ENDS("http", "\r\n", true);
}

/* After these every read is a message. */
static void check_left(const char *asked, const char *answer)
{
	const struct said said[] = {
		{ true, asked, strlen(asked) },
		{ false, answer, strlen(answer) },
	};
	struct frame_scene sc;
	scene_begin(&sc, "http");
	scene_say(&sc, &said[0], 1, 5);
	scene_say(&sc, &said[1], 1, 5);
	assert_true(sc.in.is_raw);
	assert_false(sc.in.now.wrong);
	struct frame_cut c =
	    frame_cut(&sc.frame, &sc.out, (const uint8_t *)"\x81\n\n", 3);
	assert_int_equal(c.status, FRAME_WHOLE);
	assert_int_equal(c.len, 3);
	assert_false(sc.out.now.wrong);
}

static void another_protocol_follows_a_tunnel_and_an_upgrade(void **state)
{
	(void)state;
	check_left("CONNECT a:1 HTTP/1.1\r\n\r\n",
	           "HTTP/1.1 200 Connection established\r\n\r\n");
	check_left("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
	           "HTTP/1.1 101 Switching Protocols\r\n\r\n");
	SCENE("http", SENT("CONNECT a:1 HTTP/1.1\r\n\r\n"),
	      CAME("HTTP/1.1 407 No\r\nContent-Length: 1\r\n\r\na"), SENT(GET),
	      CAME(OK "Content-Length: 1\r\n\r\na"));
}

static void a_coding_says_more_than_a_length(void **state)
{
	(void)state;
	SCENE("http",
	      SENT("POST / HTTP/1.1\r\nContent-Length: 3\r\n"
	           "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	      CAME(OK "Content-Length: 2\r\nContent-Length: 2, 2\r\n\r\nab"));
}

static void what_is_no_http_is_wrong(void **state)
{
	static char block[70000];
	(void)state;
	WRONG("http", "SSH-2.0-x\r\n", FRAME_NOT_IT);
	WRONG("http", "\x16\x03\x01\x02", FRAME_NOT_IT);
	WRONG("http", " GET / HTTP/1.1\r\n", FRAME_NOT_IT);
	WRONG("http", "GET /\r\n", FRAME_NOT_IT);
	WRONG("http", "PRI * HTTP/2.0\r\n\r\n", FRAME_NOT_IT);
	WRONG("http", "HTTP/1.1 abc\r\n", FRAME_NOT_IT);
	WRONG("http", OK "no colon\r\n\r\n", FRAME_NOT_IT);
	WRONG("http", OK "Content-Length: 1x\r\n\r\n", FRAME_NO_LENGTH);
	WRONG("http", OK "Content-Length: 1 1\r\n\r\n", FRAME_NO_LENGTH);
	WRONG("http", OK "Content-Length: 1, 2\r\n\r\n", FRAME_NO_LENGTH);
	WRONG("http", OK "Content-Length: 99999999999999999999\r\n\r\n",
	      FRAME_TOO_LONG);
	WRONG("http", "POST / HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n",
	      FRAME_NO_LENGTH);
	WRONG("http", OK "Transfer-Encoding: chunked\r\n\r\nx\r\n",
	      FRAME_NO_LENGTH);
	WRONG("http", OK "Transfer-Encoding: chunked\r\n\r\n1\r\nab",
	      FRAME_NO_END);
	memset(block, 'a', sizeof(block));
	memcpy(block, OK, sizeof(OK) - 1);
	scene_wrong("http", &(struct said){ false, block, sizeof(block) },
	            FRAME_NO_END);
}

static void the_whole_length_is_known_behind_the_fields(void **state)
{
	static const char text[] = OK "Content-Length: 100\r\n\r\nhello";
	struct frame_scene sc;
	(void)state;
	scene_begin(&sc, "http");
	frame_cut(&sc.frame, &sc.in, (const uint8_t *)text, sizeof(text) - 1);
	assert_int_equal(sc.in.now.total, sizeof(text) - 1 + 95);
	assert_int_equal(sc.in.now.rest, 95);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_length_says_how_long_a_body_is),
		cmocka_unit_test(chunks_have_extensions_and_trailers),
		cmocka_unit_test(requests_are_answered_in_their_order),
		cmocka_unit_test(some_answers_never_have_a_body),
		cmocka_unit_test(empty_lines_belong_to_the_next_message),
		cmocka_unit_test(a_line_feed_alone_ends_a_line),
		cmocka_unit_test(a_body_without_a_length_goes_on_until_the_end),
		cmocka_unit_test(
		    another_protocol_follows_a_tunnel_and_an_upgrade),
		cmocka_unit_test(a_coding_says_more_than_a_length),
		cmocka_unit_test(what_is_no_http_is_wrong),
		cmocka_unit_test(the_whole_length_is_known_behind_the_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
