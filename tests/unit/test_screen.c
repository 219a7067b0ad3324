/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The screen itself, and what stands below the transcript: the input line,
 * help, lists. */

#include <sockchat/command.h>

#include "../../src/tui/page.h"
#include "../../src/tui/line.h"
#include "../../src/tui/list.h"
#include "screen_scene.h"

/* The screen */

static void a_terminal_of_any_height_scrolls_all_of_itself(void **state)
{
	struct error e;
	(void)state;
	screen_close();
	fake_screen_free(terminal);
	terminal = fake_screen_new(40, columns);
	rows = 40;
	assert_int_equal(screen_open("xterm-256color", rows, columns, true,
	                             &e), 0);
	for (int turn = 0; turn < 3; turn++) {
		for (int i = 0; i < 60; i++) {
			hear_numbers(i, i + 1);
			paint();
		}
		for (int i = 0; i < rows; i++) {
			char want[32];
			snprintf(want, sizeof(want), "< line %d\\n",
			         60 - rows + i);
			assert_string_equal(row(i), want);
		}
		resize(turn ? 50 : 30, columns);
	}
}

/* The terminal remembers its cursor where the screen is entered. */
/* It moves the terminal's cursor as well, and curses does not know. */
static void telling_what_scrolls_is_followed_by_a_whole_frame(void **state)
{
	struct bytes out = { 0 };
	(void)state;
	resize(9, columns);
	for (int turn = 0; turn < 6; turn++) {
		bytes_clear(&out);
		screen_erase();
		assert_int_equal(screen_finish(1, 1, &out), 0);
		if (memmem(out.data, out.len, "\033[r", 3))
			assert_non_null(memmem(out.data, out.len, "\033[2J",
			                       4));
		if (turn == 3) {
			screen_leave(&out);
			resize(12, columns);
		}
	}
	bytes_finish(&out);
}

static void nothing_moves_the_cursor_before_the_screen_is_entered(void **state)
{
	struct bytes out = { 0 };
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		screen_resize(rows, columns);
		screen_erase();
		bytes_clear(&out);
		assert_int_equal(screen_finish(0, 0, &out), 0);
		assert_memory_equal(out.data, "\033[?1049h", 8);
		bytes_clear(&out);
		assert_int_equal(screen_leave(&out), 0);
		assert_non_null(strstr(bytes_text(&out), "\033[?1049l"));
	}
	bytes_finish(&out);
}

static void ctrl_l_paints_everything_anew(void **state)
{
	(void)state;
	hear("here");
	paint();
	fake_screen_feed(terminal, "\033[2J", 4);
	assert_string_equal(row(0), "");
	screen_redraw();
	paint();
	assert_string_equal(row(0), "< here");
}

static void a_terminal_that_cannot_is_refused_in_words(void **state)
{
	struct error e;
	(void)state;
	screen_close();
	assert_int_equal(screen_open("no-such-thing", 5, 5, true, &e), -1);
	assert_non_null(strstr(e.text, "no-such-thing"));
	assert_int_equal(screen_open("dumb", 5, 5, true, &e), -1);
	assert_non_null(strstr(e.text, "cursor"));
	assert_int_equal(screen_open("vt100", 5, 5, true, &e), 0);
}

static void what_does_not_fit_the_row_is_cut_whole(void **state)
{
	(void)state;
	screen_erase();
	assert_int_equal(screen_put(0, columns - 1, "안", 3, STYLE_PLAIN),
	                 columns - 1);
	assert_int_equal(screen_put(1, columns - 2, "안x", 4, STYLE_PLAIN),
	                 columns);
	assert_int_equal(screen_put(rows, 0, "x", 1, STYLE_PLAIN), 0);
	finish(0, 0);
	assert_string_equal(row(0), "");
	assert_string_equal(row(1) + columns - 2, "안");
	assert_string_equal(row(2), "");
}

/* The input line */

static struct line_layout put_line(const char *text, size_t point)
{
	struct input_line line = {
		.mode = "", .text = text, .len = strlen(text), .point = point,
	};
	struct line_layout l = line_measure(&line, "> ", columns, 0);
	screen_erase();
	line_draw(&line, "> ", 0, 0, rows, 0);
	finish(l.cursor_row, l.cursor_column);
	return l;
}

static void assert_cursor(int want_row, int want_column)
{
	int at_row, at_column;
	fake_screen_cursor(terminal, &at_row, &at_column);
	assert_int_equal(at_row, want_row);
	assert_int_equal(at_column, want_column);
}

static void the_cursor_is_where_the_next_key_goes(void **state)
{
	(void)state;
	resize(6, 10);
	put_line("a안b", 0);
	assert_string_equal(row(0), "> a안b");
	assert_cursor(0, 2);
	put_line("a안b", 1);
	assert_cursor(0, 3);
	put_line("a안b", 4);
	assert_cursor(0, 5);
	put_line("a안b", 5);
	assert_cursor(0, 6);
	put_line("e\xcc\x81x", 3);
	assert_cursor(0, 3);
}

static void a_full_row_has_the_cursor_on_the_next(void **state)
{
	(void)state;
	resize(6, 10);
	assert_int_equal(put_line("12345678", 8).rows, 2);
	assert_cursor(1, 0);
	put_line("12345678", 7);
	assert_cursor(0, 9);
}

static void a_wide_character_takes_the_cursor_to_its_row(void **state)
{
	(void)state;
	resize(6, 10);
	put_line("1234567안", 7);
	assert_string_equal(row(0), "> 1234567");
	assert_string_equal(row(1), "안");
	assert_cursor(1, 0);
}

static void a_newline_in_the_line_is_seen_and_breaks_it(void **state)
{
	(void)state;
	assert_int_equal(put_line("one\ntwo\t\001", 4).rows, 2);
	assert_string_equal(row(0), "> one\\n");
	assert_string_equal(row(1), "two^I^A");
	assert_cursor(1, 0);
	put_line("one\ntwo", 3);
	assert_cursor(0, 5);
}

static void readlines_own_prompt_takes_the_place_of_ours(void **state)
{
	struct input_line line = {
		.prompt = "\001(reverse-i-search)`\033': \002",
		.mode = "", .text = "x", .len = 1,
	};
	(void)state;
	screen_erase();
	line_draw(&line, "> ", 0, 0, rows, 0);
	finish(0, 0);
	assert_string_equal(row(0), "(reverse-i-search)`^[': x");
}

static void a_long_line_is_drawn_from_the_row_asked_for(void **state)
{
	struct input_line line = {
		.mode = "", .text = "abcdefghij", .len = 10,
	};
	(void)state;
	resize(6, 4);
	screen_erase();
	line_draw(&line, "> ", 4, 1, 2, 0);
	finish(0, 0);
	assert_string_equal(row(3), "");
	assert_string_equal(row(4), "cdef");
	assert_string_equal(row(5), "ghij");
}

/* Help, lists */

static bool is_seen(const char *word)
{
	for (int i = 0; i < rows; i++)
		if (strstr(row(i), word))
			return true;
	return false;
}

static void help_lists_every_key_and_every_command(void **state)
{
	(void)state;
	resize(80, 80);
	screen_erase();
	int lines = help_draw(80, 0, "");
	finish(0, 0);
	assert_between(lines, 20, 120);
	assert_true(is_seen("/quit") && is_seen("Alt-Enter"));
	screen_erase();
	help_draw(80, 0, "vie");
	finish(0, 0);
	assert_non_null(strstr(row(1), "/view"));
	assert_string_equal(row(2), "");
}

/* Where a key or its word is clicked, the key is pressed. */
static void the_bar_fits_and_its_keys_can_be_clicked(void **state)
{
	(void)state;
	for (int width = 1; width < 140; width++) {
		struct spots spots = { .count = 0 };
		resize(2, width);
		screen_erase();
		help_draw_bar(0, NULL, NULL, &spots);
		finish(1, 0);
		if (width < 10)
			continue;
		assert_memory_equal(row(0), " F1 Help", 8);
		assert_string_equal(fake_screen_look(terminal, 0, 1),
		                    "reverse");
		assert_string_equal(fake_screen_look(terminal, 0, 4), "");
		const char *text = row(0), *f2 = strstr(text, "F2 View");
		if (!f2)
			continue;
		int column = (int)(f2 - text);
		assert_int_equal(spots_find(&spots, 0, column), KEY_F2);
		assert_int_equal(spots_find(&spots, 0, column + 6), KEY_F2);
		assert_int_equal(spots_find(&spots, 0, column - 1), KEY_NONE);
		assert_int_equal(spots_find(&spots, 1, column), KEY_NONE);
	}
}

static void every_key_of_the_bar_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; help_key(i); i++) {
		const char *text = help_key(i)->bar;
		if (text)
			assert_int_not_equal(keys_named(text,
			                                strcspn(text, " ")),
			                     KEY_NONE);
	}
	assert_int_equal(keys_named("F", 1), KEY_NONE);
	assert_int_equal(keys_named("", 0), KEY_NONE);
}

static void help_is_whole_on_narrow_screens(void **state)
{
	const struct command_row *command;
	(void)state;
	for (int width = 80; width >= 40; width -= 20) {
		resize(240, width);
		screen_erase();
		help_draw(240, 0, "");
		finish(0, 0);
		for (size_t i = 0; (command = command_row(i)); i++) {
			const char *space = strrchr(command->help, ' ');
			assert_true(is_seen(space ? space + 1
			                          : command->help));
		}
		assert_true(is_seen("them"));
	}
}

static void a_list_says_what_it_leaves_out(void **state)
{
	char *words[] = { "connect", "con\033", "close", "clear", "안녕" };
	struct list l = { 0 };
	(void)state;
	resize(4, 20);
	list_set(&l, words, 5, 0);
	assert_int_equal(list_rows(&l, 20), 2);
	screen_erase();
	list_draw(&l, 0, 2, 20);
	finish(3, 0);
	assert_string_equal(row(0), "connect  con^[");
	assert_string_equal(row(1), "close  clear  안녕");
	screen_erase();
	list_draw(&l, 0, 1, 20);
	finish(3, 0);
	assert_non_null(strstr(row(0), "3 more"));
	list_clear(&l);
	assert_int_equal(list_rows(&l, 20), 0);
}

static const char *draw_list(struct list *l)
{
	screen_erase();
	list_draw(l, 0, 1, 20);
	finish(3, 0);
	return row(0);
}

static void the_same_list_again_is_its_next_page(void **state)
{
	char *words[] = { "connect", "con\033", "close", "clear", "view" };
	struct list l = { 0 };
	(void)state;
	resize(4, 20);
	list_set(&l, words, 5, 0);
	draw_list(&l);
	list_begin_key(&l);
	list_set(&l, words, 5, 0);
	list_end_key(&l);
	assert_string_equal(draw_list(&l), "close  clear  view");
	list_set(&l, words, 5, 0);
	assert_non_null(strstr(draw_list(&l), "connect  con"));
	list_set(&l, words, 4, 0); /* another list begins at its begin */
	assert_non_null(strstr(draw_list(&l), "connect  con"));
	list_begin_key(&l);
	list_end_key(&l);
	assert_int_equal(l.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void colours_come_and_go_while_it_runs(void **state)
{
	struct bytes out = { 0 };
	(void)state;
	screen_put(0, 0, "x", 1, STYLE_ERROR);
	finish(0, 0);
	screen_set_colored(false);
	screen_erase();
	screen_put(0, 0, "x", 1, STYLE_ERROR);
	screen_redraw();
	assert_int_equal(screen_finish(0, 0, &out), 0);
	assert_null(strstr(bytes_text(&out), "38;5;"));
	bytes_clear(&out);
	screen_set_colored(true);
	screen_erase();
	screen_put(0, 0, "x", 1, STYLE_ERROR);
	assert_int_equal(screen_finish(0, 0, &out), 0);
	assert_non_null(strstr(bytes_text(&out), "38;5;"));
	bytes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_terminal_of_any_height_scrolls_all_of_itself),
		TEST(telling_what_scrolls_is_followed_by_a_whole_frame),
		TEST(nothing_moves_the_cursor_before_the_screen_is_entered),
		TEST(ctrl_l_paints_everything_anew),
		TEST(a_terminal_that_cannot_is_refused_in_words),
		TEST(what_does_not_fit_the_row_is_cut_whole),
		TEST(the_cursor_is_where_the_next_key_goes),
		TEST(a_full_row_has_the_cursor_on_the_next),
		TEST(a_wide_character_takes_the_cursor_to_its_row),
		TEST(a_newline_in_the_line_is_seen_and_breaks_it),
		TEST(readlines_own_prompt_takes_the_place_of_ours),
		TEST(a_long_line_is_drawn_from_the_row_asked_for),
		TEST(help_lists_every_key_and_every_command),
		TEST(the_bar_fits_and_its_keys_can_be_clicked),
		TEST(every_key_of_the_bar_is_known),
		TEST(help_is_whole_on_narrow_screens),
		TEST(a_list_says_what_it_leaves_out),
		TEST(the_same_list_again_is_its_next_page),
		TEST(colours_come_and_go_while_it_runs),
	};
	begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
