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
	hits = hits_new(pattern);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_hits_of_an_entry_are_listed),
		cmocka_unit_test(an_entry_is_searched_once_until_it_grows),
		cmocka_unit_test(entries_that_share_a_place_are_searched_anew),
		cmocka_unit_test(hits_of_many_long_entries_are_not_all_kept),
		cmocka_unit_test(an_entry_that_takes_too_long_has_no_hits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
