/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What waits for the rest of a message: on a clock that is made here. */

#include <sockchat/encoding.h>
#include <sockchat/fates.h>
#include <sockchat/loop.h>
#include <sockchat/settle.h>

#include "entry_piece.h"
#include "entry_at.h"
#include "made_clock.h"
#include "recut_all.h"
#include "unit.h"

#define TRACE_MAX 1024

static struct loop *loop;
static struct transcript *t;
static struct settle settle;
static char trace[TRACE_MAX];
static int whole_count; /* of messages of session 1 that have been written */

/* "2<text|" for what session 2 has sent, with a dot for one that may grow. */
static void on_write(void *user, const struct entry *e, size_t from)
{
	size_t used = strlen(trace);
	bool may_grow =
	    e->kind == ENTRY_MESSAGE && !(e->flags & ENTRY_COMPLETE);
	assert_null(user);
	if (e->flags & ENTRY_FOLDED)
		return;
	whole_count += e->session == 1 && e->flags & ENTRY_COMPLETE;
	snprintf(trace + used, TRACE_MAX - used, "%u%c%.*s%s|", e->session,
	         entry_mark(e), (int)(e->len - from),
	         (const char *)e->bytes + from, may_grow ? "." : "");
}

static void on_entries(void *user, uint64_t first, uint64_t end)
{
	(void)user;
	for (uint64_t seq = first; seq < end; seq++)
		assert_int_equal(settle_show(&settle, entry_at(t, seq)), 0);
}

static void on_recut(void *user, const struct recut *r)
{
	(void)user;
	if (r)
		assert_int_equal(settle_recut(&settle, r), 0);
}

static struct transcript_listener listener = {
	.on_entries = on_entries, .on_recut = on_recut,
};

static uint64_t add(uint32_t session, enum entry_kind kind,
                    enum entry_dir dir, const char *text)
{
	size_t len = strlen(text);
	bool is_complete = len && text[len - 1] == '\n';
	return transcript_append(t, &(struct entry){
		.session = session,
		.kind = (uint8_t)kind,
		.dir = (uint8_t)dir,
		.state = ENTRY_CLOSED,
		.flags = is_complete ? ENTRY_COMPLETE : 0,
		.bytes = (const uint8_t *)text,
		.len = len,
	});
}

static uint64_t come(uint32_t session, const char *text)
{
	return add(session, ENTRY_MESSAGE, ENTRY_IN, text);
}

static void grow(uint64_t seq, const char *text)
{
	size_t len = strlen(text);
	unsigned flags = text[len - 1] == '\n' ? ENTRY_COMPLETE : 0;
	assert_int_equal(transcript_extend(t, seq,
	                                   ENTRY_PIECE(text, len, flags)), 0);
}

/* What has been written since, when so much time has gone by. */
static void assert_written(int64_t after_ms, const char *wanted)
{
	while (after_ms-- > 0) {
		clock_ns += MS_NS;
		assert_int_equal(loop_turn(loop, 0), 0);
	}
	assert_string_equal(trace, wanted);
	trace[0] = '\0';
}

static uint64_t pass_state(uint32_t session, enum entry_state state,
                           const char *text)
{
	return transcript_append(t, &(struct entry){
		.session = session,
		.kind = ENTRY_STATE,
		.state = (uint8_t)state,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
	});
}

static void a_state_waits_for_the_next_one_which_may_fold_it(void **state)
{
	(void)state;
	settle.waits_states = true;
	uint64_t seq = pass_state(1, ENTRY_RESOLVING, "resolving");
	assert_written(100, "");
	transcript_fold(t, seq);
	seq = pass_state(1, ENTRY_CONNECTING, "connecting");
	assert_written(190, "");
	transcript_fold(t, seq);
	pass_state(1, ENTRY_OPEN, "connected");
	assert_written(0, "1*connected|");
	assert_written(3000, "");
}

static void a_state_that_lasts_is_written_after_a_while(void **state)
{
	(void)state;
	settle.waits_states = true;
	uint64_t seq = pass_state(1, ENTRY_CONNECTING, "connecting");
	assert_written(199, "");
	assert_written(2, "1*connecting|");
	transcript_fold(t, seq);
	pass_state(1, ENTRY_OPEN, "connected");
	assert_written(0, "1*connected|");
}

static void what_comes_behind_half_an_end_comes_behind_its_row(void **state)
{
	(void)state;
	settle.waits_states = true;
	pass_state(1, ENTRY_HALF_CLOSED, "finished");
	pass_state(2, ENTRY_HALF_CLOSED, "other");
	come(1, "a\n");
	assert_written(0, "1*finished|1<a\n|");
	assert_written(201, "2*other|");
}

static void what_is_unfinished_comes_behind_its_row_as_well(void **state)
{
	(void)state;
	settle.waits_states = true;
	uint64_t seq = come(1, "a");
	assert_written(100, "1<a.|");
	pass_state(1, ENTRY_HALF_CLOSED, "finished");
	grow(seq, "b");
	assert_written(20, "1*finished|");
	assert_written(1000, "1<b.|");
	pass_state(2, ENTRY_HALF_CLOSED, "other");
	come(2, "c");
	assert_written(0, "2*other|");
	assert_written(1000, "2<c.|");
}

static void a_message_waits_no_longer_beside_a_state(void **state)
{
	(void)state;
	settle.waits_states = true;
	pass_state(2, ENTRY_CONNECTING, "connecting");
	come(1, "a");
	assert_written(101, "1<a.|");
	assert_written(100, "2*connecting|");
}

static void a_cut_of_all_writes_the_states_that_waited(void **state)
{
	(void)state;
	settle.waits_states = true;
	pass_state(1, ENTRY_HALF_CLOSED, "finished");
	recut_all(t, "line");
	assert_written(0, "1*finished|");
	assert_written(3000, "");
}

static void a_whole_message_is_written_at_once(void **state)
{
	(void)state;
	come(1, "a\n");
	assert_written(0, "1<a\n|");
	assert_written(3000, "");
}

static void what_comes_in_pieces_soon_is_one(void **state)
{
	(void)state;
	uint64_t seq = come(1, "a");
	assert_written(90, "");
	grow(seq, "b");
	assert_written(90, "");
	grow(seq, "c\n");
	assert_written(0, "1<abc\n|");
	assert_written(3000, "");
}

static void an_unfinished_one_waits_a_little_and_the_rest_follows(void **state)
{
	(void)state;
	uint64_t seq = come(1, "Password: ");
	assert_written(99, "");
	assert_written(2, "1<Password: .|");
	assert_written(3000, "");
	grow(seq, "x");
	assert_written(101, "1<x.|");
	grow(seq, "y\n");
	assert_written(0, "1<y\n|");
}

static void half_a_character_waits_longer(void **state)
{
	(void)state;
	uint64_t seq = come(1, "caf\xc3");
	assert_written(101, "1<caf.|");
	assert_written(800, "");
	grow(seq, "\xa9");
	assert_written(101, "1<\xc3\xa9.|");
	grow(seq, "\xc3");
	assert_written(990, "");
	assert_written(20, "1<\xc3.|");
	grow(seq, "\xa9\n");
	assert_written(0, "1<\xa9\n|");
}

static void half_a_character_of_another_encoding_waits_as_well(void **state)
{
	struct error e;
	struct encoding *enc = encoding_open(ENCODING_EUC_KR, &e);
	(void)state;
	assert_non_null(enc);
	settle.encoding = &enc;
	uint64_t seq = come(1, "\xb4\xeb\xb4");
	assert_written(101, "1<\xb4\xeb.|");
	grow(seq, "\xe4");
	assert_written(1000, "1<\xb4\xe4.|");
	settle.encoding = NULL;
	encoding_close(enc);
}

static void what_came_before_is_written_before(void **state)
{
	(void)state;
	uint64_t seq = come(1, "login: \xc3");
	add(1, ENTRY_MESSAGE, ENTRY_OUT, "me\n");
	/* but for the half of a character, which is completed */
	assert_written(0, "1<login: .|1>me\n|");
	grow(seq, "\xa9\n");
	assert_written(0, "1<\xc3\xa9\n|");
	come(1, "more\xc3");
	come(1, "next\n");
	assert_written(0, "1<more\xc3.|1<next\n|");
	come(1, "note");
	add(1, ENTRY_NOTE, ENTRY_NO_DIR, "paused");
	assert_written(0, "1<note.|1*paused|");
	seq = come(1, "half\xc3");
	add(1, ENTRY_NOTE, ENTRY_NO_DIR, "a hint");
	assert_written(0, "1*a hint|");
	grow(seq, "\xa9\n");
	assert_written(0, "1<half\xc3\xa9\n|");
}

static void a_late_part_settles_what_came_before_it(void **state)
{
	(void)state;
	uint64_t seq = come(1, "a");
	assert_written(90, "");
	transcript_part(t, seq, &(struct stamp){ 1, 1 }, true);
	grow(seq, "b\xc3");
	assert_written(0, "1<a.|");
	assert_written(90, "");
	transcript_part(t, seq, &(struct stamp){ 2, 2 }, true);
	grow(seq, "\xa9" "d");
	assert_written(0, "1<b.|");
	transcript_part(t, seq, &(struct stamp){ 3, 3 }, false);
	grow(seq, "e");
	assert_written(0, "");
	grow(seq, "\n");
	assert_written(0, "1<\xc3\xa9" "de\n|");
}

static void the_end_writes_all(void **state)
{
	(void)state;
	come(1, "bye\xc3");
	add(1, ENTRY_STATE, ENTRY_NO_DIR, "closed");
	assert_written(0, "1<bye\xc3.|1*closed|");
	assert_written(3000, "");
}

static void others_do_not_hurry_each_other(void **state)
{
	(void)state;
	uint64_t one = come(1, "a"), two = come(2, "b");
	come(3, "c\n");
	add(3, ENTRY_STATE, ENTRY_NO_DIR, "closed");
	assert_written(50, "3<c\n|3*closed|");
	grow(two, "B");
	assert_written(51, "1<a.|");
	assert_written(50, "2<bB.|");
	grow(one, "A\n");
	grow(two, "\n");
	assert_written(0, "1<A\n|2<\n|");
}

static void one_that_waits_long_does_not_keep_another(void **state)
{
	(void)state;
	uint64_t one = come(1, "a");
	come(2, "b\xc3");
	assert_written(50, "");
	grow(one, "A");
	assert_written(51, "2<b.|");
	assert_written(50, "1<aA.|");
	assert_written(860, "2<\xc3.|");
}

static void a_dropped_entry_is_not_waited_for(void **state)
{
	static uint8_t bytes[5000];
	(void)state;
	uint64_t seq = come(1, "gone");
	transcript_unlisten(t, &listener);
	while (entry_at(t, seq))
		transcript_append(t, &(struct entry){
			.bytes = bytes, .len = sizeof(bytes),
		});
	transcript_listen(t, &listener);
	assert_written(3000, "");
	come(1, "next\n");
	assert_written(0, "1<next\n|");
}

static void what_still_waits_is_written_when_it_is_over(void **state)
{
	(void)state;
	come(1, "a\xc3");
	come(2, "b");
	settle_write_all(&settle);
	assert_written(0, "1<a\xc3.|2<b.|");
	settle_finish(&settle);
	settle_init(&settle, loop, t, on_write, NULL);
}

/* Entries of another session, until a part of the first is written. */
static void fill_until_written(const char *wanted)
{
	static char line[100000];
	memset(line, 'x', sizeof(line) - 2);
	line[sizeof(line) - 2] = '\n';
	for (int i = 0; strncmp(trace, wanted, strlen(wanted)) != 0; i++) {
		assert_true(i < 100);
		trace[0] = '\0';
		come(2, line);
	}
	trace[0] = '\0';
}

static void a_half_close_writes_what_came_before_it(void **state)
{
	(void)state;
	come(1, "a\xc3");
	transcript_append(t, &(struct entry){
		.session = 1,
		.kind = ENTRY_STATE,
		.state = ENTRY_HALF_CLOSED,
		.dir = ENTRY_OUT,
	});
	assert_written(0, "1<a\xc3.|1*|");
}

static void an_entry_that_is_dropped_soon_does_not_wait(void **state)
{
	(void)state;
	uint64_t seq = come(1, "ab");
	fill_until_written("1<ab.|");
	assert_non_null(entry_at(t, seq));
	grow(seq, "c");
	assert_written(0, "1<c.|");
}

static void one_that_ends_when_it_leaves_is_written_once(void **state)
{
	static char rest[100000];
	(void)state;
	memset(rest, 'x', sizeof(rest) - 2);
	rest[sizeof(rest) - 2] = '\n';
	for (int others = 0; others < 6; others++) {
		uint64_t seq = come(1, "ab");
		for (int i = 0; i < others; i++)
			come(2, rest);
		whole_count = 0;
		grow(seq, rest);
		assert_int_equal(whole_count, 1);
	}
}

static void one_that_ended_before_it_is_shown_is_written_once(void **state)
{
	(void)state;
	uint64_t seq = come(1, "ab");
	transcript_unlisten(t, &listener);
	grow(seq, "c\n");
	transcript_listen(t, &listener);
	add(1, ENTRY_MESSAGE, ENTRY_OUT, "x\n");
	assert_written(0, "1<abc\n|1>x\n|");
	assert_int_equal(settle_show(&settle, entry_at(t, seq)), 0);
	assert_written(3000, "");
}

static void an_older_one_that_was_broken_off_is_not_kept(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		come(1, "no end");
		trace[0] = '\0';
	}
	assert_int_equal(settle.count, 1);
}

static void what_is_cut_anew_is_written_once(void **state)
{
	(void)state;
	come(1, "par");
	come(2, "other\n");
	assert_written(101, "2<other\n|1<par.|");
	grow(1, "tial");
	recut_all(t, "read"); /* all of them are whole */
	assert_written(101, "1<tial|");
	come(1, "next\n");
	assert_written(101, "1<next\n|");
	recut_all(t, "fixed:100"); /* none of them is */
	assert_written(101, "");
	grow(transcript_end(t) - 1, "!\n");
	assert_written(101, "2<!\n|");
	grow(transcript_end(t) - 2, "?");
	assert_written(101, ""); /* it is awaited */
	recut_all(t, "line");
	assert_written(101, "1<?.|");
	grow(transcript_end(t) - 1, "!\n");
	assert_written(101, "1<!\n|");
}

static void what_waited_for_the_wrong_length_is_written_then(void **state)
{
	(void)state;
	uint64_t seq = come(1, "one\ntwo\nthr");
	recut_all(t, "line");
	assert_written(0, "1<one\n|1<two\n|");
	assert_written(101, "1<thr.|");
	assert_true(seq < transcript_first(t));
}

static int set_up(void **state)
{
	(void)state;
	clock_ns = 1000000 * MS_NS;
	trace[0] = '\0';
	loop = loop_new(LOOP_AUTO);
	t = transcript_new((size_t)1 << 20);
	transcript_listen(t, &listener);
	settle_init(&settle, loop, t, on_write, NULL);
	loop_turn(loop, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	settle_finish(&settle);
	transcript_free(t);
	loop_free(loop);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_state_waits_for_the_next_one_which_may_fold_it),
		TEST(a_state_that_lasts_is_written_after_a_while),
		TEST(what_comes_behind_half_an_end_comes_behind_its_row),
		TEST(what_is_unfinished_comes_behind_its_row_as_well),
		TEST(a_message_waits_no_longer_beside_a_state),
		TEST(a_cut_of_all_writes_the_states_that_waited),
		TEST(a_whole_message_is_written_at_once),
		TEST(what_comes_in_pieces_soon_is_one),
		TEST(an_unfinished_one_waits_a_little_and_the_rest_follows),
		TEST(half_a_character_waits_longer),
		TEST(half_a_character_of_another_encoding_waits_as_well),
		TEST(what_came_before_is_written_before),
		TEST(a_late_part_settles_what_came_before_it),
		TEST(the_end_writes_all),
		TEST(others_do_not_hurry_each_other),
		TEST(one_that_waits_long_does_not_keep_another),
		TEST(a_dropped_entry_is_not_waited_for),
		TEST(a_half_close_writes_what_came_before_it),
		TEST(an_entry_that_is_dropped_soon_does_not_wait),
		TEST(one_that_ends_when_it_leaves_is_written_once),
		TEST(one_that_ended_before_it_is_shown_is_written_once),
		TEST(an_older_one_that_was_broken_off_is_not_kept),
		TEST(what_still_waits_is_written_when_it_is_over),
		TEST(what_is_cut_anew_is_written_once),
		TEST(what_waited_for_the_wrong_length_is_written_then),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
