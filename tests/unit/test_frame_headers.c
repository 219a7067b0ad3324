/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Messages behind header lines, as language servers send them. */

#include "frame_scene.h"

static void header_lines_say_how_long_a_body_is(void **state)
{
	(void)state;
	SCENE("headers", SENT("Content-Length: 2\r\n\r\n{}"),
	      CAME("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n"
	           "content-LENGTH:4\r\n\r\n[\r\n]"),
	      CAME("Content-Length: 0\r\n\r\n"),
	      CAME("Content-Length: 1\n\nx"));
}

static void the_prefix_is_the_block_of_header_lines(void **state)
{
	static const char text[] = "A: b\r\nContent-Length: 100\r\n\r\n{}";
	struct frame_scene sc;
	(void)state;
	scene_begin(&sc, "headers");
	frame_cut(&sc.frame, &sc.in, (const uint8_t *)text, 10);
	assert_int_equal(sc.in.now.prefix, 10);
	assert_int_equal(sc.in.now.total, 0);
	frame_cut(&sc.frame, &sc.in, (const uint8_t *)text + 10,
	          sizeof(text) - 1 - 10);
	assert_int_equal(sc.in.now.prefix, sizeof(text) - 1 - 2);
	assert_int_equal(sc.in.now.total, 100);
	assert_int_equal(sc.in.now.rest, 98);
}

static void a_block_without_a_length_is_wrong(void **state)
{
	static char block[70000];
	(void)state;
	WRONG("headers", "\r\n", FRAME_NO_LENGTH);
	WRONG("headers", "Content-Type: x\r\n\r\n{}", FRAME_NO_LENGTH);
	WRONG("headers", "Content-Lengthy: 1\r\n\r\n{}", FRAME_NO_LENGTH);
	WRONG("headers", "Content-Length: x\r\n", FRAME_NO_LENGTH);
	WRONG("headers", "Content-Length:\r\n", FRAME_NO_LENGTH);
	WRONG("headers", "Content-Length: 99999999\r\n\r\n", FRAME_TOO_LONG);
	WRONG("headers", "ready\n", FRAME_NOT_IT);
	WRONG("headers", "A: b\r\n\rx", FRAME_NOT_IT);
	memset(block, 'a', sizeof(block));
	scene_wrong("headers", &(struct said){ false, block, sizeof(block) },
	            FRAME_NO_END);
}

static void a_payload_gets_a_header_line(void **state)
{
	(void)state;
	WRAPS("headers", "{}", "Content-Length: 2\r\n\r\n{}", 0, 21);
	WRAPS("headers", "", "Content-Length: 0\r\n\r\n", 0, 21);
	WRAPS("headers", "A: b\r\nContent-Length: 1\r\n\r\nx",
	      "A: b\r\nContent-Length: 1\r\n\r\nx", 0, 27);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_lines_say_how_long_a_body_is),
		cmocka_unit_test(the_prefix_is_the_block_of_header_lines),
		cmocka_unit_test(a_payload_gets_a_header_line),
		cmocka_unit_test(a_block_without_a_length_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
