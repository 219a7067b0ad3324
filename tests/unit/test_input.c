/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The input line as its user meets it, and what readline 8.2 would do to it
 * without the repairs. */

#include "input_scene.h"

#include <readline/readline.h>

static void a_typed_line_is_delivered_by_enter(void **unused)
{
	(void)unused;
	type("hello");
	assert_line("hello|");
	type(ENTER);
	assert_sent(1, "hello");
	assert_line("|");
	type("x\n");
	assert_sent(2, "x");
}

/* The repairs. */

static void ctrl_r_ctrl_x_and_any_third_key_does_not_crash(void **unused)
{
	(void)unused;
	histfile_remember("some line");
	for (char c = 1; c < 127; c++) {
		type(CTRL_R CTRL_X);
		press((const char[]){ c, '\0' });
		type("x");
		input_cancel();
	}
	assert_line("|");
}

/* Several rows. */

static void up_and_down_move_by_row_before_they_go_through_history(
    void **unused)
{
	(void)unused;
	histfile_remember("old");
	paste("abcd\n\xec\x95\x88xyz\nk");
	type(UP);
	assert_line("abcd\n|\xec\x95\x88xyz\nk");
	type("\033[C\033[C" UP);
	assert_line("abc|d\n\xec\x95\x88xyz\nk");
	type(DOWN);
	assert_line("abcd\n\xec\x95\x88x|yz\nk");
	type(DOWN);
	assert_line("abcd\n\xec\x95\x88xyz\nk|");
	type(UP);
	assert_line("abcd\n\xec\x95\x88x|yz\nk");
	type(LEFT UP);
	assert_line("ab|cd\n\xec\x95\x88xyz\nk");
	type(DOWN UP LEFT DOWN);
	assert_line("abcd\n|\xec\x95\x88xyz\nk");
	type(UP UP);
	assert_line("old|");
	type(DOWN);
	assert_line("abcd\n\xec\x95\x88xyz\nk|");
}

static void half_a_key_awaits_its_rest(void **unused)
{
	static const struct token rest = { KEY_CTRL_L, (const uint8_t *)"\f",
		                           1 };
	(void)unused;
	assert_false(input_awaits(&rest));
	type(CTRL_X);
	assert_true(input_awaits(&rest));
	type("\007\026");
	assert_true(input_awaits(&rest));
	input_feed(&rest);
	assert_line("\f|");
	assert_false(input_awaits(&rest));
}

static void alt_5_enter_sends_the_line_without_another_key(void **unused)
{
	(void)unused;
	type("abc\0335" ENTER);
	assert_sent(1, "abc");
	type("x");
	assert_sent(1, "abc");
	assert_line("x|");
}

static void commands_that_harm_are_out_of_the_keymaps(void **unused)
{
	(void)unused;
	type("ab\030(" "c\030)\030e");
	assert_line("abc|");
	type(CTRL_X "d" CTRL_X CTRL_R);
	assert_line("abc|");
	type("\033#");
	assert_int_equal(told.lines, 0);
	press("\033[200~");
	assert_line("abc|");
}

static void a_key_that_only_starts_something_misses_none(void **unused)
{
	static const char *const starts[] = { "\026", "\035", CTRL_X, CTRL_R,
		                              "\0335", "\033-", "\023" };
	(void)unused;
	for (size_t i = 0; i < COUNT(starts); i++) {
		type("abc");
		type(starts[i]);
		type("x");
		input_cancel();
	}
	assert_int_equal(input_missed_keys(), 0);
}

/* Leaving. */

static void ctrl_c_gives_an_empty_line_from_any_state(void **unused)
{
	static const char *const states[] = {
		"draft", "ab" LEFT, CTRL_R "fi", "\0335", "\0335\033", CTRL_X,
		"\035", "a\030\030", UP "edited", UP UP, "\033p",
		CTRL_X "tab\033" "d", "abc\033c2",
	};
	(void)unused;
	type("first" ENTER "second" ENTER);
	for (size_t i = 0; i < COUNT(states); i++) {
		type(states[i]);
		type("\003");
		assert_line("|");
		assert_prompt(NULL);
		assert_true(input_is_empty());
		type(UP);
		assert_line("second|");
		type(DOWN);
		assert_line("|");
	}
	assert_int_equal(told.lines, 2);
	assert_mode("vi");
	type(CTRL_X "t");
	assert_mode("");
}

static void escape_ends_what_waits_and_is_no_meta_key(void **unused)
{
	(void)unused;
	type("\033");
	type("f");
	assert_line("f|");
	type("\0335");
	assert_prompt("arg");
	type("\033");
	assert_prompt(NULL);
	type(CTRL_X);
	type("\033");
	type("k");
	assert_line("fk|");
	type(CTRL_R "f");
	type("\033");
	type("z");
	assert_prompt(NULL);
}

/* Editing. */

static void wide_characters_are_edited_by_the_character(void **unused)
{
	(void)unused;
	type("안녕é" "e\xcc\x81!");
	type(LEFT LEFT);
	assert_line("안녕é|e\xcc\x81!");
	type("\x7f");
	assert_line("안녕|e\xcc\x81!");
	type("\x7f\x7f" "한");
	assert_line("한|e\xcc\x81!");
	type("\004");
	assert_line("한|!");
}

static void a_wide_character_is_never_taken_apart(void **unused)
{
	(void)unused;
	type(CTRL_X "가");
	assert_line("가|");
	type("\033[2~\033-가\026가");
	assert_line("가가가|");
	type("\003\033[2~é");
	type_bytes("\0\001x", 3);
	type(CTRL_X CTRL_X "!");
	assert_line("x!|é");
}

static void a_character_is_searched_for_in_the_line(void **unused)
{
	(void)unused;
	type("abxcé\001");
	type("\035xz");
	assert_line("abz|xcé");
	type("\035é!");
	assert_line("abzxc!|é");
}

static void undo_and_the_kill_ring_work(void **unused)
{
	(void)unused;
	type("one two\027\027");
	assert_line("|");
	type("\031");
	assert_line("one two|");
	type(UNDO);
	assert_line("|");
	type("a\001\013\031\031");
	assert_line("aa|");
}

static void vi_mode_moves_and_deletes(void **unused)
{
	(void)unused;
	type(CTRL_X "t");
	assert_mode("vi");
	type("one two three\033");
	assert_mode("vi:cmd");
	type("0dw");
	assert_line("|two three");
	type("A!" LEFT LEFT "x");
	assert_line("two threx|e!");
	type("\0330");
	assert_mode("vi:cmd");
	assert_line("|two threxe!");
	type("u" ENTER);
	assert_int_equal(told.lines, 1);
	assert_mode("vi");
	type("abc\004");
	assert_int_equal(told.lines, 1);
	type("\033d" LEFT "ix");
	assert_line("ax|bc");
	type("\033mm" LEFT);
	type("m" LEFT "r" LEFT "f" LEFT);
	assert_line("|axbc");
	type("\003" CTRL_X "t");
}

static void a_paste_is_one_undo_and_is_never_sent(void **unused)
{
	(void)unused;
	type("ab" LEFT);
	paste("one\ntwo\n");
	assert_line("aone\ntwo\n|b");
	assert_int_equal(told.lines, 0);
	type(UNDO);
	assert_line("a|b");
}

static void a_paste_is_not_lost_in_whatever_is_going_on(void **unused)
{
	static const char *const states[] = { CTRL_R "x", "\0335", CTRL_X,
		                              "\026", "\035" };
	(void)unused;
	for (size_t i = 0; i < COUNT(states); i++) {
		type(states[i]);
		paste("pasted");
		type("!" ENTER);
		assert_sent((int)i + 1, "pasted!");
	}
}

static void a_megabyte_is_pasted_whole(void **unused)
{
	size_t len = 1 << 20;
	char *text = malloc(len + 1);
	(void)unused;
	assert_non_null(text);
	memset(text, 'x', len);
	text[len] = '\0';
	paste(text);
	type(ENTER);
	assert_int_equal(told.line.len, len);
	assert_memory_equal(told.line.data, text, len);
	free(text);
}

static void a_line_of_200_kilobytes_is_not_cut(void **unused)
{
	struct bytes text = { 0 };
	(void)unused;
	while (text.len < 200000)
		bytes_append_text(&text, "0123456789é안");
	for (size_t done = 0, n; done < text.len; done += n) {
		n = text.len - done < 4096 ? text.len - done : 4096;
		type_bytes((const char *)text.data + done, n);
	}
	type(ENTER);
	assert_int_equal(told.line.len, text.len);
	assert_memory_equal(told.line.data, text.data, text.len);
	type(UP);
	type(ENTER);
	assert_int_equal(told.line.len, text.len);
	bytes_finish(&text);
}

static void unknown_sequences_leave_no_tails(void **unused)
{
	static const char *const sequences[] = {
		"\033[1;2P", "\033[99~", "\033[<64;10;5M", "\033[?1;2c",
		"\033[201~", "\033O5A", "\033[", "\033O", "\033é",
	};
	(void)unused;
	for (int vi = 0; vi < 2; vi++) {
		for (size_t i = 0; i < COUNT(sequences); i++) {
			type("a");
			press(sequences[i]);
			assert_line("a|");
			type(vi ? "\003" : CTRL_X);
			press(sequences[i]);
			type("\003");
		}
		type(CTRL_X "t");
	}
}

static void a_known_sequence_behind_a_prefix_leaves_no_tail(void **unused)
{
	(void)unused;
	type("ab" CTRL_X LEFT);
	assert_line("a|b");
	type("\035" LEFT);
	assert_line("|ab");
}

static void keys_of_the_keypad_are_bound_without_an_inputrc(void **unused)
{
	(void)unused;
	type("one two\033[1~");
	assert_line("|one two");
	type("\033[3~\033[1;5C");
	assert_line("ne| two");
	type("\033[2~");
	assert_mode("ovr");
	type("X\033[4~");
	assert_line("neXtwo|");
}

static void a_quoted_key_is_inserted_as_it_is(void **unused)
{
	(void)unused;
	type("\026");
	type("\033");
	type("\026\t");
	type("\026\004");
	assert_line("\033\t\004|");
}

static void whatever_is_quoted_is_data(void **unused)
{
	static const struct {
		const char *keys, *line;
	} rows[] = {
		{ LEFT, "\033[D|" },
		{ "\033OP", "\033OP|" },
		{ "\033[15~", "\033[15~|" },
		{ "\033\r", "\033\r|" },
		{ ENTER, "\r|" },
		{ "\n", "\n|" },
		{ "\033b", "\033b|" },
		{ "\033[99;5u", "\003|" },
		{ "\xec\x95\x88", "안|" },
		{ "\033[200~a\rb\033[201~", "a\nb|" },
	};
	int refused = told.refused;
	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		type("\026");
		assert_true(input_quotes());
		type(rows[i].keys);
		assert_false(input_quotes());
		assert_line(rows[i].line);
		type("x" LEFT);
		input_cancel();
	}
	assert_int_equal(told.lines, 0);
	assert_int_equal(told.refused, refused);
	type("\026");
	type_bytes("\0", 1);
	assert_int_equal(told.refused, refused + 1);
	assert_line("|");
}

static void alt_enter_puts_in_a_newline(void **unused)
{
	(void)unused;
	type("a\033\rb");
	assert_line("a\nb|");
	type(ENTER);
	assert_sent(1, "a\nb");
	type(UP);
	assert_line("a\nb|");
}

static void ctrl_d_deletes_ahead_and_never_ends_the_input(void **unused)
{
	(void)unused;
	type("\004\004");
	type("ab" LEFT "\004");
	assert_line("a|");
	type("\004");
	assert_line("a|");
	type("\x7f\004\004x");
	assert_line("x|");
	assert_int_equal(told.lines, 0);
}

static void it_says_when_to_paint(void **unused)
{
	(void)unused;
	assert_true(input_take_dirty());
	assert_false(input_take_dirty());
	type("a");
	assert_true(input_take_dirty());
	input_resize(10, 40);
	assert_true(input_take_dirty());
}

static void it_is_started_once(void **unused)
{
	(void)unused;
	assert_int_equal(input_start(&ops), -1);
	assert_int_equal(errno, EBUSY);
	input_stop();
	input_stop();
	assert_int_equal(input_start(&ops), 0);
	type("works" ENTER);
	assert_sent(1, "works");
}

static size_t typed_len(void)
{
	struct input_line line;
	input_show(&line);
	return line.len;
}

static void half_a_character_is_never_sent_unless_it_was_put_in(void **unused)
{
	(void)unused;
	told.refused = 0;
	type("한글");
	rl_line_buffer[--rl_end] = '\0'; /* a fault */
	type(ENTER);
	assert_int_equal(told.lines, 0);
	assert_int_equal(told.refused, 1);
	assert_line("한\xea\xb8|");
	type("\010\010" ENTER);
	assert_sent(1, "한");
	paste("\xff");
	type(ENTER);
	assert_sent(2, "\xff");
	assert_int_equal(told.refused, 1);
}

/* ı has two bytes, I has one. */
static void undo_of_another_case_gives_the_same_letters_back(void **unused)
{
	static const char *const keys[] = { "\033u", "\033c", "~" };
	(void)unused;
	for (size_t i = 0; i < COUNT(keys); i++) {
		paste("ıx★");
		type("\001");
		if (*keys[i] == '~')
			type(CTRL_X "t" "\033" "0");
		type(keys[i]);
		type(*keys[i] == '~' ? "u" : UNDO);
		struct input_line line;
		input_show(&line);
		assert_string_equal(line.text, "ıx★");
		input_cancel();
	}
}

static void words_change_their_case_and_marks_are_of_their_letters(
    void **unused)
{
	(void)unused;
	paste("éa\u0301B straße 가ΣX, o");
	type("\001\033c\033c");
	assert_line("Éa\u0301b Straße| 가ΣX, o");
	type("\033l");
	assert_line("Éa\u0301b Straße 가σx|, o");
	type("\033u");
	assert_line("Éa\u0301b Straße 가σx, O|");
	type("\033-2\033u");
	assert_line("Éa\u0301b Straße 가ΣX, O|");
	type("\001" CTRL_X "t" "\033" "03~");
	assert_line("éA\u0301B| Straße 가ΣX, O");
}

static void a_huge_argument_is_no_order_to_fill_the_memory(void **unused)
{
	(void)unused;
	for (int i = 0; i < 12; i++)
		type("\0339");
	type("a");
	assert_between(typed_len(), 1, 100000);
	type(UNDO "\033-99999999999999\006");
	input_cancel();
	type("\0339999999999999999b");
	assert_between(typed_len(), 1, 100000);
	input_cancel();
	type("c");
	assert_line("c|");
}

static void a_quote_of_many_keys_can_be_cancelled(void **unused)
{
	(void)unused;
	type("\033-\0339\0339\0339\026");
	type("a\005");
	input_cancel();
	type("b\001c");
	assert_line("c|b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(half_a_character_is_never_sent_unless_it_was_put_in),
		TEST(undo_of_another_case_gives_the_same_letters_back),
		TEST(words_change_their_case_and_marks_are_of_their_letters),
		TEST(a_huge_argument_is_no_order_to_fill_the_memory),
		TEST(a_quote_of_many_keys_can_be_cancelled),
		TEST(a_typed_line_is_delivered_by_enter),
		TEST(ctrl_r_ctrl_x_and_any_third_key_does_not_crash),
		TEST(up_and_down_move_by_row_before_they_go_through_history),
		TEST(half_a_key_awaits_its_rest),
		TEST(alt_5_enter_sends_the_line_without_another_key),
		TEST(commands_that_harm_are_out_of_the_keymaps),
		TEST(a_key_that_only_starts_something_misses_none),
		TEST(ctrl_c_gives_an_empty_line_from_any_state),
		TEST(escape_ends_what_waits_and_is_no_meta_key),
		TEST(wide_characters_are_edited_by_the_character),
		TEST(a_wide_character_is_never_taken_apart),
		TEST(a_character_is_searched_for_in_the_line),
		TEST(undo_and_the_kill_ring_work),
		TEST(vi_mode_moves_and_deletes),
		TEST(a_paste_is_one_undo_and_is_never_sent),
		TEST(a_paste_is_not_lost_in_whatever_is_going_on),
		TEST(a_megabyte_is_pasted_whole),
		TEST(a_line_of_200_kilobytes_is_not_cut),
		TEST(unknown_sequences_leave_no_tails),
		TEST(a_known_sequence_behind_a_prefix_leaves_no_tail),
		TEST(keys_of_the_keypad_are_bound_without_an_inputrc),
		TEST(a_quoted_key_is_inserted_as_it_is),
		TEST(whatever_is_quoted_is_data),
		TEST(alt_enter_puts_in_a_newline),
		TEST(ctrl_d_deletes_ahead_and_never_ends_the_input),
		TEST(it_says_when_to_paint),
		TEST(it_is_started_once),
	};
	return cmocka_run_group_tests_name("input", tests, make_folder,
	                                   remove_folder);
}
