/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Expressions on messages, their groups, and `...` in all places. */

#include "player_scene.h"

static void numbers_last_until_the_next_expression_and_names_for_good(
    void **state)
{
	(void)state;
	PLAY("< /(?<n>\\d)(.)?(.*)/\n> \"${1}${2}${3}${n}\"\n< /x(.)/\n"
	     "> \"${1}${n}\"\n< /(?<n>a)?b/\n> \"${n}.\"\n"
	     "< /(?<n>a?)b/\n> \"${n}.\"\n",
	     "<1\\r\\n", ">11", "<xy\\n", ">y1", "<b\\n", ">1.", "<b\\n", ">.",
	     "done");
	PLAY("< /(?J)(?<n>a)b|(?<n>b)a/\n> \"${n}\"\n", "<ba\\n", ">b");
}

static void what_a_group_found_stands_in_what_is_awaited(void **state)
{
	(void)state;
	PLAY("< /id (\\d+)/\n< \"[${1}]${1}\"\n> \"ok\"\n", "<id 42\\n[42]42",
	     ">ok", "done");
	PLAY("< /id (\\d+)/\n< \"[${1}]\"\n", "<id 42\\n[43]",
	     "!t.chat:3: expected \"[42]\", but \"[43]\" came: byte 2 differs");
	PLAY("< /(x?)/\n< \"${1}\"\n< ...\n< \"${1}\"\n> \"a\"\n", "<\\n",
	     ">a", "done");
	PLAY("< /(.*)/\n> \"${1}\"\n", "<\\xff\\0\\xc3\\n", ">\\xff\\0\\xc3");
}

static void an_expression_stands_for_one_message(void **state)
{
	(void)state;
	PLAY("< /a/\n< /b\\n/\n< \"c\"\n< /d/\n", "<a\\r\\nb\\ncd\\n", "done");
	PLAY("< \"HTTP \"\n< /\\d+ (.*)/\n> \"${1}\"\n", "<HTTP 200 OK\\r\\n",
	     ">OK", "done");
	PLAY("frame u16\n< /ab/\n< /\\x00\\x01c/\nframe nul\n< /d/\n< /e\\0/\n",
	     "<\\0\\x02ab\\0\\x01cd\\0e\\0", "done");
	PLAY("frame mqtt\n< /\\xc0/\n> \"x\"\n", "<\\xc0\\0", ">x");
	PLAY("frame slip\n< /a\\xc0b/\n> \"x\"\n", "<a\\xdb\\xdcb\\xc0", ">x");
	PLAY("frame delim:;;\n< /a;b/\n< /c/\n> \"x\"\n", "<a;b;;c;;",
	     ">x");
	PLAY("frame between:<<,>>\n< /ab/\n< /<<c>>/\n< /d/\n> \"x\"\n",
	     "<ab<<c>><<d>>", ">x");
	PLAY("frame fixed:3\n< /abc/\n< \"d\"\n< /efg/\n> \"x\"\n", "<abcdefg",
	     ">x");
}

static void the_end_makes_the_last_message_whole(void **state)
{
	(void)state;
	PLAY("< /bye/\n< fin\n", "<bye", "FIN", "done");
	PLAY("< ...\n< /bye/\n< fin\n", "<and\\nbye", "FIN", "done");
	PLAY("frame json\n< /42/\n< fin\n", "<42", "FIN", "done");
}

static void a_value_is_a_message_before_what_stands_behind_it(void **state)
{
	(void)state;
	PLAY("frame json\n< /\\{\"a\":(\\d+)\\}/\n> \"${1}\"\n"
	     "< /\\[(\\d)\\]\\n/\n> \"${1}\"\n< fin\n", "<{\"a\":12}", ">12",
	     "< \\n[3]", "hears", "<\\n", ">3", "FIN", "done");
	PLAY("frame json\n< /\\{\\}/\n< \"x\"\n", "<{}\\nx", "done");
	PLAY("frame json\n< /\\{\\}/\nstarttls\n< \"\\nx\"\n", "<{}",
	     "starttls", "<\\nx", "done");
}

static void a_silence_ends_a_message(void **state)
{
	struct scene s = {
		.text = FIRST "frame idle:30ms\n> \"a\"\n< /b+/\n< /c+/\n",
		.plays = CHAT_OUT,
	};
	(void)state;
	begin_scene(&s);
	do_line(&s, ">a");
	assert_int_equal(player_wants(s.player).silence_ms, 0);
	do_line(&s, "<bb");
	do_line(&s, "<b");
	do_line(&s, "silence=30");
	assert_int_equal(player_wants(s.player).line, 5);
	do_line(&s, "<c");
	do_line(&s, "silence=30");
	do_line(&s, "done");
	player_free(s.player);
	s.text = FIRST "frame auto\n< ...\n< /\\x00b/\n< \"x\"\n< /c/\n";
	begin_scene(&s);
	do_line(&s, "<\\0a");
	do_line(&s, "silence=20");
	do_line(&s, "<\\0b");
	do_line(&s, "silence=20");
	do_line(&s, "<xc\\n"); /* this is text again */
	do_line(&s, "done");
	player_free(s.player);
	begin_scene(&s);
	do_line(&s, "<\\0b");
	do_line(&s, "silence=20");
	do_line(&s, "<y"); /* ... has ended */
	do_line(&s, "!t.chat:5: expected \"x\", but \"y\" came");
	player_free(s.player);
}

static void an_answer_is_cut_by_what_was_asked(void **state)
{
	(void)state;
	PLAY("frame http\n> \"HEAD / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\"\n"
	     "< /(?s)HTTP.* 200 .*/\n> \"x\"\n", ">HEAD / HTTP/1.1\\r\\nHost: "
	     "a\\r\\n\\r\\n", "<HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n"
	     "\\r\\n", ">x");
	PLAY("frame http\n> \"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n\"\n"
	     "< \"HTTP/1.1 200 OK\\r\\n\"\n< /(?s).*\\r\\n\\r\\n(.*)/\n"
	     "> \"${1}\"\n",
	     ">GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
	     "<HTTP/1.1 200 OK\\r\\n"
	     "Content-Length: 5\\r\\n\\r\\nhello", ">hello");
}

static void any_bytes_are_taken_until_the_next_step_matches(void **state)
{
	(void)state;
	PLAY("< ...\n< \"abab\"\n> \"x\"\n", "<aabaabbaba", "hears", "late",
	     "!");
	PLAY("< ...\n< \"abab!\"\n< \"c\"\n> \"x\"\n", "<ababab!c", ">x",
	     "done");
	PLAY("< ...\n< /b(.)/\n> \"${1}\"\n", "<a\\nbb\\r\\nb", ">b");
	PLAY("< \"a\"\n< ...\n< ...\n< \"b\"\n> \"x\"\n", "<axxb", ">x");
	PLAY("< ...\n< \"\"\n> \"x\"\n", ">x");
	PLAY("frame u16\n< ...\n< /ab/\n> \"x\"\n",
	     "<\\0\\x01a\\0\\0\\0\\x02ab", ">x");
}

static void any_bytes_are_taken_until_an_end(void **state)
{
	(void)state;
	PLAY("< ...\n< fin\n", "<a\\n", "hears", "<b", "FIN", "done");
	PLAY("< ...\n< rst\n", "<a\\n", "hears", "RST", "done");
	PLAY("< ...\n< rst\n", "<a", "FIN", "hears", "RST", "done");
	PLAY("< ...\n< fin\n", "<a", "RST", "!t.chat:3: expected fin, which is "
	     "not in the 1 byte that came before the peer's RST");
	PLAY("< ...\n< fin\n> \"a\"\n", "FIN", ">a", "done");
}

static void any_bytes_wait_for_nothing_before_we_send(void **state)
{
	(void)state;
	PLAY("< ...\n> \"a\"\n> \"b\"\n< \"c\"\n> \"d\"\n", ">a", "<x", ">b",
	     "<yzc", ">d", "done");
	PLAY("< ...\n> \"a\"\nwait 1\n< fin\n", "<x", ">a", "<y", "pause=1000",
	     "<z", "FIN", "done");
	PLAY("< ...\n> \"a\"\n< \"b\"\n< \"c\"\n", ">a", "<xbx",
	     "!t.chat:5: expected \"c\", but \"x\" came");
}

static void a_message_that_takes_too_long_counts_as_no_match(void **state)
{
	char line[2100] = "<";
	const char *const script[] = { line, "<x\\n", ">y", "done", NULL };
	(void)state;
	memset(line + 1, 'a', 2000);
	memcpy(line + 2001, "b\\n", 4);
	play_scene((struct scene){
		.text = FIRST "< ...\n< /(a|aa)*[cx]/\n> \"y\"\n",
		.plays = CHAT_OUT }, script);
	struct scene s = { .text = FIRST "< ...\n< /(a|aa)*[cx]/\n",
		           .plays = CHAT_OUT };
	begin_scene(&s);
	do_line(&s, line);
	do_line(&s, "late");
	assert_string_equal(player_failure(s.player)->error.hint,
	                    "the expression took too long on some messages, "
	                    "which counts as no match");
	player_free(s.player);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    numbers_last_until_the_next_expression_and_names_for_good),
		cmocka_unit_test(what_a_group_found_stands_in_what_is_awaited),
		cmocka_unit_test(an_expression_stands_for_one_message),
		cmocka_unit_test(the_end_makes_the_last_message_whole),
		cmocka_unit_test(
		    a_value_is_a_message_before_what_stands_behind_it),
		cmocka_unit_test(a_silence_ends_a_message),
		cmocka_unit_test(an_answer_is_cut_by_what_was_asked),
		cmocka_unit_test(
		    any_bytes_are_taken_until_the_next_step_matches),
		cmocka_unit_test(any_bytes_are_taken_until_an_end),
		cmocka_unit_test(any_bytes_wait_for_nothing_before_we_send),
		cmocka_unit_test(
		    a_message_that_takes_too_long_counts_as_no_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
