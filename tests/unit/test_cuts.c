/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Characters of ours that a peer got in two reads, when it dies of that. */

#include "unit.h"

#include <sockchat/cuts.h>

#define MS INT64_C(1000000)

static struct cuts cuts;
static int64_t clock_ns;

static int start(void **state)
{
	(void)state;
	cuts = (struct cuts){ .sent = 0 };
	clock_ns = 1000 * MS;
	return 0;
}

/* Of a copy, so that not one byte behind them can be looked at. */
static void write_all(const char *bytes, size_t len, size_t step)
{
	uint8_t *copy = malloc(len);
	memcpy(copy, bytes, len);
	for (size_t at = 0; at < len; at += step)
		cuts_out(&cuts, copy + at, step < len - at ? step : len - at,
		         len - at, step < len, clock_ns);
	free(copy);
}

static void write_message(const char *bytes, size_t len)
{
	cuts_begin(&cuts, clock_ns);
	write_all(bytes, len, len);
}

static void write_text(const char *text)
{
	write_message(text, strlen(text));
}

static void drip(const char *text, size_t step)
{
	cuts_begin(&cuts, clock_ns);
	write_all(text, strlen(text), step);
}

/* `count` times this text. */
static void write_many(const char *text, size_t count)
{
	size_t len = strlen(text);
	char *all = malloc(len * count);
	for (size_t i = 0; i < count; i++)
		memcpy(all + i * len, text, len);
	write_message(all, len * count);
	free(all);
}

/* What the end is told as; "" for nothing. */
static const char *told(bool is_reset, bool is_whole)
{
	static char text[256];
	const struct cut *cut = cuts_end(&cuts, is_reset, is_whole, clock_ns);
	*text = '\0';
	if (cut)
		cut_text(text, sizeof(text), cut);
	return text;
}

static void assert_told(const char *what, bool is_reset, bool is_whole)
{
	char expected[256];
	snprintf(expected, sizeof(expected), "it closed after %s", what);
	assert_string_equal(told(is_reset, is_whole), expected);
}

static void who_closes_in_the_middle_of_a_drip_died_of_it(void **state)
{
	(void)state;
	write_all("안녕!", 1, 1);
	assert_told("ec, the 1st of 3 bytes of a character", false, false);
	start(NULL);
	drip("안녕!\n", 5); /* the rest is still to be sent */
	assert_told("eb 85, the 2nd of 3 bytes of 녕", false, false);
	start(NULL);
	drip("😀\n", 3);
	assert_told("f0 9f 98, the 3rd of 4 bytes of 😀", true, true);
}

static void the_first_piece_kills_whatever_was_sent_since(void **state)
{
	(void)state;
	drip("hi 안녕!\n", 1);
	assert_told("ec, the 1st of 3 bytes of 안", true, true);
}

static void a_character_in_two_messages_is_put_together(void **state)
{
	(void)state;
	write_text("\xec");
	clock_ns += 500 * MS;
	write_text("\x95\x88");
	assert_told("ec, the 1st of 3 bytes of 안", true, true);
}

static void who_read_all_of_it_and_closes_is_not_blamed(void **state)
{
	(void)state;
	drip("안녕!\n", 1);
	assert_string_equal(told(false, true), "");
	start(NULL);
	write_text("안녕!\n");
	assert_string_equal(told(true, true), "");
}

static void who_answers_has_survived(void **state)
{
	(void)state;
	drip("안", 1);
	cuts.come += 3;
	assert_string_equal(told(true, true), "");
	start(NULL);
	drip("hi 안", 1);
	cuts.come += 3; /* to what went before */
	assert_told("ec, the 1st of 3 bytes of 안", true, true);
}

static void who_dies_later_died_of_something_else(void **state)
{
	(void)state;
	write_text("\xec");
	clock_ns += 3001 * MS;
	assert_string_equal(told(false, true), "");
	start(NULL);
	write_many("안", 700);
	clock_ns += 3001 * MS;
	assert_string_equal(told(true, true), "");
}

/* The system took a part, because it is full: the peer read none of it. */
static void a_write_that_is_cut_short_is_no_piece(void **state)
{
	(void)state;
	cuts_out(&cuts, (const uint8_t *)"안녕", 4, 6, false, clock_ns);
	assert_string_equal(told(true, false), "");
}

static void bytes_that_are_no_text_are_no_characters(void **state)
{
	(void)state;
	write_message("\x16\x03\x01\xec", 4);
	assert_string_equal(told(false, true), "");
	start(NULL);
	write_text("caf\xe9");
	write_text("s\n");
	assert_string_equal(told(true, true), "");
	start(NULL);
	write_text("caf\xc0");
	assert_string_equal(told(true, true), "");
	start(NULL);
	write_many("\xff\xec\x95\x88", 700);
	assert_string_equal(told(true, true), "");
}

static void a_reset_after_a_long_line_tells_where_a_read_ends(void **state)
{
	(void)state;
	write_many("안", 667);
	assert_string_equal(told(true, true),
	                    "it closed after ec, the 1st of 3 bytes of 안 "
	                    "(byte 1024 "
	                    "of what you sent, where a recv(1024) ends)");
	start(NULL);
	write_many("안", 300);
	assert_non_null(strstr(told(true, true), "byte 512 of what you sent"));
}

static void an_echo_tells_which_read_it_was(void **state)
{
	char text[2050];
	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + 2046, "안", 3);
	write_message(text, sizeof(text));
	cuts.come += 1024;
	assert_non_null(strstr(told(true, true),
	                       "after ec 95, the 2nd of 3 bytes of 안"));
	assert_non_null(strstr(told(true, true), "byte 2048"));
	cuts.come += 1;
	assert_string_equal(told(true, true), "");
}

static void where_no_read_ends_in_a_character_nothing_is_told(void **state)
{
	char text[4000];
	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + 1021, "안", 3);
	write_message(text, sizeof(text));
	assert_string_equal(told(true, true), "");
}

static void an_orderly_end_after_a_long_line_is_told_as_nothing(void **state)
{
	(void)state;
	write_many("안", 667);
	assert_string_equal(told(false, true), "");
	assert_non_null(strstr(told(true, true), "byte 1024"));
}

static void what_is_sent_after_the_end_kills_nobody(void **state)
{
	(void)state;
	assert_string_equal(told(false, true), "");
	write_many("안", 667);
	drip("안", 1);
	assert_string_equal(told(true, true), "");
}

static void each_message_to_a_peer_at_rest_counts_anew(void **state)
{
	(void)state;
	write_text("hello\n");
	cuts.come += 6;
	write_many("안", 667);
	assert_non_null(strstr(told(true, true), "byte 1024"));
	start(NULL);
	write_text("hello\n"); /* and no answer */
	clock_ns += 200 * MS;
	write_many("안", 667);
	assert_non_null(strstr(told(true, true), "byte 1024"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, start)
	const struct CMUnitTest tests[] = {
		TEST(who_closes_in_the_middle_of_a_drip_died_of_it),
		TEST(the_first_piece_kills_whatever_was_sent_since),
		TEST(a_character_in_two_messages_is_put_together),
		TEST(who_read_all_of_it_and_closes_is_not_blamed),
		TEST(who_answers_has_survived),
		TEST(who_dies_later_died_of_something_else),
		TEST(a_write_that_is_cut_short_is_no_piece),
		TEST(bytes_that_are_no_text_are_no_characters),
		TEST(a_reset_after_a_long_line_tells_where_a_read_ends),
		TEST(an_echo_tells_which_read_it_was),
		TEST(where_no_read_ends_in_a_character_nothing_is_told),
		TEST(an_orderly_end_after_a_long_line_is_told_as_nothing),
		TEST(what_is_sent_after_the_end_kills_nobody),
		TEST(each_message_to_a_peer_at_rest_counts_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
