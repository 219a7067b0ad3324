/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the keyboard sends, and what it is cut into: wherever the reads end. */

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/tui/keys.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static const char *const names[] = {
	[KEY_NONE] = "none", [KEY_TEXT] = "text", [KEY_PASTE] = "paste",
	[KEY_ESCAPE] = "escape", [KEY_PAGE_UP] = "pgup",
	[KEY_PAGE_DOWN] = "pgdn", [KEY_TOP] = "top", [KEY_BOTTOM] = "bottom",
	[KEY_WHEEL_UP] = "wheel-up", [KEY_WHEEL_DOWN] = "wheel-down",
	[KEY_F1] = "f1", [KEY_F2] = "f2", [KEY_F3] = "f3", [KEY_F4] = "f4",
	[KEY_F5] = "f5", [KEY_F6] = "f6", [KEY_F7] = "f7", [KEY_F8] = "f8",
	[KEY_F9] = "f9", [KEY_F10] = "f10", [KEY_F11] = "f11",
	[KEY_F12] = "f12", [KEY_ALT_ENTER] = "alt-enter", [KEY_CTRL_C] = "^c",
	[KEY_CTRL_D] = "^d", [KEY_CTRL_L] = "^l", [KEY_CTRL_Z] = "^z",
	[KEY_UP] = "up", [KEY_DOWN] = "down", [KEY_FOCUS_IN] = "focus-in",
	[KEY_FOCUS_OUT] = "focus-out", [KEY_CLICK] = "click",
	[KEY_NEXT_EOL] = "eol",
};

/* Keys by name; "none", "text" and "paste" with what they hold, which for text
 * is put together however it was cut. */
struct heard {
	struct bytes log;
	enum key last;
	size_t bytes;
};

static void hear(void *user, const struct token *t)
{
	struct heard *h = user;
	bool holds = t->key <= KEY_PASTE;
	bool goes_on = t->key == KEY_TEXT && h->log.len > 0 &&
	               h->last == KEY_TEXT;
	if (!goes_on)
		bytes_printf(&h->log, "%s%s%s", h->log.len > 0 ? " " : "",
		             names[t->key], holds ? ":" : "");
	for (size_t i = 0; holds && i < t->len; i++)
		bytes_printf(&h->log, t->bytes[i] > 0x20 && t->bytes[i] < 0x7f
		                          ? "%c" : "\\%02x", t->bytes[i]);
	if (t->key == KEY_CLICK) {
		int row, column;
		keys_place(t, &row, &column);
		bytes_printf(&h->log, ":%d,%d", row, column);
	}
	h->last = t->key;
	h->bytes += t->len;
}

/* Feed `len` bytes in pieces: the first of `first` bytes, the others of
 * `piece`; and then a silence. */
static void assert_heard(const char *input, size_t len, size_t first,
                         size_t piece, const char *expected)
{
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	for (size_t done = 0, n = first; done < len; done += n, n = piece) {
		if (n > len - done)
			n = len - done;
		char *copy = malloc(n);
		assert_non_null(copy);
		memcpy(copy, input + done, n);
		keys_feed(k, (const uint8_t *)copy, n);
		free(copy);
	}
	keys_timeout(k);
	keys_timeout(k); /* of what stood behind a paste */
	assert_int_equal(keys_wait_ms(k), 0);
	assert_string_equal(bytes_text(&h.log), expected);
	keys_free(k);
	bytes_finish(&h.log);
}

struct row {
	const char *input, *expected;
};

static void assert_row(const char *input, size_t len, const char *expected)
{
	for (size_t first = 1; first <= len; first++) {
		assert_heard(input, len, first, len, expected);
		assert_heard(input, len, first, 1, expected);
	}
	assert_heard(input, len, 2, 3, expected);
}

static void assert_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_row(rows[i].input, strlen(rows[i].input),
		           rows[i].expected);
}

static void text_comes_as_whole_characters(void **unused)
{
	static const struct row rows[] = {
		{ "a", "text:a" },
		{ "hello, world", "text:hello,\\20world" },
		{ "\xec\x95\x88\xeb\x85\x95", "text:\\ec\\95\\88\\eb\\85\\95" },
		{ "a\xf0\x9f\x98\x80z", "text:a\\f0\\9f\\98\\80z" },
		{ "ab\tc\r", "text:ab none:\\09 text:c none:\\0d" },
		{ "\x7f\x08", "none:\\7f none:\\08" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
	assert_row("a\0b", 3, "text:a none:\\00 text:b");
}

static void bytes_that_are_not_utf8_are_text_too(void **unused)
{
	static const struct row rows[] = {
		{ "a\xff" "b", "text:a\\ffb" },
		{ "a\x80\xbf" "b", "text:a\\80\\bfb" },
		{ "\xe5" "A", "text:\\e5A" },
		{ "\xf0\x9f" "A", "text:\\f0\\9fA" },
		{ "\xc0\xaf\xe0\x80\xafz", "text:\\c0\\af\\e0\\80\\afz" },
		{ "\xed\xa0\x80z", "text:\\ed\\a0\\80z" },
		{ "\xf4\x90\x80\x80z", "text:\\f4\\90\\80\\80z" },
		{ "\xe5\xe5\xae\x89", "text:\\e5\\e5\\ae\\89" },
		{ "\xe5\x1b[A", "text:\\e5 up" },
		{ "\xe5\x03", "text:\\e5 ^c" },
		{ "\xe5", "text:\\e5" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void c1_controls_are_text_in_both_forms(void **unused)
{
	static const struct row rows[] = {
		{ "a\xc2\x9b" "b", "text:a\\c2\\9bb" },
		{ "a\x9b" "b", "text:a\\9bb" },
		{ "\xc2\x80\xc2\x9f\xc2\xa0",
		  "text:\\c2\\80\\c2\\9f\\c2\\a0" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void keys_of_the_program_have_their_names(void **unused)
{
	static const struct row rows[] = {
		{ "\003", "^c" }, { "\004", "^d" },
		{ "\014", "^l" }, { "\032", "^z" },
		{ "\033[5~", "pgup" }, { "\033[6~", "pgdn" },
		{ "\033[1;5H", "top" }, { "\033[1;5F", "bottom" },
		{ "\033[7^", "top" }, { "\033[8^", "bottom" },
		{ "\033<", "top" }, { "\033>", "bottom" },
		{ "\033?", "f1" },
		{ "\033\r", "alt-enter" }, { "\033\n", "alt-enter" },
		{ "\033[13;3u", "alt-enter" }, { "\033[27;3;13~", "alt-enter" },
		{ "\033[I", "focus-in" }, { "\033[O", "focus-out" },
		{ "x\003y", "text:x ^c text:y" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void every_form_of_a_key_is_the_same_key(void **unused)
{
	static const struct row rows[] = {
		{ "\033[A\033OA", "up up" },
		{ "\033[B\033OB", "down down" },
		{ "\033OP\033[11~\033[[A", "f1 f1 f1" },
		{ "\033OQ\033[12~\033[[B", "f2 f2 f2" },
		{ "\033OR\033[13~\033[[C", "f3 f3 f3" },
		{ "\033OS\033[14~\033[[D", "f4 f4 f4" },
		{ "\033[15~\033[[E", "f5 f5" },
		{ "\033[17~\033[18~\033[19~\033[20~", "f6 f7 f8 f9" },
		{ "\033[21~\033[23~\033[24~", "f10 f11 f12" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void modified_and_unknown_sequences_stay_whole(void **unused)
{
	static const struct row rows[] = {
		{ "\033[D", "none:\\1b[D" },
		{ "\033[1;2P", "none:\\1b[1;2P" },
		{ "\033[1;5A", "none:\\1b[1;5A" },
		{ "\033[5;2~", "none:\\1b[5;2~" },
		{ "\033[99~", "none:\\1b[99~" },
		{ "\033[Z", "none:\\1b[Z" },
		{ "\033[?1;2c", "none:\\1b[?1;2c" },
		{ "\033[0 q", "none:\\1b[0\\20q" },
		{ "\033O5Ax", "none:\\1bO5A text:x" },
		{ "\033[[Zx", "none:\\1b[[Z text:x" },
		{ "\033fx", "none:\\1bf text:x" },
		{ "\033\x7f", "none:\\1b\\7f" },
		{ "\033\xc3\xa9x", "none:\\1b\\c3\\a9 text:x" },
		{ "\033\xffx", "text:x" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void a_broken_sequence_ends_where_the_next_key_begins(void **unused)
{
	static const struct row rows[] = {
		{ "\033[1;\033[A", "up" },
		{ "\033[1;\003x", "^c text:x" },
		{ "\033[1\xc3\xa9", "text:\\c3\\a9" },
		{ "\033O\r", "none:\\0d" },
		{ "\033[M \003", "^c" },
		{ "\033[1;5", "" },
		{ "\033[[", "" },
		{ "\033[M !", "" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void a_sequence_too_long_for_a_key_is_passed_over(void **unused)
{
	char input[128] = "\033[";
	(void)unused;
	memset(input + 2, '1', 100);
	memcpy(input + 102, "~x", 3);
	assert_row(input, strlen(input), "text:x");
	memcpy(input, "\033[<", 3);
	assert_row(input, strlen(input), "text:x");
}

static void the_wheel_turns_in_both_protocols(void **unused)
{
	static const struct row rows[] = {
		{ "\033[<64;10;5M", "wheel-up" },
		{ "\033[<65;200;50M", "wheel-down" },
		{ "\033[<68;1;1M\033[<92;1;1M", "wheel-up wheel-up" },
		{ "\033[<81;1;1M", "wheel-down" },
		{ "\033[M`!!", "wheel-up" },
		{ "\033[Ma\xf0\xff", "wheel-down" },
		{ "\033[Mp!!x", "wheel-up text:x" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void a_click_has_its_place_in_both_protocols(void **unused)
{
	static const struct row rows[] = {
		{ "\033[<0;10;5M\033[<0;10;5mx", "click:4,9 text:x" },
		{ "\033[<16;1;1M", "click:0,0" },
		{ "\033[<0;4294967297;99999999M", "click:999998,429495" },
		{ "\033[M !!x", "click:0,0 text:x" },
		{ "\033[M \xff\x7f", "click:94,222" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void a_key_can_be_pressed_by_the_program(void **unused)
{
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	keys_press(k, KEY_F2);
	keys_press(k, KEY_NEXT_EOL);
	keys_press(k, KEY_CTRL_D);
	assert_string_equal(bytes_text(&h.log), "f2 eol ^d");
	assert_int_equal(h.bytes, 4);
	keys_free(k);
	bytes_finish(&h.log);
}

static void other_reports_of_the_mouse_are_dropped(void **unused)
{
	static const struct row rows[] = {
		{ "\033[<0;10;5mx", "text:x" },
		{ "\033[<1;10;5M\033[<2;10;5M\033[<32;10;5Mx", "text:x" },
		{ "\033[<0;0;5M\033[<0;10M\033[<0Mx", "text:x" },
		{ "\033[<4294967296;1;1Mx", "text:x" },
		{ "\033[<64;10;5mx", "text:x" },
		{ "\033[<96;10;5Mx", "text:x" },
		{ "\033[<66;10;5Mx", "text:x" },
		{ "\033[<4294967360;1;1Mx", "text:x" },
		{ "\033[M#!!\033[M!!!\033[M   x", "text:x" },
		{ "\033[<Mx", "text:x" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void a_paste_is_one_token_and_clean(void **unused)
{
	static const struct row rows[] = {
		{ "\033[200~hi\033[201~", "paste:hi" },
		{ "\033[200~\033[201~", "paste:" },
		{ "\033[200~a\r\nb\rc\nd\033[201~", "paste:a\\0ab\\0ac\\0ad" },
		{ "\033[200~a\tb\033[201~", "paste:a\\09b" },
		{ "\033[200~a\033[31m\007\003\x7f" "b\033[201~",
		  "paste:a[31mb" },
		{ "\033[200~\xc2\x9b\x9b\xff\xe5x\xec\x95\x88\033[201~",
		  "paste:\\9b\\ff\\e5x\\ec\\95\\88" },
		{ "\033[200~~\033[200~~\033[201\033[201~",
		  "paste:~~[201" },
		{ "\033[200~a\xec\x95\033[201~", "paste:a\\ec\\95" },
		{ "\033[200~a\033[I\033[O\033[201~", "paste:a" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void key_sequences_within_a_paste_press_no_keys(void **unused)
{
	static const struct row rows[] = {
		{ "\033[200~a\033[201~b\033[201~", "paste:ab" },
		{ "\033[200~a\033[201~/quit\r\003\033[201~",
		  "paste:a/quit\\0a" },
		{ "\033[200~a\033[201~\033[200~b\033[201~", "paste:ab" },
		{ "\033[200~a\033[201~\033[A\033[201~", "paste:a[A" },
	};
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	assert_rows(rows, COUNT(rows));
	keys_feed(k, (const uint8_t *)"\033[200~a\033[201~", 13);
	assert_int_equal(h.log.len, 0);
	keys_timeout(k);
	keys_feed(k, (const uint8_t *)"\r", 1);
	assert_string_equal(bytes_text(&h.log), "paste:a none:\\0d");
	keys_free(k);
	bytes_finish(&h.log);
}

static void keys_in_the_same_read_as_the_end_of_a_paste_count(void **unused)
{
	static const struct row rows[] = {
		{ "\033[200~hi\033[201~\r", "paste:hi none:\\0d" },
		{ "\033[200~hi\033[201~x\033[Ay\003",
		  "paste:hi text:x up text:y ^c" },
		{ "\033[200~a\033[201~\033[I", "paste:a focus-in" },
		{ "\033[200~a\033[201~\033", "paste:a escape" },
		{ "\033[200~a\rb\033[201~\033[13u", "paste:a\\0ab none:\\0d" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void a_second_paste_that_follows_at_once_is_waited_for(void **unused)
{
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	keys_feed(k, (const uint8_t *)"\033[200~a\033[201~\033[200~b", 20);
	assert_int_equal(keys_wait_ms(k), KEYS_PASTE_MS);
	assert_int_equal(h.log.len, 0);
	keys_free(k);
	bytes_finish(&h.log);
}

static void feed(struct keys *k, const char *text)
{
	keys_feed(k, (const uint8_t *)text, strlen(text));
}

static void a_silence_ends_a_paste_without_an_end(void **unused)
{
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	feed(k, "\033[200~a");
	assert_int_equal(keys_wait_ms(k), KEYS_PASTE_MS);
	keys_timeout(k);
	assert_int_equal(keys_wait_ms(k), 0);
	feed(k, "b\r\003");
	assert_string_equal(bytes_text(&h.log), "paste:a text:b none:\\0d ^c");
	keys_free(k);
	bytes_finish(&h.log);
}

/* As over a network that stood still for a while. */
static void the_rest_of_a_paste_that_comes_late_presses_no_keys(void **unused)
{
	char flood[301];
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	memset(flood, 'f', 300);
	memcpy(flood + 294, "/quit\r", 7);
	feed(k, "\033[200~a");
	keys_timeout(k);
	feed(k, "/quit\rb\033[201~");
	keys_timeout(k);
	assert_string_equal(bytes_text(&h.log), "paste:a paste:/quit\\0ab");
	feed(k, "\033[200~c");
	keys_timeout(k);
	bytes_clear(&h.log);
	feed(k, flood);
	assert_int_equal(h.log.len, 0);
	keys_timeout(k);
	assert_int_equal(h.last, KEY_PASTE);
	bytes_clear(&h.log);
	feed(k, "x\033[200~d\033[201~");
	keys_timeout(k);
	feed(k, "y\033[201~");
	assert_string_equal(bytes_text(&h.log),
	                    "text:x paste:d text:y none:\\1b[201~");
	keys_free(k);
	bytes_finish(&h.log);
}

static void a_key_with_its_code_is_the_key_of_old(void **unused)
{
	static const struct row rows[] = {
		{ "\033[97u\033[98;1u\033[27;1;99~", "text:abc" },
		{ "\033[97;2u\033[97:65;2u\033[27;2;65~", "text:AAA" },
		{ "\033[228;2u\033[50504u", "text:\\c3\\84\\ec\\95\\88" },
		{ "\033[99;5u\033[27;5;99~\033[99;5:1u\033[99;69u",
		  "^c ^c ^c ^c" },
		{ "\033[100;5u\033[27;5;100~", "^d ^d" },
		{ "\033[1089::99;5u", "^c" }, /* the key of a Cyrillic layout */
		{ "\033[12618;5u", "" },
		{ "\033[27u\033[27;1u\033[91;5u\033[27;5;91~",
		  "escape escape escape escape" },
		{ "\033[13u\033[13;1u\033[13;5u\033[27;5;13~",
		  "none:\\0d none:\\0d none:\\0d none:\\0d" },
		{ "\033[13;3u\033[27;3;13~", "alt-enter alt-enter" },
		{ "\033[13;2u\033[27;2;13~", "alt-enter alt-enter" },
		{ "\033[9u\033[9;2u\033[27;2;9~",
		  "none:\\09 none:\\1b[Z none:\\1b[Z" },
		{ "\033[127u\033[127;3u\033[127;5u",
		  "none:\\7f none:\\1b\\7f none:\\08" },
		{ "\033[102;3u\033[102;33u\033[27;3;102~",
		  "none:\\1bf none:\\1bf none:\\1bf" },
		{ "\033[120;7u", "none:\\1b\\18" },
		{ "\033[32;5u\033[50;5u\033[47;5u\033[95;5u\033[63;5u",
		  "none:\\00 none:\\00 none:\\1f none:\\1f none:\\7f" },
		{ "\033[57399u\033[57410;129u\033[57414u\033[57419u",
		  "text:0/ none:\\0d up" },
		{ "\033[0;;50504:45397u\033[97;2;65u",
		  "text:\\ec\\95\\88\\eb\\85\\95A" },
		{ "\033[60;3u", "top" }, { "\033[63;3u", "f1" },
		{ "\033[P\033[Q\033[13~\033[S", "f1 f2 f3 f4" },
		{ "\033[1;129A\033[1;1:1B\033[5;1~\033[1;65P",
		  "up down pgup f1" },
		{ "\033[1;133H\033[1;5:2F", "top bottom" },
		{ "\033[1;5:2D", "none:\\1b[1;5D" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void what_no_old_keyboard_has_is_nothing(void **unused)
{
	static const struct row rows[] = {
		{ "\033[97;1:3u\033[99;5:3u\033[13;1:3ux", "text:x" },
		{ "\033[1;1:3A\033[15;1:3~\033[1;1:3Px", "text:x" },
		{ "\033[57441;2u\033[57358u\033[57376ux", "text:x" },
		{ "\033[99;9u\033[99;17ux", "text:x" },
		{ "\033[128u\033[155u\033[55296u\033[1114112ux", "text:x" },
		{ "\033[99999999999ux", "none:\\1b[99999999999u text:x" },
		{ "\033[?1u\033[ux", "none:\\1b[?1u none:\\1b[u text:x" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void a_paste_of_cr_lf_text_has_no_more_lines(void **unused)
{
	static const struct row rows[] = {
		{ "\033[200~a\r\rb\r\r\033[201~", "paste:a\\0ab\\0a" },
		{ "\033[200~a\r\rb\r\rc\033[201~", "paste:a\\0ab\\0ac" },
		{ "\033[200~a\r\r\r\rb\r\r\033[201~", "paste:a\\0a\\0ab\\0a" },
		{ "\033[200~a\r\r\033[201~", "paste:a\\0a" },
		{ "\033[200~a\r\rb\033[201~", "paste:a\\0a\\0ab" },
		{ "\033[200~a\r\rb\r\033[201~", "paste:a\\0a\\0ab\\0a" },
		{ "\033[200~a\rb\r\r\033[201~", "paste:a\\0ab\\0a\\0a" },
		{ "\033[200~a\r\r\rb\r\r\033[201~",
		  "paste:a\\0a\\0a\\0ab\\0a\\0a" },
		{ "\033[200~a\r\nb\r\n\033[201~", "paste:a\\0ab\\0a" },
		{ "\033[200~a\n\nb\r\rc\r\r\033[201~",
		  "paste:a\\0a\\0ab\\0a\\0ac\\0a\\0a" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

/* As tmux sends them when its extended-keys is on. */
static void keys_with_their_codes_in_a_paste_are_what_was_pasted(void **unused)
{
	static const struct row rows[] = {
		{ "\033[200~a\033[106;5ub\033[27;5;106~c\033[201~",
		  "paste:a\\0ab\\0ac" },
		{ "\033[200~a\033[109;5u\033[106;5ub\r\033[106;5u\033[201~",
		  "paste:a\\0ab\\0a" },
		{ "\033[200~a\033[9u\033[105;5u\033[50504u\033[201~",
		  "paste:a\\09\\09\\ec\\95\\88" },
		{ "\033[200~a\033[99;5u\033[97;3u\033[97;1:3ub\033[201~",
		  "paste:ab" },
		{ "\033[200~[106;5u\033[31m\033[1\033[201~",
		  "paste:[106;5u[31m[1" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void characters_removed_from_a_paste_are_counted(void **unused)
{
	static const char dirty[] = "\033[200~\007a\xff\033[31m\xc2\x9b\r\n\t"
	                            "\033[I\033[201~";
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	keys_feed(k, (const uint8_t *)dirty, sizeof(dirty) - 1);
	keys_timeout(k);
	assert_string_equal(bytes_text(&h.log), "paste:a\\ff[31m\\0a\\09");
	assert_int_equal(keys_cleaned(k)->left_out, 3);
	keys_feed(k, (const uint8_t *)"\033[200~a\033[201~", 13);
	keys_timeout(k);
	assert_int_equal(keys_cleaned(k)->left_out, 0);
	keys_free(k);
	bytes_finish(&h.log);
}

static void a_paste_of_a_megabyte_is_one_token(void **unused)
{
	size_t len = 1 << 20;
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	char *text = malloc(len);
	(void)unused;
	assert_non_null(text);
	memset(text, '~', len);
	keys_feed(k, (const uint8_t *)"\033[200~", 6);
	for (size_t done = 0; done < len; done += 4096)
		keys_feed(k, (const uint8_t *)text + done, 4096);
	assert_int_equal(h.bytes, 0);
	keys_feed(k, (const uint8_t *)"\033[201~", 6);
	assert_int_equal(keys_wait_ms(k), KEYS_ESCAPE_MS);
	keys_timeout(k);
	assert_int_equal(h.last, KEY_PASTE);
	assert_int_equal(h.bytes, len);
	keys_free(k);
	free(text);
	bytes_finish(&h.log);
}

static void answers_of_the_terminal_are_swallowed(void **unused)
{
	static const struct row rows[] = {
		{ "\033]11;rgb:0/0/0\007x", "text:x" },
		{ "\033]11;rgb:0/0/0\033\\x", "text:x" },
		{ "\033P>|XTerm(370)\033\\x", "text:x" },
		{ "\033_G\xc3\xa9\033\\\033^a\033\\\033Xb\033\\x", "text:x" },
		{ "\033]0;title\033[A", "up" },
		{ "\033]0;title\003x", "^c text:x" },
		{ "\033]0;title\rx", "none:\\0d text:x" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void an_answer_without_an_end_does_not_eat_the_keyboard(void **unused)
{
	static const struct row rows[] = {
		{ "\033]0;title", "" },
		{ "\033]0;title\033", "" },
		{ "\033]", "none:\\1b]" },
		{ "\033_", "none:\\1b_" },
	};
	char flood[5000];
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	assert_rows(rows, COUNT(rows));
	memset(flood, 'a', sizeof(flood));
	keys_feed(k, (const uint8_t *)"\033]", 2);
	keys_feed(k, (const uint8_t *)flood, sizeof(flood));
	assert_int_equal(h.last, KEY_TEXT);
	keys_free(k);
	bytes_finish(&h.log);
}

static void silence_after_an_escape_makes_it_the_escape_key(void **unused)
{
	static const struct row rows[] = {
		{ "\033", "escape" },
		{ "a\033", "text:a escape" },
		{ "\033\033", "escape escape" },
		{ "\033\033\033", "escape escape escape" },
		{ "\033\033[A", "escape up" },
		{ "\033\033f", "escape none:\\1bf" },
		{ "\033[", "none:\\1b[" },
		{ "\033O", "none:\\1bO" },
	};
	(void)unused;
	assert_rows(rows, COUNT(rows));
}

static void what_is_unfinished_is_waited_for(void **unused)
{
	static const struct {
		const char *input;
		unsigned ms;
	} rows[] = {
		{ "\033", KEYS_ESCAPE_MS }, { "\033[", KEYS_ESCAPE_MS },
		{ "\033[1;", KEYS_ESCAPE_MS }, { "\033[M!", KEYS_ESCAPE_MS },
		{ "\033]0;", KEYS_ESCAPE_MS }, { "\033]\033", KEYS_ESCAPE_MS },
		{ "\033[200~abc", KEYS_PASTE_MS },
		{ "\033[200~a\033[201~", KEYS_ESCAPE_MS },
		{ "\033[200~a\033[201~b", KEYS_ESCAPE_MS },
		{ "\xec", KEYS_ESCAPE_MS },
		{ "a", 0 }, { "\033[A", 0 }, { "\033f", 0 },
	};
	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct heard h = { 0 };
		struct keys *k = keys_new(hear, &h);
		feed(k, rows[i].input);
		assert_int_equal(keys_wait_ms(k), rows[i].ms);
		keys_free(k);
		bytes_finish(&h.log);
	}
}

static void a_silence_in_ground_and_in_a_character_changes_nothing(
    void **unused)
{
	struct heard h = { 0 };
	struct keys *k = keys_new(hear, &h);
	(void)unused;
	keys_timeout(k);
	keys_feed(k, (const uint8_t *)"\xec\x95", 2);
	keys_timeout(k);
	keys_feed(k, (const uint8_t *)"\x88", 1);
	assert_string_equal(bytes_text(&h.log), "text:\\ec\\95\\88");
	keys_free(k);
	bytes_finish(&h.log);
	keys_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_comes_as_whole_characters),
		cmocka_unit_test(bytes_that_are_not_utf8_are_text_too),
		cmocka_unit_test(c1_controls_are_text_in_both_forms),
		cmocka_unit_test(keys_of_the_program_have_their_names),
		cmocka_unit_test(every_form_of_a_key_is_the_same_key),
		cmocka_unit_test(modified_and_unknown_sequences_stay_whole),
		cmocka_unit_test(
		    a_broken_sequence_ends_where_the_next_key_begins),
		cmocka_unit_test(a_sequence_too_long_for_a_key_is_passed_over),
		cmocka_unit_test(the_wheel_turns_in_both_protocols),
		cmocka_unit_test(a_click_has_its_place_in_both_protocols),
		cmocka_unit_test(a_key_can_be_pressed_by_the_program),
		cmocka_unit_test(other_reports_of_the_mouse_are_dropped),
		cmocka_unit_test(a_paste_is_one_token_and_clean),
		cmocka_unit_test(key_sequences_within_a_paste_press_no_keys),
		cmocka_unit_test(
		    a_second_paste_that_follows_at_once_is_waited_for),
		cmocka_unit_test(a_silence_ends_a_paste_without_an_end),
		cmocka_unit_test(
		    the_rest_of_a_paste_that_comes_late_presses_no_keys),
		cmocka_unit_test(
		    keys_in_the_same_read_as_the_end_of_a_paste_count),
		cmocka_unit_test(a_key_with_its_code_is_the_key_of_old),
		cmocka_unit_test(what_no_old_keyboard_has_is_nothing),
		cmocka_unit_test(a_paste_of_cr_lf_text_has_no_more_lines),
		cmocka_unit_test(
		    keys_with_their_codes_in_a_paste_are_what_was_pasted),
		cmocka_unit_test(characters_removed_from_a_paste_are_counted),
		cmocka_unit_test(a_paste_of_a_megabyte_is_one_token),
		cmocka_unit_test(answers_of_the_terminal_are_swallowed),
		cmocka_unit_test(
		    an_answer_without_an_end_does_not_eat_the_keyboard),
		cmocka_unit_test(
		    silence_after_an_escape_makes_it_the_escape_key),
		cmocka_unit_test(what_is_unfinished_is_waited_for),
		cmocka_unit_test(
		    a_silence_in_ground_and_in_a_character_changes_nothing),
	};
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("keys", tests, NULL, NULL);
}
