/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A lens beside a plain walk over the whole transcript. */

#include <sockchat/lens.h>

#include "entry_piece.h"
#include "entry_at.h"
#include "unit.h"

#define ALL (INT64_MAX / 2)

static bool step(struct lens *l, int64_t ns)
{
	struct error e;
	int goes_on = lens_step(l, ns, &e);
	assert_true(goes_on >= 0);
	return goes_on;
}

static uint64_t add(struct transcript *t, const char *text)
{
	return transcript_append(t, &(struct entry){
		.kind = ENTRY_MESSAGE,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
	});
}

static size_t looks;

/* How many x it has. */
static size_t count_x(void *user, const struct entry *e)
{
	size_t n = 0;
	(void)user;
	looks++;
	for (size_t i = 0; i < e->len; i++)
		n += e->bytes[i] == 'x';
	return n;
}

static size_t has(const struct transcript *t, uint64_t seq)
{
	const struct entry *e = entry_at(t, seq);
	return e ? count_x(NULL, e) : 0;
}

/* Everything the lens says is what a walk finds. */
static void compare(const struct lens *l, const struct transcript *t)
{
	uint64_t before = 0;
	uint32_t sum = 0;
	size_t entries = 0;
	assert_true(lens_is_complete(l));
	for (uint64_t seq = transcript_first(t); seq < transcript_end(t);
	     seq++) {
		assert_int_equal(lens_sum_before(l, seq), sum);
		assert_int_equal(lens_before(l, seq), before);
		assert_int_equal(lens_has(l, seq), has(t, seq) > 0);
		if (!has(t, seq))
			continue;
		if (before)
			assert_int_equal(lens_next(l, before), seq);
		before = seq;
		sum += (uint32_t)has(t, seq);
		entries++;
	}
	assert_int_equal(lens_next(l, before), 0);
	assert_int_equal(lens_total(l), sum);
	assert_int_equal(lens_entries(l), entries);
}

static void it_finds_the_same_entries_as_a_walk_over_all(void **state)
{
	static const char *const texts[] = { "x", "a", "xx", "", "axa" };
	struct transcript *t = transcript_new(0);
	(void)state;
	for (size_t i = 0; i < 50; i++)
		add(t, texts[i % 5]);
	for (uint64_t start = 1; start <= 51; start++) {
		struct lens *l = lens_new(t, start, count_x, NULL);
		assert_false(step(l, ALL));
		compare(l, t);
		lens_free(l);
	}
	transcript_free(t);
}

static void it_finds_the_nearest_ones_above_first(void **state)
{
	struct transcript *t = transcript_new((size_t)64 << 20);
	char *big = malloc(100001);
	(void)state;
	memset(big, 'x', 100000);
	big[100000] = '\0';
	for (size_t i = 0; i < 20; i++)
		add(t, big);
	struct lens *l = lens_new(t, 11, count_x, NULL);
	/* each is looked at for longer than it may take */
	for (size_t i = 0; i < 10; i++) {
		assert_true(step(l, 0));
		assert_int_equal(lens_entries(l), i + 1);
	}
	assert_int_equal(lens_low(l), 11);
	assert_true(step(l, 0));
	assert_int_equal(lens_before(l, 11), 10);
	assert_int_equal(lens_before(l, 10), 0);
	assert_false(lens_is_complete(l));
	while (step(l, 0))
		;
	compare(l, t);
	lens_free(l);
	transcript_free(t);
	free(big);
}

static void a_message_that_grows_is_looked_at_again(void **state)
{
	struct transcript *t = transcript_new(0);
	(void)state;
	for (size_t i = 0; i < 10; i++)
		add(t, i % 2 ? "x" : "a");
	for (uint64_t seq = 1; seq <= 10; seq++) {
		struct lens *l = lens_new(t, 5, count_x, NULL);
		step(l, ALL);
		transcript_extend(t, seq, ENTRY_PIECE("xx", 2, 0));
		lens_touch(l, seq);
		step(l, ALL);
		compare(l, t);
		transcript_extend(t, seq, ENTRY_PIECE("b", 1, 0));
		lens_touch(l, seq);
		lens_touch(l, seq);
		assert_false(lens_is_complete(l));
		looks = 0;
		assert_false(step(l, ALL));
		assert_int_equal(looks, 1); /* nothing has changed */
		compare(l, t);
		lens_free(l);
	}
	transcript_free(t);
}

static void dropped_entries_are_forgotten(void **state)
{
	struct transcript *t = transcript_new(0);
	struct lens *l;
	char text[2001];
	(void)state;
	memset(text, 'a', 2000);
	text[2000] = '\0';
	add(t, "x");
	l = lens_new(t, transcript_end(t), count_x, NULL);
	for (size_t i = 0; i < 3000; i++) {
		text[0] = i % 3 ? 'a' : 'x';
		text[1] = i % 7 ? 'a' : 'x';
		add(t, text);
		if (i % 50)
			continue;
		step(l, ALL);
		compare(l, t);
	}
	assert_true(transcript_first(t) > 100);
	lens_free(l);
	transcript_free(t);
}

static void it_catches_up_when_entries_are_dropped_before_it_looks(void **state)
{
	struct transcript *t = transcript_new(0);
	struct lens *l = lens_new(t, 1, count_x, NULL);
	(void)state;
	for (size_t i = 0; i < 20000; i++) /* more than is kept */
		add(t, "what is kept is dropped before it is looked at: x");
	assert_true(transcript_first(t) > 1);
	step(l, ALL);
	compare(l, t);
	lens_free(l);
	transcript_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_finds_the_same_entries_as_a_walk_over_all),
		cmocka_unit_test(it_finds_the_nearest_ones_above_first),
		cmocka_unit_test(a_message_that_grows_is_looked_at_again),
		cmocka_unit_test(dropped_entries_are_forgotten),
		cmocka_unit_test(
		    it_catches_up_when_entries_are_dropped_before_it_looks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
