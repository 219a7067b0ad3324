/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who gets the bytes of messages as they are cut has the same messages as the
 * transcript. */

#include <sockchat/framing.h>
#include <sockchat/timer.h>

#include "entry_at.h"
#include "made_clock.h"

#define HEARD_MAX 64

/* A message as the hook has heard it. */
struct heard {
	uint64_t seq;
	struct bytes bytes;
	bool is_whole;
	uint32_t prefix, suffix;
};

static struct transcript *t;
static struct frame frame;
static struct framing in;
static struct heard heard[HEARD_MAX];
static size_t count;

static int hear(void *user, const struct framing_cut *c)
{
	(void)user;
	if (c->begins) {
		assert_true(count < HEARD_MAX);
		heard[count++] = (struct heard){ .is_whole = false };
	}
	assert_true(count > 0);
	struct heard *h = &heard[count - 1];
	h->seq = c->seq;
	assert_true(c->back <= h->bytes.len);
	h->bytes.len -= c->back;
	h->is_whole |= c->is_whole;
	if (c->frame) {
		h->prefix = c->now->prefix;
		h->suffix = c->now->suffix;
	}
	return bytes_append(&h->bytes, c->bytes, c->len);
}

static const struct framing_hook hook = { .on_cut = hear };

static void forget(void)
{
	while (count)
		bytes_finish(&heard[--count].bytes);
	transcript_free(t);
	t = NULL;
}

static void begin_with(const char *spec, size_t max)
{
	struct error e;
	forget();
	t = transcript_new(max);
	assert_int_equal(frame_parse(&frame, spec, &e), 0);
	in = (struct framing){ .dir = ENTRY_IN, .hook = &hook };
	clock_ns = 1000 * SECOND_NS;
}

static void begin(const char *spec)
{
	begin_with(spec, (size_t)1 << 20);
}

static struct framing_read read_now(void)
{
	return (struct framing_read){
		.transcript = t,
		.frame = &frame,
		.time = stamp_now(),
		.session = 3,
		.peer = "peer:1",
	};
}

static void take(const void *bytes, size_t len)
{
	clock_ns++;
	const struct framing_read r = read_now();
	assert_int_equal(framing_take(&in, &r, bytes, len), 0);
}

static void take_text(const char *text)
{
	take(text, strlen(text));
}

static void assert_heard(size_t i, const char *text, bool is_whole)
{
	assert_true(i < count);
	assert_string_equal(bytes_text(&heard[i].bytes), text);
	assert_int_equal(heard[i].is_whole, is_whole);
}

/* What was heard is what stands in the transcript. */
static void assert_agreement(void)
{
	assert_int_equal(transcript_end(t), count + 1);
	for (size_t i = 0; i < count; i++) {
		const struct heard *h = &heard[i];
		const struct entry *e = entry_at(t, i + 1);
		assert_int_equal(h->seq, i + 1);
		assert_int_equal(h->bytes.len, e->len);
		assert_memory_equal(h->bytes.data, e->bytes, e->len);
		assert_int_equal(h->is_whole,
		                 (e->flags & ENTRY_COMPLETE) != 0);
		if (!h->is_whole)
			continue;
		assert_int_equal(h->prefix, e->prefix);
		assert_int_equal(h->suffix, e->suffix);
	}
}

static void pieces_of_any_size_make_the_transcripts_messages(void **state)
{
	static const struct {
		const char *spec, *bytes;
		size_t len;
	} rows[] = {
#define ROW(spec, bytes) { spec, bytes, sizeof(bytes) - 1 }
		ROW("line", "one\r\ntwo\n\nthr"),
		ROW("auto", "one\ntwo\nthr"),
		ROW("u16", "\0\3abc\0\1x\0\0\0\5hel"),
		ROW("u8,at=1,add=1", "x\2abcy\0z"),
		ROW("fixed:3", "abcdefgh"),
		ROW("delim:--", "one--two----thr-"),
		ROW("between:<a>,</a>", "<a>1</a><a>2</a>x<<a>3</a>"),
		ROW("json", "{\"a\":1} \n [1, 2]\n\n3 \"x\""),
		ROW("netstring", "3:abc,0:,5:hel"),
		ROW("slip", "abc\300\300de\333\334f\300"),
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t size = 1; size <= rows[i].len; size++) {
			begin(rows[i].spec);
			for (size_t at = 0; at < rows[i].len; at += size) {
				size_t left = rows[i].len - at;
				take(rows[i].bytes + at,
				     left < size ? left : size);
			}
			assert_agreement();
		}
}

static void a_message_is_whole_when_silence_has_ended_it(void **state)
{
	(void)state;
	begin("idle:20ms");
	take_text("ab");
	assert_heard(0, "ab", false);
	framing_complete(&in, t);
	assert_heard(0, "ab", true);
	take_text("cd");
	assert_int_equal(count, 2);
	assert_heard(1, "cd", false);
}

static void a_message_is_whole_when_its_end_is_cut_short(void **state)
{
	const struct framing_read r = read_now();
	(void)state;
	begin("line");
	take_text("log");
	framing_break(&in, &frame, t);
	assert_heard(0, "log", true);
	take_text("in");
	framing_end(&in, &r, "FIN");
	assert_heard(1, "in", true);
	take_text("u");
	framing_restart(&in, t);
	assert_heard(2, "u", true);
}

static void who_hears_keeps_what_the_transcript_has_dropped(void **state)
{
	uint8_t filler[4096] = { 0 };
	(void)state;
	begin_with("u16", (size_t)512 << 10);
	take("\0\5ab", 4);
	for (int i = 0; i < 500; i++)
		assert_true(transcript_append(t, &(struct entry){
			.kind = ENTRY_MESSAGE,
			.bytes = filler,
			.len = sizeof(filler),
		}));
	assert_null(entry_at(t, 1));
	uint64_t seq = heard[0].seq;
	take_text("cde");
	assert_int_equal(count, 1);
	assert_int_equal(heard[0].bytes.len, 7);
	assert_memory_equal(heard[0].bytes.data, "\0\5abcde", 7);
	assert_true(heard[0].is_whole);
	assert_int_not_equal(heard[0].seq, seq);
}

static int finish(void **state)
{
	(void)state;
	forget();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    pieces_of_any_size_make_the_transcripts_messages),
		cmocka_unit_test(a_message_is_whole_when_silence_has_ended_it),
		cmocka_unit_test(a_message_is_whole_when_its_end_is_cut_short),
		cmocka_unit_test(
		    who_hears_keeps_what_the_transcript_has_dropped),
	};
	return cmocka_run_group_tests(tests, NULL, finish);
}
