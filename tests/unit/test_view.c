/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The transcript on the screen, as a terminal that somebody else wrote shows
 * it. */

#include <sockchat/fates.h>
#include <sockchat/glyph.h>

#include "entry_piece.h"
#include "../../src/chat/chat_private.h"
#include "../../src/tui/status.h"
#include "screen_scene.h"

static const char *look(int i, int column)
{
	return fake_screen_look(terminal, i, column);
}

/* What is shown */

static void a_message_stands_behind_its_mark(void **state)
{
	(void)state;
	say(ENTRY_OUT, "hello\n", 6);
	hear("안녕! e\xcc\x81\r\n");
	chat_note(chat, "connected", "connected");
	paint();
	assert_string_equal(row(0), "> hello\\n");
	assert_string_equal(row(1), "< 안녕! e\xcc\x81\\r\\n");
	assert_string_equal(row(2), "* connected");
	assert_string_equal(row(3), "");
	assert_string_equal(fake_screen_state(terminal), UP);
}

static void sent_and_received_differ_in_colour_as_well(void **state)
{
	char sent[32];
	(void)state;
	say(ENTRY_OUT, "a", 1);
	hear("a");
	paint();
	snprintf(sent, sizeof(sent), "%s", look(0, 0));
	assert_string_not_equal(sent, look(1, 0));
	assert_string_not_equal(sent, "");
}

static void an_escaped_form_does_not_look_like_typed_text(void **state)
{
	char real[32];
	(void)state;
	hear("\033");
	hear("^[");
	paint();
	assert_string_equal(row(0), "< ^[");
	assert_string_equal(row(1), "< ^[");
	snprintf(real, sizeof(real), "%s", look(0, 2));
	assert_string_not_equal(real, look(1, 2));
}

static void without_colours_the_attributes_are_left(void **state)
{
	struct error e;
	(void)state;
	screen_close();
	assert_int_equal(screen_open("xterm-256color", rows, columns, false,
	                             &e), 0);
	hear("\033x");
	paint();
	assert_string_equal(look(0, 2), "underline");
	assert_string_equal(look(0, 4), "");
	assert_string_equal(look(0, 0), "bold");
}

/* Their numbers are there as well. */
static void peers_have_colours_of_their_own(void **state)
{
	char first[32], other[32];
	(void)state;
	chat->own->shows_numbers = true;
	hear("one\n");
	transcript_append(chat->transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, .session = 12,
		.flags = ENTRY_COMPLETE, .bytes = (const uint8_t *)"x\n",
		.len = 2,
	});
	say(ENTRY_OUT, "two\n", 4);
	paint();
	assert_string_equal(row(0), " 1 < one\\n");
	assert_string_equal(row(1), "12 < x\\n");
	snprintf(first, sizeof(first), "%s", look(0, 1));
	assert_string_equal(first, "color32");
	assert_string_equal(look(0, 3), first);
	snprintf(other, sizeof(other), "%s", look(1, 0));
	assert_string_equal(look(1, 3), other);
	assert_string_not_equal(first, other);
	assert_string_equal(look(2, 1), first);
	assert_string_equal(look(2, 3), "bold color28");
	resize(6, 12);
	paint();
	assert_string_equal(row(0), "< one\\n");
	assert_string_equal(look(0, 0), first);
}

/* What `term` has of colours, the signs that matter are seen. */
static void terminals_with_fewer_colours_show_the_same(void **state)
{
	static const char *const terms[][4] = {
		{ "xterm", "cyan", "underline magenta", "red" },
		{ "linux", "cyan", "magenta", "red" },
		{ "screen", "cyan", "underline magenta", "red" },
		{ "screen-256color", "bold color31", "underline color133",
		  "bold color160" },
		{ "vt100", "bold", "underline", "bold" },
		{ "vt220", "bold", "underline", "bold" },
	};
	struct error e;
	(void)state;
	hear("\033x");
	error_set(&e, "it failed");
	chat_error(chat, &e);
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		screen_close();
		fake_screen_free(terminal);
		terminal = fake_screen_new(rows, columns);
		assert_int_equal(screen_open(terms[i][0], rows, columns, true,
		                             &e), 0);
		screen_erase();
		view_draw(&view, 0, rows);
		struct bytes out = { 0 };
		assert_int_equal(screen_finish(0, 0, &out), 0);
		fake_screen_feed(terminal, out.data, out.len);
		bytes_finish(&out);
		assert_string_equal(row(0), "< ^[x");
		assert_string_equal(look(0, 0), terms[i][1]);
		assert_string_equal(look(0, 2), terms[i][2]);
		assert_string_equal(look(1, 2), terms[i][3]);
	}
}

static void a_row_that_goes_on_stands_under_the_content(void **state)
{
	(void)state;
	resize(6, 22);
	hear("abcdefghijklmnopqrstuvwxyz\nnext");
	paint();
	assert_string_equal(row(0), "< abcdefghijklmnopqrst");
	assert_string_equal(row(1), "  uvwxyz\\n");
	assert_string_equal(row(2), "  next");
}

static void all_views_show_the_same_message(void **state)
{
	(void)state;
	resize(6, 80);
	hear("hi\xff\n");
	paint();
	assert_string_equal(row(0), "< hi\\xff\\n");
	chat->options->view = VIEW_HEX;
	paint();
	assert_string_equal(row(0), "< 4 bytes");
	assert_non_null(strstr(row(1), "  0000  68 69 ff 0a "));
	chat->options->view = VIEW_MIXED;
	paint();
	assert_string_equal(row(0), "< hi\\xff\\n");
	assert_non_null(strstr(row(1), "  0000  68 69 ff 0a "));
	chat->options->view = VIEW_TEXT;
	chat->options->endings = false;
	paint();
	assert_string_equal(row(0), "< hi\\xff");
	assert_string_equal(row(1), "");
}

static void an_unfinished_message_is_completed_in_place(void **state)
{
	uint64_t seq = transcript_append(chat->transcript, &(struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.bytes = (const uint8_t *)"\xec\x95\x88\xeb", .len = 4,
	});
	(void)state;
	paint();
	assert_string_equal(row(0), "< 안\\xeb");
	transcript_extend(chat->transcript, seq, ENTRY_PIECE("\x85\x95", 2, 0));
	paint();
	assert_string_equal(row(0), "< 안녕");
	transcript_extend(chat->transcript, seq,
	                  ENTRY_PIECE("\xeb", 1, ENTRY_COMPLETE));
	paint();
	assert_string_equal(row(0), "< 안녕\\xeb");
}

static void cleared_entries_are_not_shown(void **state)
{
	(void)state;
	hear_numbers(1, 4);
	view.cleared_seq = transcript_end(chat->transcript) - 1;
	paint();
	assert_string_equal(row(0), "< line 3\\n");
	assert_string_equal(row(1), "");
	view_scroll(&view, -10, rows);
	paint();
	assert_string_equal(row(0), "< line 3\\n");
}

static void a_repaint_of_the_same_is_no_bytes(void **state)
{
	(void)state;
	hear_numbers(0, 20);
	hear("안녕 \033[31m e\xcc\x81 \xff\t\r\n");
	assert_true(paint() > 0);
	assert_int_equal(paint(), 0);
	view_scroll(&view, -3, rows);
	assert_true(paint() > 0);
	assert_int_equal(paint(), 0);
}

/* Scrolling */

static void the_newest_is_at_the_bottom(void **state)
{
	(void)state;
	hear_numbers(0, 10);
	paint();
	assert_string_equal(row(0), "< line 4\\n");
	assert_string_equal(row(5), "< line 9\\n");
	hear_numbers(10, 11);
	paint();
	assert_string_equal(row(5), "< line 10\\n");
}

static void new_entries_never_move_a_scrolled_view(void **state)
{
	(void)state;
	hear_numbers(0, 10);
	paint();
	view_scroll(&view, -3, rows);
	paint();
	assert_string_equal(row(0), "< line 1\\n");
	assert_int_equal(view_below(&view), 0);
	hear_numbers(10, 22);
	assert_int_equal(paint(), 0);
	assert_int_equal(view_below(&view), 12);
	view_go_end(&view);
	paint();
	assert_int_equal(view_below(&view), 0);
	assert_string_equal(row(5), "< line 21\\n");
}

static void what_has_been_seen_is_not_new_below(void **state)
{
	(void)state;
	hear_numbers(0, 2);
	view_go_top(&view);
	paint();
	hear_numbers(2, 4);
	paint();
	assert_string_equal(row(3), "< line 3\\n");
	assert_int_equal(view_below(&view), 0);
	hear_numbers(4, 10);
	paint();
	assert_int_equal(view_below(&view), 4);
	view_scroll(&view, 2, rows);
	paint();
	assert_int_equal(view_below(&view), 2);
}

static void scrolling_to_the_end_follows_again(void **state)
{
	(void)state;
	hear_numbers(0, 10);
	paint();
	view_scroll(&view, -3, rows);
	assert_true(view.is_scrolled);
	view_scroll(&view, 2, rows);
	assert_true(view.is_scrolled);
	view_scroll(&view, 1, rows);
	assert_false(view.is_scrolled);
	view_scroll(&view, 5, rows);
	assert_false(view.is_scrolled);
}

static void a_screen_that_shows_all_does_not_scroll(void **state)
{
	(void)state;
	hear_numbers(0, 3);
	paint();
	view_scroll(&view, -3, rows);
	assert_false(view.is_scrolled);
	assert_int_equal(paint(), 0);
}

static void the_oldest_and_the_newest_are_a_key_away(void **state)
{
	(void)state;
	hear_numbers(0, 100);
	view_go_top(&view);
	paint();
	assert_string_equal(row(0), "< line 0\\n");
	view_go_end(&view);
	paint();
	assert_string_equal(row(5), "< line 99\\n");
}

static void a_message_longer_than_the_screen_scrolls_by_rows(void **state)
{
	char text[200];
	(void)state;
	for (int i = 0; i < 100; i++)
		memcpy(text + 2 * i, i % 10 ? ".." : "ab", 2);
	resize(4, 12);
	uint64_t seq = say(ENTRY_IN, text, sizeof(text)); /* 20 rows of 10 */
	assert_int_equal(folds_say(&view.folds, seq, FOLD_OPEN), 0);
	paint();
	assert_true(view.top_row == 16);
	view_scroll(&view, -1, rows);
	paint();
	assert_true(view.top_row == 15);
	view_scroll(&view, -100, rows);
	paint();
	assert_string_equal(row(0), "< ab........");
	assert_string_equal(row(1), "  ..........");
}

static void the_position_survives_a_change_of_view_and_size(void **state)
{
	(void)state;
	hear_numbers(0, 50);
	paint();
	view_scroll(&view, -20, rows);
	paint();
	assert_string_equal(row(0), "< line 24\\n");
	chat->options->view = VIEW_MIXED;
	paint();
	assert_string_equal(row(0), "< line 24\\n");
	chat->options->view = VIEW_TEXT;
	resize(3, 20);
	paint();
	assert_string_equal(row(0), "< line 24\\n");
	resize(10, 60);
	paint();
	assert_string_equal(row(0), "< line 24\\n");
}

static void a_position_in_what_became_shorter_is_its_last_row(void **state)
{
	(void)state;
	resize(4, 12);
	hear("a message of some rows, and here is its end");
	hear_numbers(0, 5);
	view_go_top(&view);
	view_scroll(&view, 3, rows);
	paint();
	assert_string_equal(row(0), "  re is its");
	resize(4, 30);
	paint();
	assert_string_equal(row(0), "  here is its end");
	assert_string_equal(row(1), "< line 0\\n");
}

/* The transcript is as small as it can be: a chunk after the other goes. */
static void hear_until_dropped(void)
{
	uint64_t before = transcript_sums(chat->transcript).dropped;
	while (transcript_sums(chat->transcript).dropped == before)
		hear("this takes some room in the transcript\n");
}

static void what_was_dropped_is_told_at_the_top(void **state)
{
	(void)state;
	resize(6, 70);
	hear_until_dropped();
	paint();
	assert_null(strstr(row(0), "dropped"));
	view_go_top(&view);
	paint();
	assert_memory_equal(row(0), "* ", 2);
	assert_non_null(strstr(row(0), "older entries dropped"));
	assert_memory_equal(row(1), "< this takes", 12);
}

static void a_position_that_was_dropped_becomes_the_oldest(void **state)
{
	(void)state;
	resize(6, 70);
	hear_numbers(0, 10);
	view_go_top(&view);
	paint();
	assert_string_equal(row(0), "< line 0\\n");
	hear_until_dropped();
	hear_until_dropped();
	paint();
	assert_non_null(strstr(row(0), "older entries dropped"));
	assert_memory_equal(row(1), "< this takes", 12);
}

/* Strangers */

static const char *const hostile[] = {
	"\033[2J\033[H\033[31;7mred\033]0;title\007",
	"\033]52;c;aGk=\007\033P+q\033\\\033_x\033\\",
	"\xc2\x9b" "31m\xc2\x9d" "0;t\xc2\x9c\xc2\x85",
	"\x9b" "31m \x9d" "0;t\x9c \x84\x85\x88\x8d",
	"AB\rC\bD\vE\fF\tG\177",
	"\016\017\005\007\021\023\030\032",
	"\xe2\x80\xae" "abc\xe2\x81\xa6" "def\xe2\x80\x8b\xef\xbb\xbf",
	"\xcc\x81\xcc\x81 first",
	"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
	"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9",
	"\xef\xb7\x90\xf3\xa0\x80\x81",
	"\xed\xa0\x80 \xc0\xaf \xf4\x90\x80\x80 \xf8\x88",
	"\xe3\x85\xa4|\xc2\xad|",
	"\033[?1049l\033[?1000h\033[?25l\033c", "%s%n%99999d", "\r\n\r\n\n\r\r",
};

static void nothing_a_peer_sends_reaches_the_terminal(void **state)
{
	(void)state;
	resize(24, 60);
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		hear(hostile[i]);
	for (int i = 0; i < VIEW_COUNT; i++) {
		chat->options->view = i;
		paint();
		for (int by = 0; by < 30; by++) {
			view_scroll(&view, -1, rows);
			paint();
		}
		view_go_end(&view);
		assert_string_equal(fake_screen_state(terminal), UP);
	}
}

static void in_ascii_a_peers_bytes_are_shown_as_ascii(void **state)
{
	(void)state;
	view.glyph_flags = GLYPH_ASCII;
	hear("안\n");
	paint();
	assert_string_equal(row(0), "< \\xec\\x95\\x88\\n");
}

/* Every size */

static void any_size_is_fine(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		hear(hostile[i]);
	hear_numbers(0, 30);
	static struct pace pace;
	static struct spots spots;
	struct status status = {
		.chat = chat, .below = 3, .mode = "vi", .notice = "take care",
		.draft = "", .moment = "",
		.pace = &pace,
	};
	for (int i = 0; i < 3 * 12 * 12; i++) {
		chat->options->view = i % 3;
		resize(1 + i / 36, 1 + i / 3 % 12);
		screen_erase();
		view_draw(&view, 0, rows - 1);
		status_draw(&status, rows - 1, &spots);
		finish(rows - 1, 0);
		view_scroll(&view, i % 5 - 2, rows);
		assert_string_equal(fake_screen_state(terminal), UP);
	}
	resize(6, 40);
	view_go_end(&view);
	chat->options->view = VIEW_TEXT;
	paint();
	assert_string_equal(row(5), "< line 29\\n");
}

static int leave_view(void **state)
{
	view_finish(&view);
	return tear_down(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, leave_view)

static void a_quiet_one_shows_what_is_said_and_errors(void **state)
{
	struct options quiet = { .quiet = true, .time = TIME_OFF };
	struct options *loud = chat->options;
	struct error e;
	(void)state;
	chat->options = &quiet;
	hear("first");
	transcript_append(chat->transcript, &(struct entry){
		.kind = ENTRY_STATE, .session = 1,
		.bytes = (const uint8_t *)"hushed", .len = 6,
	});
	error_set(&e, "an error");
	chat_error(chat, &e);
	paint();
	assert_string_equal(row(0), "< first");
	assert_string_equal(row(1), "! an error");
	view_scroll(&view, -1, rows);
	paint();
	assert_string_equal(row(0), "< first");
	chat->options = loud;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_quiet_one_shows_what_is_said_and_errors),
		TEST(a_message_stands_behind_its_mark),
		TEST(sent_and_received_differ_in_colour_as_well),
		TEST(an_escaped_form_does_not_look_like_typed_text),
		TEST(without_colours_the_attributes_are_left),
		TEST(peers_have_colours_of_their_own),
		TEST(terminals_with_fewer_colours_show_the_same),
		TEST(a_row_that_goes_on_stands_under_the_content),
		TEST(all_views_show_the_same_message),
		TEST(an_unfinished_message_is_completed_in_place),
		TEST(cleared_entries_are_not_shown),
		TEST(a_repaint_of_the_same_is_no_bytes),
		TEST(the_newest_is_at_the_bottom),
		TEST(new_entries_never_move_a_scrolled_view),
		TEST(what_has_been_seen_is_not_new_below),
		TEST(scrolling_to_the_end_follows_again),
		TEST(a_screen_that_shows_all_does_not_scroll),
		TEST(the_oldest_and_the_newest_are_a_key_away),
		TEST(a_message_longer_than_the_screen_scrolls_by_rows),
		TEST(the_position_survives_a_change_of_view_and_size),
		TEST(a_position_in_what_became_shorter_is_its_last_row),
		TEST(what_was_dropped_is_told_at_the_top),
		TEST(a_position_that_was_dropped_becomes_the_oldest),
		TEST(nothing_a_peer_sends_reaches_the_terminal),
		TEST(in_ascii_a_peers_bytes_are_shown_as_ascii),
		TEST(any_size_is_fine),
	};
	begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
