/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Each kind of step, met as it is written, in either role. */

#include "player_scene.h"

#define EXAMPLE                                  \
	"connect 127.0.0.1:9999\n"               \
	"> \"HELO me\\r\\n\"\n"                  \
	"< \"250 \"\n"                           \
	"  \"hello\\r\\n\"\n"                    \
	"+0.250 > \"AUTH\\r\\n\"\n"              \
	"< /token=(?<token>[0-9a-f]+)\\r\\n/\n"  \
	"> \"USE ${token}\\r\\n\"\n"             \
	"< ...\n"                                \
	"< \"bye\\r\\n\"\n"                      \
	"> fin\n"                                \
	"< fin\n"

static void the_example_of_the_manual_is_played(void **state)
{
	(void)state;
	PLAY(EXAMPLE, ">HELO me\\r\\n", "hears", "<250 hello\\r\\n",
	     "pause=250", ">AUTH\\r\\n", "<token=12af\\r\\n",
	     ">USE 12af\\r\\n", "<this and that\\r\\nbybye\\r\\n", "fin",
	     "hears", "FIN", "done");
}

static void the_other_side_plays_what_can_be_sent(void **state)
{
	(void)state;
	PLAY_OTHER("> \"a\"\n< \"b\"\n> /c+\\n/\n< \"d\"\n< fin\n> fin\n",
	           "hears", "<a", ">b", "<ccc\\n", ">d", "fin", "hears",
	           "FIN", "done");
}

static void what_comes_early_is_kept(void **state)
{
	(void)state;
	PLAY("> \"a\"\n< \"b\"\nwait 1\n> \"c\"\n< \"d\"\n< fin\n",
	     "<bd", "FIN", ">a", "pause=1000", ">c", "done");
	PLAY("> \"a\"\n> \"b\"\n< /x\\d/\n> \"c\"\n< \"y\"\n", "<x1\\r\\ny",
	     ">a", ">b", ">c", "done");
}

static void strings_of_several_steps_are_one_stream(void **state)
{
	(void)state;
	PLAY("< \"a\"\n< \"bc\" \"\"\n< \"\"\n< hex \"00 ff\"\n> \"x\"\n",
	     "<abc\\0\\xff", ">x", "done");
	PLAY("> \"\"\n< \"a\"\n> \"b\"\n", "hears", "<a", ">b", "done");
}

static void nothing_is_compared_behind_the_last_step(void **state)
{
	(void)state;
	PLAY("< \"a\"\n", "<a and more", "done", "<even more", "done", "RST",
	     "done");
	PLAY("< ...\n", "done");
	PLAY("", "done", "<x", "FIN", "done");
}

static void ends_are_awaited_and_made(void **state)
{
	(void)state;
	PLAY("> fin\n< \"a\"\n< fin\n", "fin", "<a", "hears", "FIN", "done");
	PLAY("< fin\n> \"a\"\n> rst\n", "hears", "FIN", ">a", "rst", "done");
	PLAY("< \"a\"\n< rst\n", "<a", "hears", "RST", "done");
	PLAY("< fin\n> \"a\"\n< rst\n", "FIN", ">a", "hears", "RST", "done");
	PLAY("< fin\n> \"a\"\n< rst\n", "FIN", "RST", "done");
}

static void after_a_reset_sending_is_left_out(void **state)
{
	(void)state;
	PLAY("> \"a\"\n> \"b\"\n< rst\n", ">a", "RST", "done");
	PLAY("> \"a\"\n> \"b\"\n> fin\n", ">a", "RST",
	     "!t.chat:3: this was not sent: the peer's RST came before it");
}

static void tls_begins_where_it_is_written(void **state)
{
	(void)state;
	PLAY("> \"STARTTLS\\n\"\n< \"OK\\n\"\n> starttls\n> \"a\"\n< \"b\"\n",
	     ">STARTTLS\\n", "<OK\\n", "starttls", ">a", "<b", "done");
	PLAY_OTHER("> \"STARTTLS\\n\"\nstarttls\n< \"b\"\n> \"a\"\n",
	           "<STARTTLS\\n", "starttls", ">b", "<a", "done");
}

static void what_came_too_early_is_for_tls(void **state)
{
	struct scene s = { .text = FIRST "> \"a\"\n> starttls\n"
		                         "< \"b\"\n> \"c\"\n",
		           .plays = CHAT_IN };
	(void)state;
	begin_scene(&s);
	assert_int_equal(player_take(s.player, "a\x16\x03", 3), 3);
	struct player_want w = player_wants(s.player);
	assert_int_equal(w.what, PLAYER_TO_SECURE);
	assert_int_equal(w.client, CHAT_OUT);
	assert_int_equal(w.len, 2);
	assert_memory_equal(w.bytes, "\x16\x03", 2);
	player_done(s.player);
	do_line(&s, ">b");
	do_line(&s, "<c");
	do_line(&s, "done");
	player_free(s.player);
}

static void pauses_are_told_apart(void **state)
{
	struct scene s = { .text = FIRST "+2 < \"b\"\n+1 > \"a\"\nwait 3\n",
		           .plays = CHAT_OUT };
	(void)state;
	begin_scene(&s);
	assert_int_equal(player_wants(s.player).what, PLAYER_TO_HEAR);
	assert_int_equal(player_wants(s.player).pause_ns, 2 * SECOND_NS);
	do_line(&s, "<b");
	assert_true(player_wants(s.player).is_recorded);
	assert_int_equal(player_wants(s.player).step, 2);
	do_line(&s, "pause=1000");
	assert_int_equal(player_wants(s.player).step, 2);
	do_line(&s, ">a");
	assert_false(player_wants(s.player).is_recorded);
	assert_int_equal(player_wants(s.player).line, 4);
	do_line(&s, "pause=3000");
	do_line(&s, "done");
	player_free(s.player);
}

static void each_peer_has_its_own_steps(void **state)
{
	static const char text[] = FIRST
	    "> \"0\"\n"
	    "[1] > \"a\"\n"
	    "[2] < \"x\"\n"
	    "wait 1\n"
	    "[1] < \"b\"\n"
	    "[2] > \"y\"\n";
	static const char *const first[] = { ">0", ">a", "pause=1000", "<b",
		                             "done", NULL };
	static const char *const second[] = { "<x", "pause=1000", ">y", "done",
		                              NULL };
	(void)state;
	play_scene((struct scene){ .text = text, .plays = CHAT_OUT, .peer = 1 },
	           first);
	play_scene((struct scene){ .text = text, .plays = CHAT_OUT, .peer = 2 },
	           second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_manual_is_played),
		cmocka_unit_test(the_other_side_plays_what_can_be_sent),
		cmocka_unit_test(what_comes_early_is_kept),
		cmocka_unit_test(strings_of_several_steps_are_one_stream),
		cmocka_unit_test(nothing_is_compared_behind_the_last_step),
		cmocka_unit_test(ends_are_awaited_and_made),
		cmocka_unit_test(after_a_reset_sending_is_left_out),
		cmocka_unit_test(tls_begins_where_it_is_written),
		cmocka_unit_test(what_came_too_early_is_for_tls),
		cmocka_unit_test(pauses_are_told_apart),
		cmocka_unit_test(each_peer_has_its_own_steps),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
