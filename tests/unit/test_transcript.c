/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The transcript: entries numbered, and kept as they came. */

#include "transcript_scene.h"

static void an_empty_transcript_has_no_entries(void **state)
{
	(void)state;
	assert_int_equal(transcript_first(t), 1);
	assert_int_equal(transcript_end(t), 1);
	assert_int_equal(transcript_sums(t).dropped, 0);
	assert_int_equal(transcript_sums(t).dropped_bytes, 0);
	assert_int_equal(transcript_sums(t).memory, 0);
	for (uint64_t seq = 0; seq < 3; seq++)
		assert_null(entry_at(t, seq));
	assert_int_equal(extend_text(1, "x"), -1);
	assert_int_equal(errno, ENOENT);
}

static void entries_are_numbered_from_one(void **state)
{
	(void)state;
	for (uint64_t seq = 1; seq <= 3; seq++)
		assert_int_equal(add_text("x"), seq);
	assert_int_equal(transcript_first(t), 1);
	assert_int_equal(transcript_end(t), 4);
	assert_null(entry_at(t, 0));
	assert_null(entry_at(t, 4));
}

static void a_draft_is_copied_with_all_its_words(void **state)
{
	char text[] = "refused", peer[] = "[::1]:9", local[] = "[::1]:7";
	char code[] = "ECONNREFUSED", hint[] = "start it";
	struct moved moved = { .received = 8, .sent = 9 };
	(void)state;
	uint64_t seq = transcript_append(t, &(struct entry){
		.time = { .wall_us = 5, .mono_ns = 6 },
		.session = 7,
		.kind = ENTRY_ERROR,
		.dir = ENTRY_OUT,
		.state = ENTRY_CLOSED,
		.flags = ENTRY_CUT,
		.bytes = (uint8_t *)text,
		.len = strlen(text),
		.peer = peer,
		.local = local,
		.code = code,
		.hint = hint,
		.ended = ENTRY_IN,
		.moved = &moved,
	});
	text[0] = peer[0] = local[0] = code[0] = hint[0] = '?';
	moved.received = moved.sent = 0;
	const struct entry *e = entry_at(t, seq);
	assert_entry(seq, "refused");
	assert_int_equal(e->time.wall_us, 5);
	assert_int_equal(e->time.mono_ns, 6);
	assert_int_equal(e->session, 7);
	assert_int_equal(e->kind, ENTRY_ERROR);
	assert_int_equal(e->dir, ENTRY_OUT);
	assert_int_equal(e->state, ENTRY_CLOSED);
	assert_int_equal(e->flags, ENTRY_CUT);
	assert_string_equal(e->peer, "[::1]:9");
	assert_string_equal(e->local, "[::1]:7");
	assert_string_equal(e->code, "ECONNREFUSED");
	assert_string_equal(e->hint, "start it");
	assert_int_equal(e->ended, ENTRY_IN);
	assert_int_equal(e->moved->received, 8);
	assert_int_equal(e->moved->sent, 9);
}

static uint64_t add_at(int64_t wall_s, const char *text)
{
	return transcript_append(t, &(struct entry){
		.time = { wall_s * 1000000, wall_s }, .session = 1,
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN,
		.bytes = (const uint8_t *)text, .len = strlen(text),
	});
}

static void add_part(uint64_t seq, int64_t at_ns)
{
	transcript_part(t, seq, &(struct stamp){ 5, at_ns }, at_ns & 1024);
}

static void each_part_of_a_message_keeps_its_time(void **state)
{
	const struct entry *e;
	uint64_t one, two;
	(void)state;
	one = add_at(5, "a");
	two = add_at(5, "A");
	for (int i = 1; i < 1000; i++) {
		add_part(one, 5 + i * INT64_C(1024));
		assert_int_equal(extend_text(one, "a"), 0);
		add_part(two, 5 + i * INT64_C(2048));
		assert_int_equal(extend_text(two, "A"), 0);
	}
	for (uint64_t seq = one; seq <= two; seq++) {
		e = entry_at(t, seq);
		assert_int_equal(e->part_count, 999);
		for (int i = 1; i < 1000; i++) {
			assert_int_equal(e->parts[i - 1].at, i);
			assert_int_equal(e->parts[i - 1].is_late,
			                 seq == one ? i % 2 : 0);
			assert_int_equal(e->parts[i - 1].after,
			                 seq == one ? i * 1024 / 1000
			                            : i * 2048 / 1000);
			assert_int_equal(e->bytes[i], seq == one ? 'a' : 'A');
		}
	}
}

static void parts_do_not_drive_out_their_message(void **state)
{
	(void)state;
	uint64_t seq = add_text("a");
	for (int i = 1; i < 50000; i++) {
		add_part(seq, i);
		assert_int_equal(extend_text(seq, "a"), 0);
	}
	const struct entry *e = entry_at(t, seq);
	assert_int_equal(e->len, 50000);
	assert_true(e->part_count * sizeof(*e->parts) <= 3 * CHUNK / 8);
	assert_int_equal(e->parts[e->part_count - 1].at, e->part_count);
}

static void parts_belong_to_one_message_alone(void **state)
{
	const struct entry like = {
		.time = { 5, 6 }, .session = 1, .kind = ENTRY_MESSAGE,
		.dir = ENTRY_IN,
	};
	(void)state;
	uint64_t one = transcript_add(t, &like,
	                              ENTRY_PIECE("a", 1, ENTRY_COMPLETE));
	uint64_t two = transcript_add(t, &like, ENTRY_PIECE("b", 1, 0));
	uint64_t three = transcript_add(t, &like,
	                                ENTRY_PIECE("c", 1, ENTRY_COMPLETE));
	add_part(two, 9);
	assert_int_equal(extend_text(two, "b"), 0);
	uint64_t four = transcript_add(t, &like,
	                               ENTRY_PIECE("d", 1, ENTRY_COMPLETE));
	assert_int_equal(entry_at(t, one)->part_count, 0);
	assert_int_equal(entry_at(t, two)->part_count, 1);
	assert_int_equal(entry_at(t, four)->part_count, 0);
	assert_non_null(entry_at(t, three));
	push_out(two, 5000);
	add_part(two, 10); /* it does no harm */
}

static void another_day_is_told_before_its_first_entry(void **state)
{
	const int64_t day = 24 * 3600;
	(void)state;
	setenv("TZ", "UTC0", 1);
	assert_int_equal(add_at(20421 * day - 1, "the first day"), 1);
	assert_int_equal(add_at(20421 * day, "the next"), 3);
	assert_int_equal(add_at(20422 * day - 1, "still"), 4);
	assert_int_equal(add_at(20424 * day + 9, "two later"), 6);
	assert_int_equal(add_at(20424 * day - 9, "set back"), 8);
	const struct entry *e = entry_at(t, 2);
	assert_int_equal(e->kind, ENTRY_NOTE);
	assert_int_equal(e->session, 0);
	assert_string_equal(e->code, "day");
	assert_int_equal(e->time.mono_ns, 20421 * day);
	assert_entry(2, "2025-11-29");
	assert_entry(5, "2025-12-02");
	assert_entry(7, "2025-12-01");
}

static void where_the_time_went_is_copied(void **state)
{
	struct timing timing = { .total_us = 5, .try_count = 1 };
	(void)state;
	transcript_append(t, &(struct entry){
		.kind = ENTRY_STATE, .peer = "odd", .timing = &timing,
	});
	transcript_append(t, &(struct entry){ .kind = ENTRY_STATE });
	timing.total_us = 6;
	assert_int_equal(entry_at(t, 1)->timing->total_us, 5);
	assert_null(entry_at(t, 2)->timing);
}

static void words_that_are_not_given_are_empty_and_time_is_now(void **state)
{
	(void)state;
	uint64_t seq = transcript_append(t, &(struct entry){ 0 });
	const struct entry *e = entry_at(t, seq);
	assert_string_equal(e->peer, "");
	assert_string_equal(e->local, "");
	assert_string_equal(e->code, "");
	assert_string_equal(e->hint, "");
	assert_int_equal(e->len, 0);
	assert_true(e->time.wall_us > 0);
	assert_true(e->time.mono_ns > 0);
}

static void each_entry_keeps_the_name_of_its_peer(void **state)
{
	static const char *const peers[] = { "a:1", "a:1", "b:2", "", "a:1" };
	enum { COUNT = sizeof(peers) / sizeof(peers[0]) };
	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		transcript_append(t, &(struct entry){
			.session = i < 2 ? 1 : 2, .peer = peers[i],
		});
	for (size_t i = 0; i < COUNT; i++)
		assert_string_equal(entry_at(t, i + 1)->peer, peers[i]);
}

static uint32_t seed;

static int64_t below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* Clocks that go on, are set, and stand for hours. */
static void pass_time(struct stamp *now)
{
	int64_t us = below(4) ? below(3000) : below(50) ? 1000 * below(900000)
	                                                : 3600000000 * 30;
	now->mono_ns += us * 1000 + below(1000);
	now->wall_us += us + below(3) - 1;
	if (!below(40))
		now->wall_us += 1000 * (below(9000) - 4500);
}

static void times_and_waits_are_kept_of_each_entry(void **state)
{
	enum { COUNT = 3000 };
	static struct entry all[COUNT];
	struct stamp now = { 1700000000000000, 5000000000 };
	(void)state;
	setenv("TZ", "UTC0", 1);
	struct transcript *large = transcript_new(SIZE_MAX);
	for (size_t i = 0; i < COUNT; i++) {
		pass_time(&now);
		bool is_out = !below(3);
		all[i] = (struct entry){
			.time = now,
			.session = (uint32_t)(below(2) ? below(3) : below(900)),
			.kind = ENTRY_MESSAGE,
			.dir = is_out ? ENTRY_OUT : ENTRY_IN,
			.wait_ns = is_out || below(2) ? 0 : 1 + below(5000000),
			.peer = below(9) ? "a:1" : "b:1",
			.bytes = (const uint8_t *)"odd",
			.len = (size_t)below(4),
		};
		all[i].seq = transcript_append(large, &all[i]);
	}
	for (size_t i = 0; i < COUNT; i++) {
		struct entry e;
		assert_non_null(transcript_at(large, all[i].seq, &e));
		assert_int_equal(e.time.mono_ns, all[i].time.mono_ns);
		assert_int_equal(e.time.wall_us, all[i].time.wall_us);
		assert_true(e.wait_ns >= all[i].wait_ns &&
		            e.wait_ns < all[i].wait_ns + 1000);
		assert_int_equal(!e.wait_ns, !all[i].wait_ns);
		assert_int_equal(e.session, all[i].session);
		assert_int_equal(e.dir, all[i].dir);
		assert_int_equal(e.len, all[i].len);
		assert_string_equal(e.peer, all[i].peer);
	}
	transcript_free(large);
}

/* Peers take turns, and each message is a read of its own. */
static void an_entry_takes_little_beside_its_bytes(void **state)
{
	static const uint8_t bytes[100];
	struct stamp now = { 1700000000000000, 5000000000 };
	struct transcript *large = transcript_new(SIZE_MAX);
	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		now.mono_ns += 5000;
		now.wall_us += 5;
		transcript_append(large, &(struct entry){
			.time = now,
			.session = i / 2 % 64,
			.kind = ENTRY_MESSAGE,
			.dir = i % 2 ? ENTRY_IN : ENTRY_OUT,
			.wait_ns = i % 2 ? 5000 : 0,
			.peer = i / 2 % 2 ? "127.0.0.1:40001"
			                  : "127.0.0.1:40002",
			.flags = ENTRY_COMPLETE,
			.bytes = bytes,
			.len = sizeof(bytes),
		});
	}
	assert_true(transcript_sums(large).memory < 100000 * (100 + 32));
	transcript_free(large);
}

static void a_message_grows_in_place(void **state)
{
	(void)state;
	uint64_t seq = add_text("ab");
	assert_int_equal(extend_text(seq, "cd"), 0);
	assert_entry(seq, "abcd");
	assert_int_equal(transcript_extend(t, seq,
	        ENTRY_PIECE(NULL, 0, ENTRY_COMPLETE)),
	                 0);
	assert_entry(seq, "abcd");
	assert_int_equal(entry_at(t, seq)->flags, ENTRY_COMPLETE);
}

static void a_message_grows_behind_others(void **state)
{
	(void)state;
	uint64_t a = add_text("a"), b = add_text("b");
	assert_int_equal(extend_text(a, "a"), 0);
	assert_int_equal(extend_text(b, "b"), 0);
	assert_int_equal(extend_text(a, "A"), 0);
	add_text("c");
	assert_int_equal(extend_text(b, "B"), 0);
	assert_entry(a, "aaA");
	assert_entry(b, "bbB");
	assert_entry(3, "c");
	assert_int_equal(transcript_end(t), 4);
}

static uint64_t add_with(int64_t time_ns, uint32_t session, const char *peer)
{
	return transcript_add(t, &(struct entry){
		.time = { .wall_us = 5, .mono_ns = time_ns },
		.session = session,
		.kind = ENTRY_MESSAGE,
		.peer = peer,
	}, ENTRY_PIECE("x", 1, 0));
}

/* What is alike is kept once, and each has its own all the same. */
static void many_alike_take_little_more_than_their_bytes(void **state)
{
	struct transcript *large = transcript_new(SIZE_MAX);
	struct entry like = { .time = { 5, 6 }, .peer = "127.0.0.1:9" };
	uint8_t bytes[100] = { 0 };
	(void)state;
	for (int i = 0; i < 100000; i++)
		transcript_add(large, &like,
		        ENTRY_PIECE(bytes, sizeof(bytes), ENTRY_COMPLETE));
	assert_true(transcript_sums(large).memory < 100000 * 126);
	transcript_free(large);
	add_with(6, 1, "a:1");
	add_with(6, 2, "b:1");
	add_with(7, 2, "b:1");
	assert_string_equal(entry_at(t, 1)->peer, "a:1");
	assert_string_equal(entry_at(t, 2)->peer, "b:1");
	assert_string_equal(entry_at(t, 3)->peer, "b:1");
	assert_int_equal(entry_at(t, 2)->time.mono_ns, 6);
	assert_int_equal(entry_at(t, 3)->time.mono_ns, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_empty_transcript_has_no_entries),
		TEST(entries_are_numbered_from_one),
		TEST(a_draft_is_copied_with_all_its_words),
		TEST(another_day_is_told_before_its_first_entry),
		TEST(where_the_time_went_is_copied),
		TEST(each_part_of_a_message_keeps_its_time),
		TEST(parts_do_not_drive_out_their_message),
		TEST(parts_belong_to_one_message_alone),
		TEST(words_that_are_not_given_are_empty_and_time_is_now),
		TEST(each_entry_keeps_the_name_of_its_peer),
		TEST(times_and_waits_are_kept_of_each_entry),
		TEST(an_entry_takes_little_beside_its_bytes),
		TEST(a_message_grows_in_place),
		TEST(a_message_grows_behind_others),
		TEST(many_alike_take_little_more_than_their_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
