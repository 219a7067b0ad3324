/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The input line as its user meets it, and what readline 8.2 would do to it
 * without the repairs. */

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/tui/bind.h"
#include "../../src/tui/input.h"
#include "../../src/tui/keyname.h"

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

#define CTRL_P "\020"
#define CTRL_R "\022"
#define CTRL_X "\030"
#define ENTER  "\r"
#define UP     "\033[A"
#define DOWN   "\033[B"
#define LEFT   "\033[D"
#define UNDO   "\037"

/* What readline reads at its start: what is repaired must stay so. */
static const char inputrc[] =
    "set isearch-terminators \"\\C-j\"\n"
    "set convert-meta on\n"
    "set revert-all-at-newline on\n"
    "set blink-matching-paren on\n"
    "\"\\C-xp\": history-search-backward\n"
    "\"\\C-xn\": history-search-forward\n"
    "\"\\C-xd\": dump-functions\n"
    "\"\\C-xt\": vi-editing-mode\n"
    "$if sockchat\n"
    "\"\\C-xk\": \"kept\"\n"
    "\"\\C-xf\": sockchat-first\n"
    "\"\\C-o\": sockchat-second\n"
    "\"\\e[5~\": sockchat-second\n"
    "$endif\n"
    "set keymap vi-insert\n"
    "\"\\C-xt\": emacs-editing-mode\n";

static char folder[] = "/tmp/test_input.XXXXXX";

static struct {
	struct keys *keys;
	struct bytes line; /* the last one delivered */
	int lines;
	const char *const *words; /* to complete to */
	size_t word_start;
	size_t shown; /* matches */
	struct bytes ran; /* the functions of the program */
} told;

static void on_line(void *user, const char *line, size_t len)
{
	(void)user;
	bytes_clear(&told.line);
	bytes_append(&told.line, line, len);
	told.lines++;
	input_remember(line);
}

static char **complete(void *user, const char *line, size_t point,
                       size_t *start)
{
	size_t count = 0;
	(void)user;
	assert_true(point <= strlen(line));
	*start = told.word_start;
	if (!told.words)
		return NULL;
	while (told.words[count])
		count++;
	char **copy = calloc(count + 1, sizeof(*copy));
	assert_non_null(copy);
	for (size_t i = 0; i < count; i++)
		copy[i] = strdup(told.words[i]);
	return copy;
}

static void show_matches(void *user, char *const *matches, size_t count)
{
	(void)user;
	assert_non_null(matches[count - 1]);
	told.shown = count;
}

static const char *name(size_t i)
{
	static const char *const names[] = { "first", "second", NULL };
	return names[i];
}

static void run(void *user, size_t i)
{
	(void)user;
	bytes_printf(&told.ran, "%zu", i);
}

static void on_key(void *user, const struct token *t)
{
	(void)user;
	if (t->key == KEY_CTRL_C)
		input_cancel();
	else
		input_feed(t);
}

static void type_bytes(const char *bytes, size_t len)
{
	keys_feed(told.keys, (const uint8_t *)bytes, len);
	keys_timeout(told.keys);
}

static void type(const char *keys)
{
	type_bytes(keys, strlen(keys));
}

static int start(void **unused)
{
	static const struct input_ops ops = {
		.on_line = on_line,
		.complete = complete,
		.show_matches = show_matches,
		.name = name,
		.run = run,
	};
	struct input_line line;
	(void)unused;
	told.keys = keys_new(on_key, NULL);
	told.lines = 0;
	told.words = NULL;
	told.word_start = told.shown = 0;
	if (input_start(&ops))
		return -1;
	input_show(&line);
	if (*line.mode == 'v')
		type(CTRL_X "t");
	return 0;
}

static int stop(void **unused)
{
	unsigned missed = input_missed_keys();
	(void)unused;
	input_stop();
	keys_free(told.keys);
	bytes_finish(&told.line);
	bytes_finish(&told.ran);
	return missed > 0;
}

/* A key that the program would keep for itself: given to the line. */
static void press(const char *bytes)
{
	struct token t = { KEY_NONE, (const uint8_t *)bytes, strlen(bytes) };
	input_feed(&t);
}

static void paste(const char *text)
{
	struct token t = { KEY_PASTE, (const uint8_t *)text, strlen(text) };
	input_feed(&t);
}

/* The line, with a bar where the cursor is. */
static void assert_line(const char *expected)
{
	struct input_line line;
	struct bytes text = { 0 };
	input_show(&line);
	bytes_printf(&text, "%.*s|%.*s", (int)line.point, line.text,
	             (int)(line.len - line.point), line.text + line.point);
	assert_string_equal(bytes_text(&text), expected);
	bytes_finish(&text);
}

static void assert_sent(int lines, const char *last)
{
	assert_int_equal(told.lines, lines);
	assert_string_equal(bytes_text(&told.line), last);
}

static void assert_prompt(const char *expected)
{
	struct input_line line;
	input_show(&line);
	if (!expected) {
		assert_null(line.prompt);
		return;
	}
	assert_non_null(line.prompt);
	assert_non_null(strstr(line.prompt, expected));
}

static void assert_mode(const char *expected)
{
	struct input_line line;
	input_show(&line);
	assert_string_equal(line.mode, expected);
}

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
	input_remember("some line");
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
	input_remember("old");
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

/* The program's own functions. */

static void an_inputrc_puts_functions_of_the_program_on_keys(void **unused)
{
	(void)unused;
	type("a" CTRL_X "fb\017c");
	assert_line("abc|");
	assert_string_equal(bytes_text(&told.ran), "01");
	assert_int_equal(bind_find("\017", 1), 1);
	assert_int_equal(bind_find("\033[5~", 4), 1);
	assert_int_equal(bind_find("\030f", 2), 0);
	assert_int_equal(bind_find("\030", 1), -1);
	assert_int_equal(bind_find("\033[6~", 4), -1);
	assert_int_equal(bind_find("f", 1), -1);
}

static void a_default_gives_way_to_what_is_there(void **unused)
{
	(void)unused;
	bind_default(0, "\\C-xz", false);
	bind_default(0, "\\C-o", false);
	assert_int_equal(bind_find("\030z", 2), 0);
	assert_int_equal(bind_find("\017", 1), 1);
	bind_default(1, "v", true);
	type(CTRL_X "t\033v");
	assert_string_equal(bytes_text(&told.ran), "1");
}

static void note_key(void *user, const uint8_t *bytes, size_t len)
{
	keyname_append(user, bytes, len);
	bytes_append_text(user, ".");
}

static void the_keys_of_a_function_have_names(void **unused)
{
	struct bytes list = { 0 };
	(void)unused;
	bind_each_key(0, note_key, &list);
	assert_non_null(strstr(bytes_text(&list), "Ctrl-X f."));
	bind_each_key(1, note_key, &list);
	assert_non_null(strstr(bytes_text(&list), "Ctrl-O."));
	assert_non_null(strstr(bytes_text(&list), "PgUp."));
	bytes_finish(&list);
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

static void search_edit_and_enter_use_no_history_that_is_freed(void **unused)
{
	(void)unused;
	input_remember("one");
	type("c");
	press("\033<");
	type("\033p\007");
	press("\033>");
	type("x" ENTER);
	press("\033<");
	type(ENTER);
	assert_sent(2, "one");
}

static void edited_lines_of_the_history_may_be_left_and_met_again(void **unused)
{
	(void)unused;
	for (int i = 0; i < 5; i++) {
		type("line" ENTER UP "a" UP "b" DOWN "c" ENTER);
		type(UP UP "\033r" "z" UNDO UNDO DOWN ENTER);
		input_cancel();
	}
	assert_line("|");
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
		"\026", "\035", "a\030\030", UP "edited", UP UP, "\033p",
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

static void ctrl_r_finds_wide_characters(void **unused)
{
	(void)unused;
	type(CTRL_R);
	assert_false(input_is_empty());
	input_cancel();
	input_remember("세계 안녕");
	input_remember("other");
	type(CTRL_R "안");
	assert_prompt("reverse-i-search");
	assert_false(input_is_empty());
	type("녕");
	assert_line("세계 |안녕");
	type(ENTER);
	assert_sent(1, "세계 안녕");
	assert_prompt(NULL);
}

static void an_arrow_that_ends_a_search_leaves_no_tail(void **unused)
{
	(void)unused;
	input_remember("abc");
	type(CTRL_R "bc" LEFT);
	assert_line("|abc");
	assert_prompt(NULL);
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
	type("\005\026" LEFT);
	assert_line("a|b");
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

static void an_inputrc_may_ask_for_this_program(void **unused)
{
	(void)unused;
	type(CTRL_X "k");
	assert_line("kept|");
}

static void it_is_started_once(void **unused)
{
	static const struct input_ops ops = {
		.on_line = on_line,
		.complete = complete,
		.show_matches = show_matches,
		.name = name,
		.run = run,
	};
	(void)unused;
	assert_int_equal(input_start(&ops), -1);
	assert_int_equal(errno, EBUSY);
	input_stop();
	input_stop();
	assert_int_equal(input_start(&ops), 0);
	type("works" ENTER);
	assert_sent(1, "works");
}

/* Completion. */

static const char *const one[] = { "/help", NULL };
static const char *const path[] = { "/home/", NULL };
static const char *const option[] = { "--eol=", NULL };
static const char *const several[] = { "/peers", "/pensive", NULL };
static const char *const accents[] = { "/\xc3\xa9t", "/\xc3\xa8t", NULL };

static void tab_completes_as_far_as_it_is_certain(void **unused)
{
	static const struct {
		const char *typed;
		const char *const *words;
		size_t start, shown;
		const char *expected;
	} rows[] = {
		{ "/he", one, 0, 0, "/help |" },
		{ "/help", one, 0, 0, "/help |" },
		{ "cd /ho", path, 3, 0, "cd /home/|" },
		{ "--e", option, 0, 0, "--eol=|" },
		{ "/p", several, 0, 2, "/pe|" },
		{ "/pe", several, 0, 2, "/pe|" },
		{ "/", accents, 0, 2, "/|" },
		{ "/he", one, 9, 0, "/he|" },
		{ "/zz", NULL, 0, 0, "/zz|" },
		{ "", one, 0, 0, "/help |" },
	};
	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		told.words = rows[i].words;
		told.word_start = rows[i].start;
		told.shown = 0;
		type(rows[i].typed);
		type("\t");
		assert_line(rows[i].expected);
		assert_int_equal(told.shown, rows[i].shown);
		type("\003");
	}
}

static void a_completion_is_one_undo_and_keeps_what_follows(void **unused)
{
	(void)unused;
	told.words = several;
	type("/p x" LEFT LEFT "\t");
	assert_line("/pe| x");
	type(UNDO);
	assert_line("/p| x");
}

/* History. */

static const char *in_folder(const char *name)
{
	static char full[128];
	snprintf(full, sizeof(full), "%s/%s", folder, name);
	return full;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static mode_t mode_of(const char *name)
{
	struct stat st;
	assert_int_equal(lstat(in_folder(name), &st), 0);
	return st.st_mode;
}

static void restart(void)
{
	stop(NULL);
	start(NULL);
}

/* Going back from an empty line, these are met one after another. */
static void assert_history(const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct input_line line;
		type(CTRL_P);
		input_show(&line);
		assert_string_equal(line.text, lines[i]);
	}
	type(CTRL_P);
	type("\003");
}

static void what_was_entered_is_not_always_kept(void **unused)
{
	static const char *const kept[] = { "b", "a", "b", "b" };
	(void)unused;
	type("b" ENTER "a" ENTER "a" ENTER " secret" ENTER ENTER "b" ENTER);
	assert_int_equal(told.lines, 6);
	assert_history(kept, 3);
	type(UP UP UP UP);
	assert_line("b|");
}

static void every_line_comes_back_from_the_file_as_it_was(void **unused)
{
	static const char *const lines[] = {
		"GET / HTTP/1.1\nHost: x\n\n", "#1234567890", "plain",
		"a\n#5\n\\#6\n\\\\7\r", "\\", "#", "\n\n", "안녕",
	};
	const char *newest_first[COUNT(lines)];
	(void)unused;
	for (size_t i = 0; i < COUNT(lines); i++) {
		input_remember(lines[i]);
		newest_first[COUNT(lines) - 1 - i] = lines[i];
	}
	assert_int_equal(input_save_history(in_folder("s/t/history"), 100), 0);
	restart();
	assert_int_equal(input_load_history(in_folder("s/t/history"), 100), 0);
	assert_history(newest_first, COUNT(lines));
	assert_int_equal(input_save_history(in_folder("s/t/history"), 100), 0);
	assert_history(newest_first, COUNT(lines));
}

static void the_file_is_for_its_owner_alone(void **unused)
{
	(void)unused;
	write_file("target", "untouched\n");
	assert_int_equal(symlink("target", in_folder("link")), 0);
	chmod(in_folder("target"), 0644);
	input_remember("line");
	assert_int_equal(input_save_history(in_folder("n/m/history"), 9), 0);
	assert_int_equal(mode_of("n/m/history"), S_IFREG | 0600);
	assert_int_equal(mode_of("n/m"), S_IFDIR | 0700);
	assert_int_equal(input_save_history(in_folder("link"), 9), 0);
	assert_int_equal(mode_of("link"), S_IFREG | 0600);
	assert_int_equal(mode_of("target"), S_IFREG | 0644);
}

static void only_so_many_lines_are_kept(void **unused)
{
	static const char *const kept[] = { "e", "d", "c", "c" };
	(void)unused;
	assert_int_equal(input_load_history(in_folder("few"), 3), 0);
	type("a" ENTER "b" ENTER "c" ENTER "d" ENTER "e" ENTER);
	assert_int_equal(input_save_history(in_folder("few"), 3), 0);
	restart();
	assert_int_equal(input_load_history(in_folder("few"), 3), 0);
	assert_history(kept, COUNT(kept));
}

static void two_at_a_time_do_not_lose_each_others_lines(void **unused)
{
	static const char *const kept[] = { "mine", "theirs", "old", "old" };
	(void)unused;
	write_file("both", "old\n");
	assert_int_equal(input_load_history(in_folder("both"), 9), 0);
	type("mine" ENTER);
	write_file("both", "old\ntheirs\n");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(input_save_history(in_folder("both"), 9), 0);
		assert_history(kept, COUNT(kept));
	}
}

/* readline's own would read beyond a line that ends in a backslash */
static void the_last_word_of_an_earlier_line_is_had_again(void **unused)
{
	(void)unused;
	input_remember("get one");
	input_remember("a path\\");
	type("x ");
	press("\033.");
	assert_line("x path\\|");
	press("\033.");
	assert_line("x one|");
	press("\033.");
	assert_line("x one|");
}

static void a_history_that_cannot_be_is_told(void **unused)
{
	(void)unused;
	assert_int_equal(input_load_history(in_folder("no-such-file"), 9), 0);
	assert_int_equal(input_load_history(folder, 9), -1);
	assert_int_equal(errno, EINVAL);
	input_remember("line");
	write_file("file", "");
	assert_int_equal(input_save_history(in_folder("file/history"), 9), -1);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(input_save_history(in_folder("few"), 9), 0);
	type(UP);
	assert_line("line|");
}

static void search_by_prefix_walks_and_gives_the_draft_back(void **unused)
{
	static const char *const keys[][2] = {
		{ CTRL_X "p", CTRL_X "n" }, { "\033p", "\033n" }
	};
	(void)unused;
	input_remember("get one");
	input_remember("put");
	input_remember("get two");
	for (size_t i = 0; i < COUNT(keys); i++) {
		type("get!" LEFT);
		type(keys[i][0]);
		assert_line("get| two");
		type(keys[i][0]);
		assert_line("get| one");
		type(keys[i][0]);
		assert_line("get| one");
		type(keys[i][1]);
		assert_line("get| two");
		type(keys[i][1]);
		assert_line("get|!");
		type(keys[i][1]);
		assert_line("get|!");
		type(keys[i][0]);
		paste("s");
		assert_line("gets| two");
		type(keys[i][0]);
		assert_line("gets| two");
		type(UNDO UNDO);
		assert_line("get!|");
		type("\003");
	}
}

static int make_folder(void **unused)
{
	(void)unused;
	if (!mkdtemp(folder))
		return -1;
	write_file("inputrc", inputrc);
	setenv("HOME", folder, 1);
	setenv("INPUTRC", in_folder("inputrc"), 1);
	return setlocale(LC_ALL, "C.UTF-8") ? 0 : -1;
}

static int remove_folder(void **unused)
{
	static const char *const names[] = {
		"inputrc", "s/t/history", "s/t", "s", "n/m/history", "n/m", "n",
		"target", "link", "few", "both", "file",
	};
	(void)unused;
	for (size_t i = 0; i < COUNT(names); i++)
		remove(in_folder(names[i]));
	return rmdir(folder);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_typed_line_is_delivered_by_enter),
		TEST(up_and_down_move_by_row_before_they_go_through_history),
		TEST(an_inputrc_puts_functions_of_the_program_on_keys),
		TEST(a_default_gives_way_to_what_is_there),
		TEST(the_keys_of_a_function_have_names),
		TEST(half_a_key_awaits_its_rest),
		TEST(ctrl_r_ctrl_x_and_any_third_key_does_not_crash),
		TEST(alt_5_enter_sends_the_line_without_another_key),
		TEST(search_edit_and_enter_use_no_history_that_is_freed),
		TEST(edited_lines_of_the_history_may_be_left_and_met_again),
		TEST(commands_that_harm_are_out_of_the_keymaps),
		TEST(a_key_that_only_starts_something_misses_none),
		TEST(ctrl_c_gives_an_empty_line_from_any_state),
		TEST(escape_ends_what_waits_and_is_no_meta_key),
		TEST(wide_characters_are_edited_by_the_character),
		TEST(a_wide_character_is_never_taken_apart),
		TEST(a_character_is_searched_for_in_the_line),
		TEST(ctrl_r_finds_wide_characters),
		TEST(an_arrow_that_ends_a_search_leaves_no_tail),
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
		TEST(alt_enter_puts_in_a_newline),
		TEST(ctrl_d_deletes_ahead_and_never_ends_the_input),
		TEST(it_says_when_to_paint),
		TEST(an_inputrc_may_ask_for_this_program),
		TEST(it_is_started_once),
		TEST(tab_completes_as_far_as_it_is_certain),
		TEST(a_completion_is_one_undo_and_keeps_what_follows),
		TEST(what_was_entered_is_not_always_kept),
		TEST(every_line_comes_back_from_the_file_as_it_was),
		TEST(the_file_is_for_its_owner_alone),
		TEST(only_so_many_lines_are_kept),
		TEST(two_at_a_time_do_not_lose_each_others_lines),
		TEST(the_last_word_of_an_earlier_line_is_had_again),
		TEST(a_history_that_cannot_be_is_told),
		TEST(search_by_prefix_walks_and_gives_the_draft_back),
	};
	return cmocka_run_group_tests_name("input", tests, make_folder,
	                                   remove_folder);
}
