/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes cut into lines, however they were cut on their way. */

#include <sockchat/framing.h>
#include <sockchat/timer.h>

#include "entry_at.h"
#include "made_clock.h"

#define MAX FRAME_CUT_MAX

static struct transcript *t;
static struct frame frame;
static struct framing in, out;

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

static void take(struct framing *f, const void *bytes, size_t len)
{
	clock_ns++;
	const struct framing_read r = read_now();
	assert_int_equal(framing_take(f, &r, bytes, len), 0);
}

static void end_in(void)
{
	const struct framing_read r = read_now();
	framing_end(&in, &r, "FIN");
}

static void take_text(struct framing *f, const char *text)
{
	take(f, text, strlen(text));
}

static void assert_message(uint64_t seq, enum entry_dir dir, const char *text,
                           unsigned flags)
{
	const struct entry *e = entry_at(t, seq);
	assert_non_null(e);
	assert_int_equal(e->kind, ENTRY_MESSAGE);
	assert_int_equal(e->dir, dir);
	assert_int_equal(e->session, 3);
	assert_string_equal(e->peer, "peer:1");
	assert_int_equal(e->len, strlen(text));
	assert_memory_equal(e->bytes, text, e->len);
	assert_int_equal(e->flags, flags);
}

static void assert_count(uint64_t count)
{
	assert_int_equal(transcript_end(t), count + 1);
}

static void no_bytes_make_no_message(void **state)
{
	(void)state;
	take(&in, NULL, 0);
	assert_count(0);
}

static void each_datagram_is_a_message_an_empty_one_too(void **state)
{
	(void)state;
	frame = frame_datagram;
	take_text(&in, "a\nb");
	take(&in, NULL, 0);
	take_text(&in, "c");
	assert_message(1, ENTRY_IN, "a\nb", ENTRY_COMPLETE);
	assert_message(2, ENTRY_IN, "", ENTRY_COMPLETE);
	assert_message(3, ENTRY_IN, "c", ENTRY_COMPLETE);
	end_in();
	assert_count(3);
	assert_int_equal(in.count, 3);
	frame = (struct frame)FRAME_DEFAULT;
}

static void each_line_is_a_message_with_its_ending(void **state)
{
	(void)state;
	take_text(&in, "a\n\nb\r\n");
	assert_message(1, ENTRY_IN, "a\n", ENTRY_COMPLETE);
	assert_message(2, ENTRY_IN, "\n", ENTRY_COMPLETE);
	assert_message(3, ENTRY_IN, "b\r\n", ENTRY_COMPLETE);
	assert_count(3);
}

static void a_partial_line_is_there_and_grows_until_it_ends(void **state)
{
	(void)state;
	take_text(&in, "Pass");
	assert_message(1, ENTRY_IN, "Pass", 0);
	take_text(&in, "word");
	assert_message(1, ENTRY_IN, "Password", 0);
	take_text(&in, ": \nnext");
	assert_message(1, ENTRY_IN, "Password: \n", ENTRY_COMPLETE);
	assert_message(2, ENTRY_IN, "next", 0);
	assert_count(2);
}

static void the_messages_are_the_same_however_reads_cut_them(void **state)
{
	static const char text[] = "one\r\n\n\xf0\x9f\x98\x80\nthree";
	(void)state;
	for (size_t cut = 1; cut < sizeof(text) - 1; cut++) {
		uint64_t first = transcript_end(t);
		for (size_t i = 0; i < sizeof(text) - 1; i += cut) {
			size_t left = sizeof(text) - 1 - i;
			take(&in, text + i, left < cut ? left : cut);
		}
		end_in();
		assert_message(first, ENTRY_IN, "one\r\n", ENTRY_COMPLETE);
		assert_message(first + 1, ENTRY_IN, "\n", ENTRY_COMPLETE);
		assert_message(first + 2, ENTRY_IN, "\xf0\x9f\x98\x80\n",
		               ENTRY_COMPLETE);
		assert_message(first + 3, ENTRY_IN, "three", 0);
		assert_count(first + 3);
	}
}

static void what_was_asked_before_tells_how_long_the_answer_took(void **state)
{
	(void)state;
	take_text(&in, "greeting\n");
	assert_int_equal(entry_at(t, 1)->wait_ns, 0);
	in.asked_ns = stamp_mono_ns() - 5;
	take_text(&in, "answer\nmore\n");
	assert_true(entry_at(t, 2)->wait_ns >= 5);
	assert_true(entry_at(t, 3)->wait_ns == entry_at(t, 2)->wait_ns);
}

static void two_directions_grow_apart(void **state)
{
	(void)state;
	take_text(&in, "a");
	take_text(&out, "1");
	take_text(&in, "b\n");
	take_text(&out, "2\n");
	assert_message(1, ENTRY_IN, "ab\n", ENTRY_COMPLETE);
	assert_message(2, ENTRY_OUT, "12\n", ENTRY_COMPLETE);
	assert_count(2);
}

static void what_comes_after_a_break_is_another_message(void **state)
{
	(void)state;
	framing_break(&in, &frame, t);
	take_text(&in, "Password: ");
	framing_break(&in, &frame, t);
	take_text(&in, "welcome\n");
	assert_message(1, ENTRY_IN, "Password: ", 0);
	assert_message(2, ENTRY_IN, "welcome\n", ENTRY_COMPLETE);
}

static void a_break_does_not_part_a_character(void **state)
{
	(void)state;
	take_text(&in, "caf\xc3");
	framing_break(&in, &frame, t);
	take_text(&in, "\xa9");
	assert_message(1, ENTRY_IN, "caf\xc3\xa9", 0);
	framing_break(&in, &frame, t);
	take_text(&in, "\xc3");
	end_in();
	take_text(&in, "\xa9");
	assert_message(2, ENTRY_IN, "\xc3", 0);
	assert_message(3, ENTRY_IN, "\xa9", 0);
}

/* A line of `len` bytes and its newline: how long each message is. */
static void assert_cut(const uint8_t *bytes, size_t len, size_t read_size)
{
	uint64_t seq = transcript_end(t);
	for (size_t i = 0; i < len; i += read_size)
		take(&in, bytes, len - i < read_size ? len - i : read_size);
	take_text(&in, "\n");
	for (size_t left = len + 1; left; seq++) {
		const struct entry *e = entry_at(t, seq);
		assert_non_null(e);
		assert_int_equal(e->len, left < MAX ? left : MAX);
		left -= e->len;
		assert_int_equal(e->flags,
		                 ENTRY_COMPLETE | (left ? ENTRY_CUT : 0));
	}
	assert_count(seq - 1);
}

static void a_line_that_is_too_long_is_cut(void **state)
{
	static const size_t lens[] = { MAX - 2, MAX - 1, MAX, MAX + 1,
		                       3 * MAX };
	static const size_t sizes[] = { 1000, MAX - 1, MAX, MAX + 1, 3 * MAX };
	static uint8_t bytes[3 * MAX];
	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++)
			assert_cut(bytes, lens[i], sizes[k]);
}

static void a_cut_does_not_part_a_character(void **state)
{
	static const char euro[] = "\xe2\x82\xac";
	static uint8_t bytes[2 * MAX];
	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)euro[i % 3];
	take(&in, bytes, sizeof(bytes));
	for (uint64_t seq = 1; seq <= 2; seq++) {
		assert_int_equal(entry_at(t, seq)->len, MAX - MAX % 3);
		assert_int_equal(entry_at(t, seq)->flags,
		                 ENTRY_COMPLETE | ENTRY_CUT);
	}
	assert_message(3, ENTRY_IN, "\xe2\x82", 0);
	assert_count(3);
}

static void binary_bytes_are_cut_at_the_size_limit(void **state)
{
	static uint8_t bytes[MAX];
	(void)state;
	memset(bytes, 0xe2, sizeof(bytes));
	take(&in, bytes, sizeof(bytes));
	take(&in, bytes, 1);
	assert_int_equal(entry_at(t, 1)->len, MAX - 1);
	assert_int_equal(entry_at(t, 2)->len, 2);
	end_in();
	take(&in, bytes, MAX - 1);
	/* the size is reached within a character that began in another read */
	take(&in, bytes, 1);
	assert_int_equal(entry_at(t, 3)->len, MAX - 1);
	assert_int_equal(entry_at(t, 3)->flags, ENTRY_COMPLETE | ENTRY_CUT);
	assert_int_equal(entry_at(t, 4)->len, 1);
	assert_count(4);
}

static void the_rest_of_a_dropped_message_is_a_message(void **state)
{
	static const uint8_t bytes[5000];
	(void)state;
	take_text(&in, "forgotten");
	while (entry_at(t, 1))
		transcript_append(t, &(struct entry){
		                         .bytes = bytes,
		                         .len = sizeof(bytes),
		                     });
	uint64_t seq = transcript_end(t);
	framing_break(&out, &frame, t);
	take_text(&in, "rest");
	assert_message(seq, ENTRY_IN, "rest", 0);
	take_text(&in, "!\n");
	assert_message(seq, ENTRY_IN, "rest!\n", ENTRY_COMPLETE);
}

static void a_dropped_message_leaves_no_end_behind(void **state)
{
	static const uint8_t bytes[5000];
	struct bytes room = { 0 };
	struct error e;
	size_t len;
	(void)state;
	assert_int_equal(frame_parse(&frame, "delim:END", &e), 0);
	take_text(&in, "forgotten EN");
	while (entry_at(t, 1))
		transcript_append(t, &(struct entry){
		                         .bytes = bytes,
		                         .len = sizeof(bytes),
		                     });
	uint64_t seq = transcript_end(t);
	take_text(&in, "D");
	assert_message(seq, ENTRY_IN, "D", ENTRY_COMPLETE);
	assert_non_null(entry_payload(entry_at(t, seq), &room, &len));
	assert_int_equal(len, 1);
	bytes_finish(&room);
}

static int set_up(void **state)
{
	(void)state;
	struct error e;
	clock_ns = 30 * 86400 * SECOND_NS;
	t = transcript_new((size_t)4 << 20);
	assert_int_equal(frame_parse(&frame, "line", &e), 0);
	in = (struct framing){ .dir = ENTRY_IN };
	out = (struct framing){ .dir = ENTRY_OUT };
	return 0;
}

static void wait_ms(int64_t ms)
{
	clock_ns += ms * MS_NS;
}

static void assert_part(const struct entry *e, size_t i, size_t at,
                        int64_t pause_ms, bool is_late)
{
	assert_int_equal(e->parts[i].at, at);
	assert_int_equal(entry_pause_ns(e, i), pause_ms * MS_NS);
	assert_int_equal(e->parts[i].is_late, is_late);
}

static void what_another_read_brings_is_a_part_of_its_own(void **state)
{
	(void)state;
	take_text(&in, "a");
	take_text(&in, "b");
	wait_ms(FRAMING_PAUSE_MS);
	take_text(&in, "cd");
	wait_ms(FRAMING_PAUSE_MS - 1);
	take_text(&in, "e");
	wait_ms(1500);
	take_text(&in, "f\ng");
	assert_message(1, ENTRY_IN, "abcdef\n", ENTRY_COMPLETE);
	const struct entry *e = entry_at(t, 1);
	assert_int_equal(e->part_count, 4);
	assert_part(e, 0, 1, 0, false);
	assert_part(e, 1, 2, FRAMING_PAUSE_MS, true);
	assert_part(e, 2, 4, FRAMING_PAUSE_MS - 1, false);
	assert_part(e, 3, 5, 1500, true);
	assert_int_equal(entry_since(e, 4).time.mono_ns,
	                 e->time.mono_ns + FRAMING_PAUSE_MS * MS_NS);
	assert_int_equal(entry_at(t, 2)->part_count, 0);
	assert_int_equal(entry_at(t, 2)->time.mono_ns, clock_ns);
}

static void a_message_does_not_go_on_on_another_day(void **state)
{
	struct stamp yesterday = stamp_now();
	(void)state;
	take_text(&in, "a");
	yesterday.wall_us -= INT64_C(24) * 3600 * 1000000;
	transcript_append(t, &(struct entry){
	                         .time = yesterday,
	                         .kind = ENTRY_NOTE,
	                     });
	wait_ms(FRAMING_PAUSE_MS);
	take_text(&in, "b");
	assert_message(1, ENTRY_IN, "a", 0);
	assert_string_equal(entry_at(t, 4)->code, "day");
	assert_message(5, ENTRY_IN, "b", 0);
}

static void what_comes_without_end_has_late_parts_without_a_pause(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		take_text(&in, "x");
		wait_ms(90);
	}
	const struct entry *e = entry_at(t, 1);
	assert_int_equal(e->part_count, 49);
	for (size_t i = 0; i < e->part_count; i++)
		assert_part(e, i, i + 1, 90, i == 22 || i == 45);
}

static int tear_down(void **state)
{
	(void)state;
	transcript_free(t);
	return 0;
}

/* A request typed by hand is no message of the frame, but its answer's length
 * depends on it, whatever was mistyped before. */
static void what_is_typed_is_seen_behind_a_slip(void **state)
{
	const struct frame none = FRAME_DEFAULT; /* for what is sent */
	static const char *const typed[] = { "HAED /\r\n",
		                             "HEAD / HTTP/1.1\r\n", "\r\n" };
	struct frame_asked asked = { 0 };
	struct error e;
	(void)state;
	assert_int_equal(frame_parse(&frame, "http", &e), 0);
	in.state.asked = out.state.asked = &asked;
	for (size_t i = 0; i < 3; i++)
		framing_see(&out, &frame, &none, typed[i],
		            strlen(typed[i]));
	take_text(&in, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
	assert_message(1, ENTRY_IN,
	               "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"
	               "\r\n",
	               ENTRY_COMPLETE);
}

/* PostgreSQL's own messages go on within TLS, by which it answers a request. */
static void a_conversation_begins_anew_within_tls(void **state)
{
	static const char ask[] = "\0\0\0\x08\x04\xd2\x16\x2f";
	struct frame_asked asked = { 0 };
	struct error e;
	(void)state;
	assert_int_equal(frame_parse(&frame, "postgres", &e), 0);
	in.state.asked = out.state.asked = &asked;
	framing_see(&out, &frame, &frame, ask, sizeof(ask) - 1);
	take_text(&in, "S");
	framing_restart(&out, t);
	framing_restart(&in, t);
	take(&in, "Z\0\0\0\5IZ\0\0\0\5I", 12);
	assert_count(3);
	assert_int_equal(entry_at(t, 2)->len, 6);
}

/* A message that waits for ever would keep back those that come later. */
static void what_tls_cuts_off_is_not_awaited_any_more(void **state)
{
	struct error e;
	(void)state;
	assert_int_equal(frame_parse(&frame, "u8", &e), 0);
	take_text(&in, "\5ab");
	framing_restart(&in, t);
	assert_int_equal(entry_at(t, 1)->flags, ENTRY_BROKEN);
	assert_int_equal(frame_parse(&frame, "line", &e), 0);
	take_text(&in, "ab");
	framing_restart(&in, t);
	assert_int_equal(entry_at(t, 2)->flags, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* A whole message is told once, and as it is. */
static void see_plain_text(void *user, uint64_t first, uint64_t end)
{
	unsigned *whole = user;
	for (; first < end; first++) {
		const struct entry *e = entry_at(t, first);
		if (!(e->flags & ENTRY_COMPLETE))
			continue;
		*whole += 1;
		assert_true(e->len != 2);
	}
}

static void what_is_put_back_is_never_told_as_whole(void **state)
{
	struct error e;
	unsigned whole = 0;
	struct transcript_listener l = {
		.on_entries = see_plain_text, .user = &whole,
	};
	(void)state;
	assert_int_equal(frame_parse(&frame, "between:<<,>>", &e), 0);
	transcript_listen(t, &l);
	take_text(&in, "x<");
	take_text(&in, "<abc>>");
	transcript_unlisten(t, &l);
	assert_int_equal(whole, 2);
	assert_message(1, ENTRY_IN, "x", ENTRY_COMPLETE);
	assert_message(2, ENTRY_IN, "<<abc>>", ENTRY_COMPLETE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_bytes_make_no_message),
		TEST(each_datagram_is_a_message_an_empty_one_too),
		TEST(each_line_is_a_message_with_its_ending),
		TEST(a_partial_line_is_there_and_grows_until_it_ends),
		TEST(the_messages_are_the_same_however_reads_cut_them),
		TEST(what_was_asked_before_tells_how_long_the_answer_took),
		TEST(two_directions_grow_apart),
		TEST(what_comes_after_a_break_is_another_message),
		TEST(a_break_does_not_part_a_character),
		TEST(a_line_that_is_too_long_is_cut),
		TEST(a_cut_does_not_part_a_character),
		TEST(binary_bytes_are_cut_at_the_size_limit),
		TEST(the_rest_of_a_dropped_message_is_a_message),
		TEST(a_dropped_message_leaves_no_end_behind),
		TEST(what_another_read_brings_is_a_part_of_its_own),
		TEST(a_message_does_not_go_on_on_another_day),
		TEST(a_conversation_begins_anew_within_tls),
		TEST(what_tls_cuts_off_is_not_awaited_any_more),
		TEST(what_is_typed_is_seen_behind_a_slip),
		TEST(what_comes_without_end_has_late_parts_without_a_pause),
		TEST(what_is_put_back_is_never_told_as_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
