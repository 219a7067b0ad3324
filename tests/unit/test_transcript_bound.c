/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The transcript: bounded, and never slow or wrong when it drops. */

#include "transcript_scene.h"

#define PEERS_MAX 64

/* A sanitizer has its own malloc(), which never fails. */
#if !defined(__SANITIZE_ADDRESS__)
#define OWN_MALLOC
static bool has_no_memory;
void *__libc_malloc(size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return has_no_memory ? NULL : __libc_malloc(size);
}

void *realloc(void *old, size_t size)
{
	return has_no_memory ? NULL : __libc_realloc(old, size);
}
#endif

static void memory_stays_within_its_bound(void **state)
{
	uint8_t bytes[1000] = { 0 };
	size_t most = 0;
	(void)state;
	for (int i = 0; i < 20000; i++) {
		assert_true(add(bytes, sizeof(bytes)));
		if (transcript_sums(t).memory > most)
			most = transcript_sums(t).memory;
	}
	assert_true(most > CHUNK);
	assert_true(most <= 4 * CHUNK);
}

static void words_that_have_no_room_in_a_chunk_are_not_kept(void **state)
{
	static char hint[1000000];
	(void)state;
	uint64_t seq = add_text("one");
	memset(hint, 'x', sizeof(hint) - 1);
	assert_int_equal(transcript_append(t, &(struct entry){
		.kind = ENTRY_NOTE, .hint = hint,
	}), 0);
	assert_int_equal(transcript_sums(t).unkept, 1);
	assert_entry(seq, "one");
	assert_entry(add_text("two"), "two");
}

static void dropped_entries_are_counted(void **state)
{
	uint64_t dropped;
	uint8_t data[100] = { 0 };
	(void)state;
	transcript_append(t, &(struct entry){
		.kind = ENTRY_NOTE, .bytes = data, .len = sizeof(data),
	});
	push_out(1, sizeof(data));
	dropped = transcript_sums(t).dropped;
	assert_true(dropped > 1);
	assert_int_equal(dropped, transcript_first(t) - 1);
	/* a note's text is nobody's message */
	assert_int_equal(transcript_sums(t).dropped_bytes,
	                 (dropped - 1) * sizeof(data));
	push_out(transcript_first(t), sizeof(data));
	assert_int_equal(transcript_sums(t).dropped,
	                 transcript_first(t) - 1);
}

static void kept_entries_are_found_and_dropped_ones_are_not(void **state)
{
	char text[32];
	(void)state;
	for (unsigned i = 1; i < 60000; i++) {
		snprintf(text, sizeof(text), "entry %u", i);
		add_text(text);
	}
	uint64_t first = transcript_first(t), end = transcript_end(t);
	assert_true(first > 1);
	assert_int_equal(end, 60000);
	assert_null(entry_at(t, 0));
	assert_null(entry_at(t, first - 1));
	assert_null(entry_at(t, end));
	assert_null(entry_at(t, UINT64_MAX));
	for (uint64_t seq = first; seq < end; seq++) {
		snprintf(text, sizeof(text), "entry %u", (unsigned)seq);
		assert_entry(seq, text);
		assert_string_equal(entry_at(t, seq)->peer,
		                    "127.0.0.1:9");
	}
}

static void a_dropped_entry_cannot_grow(void **state)
{
	(void)state;
	uint64_t seq = add_text("a");
	push_out(seq, 5000);
	assert_int_equal(extend_text(seq, "b"), -1);
	assert_int_equal(errno, ENOENT);
}

/* The chunk that is added for the one that grows drops it: then the message
 * before must not take the new chunk for its own. */
static void growth_that_fails_leaves_others_whole(void **state)
{
	size_t len = CHUNK - 2000, more = 20000;
	uint8_t *bytes = calloc(1, 3 * CHUNK);
	(void)state;
	assert_non_null(bytes);
	uint64_t oldest = add(bytes, 5000);
	memset(bytes, 'o', len);
	uint64_t last = add(bytes, len);
	assert_non_null(entry_at(t, oldest));
	assert_int_equal(transcript_extend(t, oldest,
	                                   ENTRY_PIECE(bytes, 3 * CHUNK, 0)),
	                 -1);
	assert_int_equal(errno, ENOENT);
	memset(bytes, 'n', more);
	assert_int_equal(transcript_extend(t, last,
	                                   ENTRY_PIECE(bytes, more, 0)), 0);
	free(bytes);
	const struct entry *e = entry_at(t, last);
	assert_int_equal(e->len, len + more);
	assert_int_equal(e->bytes[0], 'o');
	assert_int_equal(e->bytes[len - 1], 'o');
	assert_int_equal(e->bytes[len], 'n');
	assert_int_equal(e->bytes[e->len - 1], 'n');
}

static void one_larger_than_the_bound_is_kept_whole(void **state)
{
	size_t len = 20 * CHUNK;
	uint8_t *bytes = malloc(len);
	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', len);
	add_text("before");
	uint64_t seq = add(bytes, len);
	assert_int_equal(entry_at(t, seq)->len, len);
	assert_memory_equal(entry_at(t, seq)->bytes, bytes, len);
	push_out(seq, 5000);
	assert_true(transcript_sums(t).memory <= 4 * CHUNK);
	free(bytes);
}

/* The longest that a frame lets be, whatever its reads bring: its bytes move
 * again and again, and it does not push itself out. */
static void a_quarter_of_all_grows_whole(void **state)
{
	static const uint8_t bytes[CHUNK];
	const struct stamp now = { 0 };
	size_t most = 16 * CHUNK + 4;
	(void)state;
	for (size_t read = 4000; read < CHUNK; read += 4000) {
		struct transcript *large = transcript_new(64 * CHUNK);
		assert_non_null(large);
		uint64_t seq = transcript_append(large, &(struct entry){
			.kind = ENTRY_MESSAGE, .bytes = bytes, .len = 4,
		});
		for (size_t len = 4, more; len < most; len += more) {
			more = len + read < most ? read : most - len;
			transcript_part(large, seq, &now, false);
			assert_int_equal(transcript_extend(large, seq,
			                     ENTRY_PIECE(bytes, more, 0)), 0);
		}
		assert_int_equal(entry_at(large, seq)->len, most);
		transcript_free(large);
	}
}

/* How much is taken for `count` messages that grow in turn, a byte at a time,
 * to `len` bytes each. */
static size_t memory_of_growth(size_t count, size_t len)
{
	struct transcript *large = transcript_new(SIZE_MAX);
	uint64_t seq[PEERS_MAX];
	for (size_t i = 0; i < count; i++)
		seq[i] = transcript_append(large, &(struct entry){
			.kind = ENTRY_MESSAGE,
		});
	for (size_t n = 0; n < len; n++)
		for (size_t i = 0; i < count; i++) {
			uint8_t byte = (uint8_t)(i + n);
			assert_int_equal(transcript_extend(large, seq[i],
			        ENTRY_PIECE(&byte, 1, 0)), 0);
		}
	for (size_t i = 0; i < count; i++) {
		const struct entry *e = entry_at(large, seq[i]);
		assert_int_equal(e->len, len);
		for (size_t n = 0; n < len; n++)
			assert_int_equal(e->bytes[n], (uint8_t)(i + n));
	}
	size_t memory = transcript_sums(large).memory;
	transcript_free(large);
	return memory;
}

static void messages_that_grow_in_turn_stay_linear(void **state)
{
	(void)state;
	/* each doubling leaves the half behind: 4 times, and a last chunk */
	assert_true(memory_of_growth(2, 60000) <= 4 * 2 * 60000 + 2 * CHUNK);
	assert_true(memory_of_growth(PEERS_MAX, 4000) <=
	            4 * PEERS_MAX * 4000 + 2 * CHUNK);
}

/* Against a model: any mixture of entries and growth reads as it was made. */
static void any_mixture_reads_as_it_was_made(void **state)
{
	static uint8_t bytes[70000];
	static size_t lens[4096];
	uint32_t random = 1;
	(void)state;
	for (size_t turn = 0; turn + 1 < 4096; turn++) {
		random = random * 1664525 + 1013904223;
		uint64_t end = transcript_end(t);
		size_t len = random % 16 ? random >> 8 & 0xff
		                         : random >> 8 & 0xffff;
		uint64_t seq = end - 1 - (random >> 4) % (end < 9 ? end : 9);
		memset(bytes, (int)(seq & 0xff), len);
		if (random >> 31 && entry_at(t, seq)) {
			if (!transcript_extend(t, seq,
			                       ENTRY_PIECE(bytes, len, 0)))
				lens[seq] += len;
		} else {
			memset(bytes, (int)(end & 0xff), len);
			lens[end] = len;
			assert_int_equal(add(bytes, len), end);
		}
		for (seq = transcript_first(t); seq < transcript_end(t);
		     seq++) {
			const struct entry *e = entry_at(t, seq);
			assert_int_equal(e->len, lens[seq]);
			assert_true(!e->len ||
			            (e->bytes[0] == (seq & 0xff) &&
			             e->bytes[e->len - 1] == (seq & 0xff)));
		}
	}
	assert_true(transcript_sums(t).dropped > 0);
}

#ifdef OWN_MALLOC

static void without_memory_the_oldest_make_room(void **state)
{
	static uint8_t bytes[60 << 10];
	uint64_t last;
	(void)state;
	transcript_set_max(t, 256 * CHUNK);
	for (int i = 0; i < 40; i++) /* the array of chunks is full as well */
		add(bytes, sizeof(bytes));
	has_no_memory = true;
	for (int i = 0; i < 400; i++)
		if (!(last = add(bytes, sizeof(bytes))))
			break;
	bool is_refused = !last || !add_text("out of memory") ||
	                  extend_text(last + 1, ", and goes on");
	has_no_memory = false;
	assert_false(is_refused);
	assert_entry(last + 1, "out of memory, and goes on");
	assert_int_equal(transcript_sums(t).unkept, 0);
	assert_true(transcript_sums(t).dropped > 300);
	add(bytes, sizeof(bytes));
	assert_entry(last + 1, "out of memory, and goes on");
}

static void entries_that_cannot_be_kept_are_counted(void **state)
{
	uint8_t *bytes = calloc(1, 2 * CHUNK);
	(void)state;
	assert_non_null(bytes);
	uint64_t seq = add_text("one");
	has_no_memory = true;
	bool is_kept = add(bytes, 2 * CHUNK);
	has_no_memory = false;
	assert_false(is_kept);
	assert_int_equal(transcript_sums(t).unkept, 1);
	assert_entry(seq, "one");
	free(bytes);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_stays_within_its_bound),
		TEST(words_that_have_no_room_in_a_chunk_are_not_kept),
		TEST(dropped_entries_are_counted),
		TEST(kept_entries_are_found_and_dropped_ones_are_not),
		TEST(a_dropped_entry_cannot_grow),
		TEST(growth_that_fails_leaves_others_whole),
		TEST(one_larger_than_the_bound_is_kept_whole),
		TEST(a_quarter_of_all_grows_whole),
		TEST(messages_that_grow_in_turn_stay_linear),
		TEST(any_mixture_reads_as_it_was_made),
#ifdef OWN_MALLOC
		TEST(without_memory_the_oldest_make_room),
		TEST(entries_that_cannot_be_kept_are_counted),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
