/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What became of messages in the middle: kept, told, shown, cut anew. */

#include <sockchat/fates.h>
#include <sockchat/format.h>

#include "recut_scene.h"
#include "transcript_scene.h"

static void the_fate_of_a_message_is_told_and_kept(void **state)
{
	(void)state;
	uint64_t first = add_text("one\n"), second = add_text("two\n");
	transcript_set_fate(t, second, FATE_HELD, 3);
	assert_int_equal(entry_at(t, first)->fate, FATE_NONE);
	assert_int_equal(entry_at(t, second)->fate, FATE_HELD);
	assert_int_equal(entry_at(t, second)->held, 3);
	assert_true(entry_is_held(entry_at(t, second)));
	transcript_set_fate(t, second, FATE_NONE, 0);
	assert_int_equal(entry_at(t, second)->fate, FATE_NONE);
	assert_int_equal(entry_at(t, second)->held, 0);
}

struct heard {
	struct transcript_listener listener;
	uint64_t seq;
	size_t count;
};

static void hear_fate(void *user, uint64_t seq)
{
	struct heard *h = user;
	h->seq = seq;
	h->count++;
}

static void listeners_hear_of_a_fate_that_changes(void **state)
{
	struct heard h = { .listener = { .on_fate = hear_fate, .user = &h } };
	(void)state;
	transcript_listen(t, &h.listener);
	uint64_t seq = transcript_append(t, &(struct entry){
		.kind = ENTRY_MESSAGE, .fate = FATE_HELD, .held = 1,
	});
	assert_int_equal(h.count, 0);
	transcript_set_fate(t, seq, FATE_HELD, 1);
	assert_int_equal(h.count, 0);
	transcript_set_fate(t, seq, FATE_DROPPED, 1);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.seq, seq);
	transcript_unlisten(t, &h.listener);
}

/* What was told: a digit for each entry, + for one that has grown. */
struct telling_of {
	struct transcript_listener listener;
	char text[40];
};

static void hear_entries(void *user, uint64_t first, uint64_t end)
{
	struct telling_of *h = user;
	for (uint64_t seq = first; seq < end; seq++)
		snprintf(h->text + strlen(h->text), 8, "%d%s", (int)seq,
		         entry_at(t, seq)->flags & ENTRY_COMPLETE ? "" : "+");
}

static uint64_t add_whole(void)
{
	return transcript_append(t, &(struct entry){
		.session = 1, .kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.bytes = (const uint8_t *)"x", .len = 1, .peer = "p",
		.flags = ENTRY_COMPLETE,
	});
}

static void nobody_hears_that_a_withheld_message_is_whole(void **state)
{
	struct telling_of h = {
		.listener = { .on_entries = hear_entries, .user = &h },
	};
	(void)state;
	transcript_listen(t, &h.listener);
	uint64_t first = add_text("hel");
	transcript_withhold(t, first);
	assert_int_equal(extend_text(first, "l"), 0);
	assert_string_equal(h.text, "1+1+");
	assert_int_equal(transcript_extend(t, first,
	                                   ENTRY_PIECE("o", 1, ENTRY_COMPLETE)),
	                 0);
	assert_string_equal(h.text, "1+1+");
	transcript_set_fate(t, first, FATE_DROPPED, 0);
	assert_string_equal(h.text, "1+1+");
	transcript_release(t, first);
	assert_string_equal(h.text, "1+1+1");
	transcript_release(t, first); /* once */
	assert_string_equal(h.text, "1+1+1");
	transcript_unlisten(t, &h.listener);
}

static void what_stands_behind_a_withheld_message_waits(void **state)
{
	struct telling_of h = {
		.listener = { .on_entries = hear_entries, .user = &h },
	};
	const struct entry like = {
		.session = 1, .kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.peer = "p", .time = stamp_now(),
	};
	(void)state;
	transcript_listen(t, &h.listener);
	for (int i = 0; i < 2; i++)
		transcript_withhold(t, transcript_add(
			t, &like, ENTRY_PIECE("x", 1, ENTRY_COMPLETE)));
	add_whole();
	assert_string_equal(h.text, "");
	transcript_release(t, 1);
	transcript_tell(t);
	assert_string_equal(h.text, "1");
	transcript_release(t, 2);
	transcript_tell(t);
	assert_string_equal(h.text, "123");
	transcript_unlisten(t, &h.listener);
}

static void what_is_withheld_and_dropped_stops_nobody(void **state)
{
	struct telling_of h = {
		.listener = { .on_entries = hear_entries, .user = &h },
	};
	(void)state;
	uint64_t seq = add_whole();
	transcript_withhold(t, seq);
	push_out(seq, CHUNK / 4);
	transcript_listen(t, &h.listener);
	uint64_t last = add_whole();
	char text[8];
	snprintf(text, sizeof(text), "%d", (int)last);
	assert_string_equal(h.text, text);
	transcript_release(t, seq);
	transcript_unlisten(t, &h.listener);
}

static void what_is_folded_is_told_once_and_stays(void **state)
{
	struct heard h = { .listener = { .on_fold = hear_fate, .user = &h } };
	(void)state;
	uint64_t first = add_text("one\n"), second = add_text("two\n");
	transcript_listen(t, &h.listener);
	transcript_fold(t, first);
	transcript_fold(t, first);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.seq, first);
	assert_true(entry_at(t, first)->flags & ENTRY_FOLDED);
	assert_int_equal(entry_at(t, first)->len, 4);
	assert_false(entry_at(t, second)->flags & ENTRY_FOLDED);
	transcript_fold(t, second + 1);
	assert_int_equal(h.count, 1);
	transcript_unlisten(t, &h.listener);
}

static uint64_t add_share(enum entry_share share)
{
	return transcript_append(t, &(struct entry){
		.kind = ENTRY_MESSAGE,
		.flags = ENTRY_COMPLETE,
		.share = (uint8_t)share,
		.bytes = (const uint8_t *)"x",
		.len = 1,
	});
}

/* What is counted by hand, from every place to the end and to the middle. */
static void assert_folded_is_counted(uint64_t mid)
{
	uint64_t end = transcript_end(t);
	size_t to_end = 0, to_mid = 0;
	for (uint64_t seq = end; --seq >= transcript_first(t);) {
		const struct entry *e = entry_at(t, seq);
		bool is = e->flags & ENTRY_FOLDED || e->share == SHARE_COPY;
		to_end += is;
		to_mid += is && seq < mid;
		if (seq % 997 == 0 || seq < transcript_first(t) + 50) {
			assert_int_equal(transcript_folded(t, seq, end),
			                 to_end);
			assert_int_equal(transcript_folded(t, seq, mid),
			                 to_mid);
		}
	}
	assert_int_equal(transcript_folded(t, 0, end + 5), to_end);
}

static void what_others_stand_for_is_counted(void **state)
{
	(void)state;
	assert_int_equal(transcript_folded(t, 0, 9), 0);
	for (int i = 0; i < 30000; i++) {
		uint64_t seq = add_share(i % 7 == 1   ? SHARE_FIRST
		                         : i % 7 == 2 ? SHARE_COPY
		                                      : SHARE_NONE);
		if (i % 100 == 0)
			transcript_fold(t, seq - (uint64_t)i / 200);
	}
	uint64_t mid = transcript_end(t) - 5000;
	assert_folded_is_counted(mid);
	push_out(transcript_first(t) + 5000, 4096);
	assert_folded_is_counted(mid);
}

static void fates_go_with_the_entries_that_are_dropped(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= 100; i++)
		transcript_set_fate(t, add_text("x\n"), FATE_DROPPED, i);
	push_out(transcript_end(t) - 1, 4096);
	uint64_t last = 0;
	for (uint32_t i = 1; i <= 1000; i++) {
		last = add_text("y\n");
		transcript_set_fate(t, last, FATE_HELD, i);
		transcript_set_fate(t, last - 1, FATE_NONE, 0);
	}
	assert_int_equal(entry_at(t, last)->held, 1000);
	assert_int_equal(entry_at(t, last - 1)->held, 0);
	assert_int_equal(transcript_sums(t).unkept, 0);
	transcript_set_fate(t, 1, FATE_HELD, 7); /* it is not there any more */
	assert_null(entry_at(t, 1));
}

static void a_fate_may_come_to_an_earlier_message(void **state)
{
	uint64_t seqs[40];
	(void)state;
	for (size_t i = 0; i < 40; i++)
		seqs[i] = add_text("x\n");
	for (size_t i = 40; i-- > 0;)
		transcript_set_fate(t, seqs[i], FATE_HELD, (uint32_t)i + 1);
	for (size_t i = 0; i < 40; i++)
		assert_int_equal(entry_at(t, seqs[i])->held, i + 1);
}

/* How it looks */

static const char *line_of(struct entry e, enum format format, unsigned flags)
{
	static struct bytes out;
	const struct wrap_look look = {
		.time = TIME_OFF, .endings = true, .glyph_flags = flags,
	};
	e.seq = 1;
	e.time.wall_us = 1767323045678901;
	e.kind = ENTRY_MESSAGE;
	e.dir = ENTRY_OUT;
	e.flags = ENTRY_COMPLETE;
	e.bytes = (const uint8_t *)"hello";
	e.len = 5;
	e.peer = e.local = e.code = e.hint = "";
	bytes_clear(&out);
	assert_int_equal(format_entry(&out, format, &look, &e, 0), 0);
	return bytes_text(&out);
}

#define LINE(flags, ...) \
	line_of((struct entry){ __VA_ARGS__ }, FORMAT_TEXT, flags)

static void what_is_held_has_bars_and_its_number(void **state)
{
	(void)state;
	assert_string_equal(LINE(0, .fate = FATE_HELD, .held = 3),
	                    "‖3 > hello\n");
	assert_string_equal(LINE(GLYPH_ASCII, .fate = FATE_HELD, .held = 12),
	                    "|12 > hello\n");
	assert_string_equal(LINE(0, .fate = FATE_REWRITTEN, .held = 4),
	                    "‖4 > hello (changed)\n");
}

static void what_became_of_a_message_stands_behind_it(void **state)
{
	(void)state;
	assert_string_equal(LINE(0, .fate = FATE_DROPPED, .held = 3),
	                    "> hello (dropped)\n");
	assert_string_equal(LINE(0, .fate = FATE_CHANGED),
	                    "> hello (changed)\n");
	assert_string_equal(LINE(0, .fate = FATE_INJECTED),
	                    "> hello (injected)\n");
	assert_string_equal(LINE(0, .fate = FATE_NONE), "> hello\n");
}

#define JSON(...) \
	line_of((struct entry){ __VA_ARGS__ }, FORMAT_JSON, 0)

static void json_has_the_number_and_the_fate(void **state)
{
	(void)state;
	assert_non_null(strstr(JSON(.fate = FATE_HELD, .held = 3),
	                       "\"complete\":true,\"held\":3}"));
	assert_non_null(strstr(JSON(.fate = FATE_REWRITTEN, .held = 3),
	                       "\"held\":3,\"fate\":\"changed\"}"));
	assert_non_null(strstr(JSON(.fate = FATE_INJECTED),
	                       "\"complete\":true,\"fate\":\"injected\"}"));
	assert_null(strstr(JSON(.fate = FATE_NONE), "fate"));
}

/* Cut anew */

static const struct entry *last_message(const char *text)
{
	uint64_t seq = transcript_end(a.t);
	while (seq-- > transcript_first(a.t)) {
		const struct entry *e = entry_at(a.t, seq);
		if (e->len == strlen(text) && !memcmp(e->bytes, text, e->len))
			return e;
	}
	return NULL;
}

static void mark(const char *text, enum entry_fate fate, uint32_t held)
{
	const struct entry *e = last_message(text);
	assert_non_null(e);
	transcript_set_fate(a.t, e->seq, fate, held);
}

static void a_message_with_a_fate_is_not_cut_anew(void **state)
{
	(void)state;
	begin(&a, "line");
	come(&a, 1, "one\ntwo\nthree\nfour\nfi");
	mark("two\n", FATE_DROPPED, 1);
	mark("fi", FATE_HELD, 2);
	recut(&a, "read", SECOND_NS);
	assert_non_null(last_message("one\n"));
	assert_int_equal(last_message("two\n")->fate, FATE_DROPPED);
	assert_non_null(last_message("three\nfour\n"));
	assert_int_equal(last_message("three\nfour\n")->fate, FATE_NONE);
	assert_int_equal(last_message("fi")->held, 2);
	come(&a, 1, "ve\n");
	assert_non_null(last_message("ve\n"));
}

static void an_unfinished_one_that_is_held_ends_at_a_new_frame(void **state)
{
	(void)state;
	begin(&a, "fixed:4");
	come(&a, 1, "abcdef");
	mark("ef", FATE_HELD, 1);
	recut(&a, "fixed:3", SECOND_NS);
	const struct entry *e = last_message("ef");
	assert_int_equal(e->held, 1);
	assert_false(entry_is_awaited(e));
	come(&a, 1, "ghi");
	assert_non_null(last_message("ghi"));
}

static int finish_story(void **state)
{
	transcript_free(a.t);
	transcript_free(b.t);
	a.t = b.t = NULL;
	return tear_down(state);
}

#define STORY(name) \
	cmocka_unit_test_setup_teardown(name, set_up, finish_story)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_fate_of_a_message_is_told_and_kept),
		TEST(what_is_folded_is_told_once_and_stays),
		TEST(what_others_stand_for_is_counted),
		TEST(listeners_hear_of_a_fate_that_changes),
		TEST(nobody_hears_that_a_withheld_message_is_whole),
		TEST(what_stands_behind_a_withheld_message_waits),
		TEST(what_is_withheld_and_dropped_stops_nobody),
		TEST(fates_go_with_the_entries_that_are_dropped),
		TEST(a_fate_may_come_to_an_earlier_message),
		TEST(what_is_held_has_bars_and_its_number),
		TEST(what_became_of_a_message_stands_behind_it),
		TEST(json_has_the_number_and_the_fate),
		STORY(a_message_with_a_fate_is_not_cut_anew),
		STORY(an_unfinished_one_that_is_held_ends_at_a_new_frame),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
