/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two players against each other: whatever is written, in either role, with
 * any reads and little room between them, both come to the end of it. */

#include <sockchat/bytes.h>
#include <sockchat/escape.h>

#include "player_pair.h"
#include "unit.h"

#define FIRST CHATFILE_FIRST "\n"
#define ROUNDS 300

/* A conversation as each side has it: the one that plays `<` awaits the other's
 * strings, and the one that plays `>` may have expressions and ... for them. */
struct talk {
	uint32_t seed;
	struct bytes files[2]; /* of > and of < */
};

static size_t dice(struct talk *t, size_t below)
{
	t->seed = t->seed * 1103515245 + 12345;
	return (t->seed >> 8) % below;
}

static void write_both(struct talk *t, const char *text)
{
	assert_false(bytes_append_text(&t->files[0], text) ||
	             bytes_append_text(&t->files[1], text));
}

static void write_string(struct talk *t)
{
	uint8_t bytes[2000];
	size_t len = dice(t, dice(t, 4) ? 12 : sizeof(bytes));
	struct bytes text = { 0 };
	for (size_t i = 0; i < len; i++)
		bytes[i] = dice(t, 3) ? (uint8_t)('a' + dice(t, 3))
		                      : (uint8_t)dice(t, 256);
	for (size_t i = 0; i < len; i++)
		assert_false(bytes[i] == '"' || bytes[i] == '$'
		                 ? bytes_printf(&text, "\\%c", bytes[i])
		                 : bytes_printf(&text, "\\x%02x", bytes[i]));
	write_both(t, dice(t, 2) ? "> \"" : "< \"");
	write_both(t, bytes_text(&text));
	write_both(t, "\"\n");
	bytes_finish(&text);
}

/* A line of the other side's, which the first one knows by an expression, and
 * says again. */
static void write_line(struct talk *t)
{
	int number = (int)dice(t, 100000);
	assert_false(bytes_printf(&t->files[0], "< /\\r?\\n/\n< /id "
	                          "(?<id>\\d+) .*/\n> \"${1} ${id}\"\n") ||
	             bytes_printf(&t->files[1], "< \"\\r\\n\"\n< \"id %d "
	                          "x\\xff\\n\"\n> \"%d %d\"\n", number,
	                          number, number));
}

/* Bytes that the first side does not know, up to some that it does. */
static void write_any(struct talk *t)
{
	assert_false(bytes_append_text(&t->files[0], "< ...\n< \"ababc\"\n") ||
	             bytes_append_text(&t->files[1], "< \"abcabab\"\n"
	                               "< \"\"\n< \"ababc\"\n"));
}

static void write_step(struct talk *t)
{
	switch (dice(t, 8)) {
	case 0:
		write_line(t);
		return;
	case 1:
		write_any(t);
		return;
	case 2:
		write_both(t, "wait 0.5\n");
		return;
	default:
		write_string(t);
	}
}

static struct player *play(const struct bytes *file, enum chat_side plays)
{
	struct error e;
	struct chatfile *f =
	    chatfile_open_text("t.chat", file->data, file->len, &e);
	if (!f || !chatfile_check(f, plays, &e))
		fail_msg("%s\n%.*s", e.text, (int)file->len, file->data);
	return player_new(f, plays, 0);
}

static void check_side(const struct pair *p, int i, const struct talk *t)
{
	struct player *player = p->sides[i].player;
	const struct bytes *f = &t->files[i];
	bool failed = player_wants(player).what == PLAYER_HAS_FAILED;
	if (player_wants(player).what != PLAYER_IS_DONE)
		fail_msg("side %d stands in line %zu: %s\n%.*s", i,
		         player_wants(player).line,
		         failed ? player_failure(player)->error.text : "",
		         (int)f->len, f->data);
}

static void play_talk(struct talk *t)
{
	struct pair p = { .seed = t->seed };
	p.sides[0].player = play(&t->files[0], CHAT_OUT);
	p.sides[1].player = play(&t->files[1], CHAT_IN);
	pair_play(&p);
	check_side(&p, 0, t);
	check_side(&p, 1, t);
	pair_finish(&p);
	bytes_finish(&t->files[0]);
	bytes_finish(&t->files[1]);
}

static void any_conversation_is_played_against_itself(void **state)
{
	(void)state;
	for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
		struct talk t = { .seed = seed };
		write_both(&t, FIRST);
		size_t steps = dice(&t, 20), secured = dice(&t, 40);
		for (size_t i = 0; i < steps; i++) {
			if (i == secured)
				write_both(&t, "> \"!\"\n< \"!\"\nstarttls\n");
			write_step(&t);
		}
		static const char *const ends[] = {
			"", "> fin\n", "< fin\n", "> fin\n< fin\n",
			"< fin\n> \"x\"\n> fin\n", "> rst\n", "< rst\n",
			"< fin\n> \"x\"\n< rst\n",
		};
		write_both(&t, ends[dice(&t, 8)]);
		play_talk(&t);
	}
}

static void both_may_send_much_at_once(void **state)
{
	struct talk t = { .seed = 1 };
	(void)state;
	write_both(&t, FIRST);
	for (int i = 0; i < 40; i++) {
		write_both(&t, i & 1 ? "< \"" : "> \"");
		for (int k = 0; k < 3000; k++)
			write_both(&t, "x");
		write_both(&t, "\"\n");
	}
	play_talk(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_conversation_is_played_against_itself),
		cmocka_unit_test(both_may_send_much_at_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
