/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Redis speaks, cut into commands and answers. */

#include "frame_scene.h"

static void commands_and_their_answers_are_messages(void **state)
{
	(void)state;
	SCENE("resp", SENT("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n"),
	      SENT("*1\r\n$4\r\nPING\r\n"), CAME("+OK\r\n"), CAME("+PONG\r\n"),
	      SENT("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"), CAME("$4\r\na\r\nb\r\n"),
	      CAME("-ERR no\r\n"), CAME(":-12\r\n"));
}

static void nothing_has_a_length_of_minus_one(void **state)
{
	(void)state;
	SCENE("resp", CAME("$-1\r\n"), CAME("*-1\r\n"), CAME("$0\r\n\r\n"),
	      CAME("*0\r\n"), CAME("*3\r\n$-1\r\n*-1\r\n:1\r\n"),
	      CAME("_\r\n"));
}

static void values_hold_values(void **state)
{
	(void)state;
	SCENE("resp", CAME("*2\r\n*2\r\n:1\r\n*1\r\n+a\r\n*0\r\n"),
	      CAME("*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"), CAME(":1\r\n"));
}

static void all_types_of_resp3_are_known(void **state)
{
	(void)state;
	SCENE("resp", CAME("%2\r\n+a\r\n:1\r\n+b\r\n~2\r\n#t\r\n#f\r\n"),
	      CAME(",1.5\r\n"), CAME("(3492890328409238509324850943850\r\n"),
	      CAME("!5\r\nERR x\r\n"), CAME("=7\r\ntxt:abc\r\n"),
	      CAME(">2\r\n+invalidate\r\n*1\r\n+k\r\n"), CAME("%0\r\n"));
}

/* It stands before a value and belongs to it, within others as well. */
static void an_attribute_belongs_to_the_next_value(void **state)
{
	(void)state;
	SCENE("resp", CAME("|1\r\n+ttl\r\n:5\r\n*2\r\n:1\r\n:2\r\n"),
	      CAME("*2\r\n:1\r\n|1\r\n+a\r\n|0\r\n:2\r\n:3\r\n"),
	      CAME("|0\r\n+a\r\n"), CAME("+b\r\n"));
}

static void what_is_streamed_ends_by_a_mark(void **state)
{
	(void)state;
	SCENE("resp", CAME("$?\r\n;4\r\nHell\r\n;1\r\no\r\n;0\r\n"),
	      CAME("*2\r\n$?\r\n;0\r\n+a\r\n"),
	      CAME("*?\r\n:1\r\n*2\r\n:2\r\n:3\r\n.\r\n"),
	      CAME("*2\r\n%?\r\n+a\r\n:1\r\n.\r\n:2\r\n"), CAME("+b\r\n"),
	      CAME("~?\r\n.\r\n"));
	WRONG("resp", "*?\r\n*?\r\n", FRAME_NOT_IT);
	WRONG("resp", "*?\r\n*1\r\n.\r\n", FRAME_NOT_IT);
	WRONG("resp", ".\r\n", FRAME_NOT_IT);
}

static void a_command_may_be_typed_as_a_line(void **state)
{
	(void)state;
	SCENE("resp", SENT("PING\r\n"), SENT("set k \"a b\"\n"), SENT("\r\n"),
	      SENT("*1\r\n$4\r\nPING\r\n"), SENT("QUIT\r\n"));
}

static void what_is_no_resp_is_wrong(void **state)
{
	(void)state;
	WRONG("resp", "\x16\x03\x01", FRAME_NOT_IT);
	WRONG("resp", "*1\r\nPING\r\n", FRAME_NOT_IT);
	WRONG("resp", "$abc\r\n", FRAME_NO_LENGTH);
	WRONG("resp", "$\r\n", FRAME_NO_LENGTH);
	WRONG("resp", "$-\r\n", FRAME_NO_LENGTH);
	WRONG("resp", "$-2\r\n", FRAME_NO_LENGTH);
	WRONG("resp", "$1-1\r\n", FRAME_NO_LENGTH);
	WRONG("resp", "$4\n", FRAME_NO_LENGTH);
	WRONG("resp", "$2\r\nabc\r\n", FRAME_NO_END);
	WRONG("resp", "$99999999\r\n", FRAME_TOO_LONG);
	WRONG("resp", "*99999999999999999999999\r\n", FRAME_TOO_LONG);
	WRONG("resp", "*9000000\r\n*9000000\r\n", FRAME_TOO_LONG);
}

static void the_whole_length_is_known_of_a_last_value(void **state)
{
	static const char text[] = "*2\r\n$1\r\na\r\n$100\r\nabc";
	struct frame_scene sc;
	(void)state;
	scene_begin(&sc, "resp");
	frame_cut(&sc.frame, &sc.in, (const uint8_t *)text, sizeof(text) - 1);
	assert_int_equal(sc.in.now.total, sizeof(text) - 1 + 97 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_and_their_answers_are_messages),
		cmocka_unit_test(nothing_has_a_length_of_minus_one),
		cmocka_unit_test(values_hold_values),
		cmocka_unit_test(all_types_of_resp3_are_known),
		cmocka_unit_test(an_attribute_belongs_to_the_next_value),
		cmocka_unit_test(what_is_streamed_ends_by_a_mark),
		cmocka_unit_test(a_command_may_be_typed_as_a_line),
		cmocka_unit_test(what_is_no_resp_is_wrong),
		cmocka_unit_test(the_whole_length_is_known_of_a_last_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
