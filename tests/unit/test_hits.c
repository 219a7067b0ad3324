/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where a pattern is found in entries. */

#include <sockchat/hits.h>

#include "unit.h"

static struct pattern *pattern;
static struct hits *hits;

static void look_for(const char *text)
{
	struct error e;
	pattern = pattern_new(text, &e);
	assert_non_null(pattern);
	hits = hits_new(pattern, NULL);
	assert_non_null(hits);
}

static void finish(void)
{
	hits_free(hits);
	pattern_free(pattern);
}

static struct entry entry(uint64_t seq, const char *text)
{
	return (struct entry){
		.seq = seq,
		.kind = ENTRY_MESSAGE,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
	};
}

static void all_hits_of_an_entry_are_listed(void **state)
{
	struct entry e = entry(1, "ab-ab--abc");
	(void)state;
	look_for("ab");
	struct hit_list list = hits_of(hits, &e);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.hits[1].start, 3);
	assert_int_equal(list.hits[1].end, 5);
	assert_int_equal(hits_find(&list, 0), 0);
	assert_int_equal(hits_find(&list, 3), 1);
	assert_int_equal(hits_find(&list, 4), 2);
	assert_int_equal(hits_find(&list, 8), 3);
	finish();
}

/* An entry is searched once while its length stays the same. */
static void an_entry_is_searched_once_until_it_grows(void **state)
{
	char text[] = "x x";
	struct entry e = entry(7, text);
	(void)state;
	look_for("x");
	assert_int_equal(hits_of(hits, &e).count, 2);
	text[0] = '-';
	assert_int_equal(hits_of(hits, &e).count, 2);
	e.len = 2;
	assert_int_equal(hits_of(hits, &e).count, 0);
	finish();
}

static void entries_that_share_a_place_are_searched_anew(void **state)
{
	(void)state;
	look_for("x");
	for (int turn = 0; turn < 2; turn++)
		for (uint64_t seq = 1; seq < 1000; seq++) {
			struct entry e = entry(seq, seq % 3 ? "x" : "xx");
			assert_int_equal(hits_of(hits, &e).count,
			                 seq % 3 ? 1 : 2);
		}
	finish();
}

static void hits_of_many_long_entries_are_not_all_kept(void **state)
{
	static char text[60001];
	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	look_for("x");
	for (uint64_t seq = 1; seq < 60; seq++) {
		struct entry e = entry(seq, text);
		assert_int_equal(hits_of(hits, &e).count, 60000);
	}
	finish();
}

static void an_entry_that_takes_too_long_has_no_hits(void **state)
{
	struct entry e = entry(1, "!aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!");
	struct error error;
	(void)state;
	look_for("re:^!|(a+)+$");
	assert_int_equal(hits_of(hits, &e).count, 0);
	assert_true(pattern_gave_up(pattern, &error));
	finish();
}

/* A transcript of messages, and what is found in each: "0-2 5-7;" */
struct said {
	uint32_t session;
	uint8_t dir;
	const char *text;
};

static const char *found(const char *pattern_text, const struct said *said,
                         size_t count)
{
	static char out[256];
	struct transcript *t = transcript_new(1 << 20);
	struct error e;
	out[0] = '\0';
	pattern = pattern_new(pattern_text, &e);
	hits = hits_new(pattern, t);
	for (size_t i = 0; i < count; i++)
		transcript_append(t, &(struct entry){
			.kind = ENTRY_MESSAGE, .session = said[i].session,
			.dir = said[i].dir, .flags = ENTRY_COMPLETE,
			.bytes = (const uint8_t *)said[i].text,
			.len = strlen(said[i].text),
		});
	for (uint64_t seq = 1; seq <= count; seq++) {
		struct entry room;
		struct hit_list list =
		    hits_of(hits, transcript_at(t, seq, &room));
		for (size_t i = 0; i < list.count; i++)
			text_add(out, sizeof(out), "%s%u-%u", i ? " " : "",
			         list.hits[i].start, list.hits[i].end);
		text_add(out, sizeof(out), ";");
	}
	finish();
	transcript_free(t);
	return out;
}

#define FOUND(pattern, ...)                                           \
	found(pattern, (const struct said[]){ __VA_ARGS__ },          \
	      sizeof((const struct said[]){ __VA_ARGS__ }) /          \
	          sizeof(struct said))

static void a_hit_goes_on_in_the_next_message(void **state)
{
	(void)state;
	assert_string_equal(
	    FOUND("hello", { 1, ENTRY_IN, "xhel" }, { 1, ENTRY_IN, "lo" }),
	    "1-4;0-2;");
	assert_string_equal(
	    FOUND("HELlo", { 1, ENTRY_IN, "hel" }, { 1, ENTRY_IN, "lo" }),
	    ";;");
	assert_string_equal(
	    FOUND("hex:0a62", { 1, ENTRY_IN, "a\n" }, { 1, ENTRY_IN, "b\n" }),
	    "1-2;0-1;");
	assert_string_equal(
	    FOUND("re:h.l+o", { 1, ENTRY_IN, "hel hel" },
	          { 1, ENTRY_IN, "lo hello" }),
	    "4-7;0-2 3-8;");
	assert_string_equal(
	    FOUND("abcd", { 1, ENTRY_IN, "a" }, { 1, ENTRY_IN, "b" },
	          { 1, ENTRY_IN, "c" }, { 1, ENTRY_IN, "d" }),
	    "0-1;0-1;0-1;0-1;");
}

static void only_messages_of_one_stream_are_joined(void **state)
{
	(void)state;
	assert_string_equal(
	    FOUND("hello", { 1, ENTRY_IN, "hel" }, { 1, ENTRY_OUT, "lo" },
	          { 2, ENTRY_IN, "lo" }, { 1, ENTRY_IN, "lo" }),
	    "0-3;;;0-2;");
	assert_string_equal(
	    FOUND("hello", { 1, ENTRY_IN, "hel" }, { 2, ENTRY_IN, "lo" }),
	    ";;");
	/* an expression sees one line at a time, and each message as one */
	assert_string_equal(
	    FOUND("re:a\\s*b", { 1, ENTRY_IN, "a\n" }, { 1, ENTRY_IN, "b" }),
	    ";;");
	assert_string_equal(
	    FOUND("re:^b$", { 1, ENTRY_IN, "a" }, { 1, ENTRY_IN, "b" },
	          { 1, ENTRY_IN, "c" }),
	    ";0-1;;");
}

static void what_follows_later_makes_a_hit_of_it(void **state)
{
	struct transcript *t = transcript_new(1 << 20);
	struct entry room, draft = {
		.kind = ENTRY_MESSAGE, .session = 1, .dir = ENTRY_IN,
		.bytes = (const uint8_t *)"hel", .len = 3,
		.flags = ENTRY_COMPLETE,
	};
	struct error e;
	(void)state;
	pattern = pattern_new("hello", &e);
	hits = hits_new(pattern, t);
	transcript_append(t, &draft);
	assert_int_equal(hits_of(hits, transcript_at(t, 1, &room)).count, 0);
	draft.bytes = (const uint8_t *)"lo";
	draft.len = 2;
	transcript_append(t, &draft);
	assert_int_equal(hits_of(hits, transcript_at(t, 2, &room)).count, 1);
	assert_int_equal(hits_former(hits), 1);
	assert_int_equal(hits_of(hits, transcript_at(t, 1, &room)).count, 1);
	assert_int_equal(hits_former(hits), 0);
	finish();
	transcript_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_hits_of_an_entry_are_listed),
		cmocka_unit_test(an_entry_is_searched_once_until_it_grows),
		cmocka_unit_test(entries_that_share_a_place_are_searched_anew),
		cmocka_unit_test(hits_of_many_long_entries_are_not_all_kept),
		cmocka_unit_test(an_entry_that_takes_too_long_has_no_hits),
		cmocka_unit_test(a_hit_goes_on_in_the_next_message),
		cmocka_unit_test(only_messages_of_one_stream_are_joined),
		cmocka_unit_test(what_follows_later_makes_a_hit_of_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
