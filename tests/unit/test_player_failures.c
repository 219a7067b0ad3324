/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Each way in which a step is not met, and the sentence that says so. */

#include "player_scene.h"

static void a_byte_that_differs_is_told_with_its_place(void **state)
{
	(void)state;
	PLAY("< \"hello\\r\\n\"\n", "<hullo\\r\\n",
	     "!t.chat:2: expected \"hello\\r\\n\", but \"hullo\\r\\n\" came: "
	     "byte 1 differs ('e' 0x65, 'u' 0x75)");
	PLAY("> \"a\"\n\n# b\n< \"x\"\n  \"y\"\n  \"\\n\"\n", ">a", "<xy\\r\\n",
	     "!t.chat:5: expected \"xy\\n\", but \"xy\\r\\n\" came: byte 2 "
	     "differs (0x0a, 0x0d)");
	PLAY("< \"a \\\"quoted\\\" \\$ of \\xff and more\"\n",
	     "<a \"quoted\" $ of \\xff End",
	     "!t.chat:2: expected ...\"d\\\" \\$ of \\xff and more\", but "
	     "...\"d\\\" \\$ of \\xff End\" came: byte 18 differs ('a' 0x61, "
	     "'E' 0x45)");
}

static void it_is_found_at_once(void **state)
{
	struct scene s = { .text = FIRST "< \"hello\"\n", .plays = CHAT_OUT };
	(void)state;
	begin_scene(&s);
	do_line(&s, "<hel");
	do_line(&s, "hears");
	do_line(&s, "<p");
	do_line(&s, "!t.chat:2: expected \"hello\", but \"help\" came: byte 3 "
	        "differs ('l' 0x6c, 'p' 0x70)");
	assert_int_equal(player_failure(s.player)->at, 3);
	assert_int_equal(player_failure(s.player)->line, 2);
	assert_string_equal(player_failure(s.player)->error.code,
	                    "REPLAY_DIFFERS");
	player_free(s.player);
}

static void what_is_missing_in_the_end_is_told(void **state)
{
	(void)state;
	PLAY("< \"hello\"\n", "<he", "late", "!t.chat:2: expected \"hello\", "
	     "but only \"he\" came within 10 s");
	PLAY("< \"hello\"\n", "late", "!t.chat:2: expected \"hello\", but "
	     "nothing came within 10 s");
	PLAY("< \"hello\"\n", "<he", "FIN", "!t.chat:2: expected \"hello\", "
	     "but only \"he\" came before the peer's FIN");
	PLAY("< \"hello\"\n", "RST", "!t.chat:2: expected \"hello\", but "
	     "nothing came before the peer's RST");
	PLAY("< \"hello\"\n", "BROKEN", "!t.chat:2: expected \"hello\", but "
	     "nothing came before the connection broke");
	PLAY("< ...\n< \"bye\"\n", "<hello", "FIN", "!t.chat:3: expected "
	     "\"bye\", which is not in the 5 bytes that came before the peer's "
	     "FIN");
}

static void what_comes_too_late_is_not_told(void **state)
{
	(void)state;
	PLAY("< \"hello\"\n", "<he", "late", "<llo", "!t.chat:2: expected "
	     "\"hello\", but only \"he\" came within 10 s");
	PLAY("< /a/\n", "<b\\n", "<c\\n", "!t.chat:2: expected /a/, but "
	     "\"b\\n\" came");
	PLAY("< fin\n", "<a", "<b",
	     "!t.chat:2: expected fin, but \"ab\" came");
}

static void what_we_do_may_take_too_long(void **state)
{
	(void)state;
	PLAY("> \"a\"\n", "late", "!t.chat:2: \"a\" was not sent within 10 s: "
	     "the peer does not read");
	PLAY("> fin\n", "late", "!t.chat:2: fin was not done within 10 s");
	PLAY("starttls\n", "late",
	     "!t.chat:2: starttls was not done within 10 s");
	PLAY("", "late", "done");
}

static void another_end_than_the_awaited_is_told(void **state)
{
	(void)state;
	PLAY("< fin\n", "<more", "!t.chat:2: expected fin, but \"more\" came");
	PLAY("< \"a\"\n< fin\n", "<ab\\n",
	     "!t.chat:3: expected fin, but \"b\\n\" came");
	PLAY("< fin\n", "RST", "!t.chat:2: expected fin, but nothing came "
	     "before the peer's RST");
	PLAY("< rst\n", "FIN", "!t.chat:2: expected rst, but nothing came "
	     "before the peer's FIN");
	PLAY("< rst\n", "late", "!t.chat:2: expected rst, but nothing came "
	     "within 10 s");
	PLAY("< rst\n", "BROKEN", "!t.chat:2: expected rst, but nothing came "
	     "before the connection broke");
}

static void what_does_not_match_is_told_with_what_does(void **state)
{
	(void)state;
	PLAY("< /token=([0-9a-f]+)\\r\\n/\n", "<token=12x4\\r\\n",
	     "!t.chat:2: expected /token=([0-9a-f]+)\\r\\n/, but "
	     "\"token=12x4\\r\\n\" came: only its first 8 bytes match");
	PLAY("< /a/\n", "<b\\n", "!t.chat:2: expected /a/, but \"b\\n\" came: "
	     "its first byte does not match");
	PLAY("< /ab\\r\\nc/\n", "<ab\\r\\n", "!t.chat:2: expected /ab\\r\\nc/, "
	     "but \"ab\\r\\n\" came: more must follow");
	PLAY("< /ab/\n", "<a", "late", "!t.chat:2: expected /ab/, but only "
	     "\"a\" came within 10 s");
	PLAY("frame u16\n< /ab/\n", "<\\0\\x02a", "FIN", "!t.chat:3: expected "
	     "/ab/, but only \"\\0\\x02a\" came before the peer's FIN");
}

static void what_cannot_be_cut_into_messages_is_told(void **state)
{
	(void)state;
	PLAY("frame netstring\n< /ab/\n", "<x", "!t.chat:3: ");
	PLAY("frame u32,max=1k\n< /ab/\n", "<PONG", "!t.chat:3: length "
	     "1347374663 is over the limit of 1 KiB");
}

static void a_long_expression_is_cut_between_characters(void **state)
{
	(void)state;
	PLAY("< /aäääääääääääääääääääääääääääääää/\n", "<b\n",
	     "!t.chat:2: expected /aäääääääääääääääääääääää.../, but \"b\\n\" "
	     "came");
}

static void an_expression_that_takes_too_long_is_told(void **state)
{
	char line[2100] = "<";
	const char *const script[] = {
		line, "!t.chat:2: /(a|aa)*[cx]/ takes too long on \"aaaa", NULL,
	};
	(void)state;
	memset(line + 1, 'a', 2000);
	memcpy(line + 2001, "b\\n", 4);
	play_scene((struct scene){ .text = FIRST "< /(a|aa)*[cx]/\n",
	                           .plays = CHAT_OUT }, script);
}

static void a_long_name_leaves_room_for_the_sentence(void **state)
{
	char name[150], text[3000] = FIRST "< \"";
	struct error e;
	(void)state;
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	memset(text + strlen(text), 'x', 2000);
	strcat(text, "y\"\n");
	struct chatfile *f = chatfile_open_text(name, text, strlen(text), &e);
	struct player *p = player_new(f, CHAT_OUT, 0);
	for (int i = 0; i < 2001; i++)
		player_take(p, "x", 1);
	const struct player_failure *failure = player_failure(p);
	assert_int_equal(strncmp(failure->error.text, "...nnn", 6), 0);
	assert_non_null(strstr(failure->error.text, ": byte 2000 differs "
	                       "('y' 0x79, 'x' 0x78)"));
	assert_int_equal(failure->from + failure->at, 2000);
	player_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_byte_that_differs_is_told_with_its_place),
		cmocka_unit_test(it_is_found_at_once),
		cmocka_unit_test(what_is_missing_in_the_end_is_told),
		cmocka_unit_test(what_comes_too_late_is_not_told),
		cmocka_unit_test(what_we_do_may_take_too_long),
		cmocka_unit_test(another_end_than_the_awaited_is_told),
		cmocka_unit_test(what_does_not_match_is_told_with_what_does),
		cmocka_unit_test(what_cannot_be_cut_into_messages_is_told),
		cmocka_unit_test(a_long_expression_is_cut_between_characters),
		cmocka_unit_test(an_expression_that_takes_too_long_is_told),
		cmocka_unit_test(a_long_name_leaves_room_for_the_sentence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
