/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the keyboard sends, and what it is cut into: wherever the reads end. */

#include "keys_scene.h"

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
		cmocka_unit_test(a_paste_of_cr_lf_text_has_no_more_lines),
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
