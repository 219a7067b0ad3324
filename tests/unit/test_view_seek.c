/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is looked for, filtered, chosen and bare, as the screen shows it. */

#include "recut_all.h"
#include "screen_scene.h"

#define ALL INT64_C(1000000000)

static const char *look(int at_row, int column, const char *attribute)
{
	return strstr(fake_screen_look(terminal, at_row, column), attribute);
}

static int leave(void **state)
{
	view_finish(&view);
	return tear_down(state);
}

static void set_filter(const char *words)
{
	struct error e;
	uint64_t next = transcript_end(chat->transcript);
	assert_int_equal(
	    filter_set(&chat->filter, words, next, NULL, &e), 0);
	assert_false(view_work(&view, ALL));
}

static void chatter(int count)
{
	char text[32];
	for (int i = 0; i < count; i++) {
		bool is_in = i % 3;
		snprintf(text, sizeof(text), "%s %d\n", is_in ? "in" : "out",
		         i);
		say(is_in ? ENTRY_IN : ENTRY_OUT, text, strlen(text));
	}
}

static void a_filter_shows_what_it_lets_through(void **state)
{
	(void)state;
	chatter(30);
	set_filter("out");
	paint();
	assert_string_equal(row(0), "> out 12\\n");
	assert_string_equal(row(5), "> out 27\\n");
	assert_int_equal(view_hidden(&view), 20);
	hear("more\n");
	say(ENTRY_OUT, "mine\n", 5);
	view_work(&view, ALL);
	paint();
	assert_string_equal(row(5), "> mine\\n");
	assert_int_equal(view_hidden(&view), 21);
	set_filter("off");
	paint();
	assert_string_equal(row(4), "< more\\n");
	assert_int_equal(view_hidden(&view), 0);
}

static void a_filtered_view_scrolls_over_what_it_shows(void **state)
{
	(void)state;
	chatter(60);
	set_filter("out");
	view_scroll(&view, -3, rows);
	paint();
	assert_string_equal(row(0), "> out 33\\n");
	view_go_top(&view);
	paint();
	assert_string_equal(row(0), "> out 0\\n");
	assert_string_equal(row(5), "> out 15\\n");
	say(ENTRY_OUT, "new\n", 4);
	hear("hidden\n");
	view_work(&view, ALL);
	assert_int_equal(view_below(&view), 1);
	for (int i = 0; i < 20; i++)
		view_scroll(&view, 1, rows);
	assert_false(view.is_scrolled);
	paint();
	assert_string_equal(row(5), "> new\\n");
}

static void the_place_stays_when_a_filter_comes_and_goes(void **state)
{
	(void)state;
	chatter(60);
	view_scroll(&view, -20, rows);
	paint();
	assert_string_equal(row(0), "< in 34\\n");
	set_filter("out");
	paint();
	assert_string_equal(row(0), "> out 36\\n");
	set_filter("off");
	paint();
	assert_string_equal(row(0), "> out 36\\n");
}

static void on_recut(void *user, const struct recut *r)
{
	(void)user;
	view_recut(&view, r);
}

static void the_same_bytes_stay_at_the_top_when_they_are_cut_anew(void **state)
{
	static struct transcript_listener l = { .on_recut = on_recut };
	(void)state;
	transcript_listen(chat->transcript, &l);
	hear_numbers(100, 160);
	view_scroll(&view, -20, rows);
	paint();
	assert_string_equal(row(0), "< line 134\\n");
	recut_all(chat->transcript, "fixed:27"); /* three lines each */
	paint();
	assert_string_equal(row(0), "  line 134\\n");
	assert_string_equal(row(2), "< line 136\\n");
	recut_all(chat->transcript, "line");
	paint();
	assert_string_equal(row(0), "< line 134\\n");
	assert_string_equal(row(5), "< line 139\\n");
	assert_int_equal(view_below(&view), 0);
	set_filter("text 5");
	recut_all(chat->transcript, "line");
	view_work(&view, ALL);
	paint();
	assert_string_equal(row(0), "< line 135\\n");
	assert_string_equal(row(1), "< line 145\\n");
}

static void nothing_to_show_is_an_empty_screen(void **state)
{
	(void)state;
	chatter(10);
	set_filter("text nowhere");
	paint();
	assert_string_equal(row(0), "");
	view_go_top(&view);
	view_scroll(&view, -5, rows);
	view_scroll(&view, 5, rows);
	paint();
	assert_string_equal(row(0), "");
	assert_int_equal(view_before(&view, 5), 0);
	assert_int_equal(view_next(&view, 5), 0);
}

static void the_position_is_told_in_hundredths(void **state)
{
	(void)state;
	chatter(100);
	assert_int_equal(view_percent(&view), 100);
	view_go_top(&view);
	assert_int_equal(view_percent(&view), 0);
	view_scroll(&view, 50, rows);
	assert_int_equal(view_percent(&view), 50);
}

static void an_entry_that_is_gone_to_stands_in_the_middle(void **state)
{
	(void)state;
	chatter(100);
	view_show(&view, 51, 0, rows);
	paint();
	assert_string_equal(row(3), "< in 50\\n");
	view_show(&view, 52, 0, rows); /* it is seen already */
	paint();
	assert_string_equal(row(3), "< in 50\\n");
	view_show(&view, 100, 0, rows);
	assert_false(view.is_scrolled);
}

static void a_place_within_a_long_message_is_shown(void **state)
{
	char text[2000];
	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + 1500, "here", 4);
	chatter(5);
	say(ENTRY_IN, text, sizeof(text));
	chatter(20);
	view_show(&view, 6, 1500, rows);
	paint();
	assert_non_null(strstr(row(3), "here"));
}

static void matches_are_marked_and_the_present_one_apart(void **state)
{
	struct error e;
	struct pattern *p = pattern_new("foo", &e);
	(void)state;
	hear("a foo\n");
	hear("foo bar\n");
	struct hits *hits = hits_new(p, NULL);
	view.hits = hits;
	view.hit_seq = 2;
	paint();
	assert_null(look(0, 3, "reverse"));
	for (int i = 4; i < 7; i++) {
		assert_non_null(look(0, i, "reverse"));
		assert_null(look(0, i, "bold"));
	}
	assert_null(look(0, 7, "reverse"));
	assert_non_null(look(1, 2, "bold"));
	view.hits = NULL;
	hits_free(hits);
	pattern_free(p);
}

static void the_chosen_entries_are_marked_to_the_edge(void **state)
{
	(void)state;
	hear("one\n");
	hear("two\n");
	hear("three\n");
	view.picked_first = 2;
	view.picked_last = 3;
	paint();
	for (int i = 0; i < columns; i++) {
		assert_null(look(0, i, "reverse"));
		assert_non_null(look(1, i, "reverse"));
		assert_non_null(look(2, i, "reverse"));
	}
}

static void the_bare_view_is_content_alone(void **state)
{
	(void)state;
	chat_note(chat, "paused", "not a message");
	hear("plain\n");
	say(ENTRY_OUT, "\a\n", 2);
	view.is_bare = true;
	paint();
	assert_string_equal(row(0), "plain");
	assert_string_equal(row(1), "^G");
	assert_null(look(1, 0, "reverse"));
	assert_string_equal(row(2), "");
}

/* Frames walk over what is seen, however much is hidden between. */
static void a_bare_view_finds_messages_among_many_hidden_entries(void **state)
{
	(void)state;
	hear("first\n");
	for (int i = 0; i < 2000; i++)
		chat_note(chat, "paused", "not a message");
	hear("second\n");
	view.is_bare = true;
	while (view_work(&view, 1000000000))
		;
	assert_non_null(view.shown);
	assert_int_equal(lens_entries(view.shown), 2);
	paint();
	assert_string_equal(row(0), "first");
	assert_string_equal(row(1), "second");
	view.is_bare = false;
	view_work(&view, 1000000000);
	assert_null(view.shown);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_filter_shows_what_it_lets_through),
		TEST(a_filtered_view_scrolls_over_what_it_shows),
		TEST(the_place_stays_when_a_filter_comes_and_goes),
		TEST(the_same_bytes_stay_at_the_top_when_they_are_cut_anew),
		TEST(nothing_to_show_is_an_empty_screen),
		TEST(the_position_is_told_in_hundredths),
		TEST(an_entry_that_is_gone_to_stands_in_the_middle),
		TEST(a_place_within_a_long_message_is_shown),
		TEST(matches_are_marked_and_the_present_one_apart),
		TEST(the_chosen_entries_are_marked_to_the_edge),
		TEST(the_bare_view_is_content_alone),
		TEST(a_bare_view_finds_messages_among_many_hidden_entries),
	};
	begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
