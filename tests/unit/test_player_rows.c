/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What was awaited and what came, as rows. */

#include <locale.h>

#include <sockchat/glyph.h>
#include <sockchat/utf8.h>

#include "player_scene.h"

/* The rows when these bytes come, or then nothing more. */
static struct bytes rows_of(const char *text, const char *came, size_t len,
                            bool is_hex, unsigned flags)
{
	struct bytes rows = { 0 };
	struct scene s = { .text = text, .plays = CHAT_OUT };
	begin_scene(&s);
	player_take(s.player, came, len);
	if (player_wants(s.player).what != PLAYER_HAS_FAILED)
		player_late(s.player, SECOND_NS);
	assert_int_equal(player_rows(player_failure(s.player), is_hex, flags,
	                             &rows), 0);
	player_free(s.player);
	return rows;
}

#define ROWS(lines, came, is_hex, rows)                                   \
	do {                                                              \
		struct bytes got = rows_of(FIRST lines, came,             \
		                           sizeof(came) - 1, is_hex, 0);  \
		assert_string_equal(bytes_text(&got),                     \
		                    "expected                    "  \
		                    "      came\n" rows);                 \
		bytes_finish(&got);                                       \
	} while (0)

static void lines_stand_side_by_side(void **state)
{
	(void)state;
	ROWS("< \"hello\\r\\n\"\n", "hullo\r\n", false,
	     "hello\\r\\n                       | hullo\\r\\n\n"
	     " ^                                 ^\n");
	ROWS("< \"one\\ntwo\\nfour\\n\"\n", "one\ntwo\nthree\nfour\n", false,
	     "one\\n                             one\\n\n"
	     "two\\n                             two\\n\n"
	     "                                > three\\n\n"
	     "^^^^^^^                           ^^^^^^^\n"
	     "four\\n                            four\\n\n");
	ROWS("< \"hello\"\n", "hel", false,
	     "hello                           < hel\n"
	     "   ^^                                ^^\n");
}

static void a_character_is_one_place(void **state)
{
	(void)state;
	ROWS("< \"\uc548\ub155\ud558\uc138\uc694\\n\"\n",
	     "\uc548\ub155\ud788\uacc4\uc138\uc694\n", false,
	     "\uc548\ub155\ud558  \uc138\uc694\\n                  | "
	     "\uc548\ub155\ud788\uacc4\uc138\uc694\\n\n"
	     "    ^^^^                              ^^^^\n");
}

static void what_is_no_text_is_dumped(void **state)
{
	(void)state;
	ROWS("< hex \"00 01 02 ff fe fd 00 00 00 41\"\n",
	     "\0\1\2\xff\xfe\xfc\0\0\0A", false,
	     "0000 00 01 02 ff fe fd ......   | "
	     "0000 00 01 02 ff fe fc ......\n"
	     "                    ^^            "
	     "                    ^^\n"
	     "0006 00 00 00 41 ...A             0006 00 00 00 41 ...A\n");
	ROWS("< \"ab\"\n", "ac", true,
	     "0000 61 62 ab                   | 0000 61 63 ac\n"
	     "        ^^                                ^^\n");
}

static void an_expression_stands_beside_its_message(void **state)
{
	(void)state;
	ROWS("< /token=([0-9a-f]+)\\r\\n/\n", "token=12x4\r\n", false,
	     "token=([0-9a-f]+)\\r\\n             token=12x4\\r\\n\n"
	     "                                          ^\n");
	ROWS("< fin\n", "bye\nbye", false,
	     "fin                               bye\\n\n"
	     "                                  ^\n"
	     "                                  bye\n");
	ROWS("< ...\n< \"bye\"\n", "by and by\n", false,
	     "bye                               by and by\\n\n");
}

static void only_what_is_near_the_difference_is_shown(void **state)
{
	char text[5000] = FIRST "< \"", came[2001];
	(void)state;
	for (int i = 0; i < 1000; i++)
		strcat(text, i % 10 == 9 ? "x\\n" : "xy");
	strcat(text, "\"\n");
	for (int i = 0; i < 1000; i++)
		memcpy(came + 2 * i, i % 10 == 9 ? "x\n" : "xy", 2);
	came[1510] = '!';
	struct bytes rows = rows_of(text, came, 2000, false, 0);
	size_t count = 0;
	for (size_t i = 0; i < rows.len; i++)
		count += rows.data[i] == '\n';
	assert_int_equal(count, 12 + 4); /* head, dots, mark, dots */
	assert_non_null(strstr(bytes_text(&rows), "!yxy"));
	assert_non_null(strstr(bytes_text(&rows), "\n…\n"));
	bytes_finish(&rows);
	rows = rows_of(text, came, 2000, true, GLYPH_ASCII);
	assert_non_null(strstr(bytes_text(&rows), "\n...\n05d6 "));
	bytes_finish(&rows);
}

static void check_rows(const struct bytes *rows, unsigned flags)
{
	size_t begin = 0;
	for (size_t i = 0; i < rows->len; i++) {
		uint8_t c = rows->data[i];
		assert_true(c == '\n' || (c >= ' ' && c != 0x7f));
		assert_true(c < 0x80 || !(flags & GLYPH_ASCII));
		if (c != '\n')
			continue;
		assert_true(glyph_width(rows->data + begin, i - begin, 0) <=
		            65);
		begin = i + 1;
	}
	assert_int_equal(begin, rows->len);
	assert_true(utf8_is_valid(rows->data, rows->len));
}

/* Bytes of a few kinds, so that much is alike. */
static uint8_t odd_byte(uint32_t *seed)
{
	static const uint8_t bytes[] = "ab \n\r\0\x1b\xff\xed\x95\x98\xe2\x80"
	                               "\xae\\\"\xcc\x81$";
	*seed = *seed * 1103515245 + 12345;
	return bytes[(*seed >> 16) % (sizeof(bytes) - 1)];
}

static void no_bytes_reach_the_terminal_as_they_are(void **state)
{
	uint32_t seed = 1;
	(void)state;
	for (int round = 0; round < 3000; round++) {
		uint8_t awaited[60], came[60];
		struct player_failure f = { .awaited = awaited, .came = came };
		unsigned flags = round & 1 ? GLYPH_ASCII : 0;
		struct bytes rows = { 0 };
		f.awaited_len = odd_byte(&seed) % 60;
		f.came_len = odd_byte(&seed) % 60;
		f.is_expression = round % 5 == 0;
		f.is_within = round % 7 == 0;
		for (int i = 0; i < 60; i++) {
			awaited[i] = odd_byte(&seed);
			came[i] = seed & 0x700000 ? awaited[i]
			                          : odd_byte(&seed);
		}
		f.at = f.came_len / 2;
		assert_int_equal(player_rows(&f, round % 3 == 0, flags, &rows),
		                 0);
		check_rows(&rows, flags);
		bytes_finish(&rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_stand_side_by_side),
		cmocka_unit_test(a_character_is_one_place),
		cmocka_unit_test(what_is_no_text_is_dumped),
		cmocka_unit_test(an_expression_stands_beside_its_message),
		cmocka_unit_test(only_what_is_near_the_difference_is_shown),
		cmocka_unit_test(no_bytes_reach_the_terminal_as_they_are),
	};
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
