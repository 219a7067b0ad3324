/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries that were loaded from a file beside those of today. */

#include <sockchat/filter.h>
#include <sockchat/format.h>
#include <sockchat/recut.h>

#include "entry_at.h"
#include "unit.h"

#define OLD(n)      (ENTRY_OLD_SESSION | (n))
#define THAT_DAY_US INT64_C(1767323045678901) /* 2026-01-02 03:04:05 */
#define DAY_US      (INT64_C(86400) * 1000000)

static struct transcript *t;

static int set_up(void **state)
{
	(void)state;
	t = transcript_new(0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	transcript_free(t);
	return 0;
}

static struct entry message(uint32_t session, enum entry_dir dir,
                            const char *text, int64_t wall_us)
{
	return (struct entry){
		.seq = 1,
		.time = { wall_us, wall_us * 1000 },
		.session = session,
		.kind = ENTRY_MESSAGE,
		.dir = (uint8_t)dir,
		.flags = ENTRY_COMPLETE |
		         (dir == ENTRY_OUT ? ENTRY_BY_HAND : 0),
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.peer = "h:1",
		.local = "",
		.code = "",
		.hint = "",
	};
}

static uint64_t add(uint32_t session, enum entry_dir dir, const char *text,
                    int64_t wall_us)
{
	struct entry e = message(session, dir, text, wall_us);
	return transcript_append(t, &e);
}

static const char *head_of(struct wrap_look look, uint32_t session)
{
	static struct wrap_head head;
	struct entry e = message(session, ENTRY_IN, "x", THAT_DAY_US);
	look.time = TIME_OFF;
	head = wrap_head(&look, &e, NULL);
	return head.text;
}

static void a_colon_stands_before_the_mark_of_an_old_one(void **state)
{
	(void)state;
	struct wrap_look look = { .shows_old = true };
	assert_string_equal(head_of(look, OLD(1)), ":< ");
	assert_string_equal(head_of(look, 1), " < ");
	look.shows_numbers = true;
	assert_string_equal(head_of(look, OLD(1)), ":1 < ");
	assert_string_equal(head_of(look, 1), " 1 < ");
	assert_string_equal(head_of(look, OLD(0)), " : < ");
	assert_string_equal(head_of(look, OLD(12)), ":12 < ");
}

static void no_time_passes_between_what_is_old_and_what_is_new(void **state)
{
	struct wrap_look look = { .time = TIME_DELTA };
	struct entry old = message(OLD(1), ENTRY_IN, "x", THAT_DAY_US);
	struct entry new = message(1, ENTRY_IN, "x", THAT_DAY_US + 1500000);
	(void)state;
	assert_string_equal(wrap_head(&look, &new, &old).text, "0.000000 < ");
	new.session = OLD(2);
	assert_string_equal(wrap_head(&look, &new, &old).text, "   1.500 < ");
	assert_string_equal(wrap_head(&look, &old, &new).text, "0.000000 < ");
}

static void json_has_its_number_and_says_that_it_is_old(void **state)
{
	struct entry e = message(OLD(2), ENTRY_OUT, "x", THAT_DAY_US);
	const struct wrap_look look = { .encode = ENCODE_AUTO };
	struct bytes out = { 0 };
	(void)state;
	assert_int_equal(format_entry(&out, FORMAT_JSON, &look, &e, 0), 0);
	assert_string_equal(bytes_text(&out), "{\"seq\":1,"
	                    "\"time\":\"2026-01-02T03:04:05.678901Z\","
	                    "\"session\":2,\"old\":true,\"kind\":\"message\","
	                    "\"dir\":\"out\",\"peer\":\"h:1\",\"len\":1,"
	                    "\"text\":\"x\",\"complete\":true}\n");
	bytes_finish(&out);
}

static void text_in_color_is_dim(void **state)
{
	struct entry e = message(OLD(1), ENTRY_IN, "x", THAT_DAY_US);
	const struct wrap_look look = { .is_colored = true, .time = TIME_OFF,
		                        .shows_old = true };
	struct bytes out = { 0 };
	(void)state;
	assert_int_equal(format_entry(&out, FORMAT_TEXT, &look, &e, 0), 0);
	assert_string_equal(bytes_text(&out),
	                    "\033[2m:< \033[0m\033[2mx\033[0m\n");
	bytes_finish(&out);
}

static bool filter_has(const char *words, uint32_t session, enum entry_dir dir)
{
	struct filter f = { .serial = 0 };
	struct entry e = message(session, dir, "x", THAT_DAY_US);
	struct error error;
	assert_int_equal(filter_set(&f, words, 1, NULL, &error), 0);
	bool shows = filter_shows(&f, &e);
	filter_finish(&f);
	return shows;
}

static void the_filter_tells_old_peers_from_those_of_today(void **state)
{
	(void)state;
	assert_true(filter_has("peer 1", 1, ENTRY_IN));
	assert_false(filter_has("peer 1", OLD(1), ENTRY_IN));
	assert_true(filter_has("peer :1", OLD(1), ENTRY_IN));
	assert_false(filter_has("peer :1", 1, ENTRY_IN));
	/* one's own new lines are always seen; old ones are not */
	assert_true(filter_has("in", 1, ENTRY_OUT));
	assert_false(filter_has("in", OLD(1), ENTRY_OUT));
}

static void assert_day(uint64_t seq, uint32_t session, const char *date)
{
	const struct entry *e = entry_at(t, seq);
	assert_string_equal(e->code, "day");
	assert_int_equal(e->session, session);
	assert_int_equal(e->len, 10);
	assert_memory_equal(e->bytes, date, 10);
}

static void the_date_of_an_old_day_is_told_and_that_of_today_again(void **state)
{
	(void)state;
	add(OLD(1), ENTRY_IN, "old", THAT_DAY_US);
	add(OLD(1), ENTRY_IN, "older", THAT_DAY_US + 1);
	add(1, ENTRY_IN, "new", THAT_DAY_US + DAY_US);
	assert_day(1, OLD(0), "2026-01-02");
	assert_int_equal(entry_at(t, 2)->len, 3);
	assert_int_equal(entry_at(t, 3)->len, 5);
	assert_day(4, 0, "2026-01-03");
	assert_int_equal(transcript_end(t), 6);
}

static void recut_as(const char *spec)
{
	struct frame f;
	struct error e;
	assert_int_equal(frame_parse(&f, spec, &e), 0);
	struct recut *r = recut_new(t, &f, &f);
	assert_non_null(r);
	while (recut_step(r, SECOND_NS) > 0)
		;
	recut_finish(r);
	recut_free(r);
}

static void assert_message(uint64_t seq, uint32_t session, const char *text)
{
	const struct entry *e = entry_at(t, seq);
	assert_int_equal(e->kind, ENTRY_MESSAGE);
	assert_int_equal(e->session, session);
	assert_int_equal(e->len, strlen(text));
	assert_memory_equal(e->bytes, text, e->len);
}

static void another_frame_cuts_old_ones_apart_from_new_ones(void **state)
{
	(void)state;
	add(1, ENTRY_IN, "today\n", THAT_DAY_US);
	add(OLD(1), ENTRY_IN, "ab\ncd", THAT_DAY_US);
	add(1, ENTRY_IN, "and today\n", THAT_DAY_US);
	recut_as("line");
	uint64_t first = transcript_first(t);
	assert_message(first, 1, "today\n");
	assert_message(first + 1, OLD(1), "ab\n");
	assert_message(first + 2, OLD(1), "cd");
	assert_message(first + 3, 1, "and today\n");
	assert_int_equal(transcript_end(t), first + 4);
}

/* The rest of an old message came a minute later, as it was recorded. */
static void the_rest_of_an_old_one_stands_before_what_is_new(void **state)
{
	struct stamp later = { THAT_DAY_US + 60000000,
		               (THAT_DAY_US + 60000000) * 1000 };
	(void)state;
	uint64_t seq = add(OLD(1), ENTRY_IN, "a\n", THAT_DAY_US);
	transcript_part(t, seq, &later, true);
	assert_int_equal(transcript_extend(t, seq, &(struct entry_bytes){
		.bytes = "b\n", .len = 2, .flags = ENTRY_COMPLETE }), 0);
	add(1, ENTRY_IN, "new\n", THAT_DAY_US + 1000000);
	recut_as("line");
	uint64_t first = transcript_first(t) + 1; /* behind the day */
	assert_message(first, OLD(1), "a\n");
	assert_message(first + 1, OLD(1), "b\n");
	assert_message(first + 2, 1, "new\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_colon_stands_before_the_mark_of_an_old_one),
		TEST(no_time_passes_between_what_is_old_and_what_is_new),
		TEST(json_has_its_number_and_says_that_it_is_old),
		TEST(text_in_color_is_dim),
		TEST(the_filter_tells_old_peers_from_those_of_today),
		TEST(the_date_of_an_old_day_is_told_and_that_of_today_again),
		TEST(another_frame_cuts_old_ones_apart_from_new_ones),
		TEST(the_rest_of_an_old_one_stands_before_what_is_new),
	};
	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
