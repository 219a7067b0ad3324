/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where messages are in the stream of their direction. */

#include <sockchat/framing.h>
#include <sockchat/recut.h>

#include "unit.h"

static struct transcript *t;
static struct framing in[2]; /* of two sessions */
static struct frame line, all;
static uint64_t came[2];
static int64_t now_ns;

/* So much comes in one read. */
static void come(size_t session, const char *text)
{
	size_t len = strlen(text);
	now_ns += MS_NS;
	assert_int_equal(framing_take(&in[session], &(struct framing_read){
		.transcript = t,
		.frame = &line,
		.time = { 1, now_ns },
		.session = (uint32_t)session + 1,
		.peer = "",
		.at = came[session],
	}, text, len), 0);
	came[session] += len;
}

static void assert_offset(uint64_t seq, uint64_t offset)
{
	assert_int_equal(transcript_offset(t, seq), offset);
}

static void offsets_go_on_from_message_to_message(void **state)
{
	(void)state;
	come(0, "one\ntwo\nthr");
	come(1, "other\n");
	come(0, "ee\nfour\n");
	come(1, "more\n");
	assert_offset(1, 0);
	assert_offset(2, 4);
	assert_offset(3, 8);
	assert_offset(4, 0);
	assert_offset(5, 14);
	assert_offset(6, 6);
	assert_offset(7, 0); /* there is none */
}

static void what_was_not_told_is_counted(void **state)
{
	(void)state;
	come(0, "one\n");
	came[0] += 1000; /* as a file that was sent */
	come(0, "two\n");
	assert_offset(2, 1004);
}

static void what_is_cut_anew_stays_where_it_was(void **state)
{
	(void)state;
	for (int i = 0; i < 100000; i++)
		come(0, "123456789\n"); /* the first of them are dropped */
	uint64_t first = transcript_first(t);
	assert_true(first > 1);
	assert_offset(first, (first - 1) * 10);
	struct recut *r = recut_new(t, &all, &all);
	assert_non_null(r);
	while (recut_step(r, SECOND_NS) > 0)
		;
	recut_finish(r);
	recut_free(r);
	assert_offset(transcript_end(t) - 1, 999990);
}

static int set_up(void **state)
{
	struct error e;
	(void)state;
	memset(in, 0, sizeof(in));
	memset(came, 0, sizeof(came));
	in[0].dir = in[1].dir = ENTRY_IN;
	t = transcript_new((size_t)1 << 20);
	return !t || frame_parse(&line, "line", &e) ||
	       frame_parse(&all, "read", &e);
}

static int tear_down(void **state)
{
	(void)state;
	transcript_free(t);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(offsets_go_on_from_message_to_message),
		TEST(what_was_not_told_is_counted),
		TEST(what_is_cut_anew_stays_where_it_was),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
