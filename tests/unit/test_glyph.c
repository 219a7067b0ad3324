/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A stranger's bytes, made visible and harmless. */

#include <locale.h>

#include "glyph_rules.h"
#include "unit.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static void assert_shown(const uint8_t *bytes, size_t len, unsigned flags,
                         const char *text)
{
	struct bytes out = { 0 };

	assert_int_equal(glyph_rules_append(&out, bytes, len, flags), 0);
	assert_string_equal(bytes_text(&out), text);
	bytes_finish(&out);
}

#define SHOWN(bytes, text) assert_shown(BYTES(bytes), 0, text)

/* The glyph of one character alone, and right behind a letter. */
static struct glyph glyph_of(uint32_t cp)
{
	uint8_t bytes[4];
	size_t len = utf8_encode(bytes, cp);
	struct glyph g = { .len = 0 };

	if (glyph_next(&g, bytes, len, 0) != len)
		fail_msg("U+%04X is not one glyph", cp);
	return g;
}

static bool joins_a_letter(uint32_t cp)
{
	uint8_t bytes[5] = { 'a' };
	size_t len = 1 + utf8_encode(bytes + 1, cp);
	struct glyph g;

	return glyph_next(&g, bytes, len, 0) == len;
}

static void printable_ascii_is_itself(void **state)
{
	(void)state;
	for (uint32_t cp = ' '; cp < 0x7f; cp++) {
		struct glyph g = glyph_of(cp);
		assert_false(g.is_escaped);
		assert_int_equal(g.width, 1);
		assert_int_equal(g.text_len, 1);
		assert_int_equal(g.text[0], cp);
		assert_int_equal(g.text[1], '\0');
	}
}

static void controls_are_shown_with_a_caret(void **state)
{
	struct glyph g = glyph_of(0x1b);

	(void)state;
	assert_true(g.is_escaped);
	assert_int_equal(g.width, 2);
	SHOWN("\0\a\b\t\n\r\033\x1f\x7f", "^@^G^H^I^J^M^[^_^?");
	SHOWN("\033]0;title\a", "^[]0;title^G");
}

static void c1_controls_are_shown_by_their_number(void **state)
{
	(void)state;
	SHOWN("\xc2\x80\xc2\x9b\xc2\x9f", "<U+0080><U+009B><U+009F>");
}

static void bad_bytes_are_shown_in_hex(void **state)
{
	(void)state;
	SHOWN("a\xffz", "a\\xffz");
	SHOWN("\x9b" "31m", "\\x9b31m");
	SHOWN("\xc0\xaf", "\\xc0\\xaf");
	SHOWN("\xed\xa0\x80", "\\xed\\xa0\\x80");
	SHOWN("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void a_bad_byte_swallows_nothing(void **state)
{
	(void)state;
	SHOWN("\xe2\x82" "A", "\\xe2\\x82A");
	SHOWN("\xf0\x9f\xc3\xa9", "\\xf0\\x9f\xc3\xa9");
}

static void
characters_that_hide_or_move_others_are_shown_by_number(void **state)
{
	static const uint32_t hidden[][2] = {
		{ 0xad, 0xad },       { 0x34f, 0x34f },     { 0x600, 0x605 },
		{ 0x61c, 0x61c },     { 0x115f, 0x1160 },   { 0x180b, 0x180f },
		{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f },
		{ 0x3164, 0x3164 },   { 0xe000, 0xf8ff },   { 0xfdd0, 0xfdef },
		{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb },   { 0xfffe, 0xffff },
		{ 0x1d173, 0x1d17a }, { 0x1fffe, 0x1ffff },
		{ 0xdfffe, 0xdffff }, { 0xe0000, 0xe01ef },
		{ 0xf0000, 0xf0003 }, { 0x10fffc, 0x10ffff },
	};
	char text[GLYPH_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		for (uint32_t cp = hidden[i][0]; cp <= hidden[i][1]; cp++) {
			struct glyph g = glyph_of(cp);
			snprintf(text, sizeof(text), "<U+%04X>", cp);
			assert_string_equal(g.text, text);
			assert_true(g.is_escaped);
			if (joins_a_letter(cp))
				fail_msg("U+%04X hides behind a letter", cp);
		}
	}
}

static void characters_unknown_to_libc_are_shown_by_number(void **state)
{
	(void)state;
	SHOWN("\xcd\xb8", "<U+0378>");
	for (uint32_t cp = 0x80; cp < 0xd800; cp++)
		if (wcwidth((wchar_t)cp) < 0 && !glyph_of(cp).is_escaped)
			fail_msg("U+%04X is shown", cp);
}

static void the_width_of_a_character_is_the_one_of_libc(void **state)
{
	(void)state;
	assert_int_equal(glyph_of(0xe9).width, 1);
	assert_int_equal(glyph_of(0x20ac).width, 1);
	assert_int_equal(glyph_of(0x4e2d).width, 2);
	assert_int_equal(glyph_of(0x1f600).width, 2);
	assert_int_equal(glyph_of(0x3000).width, 2);
	assert_false(glyph_of(0x1f600).is_escaped);
}

static void marks_stand_with_their_base(void **state)
{
	struct glyph g;

	(void)state;
	assert_int_equal(glyph_next(&g, BYTES("e\xcc\x81x"), 0), 3);
	assert_string_equal(g.text, "e\xcc\x81");
	assert_int_equal(g.width, 1);
	assert_false(g.is_escaped);
	/* a syllable in conjoining jamo */
	assert_int_equal(glyph_next(&g,
	                            BYTES("\xe1\x84\x92\xe1\x85\xa1\xe1\x86"
	                                  "\xab"), 0), 9);
	assert_int_equal(g.width, 2);
}

static void more_marks_than_four_are_shown_apart(void **state)
{
	(void)state;
	SHOWN("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x82\xcc\x82z",
	      "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81<U+0302><U+0302>z");
}

static void a_glyph_has_room_for_the_longest(void **state)
{
	/* U+1F600 with four times U+1E8D0 */
	static const char longest[] = "\xf0\x9f\x98\x80\xf0\x9e\xa3\x90"
	                              "\xf0\x9e\xa3\x90\xf0\x9e\xa3\x90"
	                              "\xf0\x9e\xa3\x90";
	struct glyph g;

	(void)state;
	assert_int_equal(glyph_next(&g, BYTES(longest), 0), 20);
	assert_string_equal(g.text, longest);
}

static void a_mark_without_a_base_is_shown_apart(void **state)
{
	(void)state;
	SHOWN("\xcc\x81z", "<U+0301>z");
	SHOWN("\n\xcc\x81", "^J<U+0301>");
	SHOWN("\xff\xcc\x81", "\\xff<U+0301>");
	SHOWN("\xe2\x80\xae\xcc\x81", "<U+202E><U+0301>");
}

static void an_emoji_of_many_parts_is_taken_apart(void **state)
{
	(void)state;
	SHOWN("\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
	      "\xf0\x9f\x91\xa9<U+200D>\xf0\x9f\x91\xa7");
	SHOWN("\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4<U+FE0F>");
}

static void an_unfinished_character_is_shown_byte_by_byte(void **state)
{
	(void)state;
	SHOWN("\xf0\x9f\x98", "\\xf0\\x9f\\x98");
	SHOWN("e\xcc", "e\\xcc");
}

static void in_ascii_all_other_characters_are_shown_as_bytes(void **state)
{
	(void)state;
	assert_shown(BYTES("a\xc3\xa9\033\xcc\x81"), GLYPH_ASCII,
	             "a\\xc3\\xa9^[\\xcc\\x81");
}

static void the_width_is_that_of_all_glyphs(void **state)
{
	(void)state;
	assert_int_equal(glyph_width(BYTES(""), 0), 0);
	assert_int_equal(glyph_width(BYTES("a\xed\x95\x9c\033e\xcc\x81"), 0),
	                 6);
	assert_int_equal(glyph_width(BYTES("\xc3\xa9"), GLYPH_ASCII), 8);
}

static void a_copy_is_cut_between_glyphs(void **state)
{
	static const char *const copies[] = {
		"", "", "a", "a", "a", "ae\xcc\x81", "ae\xcc\x81",
		"ae\xcc\x81^[", "ae\xcc\x81^[z", "ae\xcc\x81^[z",
	};
	char out[10];

	(void)state;
	for (size_t cap = 1; cap < sizeof(out); cap++) {
		memset(out, '#', sizeof(out));
		glyph_copy(out, cap, "ae\xcc\x81\033z", 0);
		assert_string_equal(out, copies[cap]);
		assert_int_equal(out[cap], '#');
	}
}

/* Bytes as they come: any, and more often such as are near to UTF-8. */
static size_t random_bytes(uint8_t *out, size_t cap)
{
	size_t len = 0;

	while (len + 4 <= cap) {
		uint32_t cp = (uint32_t)random() % 0x110000;
		switch (random() % 8) {
		case 0:
			out[len++] = (uint8_t)random();
			break;
		case 1:
			out[len++] = (uint8_t)(random() % 0x80);
			break;
		case 2:
			len += utf8_encode(out + len, cp);
			break;
		case 3:
			len += utf8_encode(out + len, 0x300 + cp % 0x70);
			break;
		case 4:
			len += utf8_encode(out + len, 0x2000 + cp % 0x70);
			break;
		default:
			len += utf8_encode(out + len, cp % 0x3000);
		}
	}
	return len;
}

static void whatever_comes_the_rules_hold(void **state)
{
	uint8_t bytes[64];

	(void)state;
	srandom(1);
	for (int i = 0; i < 40000; i++) {
		size_t len = random_bytes(bytes, sizeof(bytes));
		unsigned flags = (unsigned)i % 2;
		const char *rule = glyph_rules_broken(bytes, len, flags);
		if (rule)
			fail_msg("%s: not in round %d", rule, i);
	}
}

static void the_rules_hold_for_every_character(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x110000; cp++) {
		uint8_t bytes[9] = { 'a' };
		size_t len = 1 + utf8_encode(bytes + 1, cp);
		const char *rule = glyph_rules_broken(bytes, len, 0);
		if (!rule)
			rule = glyph_rules_broken(bytes + 1, len - 1, 0);
		if (rule)
			fail_msg("%s: not U+%04X", rule, cp);
	}
}

static int in_utf8(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(printable_ascii_is_itself),
		cmocka_unit_test(controls_are_shown_with_a_caret),
		cmocka_unit_test(c1_controls_are_shown_by_their_number),
		cmocka_unit_test(bad_bytes_are_shown_in_hex),
		cmocka_unit_test(a_bad_byte_swallows_nothing),
		cmocka_unit_test(
		    characters_that_hide_or_move_others_are_shown_by_number),
		cmocka_unit_test(
		    characters_unknown_to_libc_are_shown_by_number),
		cmocka_unit_test(the_width_of_a_character_is_the_one_of_libc),
		cmocka_unit_test(marks_stand_with_their_base),
		cmocka_unit_test(more_marks_than_four_are_shown_apart),
		cmocka_unit_test(a_glyph_has_room_for_the_longest),
		cmocka_unit_test(a_mark_without_a_base_is_shown_apart),
		cmocka_unit_test(an_emoji_of_many_parts_is_taken_apart),
		cmocka_unit_test(
		    an_unfinished_character_is_shown_byte_by_byte),
		cmocka_unit_test(
		    in_ascii_all_other_characters_are_shown_as_bytes),
		cmocka_unit_test(the_width_is_that_of_all_glyphs),
		cmocka_unit_test(a_copy_is_cut_between_glyphs),
		cmocka_unit_test(whatever_comes_the_rules_hold),
		cmocka_unit_test(the_rules_hold_for_every_character),
	};
	return cmocka_run_group_tests(tests, in_utf8, NULL);
}
