/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is overheard of a link that has no transcript. */

#include "link_scene.h"

#include <sockchat/format.h>
#include <sockchat/record_link.h>

static struct record_link *heard;
static struct frame frames[2];

static void hear(enum record_link_bytes bytes, const char *spec)
{
	struct error e;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(frame_parse(&frames[i], spec, &e), 0);
	heard = record_link_new(&(struct record_link_settings){
		.loop = now.loop,
		.wire = &now.wire,
		.bytes = bytes,
		.frames = frames,
		.max = 1 << 20,
	});
	assert_non_null(heard);
}

static int end_hearing(void **state)
{
	record_link_free(heard);
	heard = NULL;
	assert_null(now.wire.first);
	return finish(state);
}

/* All entries from `first` on, as text without times. */
static const char *told_from(uint64_t first)
{
	static struct bytes out;
	const struct transcript *t = record_link_transcript(heard);
	const struct wrap_look look = {
		.time = TIME_OFF, .endings = true, .transcript = t,
	};
	struct entry e;
	bytes_clear(&out);
	for (; first < transcript_end(t); first++)
		if (transcript_at(t, first, &e) &&
		    strcmp(e.kind == ENTRY_NOTE ? e.code : "", "date") != 0)
			assert_int_equal(format_entry(&out, FORMAT_TEXT, &look,
			                              &e, 0), 0);
	return bytes_text(&out);
}

static const char *told(void)
{
	return told_from(1);
}

static void open_heard(enum record_link_bytes bytes, const char *spec)
{
	hear(bytes, spec);
	accept_peer();
	step(LOOP_READ);
}

static void lines_of_both_sides_are_entries(void **state)
{
	(void)state;
	open_heard(RECORD_LINK_MESSAGES, "line");
	fake_feed(now.fake, "one\ntw");
	turn();
	fake_feed(now.fake, "o\n");
	turn();
	write_text("answer\n");
	step(LOOP_READ);
	assert_string_equal(told(), "* connection from " WHERE "\n"
	                            "< one\\n\n< two\\n\n> answer\\n\n");
}

static void what_has_no_ending_is_whole_after_a_silence(void **state)
{
	(void)state;
	struct entry e;
	open_heard(RECORD_LINK_MESSAGES, "idle:50ms");
	fake_feed(now.fake, "abc");
	wait_ms(40);
	const struct transcript *t = record_link_transcript(heard);
	uint64_t seq = transcript_end(t) - 1;
	assert_int_equal(transcript_at(t, seq, &e)->flags, 0);
	wait_ms(20);
	assert_int_equal(transcript_at(t, seq, &e)->flags, ENTRY_COMPLETE);
}

static void a_message_without_its_rest_is_told_at_the_end(void **state)
{
	(void)state;
	open_heard(RECORD_LINK_MESSAGES, "u8");
	fake_feed(now.fake, "\x03" "ab");
	fake_feed_end(now.fake);
	turn();
	assert_non_null(strstr(told(), "* the peer has finished sending\n"));
	assert_non_null(strstr(told(), "3"));
	assert_null(strstr(told(), "< ab\n"));
}

static void bytes_that_are_no_messages_of_the_frame_are_told(void **state)
{
	(void)state;
	open_heard(RECORD_LINK_MESSAGES, "netstring");
	fake_feed(now.fake, "no netstring");
	turn();
	assert_non_null(strstr(told(), "netstring"));
}

static void data_is_as_it_moved(void **state)
{
	(void)state;
	open_heard(RECORD_LINK_DATA, "line");
	fake_feed(now.fake, "one\ntw");
	turn();
	write_text("x");
	step(LOOP_READ);
	write_text("y\n");
	assert_string_equal(told(), "* connection from " WHERE "\n"
	                            "< one\\ntw\n> x\n> y\\n\n");
}

static void without_bytes_only_states_are_told(void **state)
{
	(void)state;
	open_heard(RECORD_LINK_NOTHING, "line");
	fake_feed(now.fake, "one\n");
	fake_feed_end(now.fake);
	turn();
	write_text("two\n");
	record_link_over(heard, &now.link, NULL);
	assert_string_equal(told(),
	                    "* connection from " WHERE "\n"
	                    "* the peer has finished sending\n"
	                    "* connection closed: 4 bytes received, 4 bytes "
	                    "sent\n");
}

static void the_owner_tells_our_end_and_the_failure(void **state)
{
	(void)state;
	struct error e;
	open_heard(RECORD_LINK_MESSAGES, "line");
	record_link_end_out(heard, &now.link);
	error_set(&e, "it broke");
	error_set_code(&e, ECONNRESET);
	record_link_over(heard, &now.link, &e);
	assert_string_equal(told(), "* connection from " WHERE "\n"
	                            "* you have finished sending\n"
	                            "! it broke\n"
	                            "* connection closed: 0 bytes received, 0 "
	                            "bytes sent\n");
}

static void what_never_opened_has_its_error_alone(void **state)
{
	(void)state;
	struct error e;
	hear(RECORD_LINK_MESSAGES, "line");
	error_set(&e, "connection refused");
	record_link_over(heard, &now.link, &e);
	assert_string_equal(told(), "! connection refused\n");
}

static void what_fails_without_a_link_has_no_number(void **state)
{
	(void)state;
	struct error e;
	struct entry entry;
	open_heard(RECORD_LINK_MESSAGES, "line");
	error_set(&e, "cannot listen");
	now.link.number = 7;
	for (unsigned i = 0; i < 2; i++) {
		record_link_error(heard, i ? &now.link : NULL, &e);
		const struct transcript *t = record_link_transcript(heard);
		assert_non_null(transcript_at(t, transcript_end(t) - 1,
		                              &entry));
		assert_int_equal(entry.kind, ENTRY_ERROR);
		assert_int_equal(entry.session, i ? 7 : 0);
		assert_string_equal(entry.peer, i ? WHERE : "");
	}
}

static void the_next_peer_begins_anew(void **state)
{
	(void)state;
	struct entry e;
	open_heard(RECORD_LINK_MESSAGES, "line");
	fake_feed(now.fake, "unfinished");
	turn();
	record_link_over(heard, &now.link, NULL);
	link_close(&now.link, false);
	now.link.number++;
	const struct transcript *t = record_link_transcript(heard);
	uint64_t first = transcript_end(t);
	accept_peer();
	step(LOOP_READ);
	fake_feed(now.fake, "next\n");
	turn();
	assert_string_equal(told_from(first), "* connection from " WHERE "\n"
	                                      "< next\\n\n");
	assert_int_equal(transcript_at(t, first, &e)->session, 1);
}

static void its_memory_is_bounded(void **state)
{
	(void)state;
	char block[4096];
	open_heard(RECORD_LINK_MESSAGES, "line");
	memset(block, 'x', sizeof(block));
	block[sizeof(block) - 1] = '\n';
	for (size_t i = 0; i < 2048; i++)
		assert_int_equal(link_write(&now.link, block, sizeof(block)),
		                 sizeof(block));
	struct transcript_sums sums =
	    transcript_sums(record_link_transcript(heard));
	assert_true(sums.memory < 2 << 20);
	assert_true(sums.dropped > 1024);
}

#define HEARD(name) cmocka_unit_test_setup_teardown(name, start, end_hearing)

/* Whatever the frames say. */
static void each_datagram_is_a_message(void **state)
{
	(void)state;
	fake_choose_kind(&transport_fake_messages);
	open_heard(RECORD_LINK_MESSAGES, "line");
	fake_feed(now.fake, "one\ntwo");
	fake_feed(now.fake, "");
	turn();
	turn();
	write_text("out\n\n");
	step(LOOP_READ);
	assert_string_equal(told(), "* first datagram from " WHERE "\n"
	                            "< one\\ntwo\n"
	                            "< (empty datagram)\n"
	                            "> out\\n\\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEARD(lines_of_both_sides_are_entries),
		HEARD(what_has_no_ending_is_whole_after_a_silence),
		HEARD(a_message_without_its_rest_is_told_at_the_end),
		HEARD(bytes_that_are_no_messages_of_the_frame_are_told),
		HEARD(data_is_as_it_moved),
		HEARD(without_bytes_only_states_are_told),
		HEARD(the_owner_tells_our_end_and_the_failure),
		HEARD(what_never_opened_has_its_error_alone),
		HEARD(what_fails_without_a_link_has_no_number),
		HEARD(the_next_peer_begins_anew),
		HEARD(its_memory_is_bounded),
		HEARD(each_datagram_is_a_message), /* the last: of a kind */
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
