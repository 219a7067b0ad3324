/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which entries are shown. */

#include <sockchat/filter.h>

#include "unit.h"

static struct filter filter;

static int set_up(void **state)
{
	(void)state;
	filter = (struct filter){ .serial = 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	filter_finish(&filter);
	return 0;
}

static void set(const char *words)
{
	struct error e;
	if (filter_set(&filter, words, 100, NULL, &e))
		fail_msg("%s: %s", words, e.text);
}

static bool shows(enum entry_kind kind, enum entry_dir dir, uint32_t session,
                  const char *text)
{
	return filter_shows(&filter, &(struct entry){
		.seq = 1, .kind = (uint8_t)kind, .dir = (uint8_t)dir,
		.session = session, .bytes = (const uint8_t *)text,
		.len = strlen(text),
	});
}

static bool shows_message(enum entry_dir dir, uint32_t session,
                          const char *text)
{
	return shows(ENTRY_MESSAGE, dir, session, text);
}

static void without_words_everything_is_shown(void **state)
{
	(void)state;
	assert_false(filter_is_on(&filter));
	assert_true(shows(ENTRY_NOTE, ENTRY_NO_DIR, 0, "a"));
	set("in");
	assert_true(filter_is_on(&filter));
	assert_false(shows(ENTRY_NOTE, ENTRY_NO_DIR, 1, "a"));
	set("off");
	assert_false(filter_is_on(&filter));
	assert_true(shows(ENTRY_NOTE, ENTRY_NO_DIR, 1, "a"));
	assert_int_equal(filter.serial, 2);
}

static void a_direction_is_messages_of_it(void **state)
{
	(void)state;
	set("in");
	assert_true(shows_message(ENTRY_IN, 1, "a"));
	assert_false(shows_message(ENTRY_OUT, 1, "a"));
	set("out");
	assert_false(shows_message(ENTRY_IN, 1, "a"));
	assert_true(shows_message(ENTRY_OUT, 1, "a"));
}

static void words_are_joined(void **state)
{
	(void)state;
	set("peer 2  in text re:^a b$");
	assert_string_equal(filter.text, "peer 2  in text re:^a b$");
	assert_true(shows_message(ENTRY_IN, 2, "a b"));
	assert_false(shows_message(ENTRY_IN, 1, "a b"));
	assert_false(shows_message(ENTRY_OUT, 2, "a b"));
	assert_false(shows_message(ENTRY_IN, 2, "a bc"));
}

static void errors_are_shown_alone(void **state)
{
	(void)state;
	set("error");
	assert_true(shows(ENTRY_ERROR, ENTRY_NO_DIR, 1, "a"));
	assert_false(shows(ENTRY_STATE, ENTRY_NO_DIR, 1, "a"));
	assert_false(shows_message(ENTRY_IN, 1, "a"));
}

static void answers_given_meanwhile_are_shown(void **state)
{
	struct entry e = { .seq = 99, .kind = ENTRY_NOTE };
	(void)state;
	set("in");
	assert_false(filter_shows(&filter, &e));
	e.seq = 100;
	assert_true(filter_shows(&filter, &e));
}

static void what_is_sent_meanwhile_is_seen_under_any_filter(void **state)
{
	static const char *const filters[] = { "in", "error", "peer 7",
		                               "text needle", "in peer 7" };
	struct entry e = { .kind = ENTRY_MESSAGE, .dir = ENTRY_OUT,
		           .flags = ENTRY_BY_HAND, .session = 1,
		           .bytes = (const uint8_t *)"a", .len = 1 };
	(void)state;
	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		set(filters[i]);
		e.seq = 99;
		assert_false(filter_shows(&filter, &e));
		e.seq = 100;
		assert_true(filter_shows(&filter, &e));
	}
	e.dir = ENTRY_IN;
	assert_false(filter_shows(&filter, &e));
	e.dir = ENTRY_OUT;
	e.flags = 0; /* a client has said it, in the middle */
	assert_false(filter_shows(&filter, &e));
}

static void a_word_may_be_short_and_off_ends_what_was_before(void **state)
{
	struct error e;
	(void)state;
	set("err pe 2");
	assert_true(filter.errors);
	assert_int_equal(filter.session, 2);
	set("in off");
	assert_false(filter_is_on(&filter));
	assert_int_equal(filter_set(&filter, "o", 1, NULL, &e), -1);
	assert_string_equal(e.hint, "did you mean out or off?");
	assert_int_equal(filter_set(&filter, "eror", 1, NULL, &e), -1);
	assert_string_equal(e.hint, "did you mean error?");
}

static void a_wrong_word_changes_nothing(void **state)
{
	static const char *const bad[][2] = {
		{ "inn", "/filter: 'inn' is none of in, out, error, peer N, "
		         "text PATTERN, off" },
		{ "peer x", "/filter peer: which one? (/peers lists them)" },
		{ "peer", "/filter peer: which one? (/peers lists them)" },
		{ "text", "what should be found?" },
		{ "in text re:(", "not a regular expression: missing "
		                  "closing parenthesis" },
	};
	struct error e;
	(void)state;
	set("out");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(filter_set(&filter, bad[i][0], 1, NULL, &e),
		                 -1);
		assert_string_equal(e.text, bad[i][1]);
	}
	assert_true(shows_message(ENTRY_OUT, 1, "a"));
	assert_int_equal(filter.serial, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_words_everything_is_shown),
		TEST(a_direction_is_messages_of_it),
		TEST(words_are_joined),
		TEST(errors_are_shown_alone),
		TEST(answers_given_meanwhile_are_shown),
		TEST(what_is_sent_meanwhile_is_seen_under_any_filter),
		TEST(a_word_may_be_short_and_off_ends_what_was_before),
		TEST(a_wrong_word_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
