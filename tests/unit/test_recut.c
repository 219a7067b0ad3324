/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A transcript that is cut anew is what it would have been with those frames
 * from the beginning. */

#include <sockchat/lens.h>
#include <sockchat/loop.h>
#include <sockchat/ticks.h>

#include "recut_scene.h"

/* Stories */

static void tell_lines(struct told *s)
{
	come(s, 1, "one\ntw");
	note(s, 1, "meanwhile");
	pass(s, 150000);
	come(s, 1, "o\n\nthr");
	come(s, 1, "ee\n");
	say(s, 1, "hello\n");
	pass(s, 30000);
	come(s, 1, "login: ");
	say(s, 1, "me\n");
	come(s, 1, "welcome\n");
}

static void notes_keep_their_place(void **unused)
{
	static const char *const texts[] = {
		"one\ntw", "meanwhile", "o\n\nthr", "ee\n", "hello\n",
		"login: ", "me\n", "welcome\n",
	};
	(void)unused;
	begin(&a, "line");
	tell_lines(&a);
	uint64_t end = transcript_end(a.t);
	recut(&a, "read", SECOND_NS);
	assert_int_equal(transcript_first(a.t), end);
	assert_int_equal(transcript_end(a.t), end + 8);
	for (size_t i = 0; i < 8; i++) {
		const struct entry *e = entry_at(a.t, end + i);
		assert_int_equal(e->len, strlen(texts[i]));
		assert_memory_equal(e->bytes, texts[i], e->len);
	}
	begin(&b, "read");
	tell_lines(&b);
	assert_same(&a, &b);
}

static void what_is_cut_anew_goes_on(void **unused)
{
	(void)unused;
	begin(&a, "read");
	tell_lines(&a);
	come(&a, 1, "unfin");
	recut(&a, "line", SECOND_NS);
	come(&a, 1, "ished\n");
	begin(&b, "line");
	tell_lines(&b);
	come(&b, 1, "unfin");
	come(&b, 1, "ished\n");
	assert_same(&a, &b);
}

static void a_wrong_length_is_told_where_it_stands(void **unused)
{
	(void)unused;
	begin(&a, "line");
	tell_lines(&a);
	recut(&a, "u32", SECOND_NS);
	begin(&b, "u32");
	tell_lines(&b);
	assert_same(&a, &b);
	recut(&a, "line", SECOND_NS);
	begin(&b, "line");
	tell_lines(&b);
	assert_same(&a, &b);
}

static void tell_end(struct told *s)
{
	state(s, 2, ENTRY_OPEN);
	take(s, 2, ENTRY_IN, "\0\0\0\5abc", 7);
	state(s, 2, ENTRY_HALF_CLOSED);
	note(s, 2, "last");
	state(s, 2, ENTRY_CLOSED);
}

static void an_end_within_a_message_is_told(void **unused)
{
	(void)unused;
	begin(&a, "line");
	tell_end(&a);
	recut(&a, "u32", SECOND_NS);
	begin(&b, "u32");
	tell_end(&b);
	assert_same(&a, &b);
	recut(&a, "u32", SECOND_NS);
	assert_same(&a, &b);
	recut(&a, "line", SECOND_NS);
	begin(&b, "line");
	tell_end(&b);
	assert_same(&a, &b);
}

static void a_new_day_is_told_once(void **unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++) {
		struct told *s = i ? &b : &a;
		begin(s, i == 2 ? "read" : "line");
		come(s, 1, "a");
		pass(s, DAY_NS / 1000);
		come(s, 1, "b\nc");
		recut(s, i == 1 ? "line" : "read", SECOND_NS);
		if (i != 1)
			recut(s, "line", SECOND_NS);
		if (i)
			assert_same(&a, &b);
	}
}

/* Many */

static uint32_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void take_random(struct told *s, uint32_t session, enum entry_dir dir)
{
	static const char *const words[] = {
		"word", "\n", "a\nb\n", "\r\n", "\xc3", "\xa9", "caf\xc3\xa9",
		"\n\n", " ",
	};
	char bytes[64];
	size_t len = 0;
	for (uint32_t n = 1 + below(5); n; n--) {
		const char *word = words[below(9)];
		memcpy(bytes + len, word, strlen(word));
		len += strlen(word);
	}
	take(s, session, dir, bytes, len);
}

/* The same for all frames. */
static void tell_random(struct told *s, uint32_t which, size_t events)
{
	seed = which;
	for (size_t i = 0; i < events; i++) {
		uint32_t session = 1 + below(SESSIONS - 1), what = below(20);
		if (what == 0)
			note(s, below(2) ? session : 0, "a note");
		else if (what == 1)
			say(s, session, "said\n");
		else if (what == 2)
			pass(s, 1000 * below(900));
		else if (what == 3)
			pass(s, 3000000);
		else if (what < 6)
			take_random(s, session, ENTRY_OUT);
		else
			take_random(s, session, ENTRY_IN);
	}
}

static void any_frame_follows_any_other(void **unused)
{
	static const char *const specs[] = {
		"line", "read", "idle:5ms", "u32", "auto", "fixed:7", "u8",
		"delim:a", "line",
	};
	(void)unused;
	for (uint32_t which = 1; which < 40; which++) {
		begin(&a, "line");
		tell_random(&a, which, 60);
		for (size_t i = 0; i < sizeof(specs) / sizeof(*specs); i++) {
			recut(&a, specs[i], which % 2 ? 0 : SECOND_NS);
			begin(&b, specs[i]);
			tell_random(&b, which, 60);
			assert_same(&a, &b);
		}
	}
}

static void it_is_done_in_slices(void **unused)
{
	(void)unused;
	begin(&a, "line");
	tell_random(&a, 1, 5000);
	recut(&a, "read", 0);
	assert_true(a.slices > 100);
	begin(&b, "read");
	tell_random(&b, 1, 5000);
	assert_same(&a, &b);
}

static void big_reads_of_small_messages_are_not_cut_in_one_slice(void **unused)
{
	static uint8_t bytes[LOOP_BUFFER];
	(void)unused;
	begin_with(&a, "read", (size_t)16 << 20);
	for (size_t i = 0; i < 8; i++)
		take(&a, 1, ENTRY_IN, bytes, sizeof(bytes));
	recut(&a, "u8", 0);
	assert_true(a.slices >= 8);
}

static void what_comes_meanwhile_is_cut_too(void **unused)
{
	(void)unused;
	begin(&a, "line");
	tell_random(&a, 3, 1000);
	const struct frame f = frame_of("read");
	struct recut *r = recut_new(a.t, &f, &f);
	for (int i = 0; recut_step(r, 0) > 0; i++)
		if (i < 5)
			say(&a, 1, "meanwhile\n");
	recut_finish(r);
	recut_free(r);
	size_t found = 0;
	struct entry e;
	for (uint64_t seq = transcript_first(a.t);
	     transcript_at(a.t, seq, &e); seq++)
		found += e.len == 10 && memcmp(e.bytes, "meanwhile\n", 10) == 0;
	assert_int_equal(found, 5);
}

/* Where the entries are */

static void every_byte_is_found_again(void **unused)
{
	static const char *const specs[] = { "read", "line", "u32", "auto" };
	(void)unused;
	for (size_t i = 0; i < 4; i++) {
		begin(&a, "line");
		begin(&b, "line");
		tell_random(&a, 5, 300);
		tell_random(&b, 5, 300);
		const struct frame f = frame_of(specs[i]);
		struct recut *r = recut_new(a.t, &f, &f);
		assert_int_equal(recut_step(r, SECOND_NS), 0);
		recut_finish(r);
		struct entry e, now;
		for (uint64_t seq = 1; transcript_at(b.t, seq, &e); seq++)
			for (size_t at = 0; at < e.len; at++) {
				uint64_t found = seq;
				size_t offset = at;
				recut_find(r, &found, &offset);
				assert_non_null(
				    transcript_at(a.t, found, &now));
				assert_true(offset < now.len);
				assert_int_equal(now.bytes[offset],
				                 e.bytes[at]);
				assert_int_equal(now.session, e.session);
			}
		uint64_t end = transcript_end(b.t);
		size_t offset = 7;
		recut_find(r, &end, &offset);
		assert_int_equal(end, transcript_end(a.t));
		assert_int_equal(offset, 0);
		recut_free(r);
	}
}

static size_t count_notes(void *user, const struct entry *e)
{
	(void)user;
	return e->kind == ENTRY_NOTE;
}

static struct ticks *ticks;
static struct lens *lens;

static void follow(void *user, const struct recut *r)
{
	(void)user;
	if (!r)
		return;
	ticks_recut(ticks, r);
	lens_recut(lens, r);
}

static void ticks_and_lenses_go_with_their_entries(void **unused)
{
	struct transcript_listener l = { .on_recut = follow };
	struct entry e;
	struct error error;
	(void)unused;
	begin(&a, "line");
	tell_lines(&a);
	ticks = ticks_new();
	lens = lens_new(a.t, 6, count_notes, NULL);
	assert_int_equal(lens_step(lens, SECOND_NS, &error), 0);
	transcript_listen(a.t, &l);
	uint8_t states[] = { TICK_SENT, TICK_ACKED };
	size_t count = 0;
	for (uint64_t seq = 1; transcript_at(a.t, seq, &e); seq++)
		if (e.flags & ENTRY_BY_HAND) {
			assert_int_equal(ticks_add(ticks, seq), 0);
			ticks_set(ticks, &(struct tick){
				.seq = seq, .state = states[count++],
			});
		}
	recut(&a, "fixed:3", SECOND_NS);
	count = 0;
	for (uint64_t seq = 1; seq < transcript_end(a.t); seq++)
		if (transcript_at(a.t, seq, &e) && e.flags & ENTRY_BY_HAND)
			assert_int_equal(ticks_at(ticks, seq).state,
			                 states[count++]);
	assert_int_equal(count, 2);
	assert_int_equal(lens_step(lens, SECOND_NS, &error), 0);
	assert_int_equal(lens_entries(lens), 1);
	assert_int_equal(entry_at(a.t, lens_next(lens, 0))->kind, ENTRY_NOTE);
	transcript_unlisten(a.t, &l);
	lens_free(lens);
	ticks_free(ticks);
}

static void the_bound_holds(void **unused)
{
	size_t max = (size_t)512 << 10;
	(void)unused;
	begin_with(&a, "read", max);
	for (int i = 0; i < 20000; i++)
		come(&a, 1, "a\nb\nc\nd\ne\nf\ng\nh\ni\n");
	uint64_t dropped = transcript_sums(a.t).dropped;
	recut(&a, "line", SECOND_NS);
	assert_true(transcript_sums(a.t).memory <= max);
	assert_true(transcript_sums(a.t).dropped > dropped);
	come(&a, 1, "more\n");
	uint64_t last = transcript_end(a.t) - 1;
	assert_int_equal(entry_at(a.t, last)->len, 5);
	assert_int_equal(entry_at(a.t, last - 1)->len, 2);
}

/* A message whose beginning is gone does not make all after it wrong. */
static void a_dropped_beginning_is_no_wrong_length(void **unused)
{
	(void)unused;
	begin_with(&a, "line", (size_t)256 << 10);
	for (int i = 0; i < 20000; i++)
		come(&a, 1, "GET / HTTP/1.1\r\n");
	for (int i = 0; i < 3; i++) {
		pass(&a, 1000);
		take(&a, 1, ENTRY_IN, "\0\0\0\3abc", 7);
	}
	recut(&a, "u32", SECOND_NS);
	uint64_t end = transcript_end(a.t);
	for (uint64_t seq = end - 3; seq < end; seq++) {
		assert_int_equal(entry_at(a.t, seq)->len, 7);
		assert_int_equal(entry_at(a.t, seq)->prefix, 4);
	}
	assert_int_equal(entry_at(a.t, end - 4)->kind, ENTRY_MESSAGE);
}

static int tear_down(void **unused)
{
	(void)unused;
	transcript_free(a.t);
	transcript_free(b.t);
	a.t = b.t = NULL;
	return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(notes_keep_their_place),
		TEST(what_is_cut_anew_goes_on),
		TEST(a_wrong_length_is_told_where_it_stands),
		TEST(an_end_within_a_message_is_told),
		TEST(a_new_day_is_told_once),
		TEST(any_frame_follows_any_other),
		TEST(it_is_done_in_slices),
		TEST(big_reads_of_small_messages_are_not_cut_in_one_slice),
		TEST(what_comes_meanwhile_is_cut_too),
		TEST(every_byte_is_found_again),
		TEST(ticks_and_lenses_go_with_their_entries),
		TEST(the_bound_holds),
		TEST(a_dropped_beginning_is_no_wrong_length),
	};
	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
