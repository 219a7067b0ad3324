/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Over UDP a step of a .chat file is a datagram. */

#include <sockchat/datagram.h>

#include "player_scene.h"

static void play_datagrams(const char *text, enum chat_side plays,
                           const char *const *script)
{
	struct scene s = { .text = text, .plays = plays };
	begin_scene(&s);
	for (; *script; script++)
		do_line(&s, *script);
	player_free(s.player);
}

#define UDP_FIRST FIRST "connect udp://127.0.0.1:9\n"
#define PLAY_UDP(lines, ...)                                         \
	play_datagrams(UDP_FIRST lines, CHAT_OUT,                    \
	               (const char *const[]){ __VA_ARGS__, NULL })
#define PLAY_UDP_OTHER(lines, ...)                                   \
	play_datagrams(UDP_FIRST lines, CHAT_IN,                     \
	               (const char *const[]){ __VA_ARGS__, NULL })

static void steps_are_compared_datagram_by_datagram(void **state)
{
	(void)state;
	PLAY_UDP("> \"ab\"\n> \"cd\"\n< \"x\"\n  \"y\"\n< \"z\"\n", ">ab",
	         ">cd", "hears", "<xy", "<z", "done");
	PLAY_UDP_OTHER("> \"ab\"\n> \"cd\"\n< \"xy\"\n", "<ab", "<cd", ">xy",
	               "done");
}

static void an_empty_datagram_is_a_step(void **state)
{
	(void)state;
	PLAY_UDP("> \"\"\n< \"\"\n< \"a\"\n> \"\"\n", ">", "hears", "<",
	         "hears", "<a", ">", "done");
	PLAY_UDP("< \"\"\n", "<a", "!t.chat:3: expected \"\", a datagram of 0 "
	         "bytes, but one of 1 came: \"a\"");
	PLAY_UDP("< \"a\"\n", "<", "!t.chat:3: expected \"a\", a datagram of 1 "
	         "byte, but one of 0 came: \"\"");
}

static void a_step_that_comes_in_two_datagrams_does_not_match(void **state)
{
	(void)state;
	PLAY_UDP("< \"abcd\"\n", "<ab", "!t.chat:3: expected \"abcd\", a "
	         "datagram of 4 bytes, but one of 2 came: \"ab\"");
}

static void two_steps_in_one_datagram_do_not_match(void **state)
{
	(void)state;
	PLAY_UDP("< \"ab\"\n< \"cd\"\n", "<abcd", "!t.chat:3: expected \"ab\", "
	         "a datagram of 2 bytes, but one of 4 came: \"abcd\"");
}

static void a_byte_that_differs_is_told_of_that_datagram_alone(void **state)
{
	(void)state;
	PLAY_UDP("< \"abc\"\n", "<axc", "<more", "!t.chat:3: expected \"abc\", "
	         "but \"axc\" came: byte 1 differs ('b' 0x62, 'x' 0x78)");
}

static void what_comes_early_keeps_its_boundaries(void **state)
{
	struct scene s = { .text = UDP_FIRST "> \"a\"\n< \"b\"\n< \"\"\n"
		                   "> \"c\"\n< \"d\"\n", .plays = CHAT_OUT };
	(void)state;
	begin_scene(&s);
	do_line(&s, "<b");
	do_line(&s, "<");
	do_line(&s, "<d");
	do_line(&s, ">a");
	do_line(&s, ">c");
	do_line(&s, "done");
	player_free(s.player);
}

static void an_ellipsis_skips_whole_datagrams(void **state)
{
	(void)state;
	PLAY_UDP("< ...\n< \"bye\"\n> \"x\"\n", "<hello bye", "<", "<bye2",
	         "<bye", ">x", "done");
	PLAY_UDP("< ...\n< \"bye\"\n", "<a", "<by", "late", "!t.chat:4: "
	         "expected \"bye\", which is none of the 2 datagrams that came "
	         "within 10 s");
	PLAY_UDP("< ...\n< /b(.)e/\n> \"${1}\"\n", "<bye bye", "<bxe", ">x",
	         "done");
	PLAY_UDP("< ...\n> \"x\"\n< ...\n", ">x", "done");
}

static void an_expression_matches_one_whole_datagram(void **state)
{
	(void)state;
	PLAY_UDP("< /a+\\n(b+)/\n> \"${1}\"\n", "<aa\\nbb", ">bb", "done");
	PLAY_UDP("< /a+/\n", "<aab", "!t.chat:3: expected /a+/, but \"aab\" "
	         "came: only its first 2 bytes match");
	PLAY_UDP("< /a+/\n", "<aa\\n", "!t.chat:3: expected /a+/, but "
	         "\"aa\\n\" came");
	PLAY_UDP("< /a*/\n< /x/\n", "<", "<x", "done");
}

static void nothing_that_comes_is_told_as_ever(void **state)
{
	(void)state;
	PLAY_UDP("< \"a\"\n", "late", "!t.chat:3: expected \"a\", but nothing "
	         "came within 10 s");
	PLAY_UDP("< \"a\"\n", "BROKEN", "!t.chat:3: expected \"a\", but "
	         "nothing came before the connection broke");
}

static void many_empty_datagrams_fill_the_room_as_well(void **state)
{
	struct scene s = { .text = UDP_FIRST "> \"a\"\n< \"b\"\n",
		           .plays = CHAT_OUT };
	(void)state;
	begin_scene(&s);
	for (int i = 0; i <= 1 << 18; i++)
		assert_int_equal(player_take(s.player, "", 0), 0);
	assert_int_equal(player_room(s.player), 0);
	player_free(s.player);
}

static void complain_of(const char *lines, const char *sentence)
{
	struct error e;
	char text[500];
	snprintf(text, sizeof(text), UDP_FIRST "%s", lines);
	struct chatfile *f =
	    chatfile_open_text("t.chat", text, strlen(text), &e);
	assert_non_null(f);
	assert_true(chatfile_head(f)->has_datagrams);
	assert_null(chatfile_check(f, CHAT_NEITHER, &e));
	assert_string_equal(e.text, sentence);
	chatfile_set_datagrams(f, false);
	assert_non_null(chatfile_check(f, CHAT_NEITHER, &e));
	chatfile_close(f);
}

static void steps_of_streams_are_refused_with_their_place(void **state)
{
	(void)state;
	complain_of("> \"a\"\n> fin\n", "t.chat:4:3: UDP has no end that could "
	            "be sent or awaited, so fin cannot be a step: leave this "
	            "line out");
	complain_of("< rst\n", "t.chat:3:3: UDP has no reset, so rst cannot "
	            "be a step: leave this line out");
	complain_of("starttls\n", "t.chat:3:1: TLS is not spoken over UDP, so "
	            "starttls cannot be a step: leave this line out");
	complain_of("frame u32\n", "t.chat:3:1: over UDP each datagram is a "
	            "message: a frame cannot cut it: leave this line out");
}

static void a_step_longer_than_a_datagram_is_refused(void **state)
{
	struct bytes text = { 0 };
	struct error e;
	(void)state;
	assert_int_equal(bytes_append_text(&text, UDP_FIRST "> \""), 0);
	for (size_t i = 0; i <= DATAGRAM_MAX_IPV6; i++)
		assert_int_equal(bytes_append_byte(&text, 'a'), 0);
	assert_int_equal(bytes_append_text(&text, "\"\n"), 0);
	struct chatfile *f =
	    chatfile_open_text("t.chat", text.data, text.len, &e);
	assert_non_null(f);
	assert_null(chatfile_check(f, CHAT_NEITHER, &e));
	assert_string_equal(e.text, "t.chat:3:3: this step has 65528 bytes, "
	                    "and a datagram has at most 65527 (65507 over "
	                    "IPv4)");
	chatfile_close(f);
	bytes_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_are_compared_datagram_by_datagram),
		cmocka_unit_test(an_empty_datagram_is_a_step),
		cmocka_unit_test(
		    a_step_that_comes_in_two_datagrams_does_not_match),
		cmocka_unit_test(two_steps_in_one_datagram_do_not_match),
		cmocka_unit_test(
		    a_byte_that_differs_is_told_of_that_datagram_alone),
		cmocka_unit_test(what_comes_early_keeps_its_boundaries),
		cmocka_unit_test(an_ellipsis_skips_whole_datagrams),
		cmocka_unit_test(an_expression_matches_one_whole_datagram),
		cmocka_unit_test(nothing_that_comes_is_told_as_ever),
		cmocka_unit_test(many_empty_datagrams_fill_the_room_as_well),
		cmocka_unit_test(
		    steps_of_streams_are_refused_with_their_place),
		cmocka_unit_test(a_step_longer_than_a_datagram_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
