/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a SPEC of faults means, and what is said of one that is wrong. */

#include <sockchat/fault.h>
#include <sockchat/stamp.h>

#include "unit.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct fault_spec spec;

static int begin(void **state)
{
	(void)state;
	spec = (struct fault_spec){ .seed = { 0 } };
	return 0;
}

static void take(const char *text)
{
	struct error e;
	if (fault_parse(&spec, text, &e))
		fail_msg("\"%s\" was not taken: %s", text, e.text);
}

static void a_word_without_a_direction_is_for_both(void **state)
{
	(void)state;
	take("latency=200ms~50ms in:rate=10k out:slice=1,5ms limit=5s");
	for (int dir = 0; dir < FAULT_DIRS; dir++) {
		const struct fault_value *way = spec.ways[dir];
		assert_int_equal(way[FAULT_LATENCY].ns, 200 * MS_NS);
		assert_int_equal(way[FAULT_LATENCY].spread_ns, 50 * MS_NS);
		assert_int_equal(way[FAULT_LIMIT].ns, 5 * SECOND_NS);
		assert_int_equal(way[FAULT_RATE].is_on, dir == FAULT_IN);
		assert_int_equal(way[FAULT_SLICE].is_on, dir == FAULT_OUT);
	}
	assert_int_equal(spec.ways[FAULT_IN][FAULT_RATE].count, 10240);
	assert_int_equal(spec.ways[FAULT_OUT][FAULT_SLICE].count, 1);
	assert_int_equal(spec.ways[FAULT_OUT][FAULT_SLICE].ns, 5 * MS_NS);
}

static void what_is_told_of_a_spec_is_read_as_the_same(void **state)
{
	static const char *const same[] = {
		"off", "latency=200ms", "latency=2s~500ms", "rate=10k",
		"slice=1,5ms", "corrupt=0.001", "limit=0", "reset=5s",
		"stall=4097", "refuse=3", "in:latency=1s out:latency=2s",
		"latency=50ms rate=1M in:corrupt=1.0 out:limit=1 refuse=1 "
		"seed=7",
	};
	char text[FAULT_TEXT_MAX];
	(void)state;
	for (size_t i = 0; i < COUNT(same); i++) {
		begin(state);
		take(same[i]);
		fault_format(text, &spec);
		assert_string_equal(text, same[i]);
	}
	take("slice=3");
	fault_format(text, &spec);
	assert_non_null(strstr(text, "slice=3,50ms"));
}

static void more_words_are_added_and_off_forgets_them(void **state)
{
	char text[FAULT_TEXT_MAX];
	(void)state;
	take("  rate=1  ");
	take("latency=1ms");
	fault_format(text, &spec);
	assert_string_equal(text, "latency=1ms rate=1");
	assert_true(fault_has_ways(&spec));
	take("off");
	assert_false(fault_has_ways(&spec));
}

static void a_wrong_word_is_named_and_nothing_is_taken(void **state)
{
	static const struct {
		const char *spec, *text;
	} rows[] = {
		{ "rate=1 latncy=1s", "word 2, latncy=1s: 'latncy' is not a "
		  "fault: use latency, rate, slice, corrupt, drop, dup, "
		  "reorder, limit, reset, stall, refuse or seed" },
		{ "latency=10", "word 1, latency=10: 10 ms or 10 s? write 10ms "
		  "or 10s" },
		{ "latency=1s~2s", "word 1, latency=1s~2s: the spread, 2s, is "
		  "longer than the delay itself, 1s" },
		{ "latency", "word 1, latency: latency needs a value: "
		  "latency=…" },
		{ "rate=0", "word 1, rate=0: '0' is not a number of bytes: 1, "
		  "10k, 4M" },
		{ "slice=0,5ms", "word 1, slice=0,5ms: '0' is not a number of "
		  "bytes: 1, 10k, 4M" },
		{ "corrupt=2", "word 1, corrupt=2: '2' is not a chance: write "
		  "a number above 0, at most 1: 0.001" },
		{ "corrupt=nan", "word 1, corrupt=nan: 'nan' is not a chance: "
		  "write a number above 0, at most 1: 0.001" },
		{ "limit=5m", "word 1, limit=5m: 5 MiB or 5 "
		  "minutes? write 5M, or the minutes in seconds" },
		{ "reset=soon", "word 1, reset=soon: 'soon' is neither a "
		  "number of bytes nor a time: 4096, 10k, 5s" },
		{ "refuse=0", "word 1, refuse=0: '0' is not a number of "
		  "connections from 1" },
		{ "in:refuse=1", "word 1, in:refuse=1: refuse= is for both "
		  "directions: write it without in:" },
		{ "rate=1 in:rate=2", "word 2, in:rate=2: rate= is given twice "
		  "for one direction" },
		{ "seed=1 seed=1", "word 2, seed=1: seed= is given twice" },
		{ "drop=0", "word 1, drop=0: '0' is not a chance: write a "
		  "number above 0, at most 1: 0.001" },
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error e;
		assert_int_equal(fault_parse(&spec, rows[i].spec, &e), -1);
		assert_memory_equal(e.text, rows[i].text,
		                    strlen(rows[i].text));
		assert_false(fault_has_ways(&spec));
	}
}

static void a_word_that_is_nearly_right_is_offered(void **state)
{
	struct error e;
	(void)state;
	assert_int_equal(fault_parse(&spec, "latncy=1s", &e), -1);
	assert_string_equal(e.hint, "did you mean latency?");
	assert_int_equal(fault_parse(&spec, "\033[2J", &e), -1);
	assert_null(strchr(e.text, '\033'));
}

static void what_is_on_is_listed_with_how_often_it_struck(void **state)
{
	static struct faults f;
	char row[256];
	(void)state;
	take("in:rate=10k corrupt=0.5 refuse=1 seed=1");
	faults_set(&f, &spec);
	f.struck[FAULT_OUT][FAULT_CORRUPT] = 2;
	assert_true(faults_refuse_next(&f));
	assert_false(faults_refuse_next(&f));
	assert_true(faults_describe(&f, 0, row, sizeof(row)));
	assert_string_equal(row, "in:rate=10k: has struck 0 times");
	assert_true(faults_describe(&f, 2, row, sizeof(row)));
	assert_string_equal(row, "out:corrupt=0.5: has struck 2 times");
	assert_true(faults_describe(&f, 3, row, sizeof(row)));
	assert_string_equal(row, "refuse=1: has struck 1 time");
	assert_false(faults_describe(&f, 4, row, sizeof(row)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, begin)
		TEST(a_word_without_a_direction_is_for_both),
		TEST(what_is_told_of_a_spec_is_read_as_the_same),
		TEST(more_words_are_added_and_off_forgets_them),
		TEST(a_wrong_word_is_named_and_nothing_is_taken),
		TEST(a_word_that_is_nearly_right_is_offered),
		TEST(what_is_on_is_listed_with_how_often_it_struck),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
