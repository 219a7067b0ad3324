/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How much of what comes early is kept, and how much of groups. */

#include <errno.h>

#include "../../src/record/groups.h"
#include "player_scene.h"

#define MIB ((size_t)1 << 20)

static void take(struct scene *s, size_t len, size_t taken)
{
	uint8_t *bytes = calloc(1, len);
	assert_int_equal(player_take(s->player, bytes, len), taken);
	free(bytes);
}

static void what_comes_early_is_kept_up_to_a_bound(void **state)
{
	struct scene s = { .text = FIRST "> \"a\"\n< ...\n< \"x\"\n",
		           .plays = CHAT_OUT };
	(void)state;
	begin_scene(&s);
	take(&s, MIB, MIB);
	take(&s, 100, 1); /* for we send a byte */
	assert_int_equal(player_room(s.player), 0);
	do_line(&s, ">a");
	assert_int_equal(player_room(s.player), MIB);
	do_line(&s, "<x");
	do_line(&s, "done");
	assert_int_equal(player_room(s.player), SIZE_MAX);
	player_free(s.player);
}

/* A file whose steps send and await so many bytes. */
static struct bytes file_of(size_t sent, size_t awaited)
{
	struct bytes file = { 0 };
	assert_int_equal(bytes_append_text(&file, FIRST "> hex \""), 0);
	for (size_t i = 0; i < sent; i++)
		assert_int_equal(bytes_append_text(&file, "00"), 0);
	assert_int_equal(bytes_append_text(&file, "\"\n< hex \""), 0);
	for (size_t i = 0; i < awaited; i++)
		assert_int_equal(bytes_append_text(&file, "00"), 0);
	assert_int_equal(bytes_append_text(&file, "\"\nwait 1\n"), 0);
	return file;
}

static void as_much_as_we_send_may_come_early(void **state)
{
	struct bytes file = file_of(2 * MIB, MIB / 2);
	struct scene s = { .text = bytes_text(&file), .plays = CHAT_OUT };
	(void)state;
	begin_scene(&s);
	assert_int_equal(player_room(s.player), 3 * MIB);
	take(&s, MIB, MIB);
	assert_int_equal(player_room(s.player), 2 * MIB);
	player_done(s.player); /* half a MiB is taken, and another is kept */
	assert_int_equal(player_wants(s.player).what, PLAYER_TO_PAUSE);
	assert_int_equal(player_room(s.player), 2 * MIB);
	player_free(s.player);
	bytes_finish(&file);
}

static void a_message_that_is_awaited_may_be_long(void **state)
{
	struct scene s = { .text = FIRST "frame u32\n< /\\x00+/\n> \"x\"\n",
		           .plays = CHAT_OUT };
	(void)state;
	begin_scene(&s);
	do_line(&s, "<\\0\\x30\\0\\0");
	take(&s, 3 * MIB, 3 * MIB);
	do_line(&s, ">x");
	do_line(&s, "done");
	player_free(s.player);
}

static void a_length_over_the_bound_is_told(void **state)
{
	(void)state;
	PLAY("frame u32,max=1G\n< /a/\n", "<\\x06\\x40\\0\\0", "!t.chat:3: "
	     "length 104857600 is over the limit of 64 MiB");
}

static void groups_keep_so_much_and_no_more(void **state)
{
	size_t at, len = 40 * MIB;
	struct error e;
	uint8_t *bytes = calloc(1, len);
	struct groups g = { 0 };
	struct expression *a = expression_new("(?s)(?<a>.*)", 12, &at, &e);
	struct expression *b = expression_new("(?s)(?<b>.*)", 12, &at, &e);
	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(expression_whole(a, bytes, len),
		                 EXPRESSION_FOUND);
		assert_int_equal(groups_take(&g, a, bytes, len), 0);
	}
	assert_int_equal(expression_whole(b, bytes, len), EXPRESSION_FOUND);
	assert_int_equal(groups_take(&g, b, bytes, len), -1);
	assert_int_equal(errno, EMSGSIZE);
	groups_finish(&g);
	expression_free(a);
	expression_free(b);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_early_is_kept_up_to_a_bound),
		cmocka_unit_test(as_much_as_we_send_may_come_early),
		cmocka_unit_test(a_message_that_is_awaited_may_be_long),
		cmocka_unit_test(a_length_over_the_bound_is_told),
		cmocka_unit_test(groups_keep_so_much_and_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
