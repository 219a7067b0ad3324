/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a pcapng file has of a transcript, whose sockets nobody has heard. */

#include "pcapng_scene.h"

#define WALL_US INT64_C(1795896897123456) /* 2026-11-28T20:14:57.123456Z */

static const struct timing timing;

static struct entry at(int64_t us, struct entry e)
{
	e.time.wall_us = WALL_US + us;
	e.session = 1;
	return e;
}

static void tell_state(enum entry_state state, const char *peer,
                       const char *text)
{
	tell_entry(at(0, (struct entry){
		.kind = ENTRY_STATE, .state = (uint8_t)state, .peer = peer,
		.local = "127.0.0.1:40000", .timing = &timing,
		.ended = ENTRY_OUT,
	}), text);
}

static void say(int64_t us, enum entry_dir dir, const char *text)
{
	tell_entry(at(us, (struct entry){
		.kind = ENTRY_MESSAGE, .dir = (uint8_t)dir,
		.peer = "127.0.0.1:9999",
	}), text);
}

static void entries_have_packets_at_their_own_times(void **state)
{
	(void)state;
	tell_state(ENTRY_CONNECTING, "127.0.0.1:9999", "connecting");
	tell_state(ENTRY_OPEN, "127.0.0.1:9999", "connected");
	say(1000, ENTRY_OUT, "hello");
	say(2000, ENTRY_IN, "world");
	tell_state(ENTRY_CLOSED, "127.0.0.1:9999", "closed");
	read_file();
	assert_blocks("HI" "PPP" "PP" "PP" "PP" "S");
	assert_moved(0, "hello", "world");
	assert_true(seen.streams[0].ends[0].has_fin);
	assert_false(seen.streams[0].ends[1].has_fin);
	assert_int_equal(seen.streams[0].ends[0].port, 40000);
	assert_int_equal(seen.streams[0].ends[1].port, 9999);
	assert_true(seen.last_ns - (uint64_t)(WALL_US + 2000) * 1000 < 100);
	assert_string_equal(bytes_text(&seen.comments),
	                    "connecting\nconnected\nclosed\n");
}

static void reads_of_a_message_have_packets_of_their_own(void **state)
{
	const struct entry_part parts[] = {
		{ .at = 3, .after = entry_part_after(5 * MS_NS) },
		{ .at = 6, .after = entry_part_after(SECOND_NS) },
	};
	struct entry e = at(0, (struct entry){
		.kind = ENTRY_MESSAGE, .dir = ENTRY_IN, .parts = parts,
		.part_count = 2, .bytes = (const uint8_t *)"onetwothree",
		.len = 11, .peer = "", .local = "", .code = "", .hint = "",
	});
	(void)state;
	tell_state(ENTRY_OPEN, "127.0.0.1:9999", "connected");
	e.len = 4;
	e.part_count = 1;
	assert_int_equal(sink->ops->entry(sink, &e, 0, &file), 0);
	e.len = 11;
	e.part_count = 2;
	assert_int_equal(sink->ops->entry(sink, &e, 4, &file), 0);
	read_file();
	assert_blocks("HI" "PPP" "PP" "PP" "PP" "PP" "S");
	assert_moved(0, "", "onetwothree");
	assert_true(seen.last_ns - (uint64_t)(WALL_US + 1000000) * 1000 < 100);
}

static void pass_on(enum entry_dir dir, const char *text, enum entry_fate fate,
                    unsigned flags)
{
	tell_entry(at(1000, (struct entry){
		.kind = ENTRY_MESSAGE, .dir = (uint8_t)dir,
		.peer = "127.0.0.1:9999", .fate = (uint8_t)fate,
		.flags = (uint8_t)(ENTRY_COMPLETE | flags),
	}), text);
}

static void a_pair_in_the_middle_has_two_streams(void **state)
{
	(void)state;
	struct entry e = {
		.kind = ENTRY_STATE, .state = ENTRY_LISTENING, .peer = "",
		.local = "127.0.0.1:7",
	};
	e.time.wall_us = WALL_US;
	tell_entry(e, "listening");
	tell_entry(at(0, (struct entry){
		.kind = ENTRY_STATE, .state = ENTRY_OPEN,
		.peer = "127.0.0.1:9999", .local = "127.0.0.1:40000",
		.client = "127.0.0.1:50000", .timing = &timing,
	}), "connected");
	pass_on(ENTRY_OUT, "hello ", FATE_NONE, 0);
	pass_on(ENTRY_OUT, "dropped", FATE_DROPPED, 0);
	pass_on(ENTRY_OUT, "old", FATE_CHANGED, 0);
	pass_on(ENTRY_OUT, "new", FATE_CHANGED, ENTRY_BY_HAND);
	pass_on(ENTRY_IN, "world", FATE_NONE, 0);
	pass_on(ENTRY_IN, "spam", FATE_DROPPED, 0);
	pass_on(ENTRY_IN, "said", FATE_INJECTED, ENTRY_BY_HAND);
	tell_entry(at(2000, (struct entry){
		.kind = ENTRY_STATE, .state = ENTRY_CLOSED,
		.peer = "127.0.0.1:9999", .ended = ENTRY_IN | ENTRY_OUT,
	}), "closed");
	read_file();
	assert_int_equal(seen.streams[0].ends[0].port, 50000);
	assert_int_equal(seen.streams[0].ends[1].port, 7);
	assert_moved(0, "hello droppedold", "worldsaid");
	assert_int_equal(seen.streams[1].ends[0].port, 40000);
	assert_moved(1, "hello new", "worldspam");
	for (size_t i = 0; i < 4; i++)
		assert_true(seen.streams[i / 2].ends[i % 2].has_fin);
	assert_non_null(strstr(bytes_text(&seen.comments),
	                       "peer 1: the connection of its client\n"));
	assert_non_null(strstr(bytes_text(&seen.comments),
	                       "peer 1: the connection to its target\n"));
}

static void a_name_stands_for_an_invented_address(void **state)
{
	(void)state;
	tell_state(ENTRY_OPEN, "localhost:9999", "connected");
	say(1, ENTRY_OUT, "hello");
	read_file();
	assert_string_equal(bytes_text(&seen.names), "localhost\n");
	assert_int_equal(seen.streams[0].ends[1].host[0], 192);
	assert_int_equal(seen.streams[0].ends[1].port, 9999);
	assert_int_equal(seen.streams[0].ends[0].host[0], 127);
}

static void the_address_that_was_reached_has_the_name(void **state)
{
	const struct timing reached = {
		.tries = { { .where = "[::1]:9999", .errnum = ECONNREFUSED },
		           { .where = "127.0.0.7:9999" } },
		.try_count = 2,
	};
	(void)state;
	tell_entry(at(0, (struct entry){
		.kind = ENTRY_STATE, .state = ENTRY_OPEN, .timing = &reached,
		.peer = "localhost:9999", .local = "127.0.0.1:40000",
	}), "connected");
	read_file();
	assert_string_equal(bytes_text(&seen.names), "localhost\n");
	assert_int_equal(seen.streams[0].ends[1].host[3], 7);
}

static void a_peer_that_came_to_us_has_connected(void **state)
{
	(void)state;
	tell_entry(at(0, (struct entry){
		.kind = ENTRY_STATE, .state = ENTRY_OPEN,
		.peer = "[::1]:40000", .local = "[::1]:9999",
	}), "connection from [::1]:40000");
	say(1, ENTRY_IN, "hello");
	read_file();
	assert_moved(0, "hello", "");
	assert_int_equal(seen.streams[0].ends[0].port, 40000);
	assert_int_equal(seen.streams[0].host_len, 16);
}

static void a_message_is_enough_for_a_connection(void **state)
{
	(void)state;
	sink->mode = ENDPOINT_LISTEN;
	say(1, ENTRY_IN, "hello");
	read_file();
	assert_moved(0, "hello", "");
}

static void ends_stand_in_the_order_they_came_in(void **state)
{
	(void)state;
	tell_state(ENTRY_OPEN, "127.0.0.1:9999", "connected");
	tell_entry(at(1, (struct entry){
		.kind = ENTRY_STATE, .state = ENTRY_HALF_CLOSED,
		.ended = ENTRY_IN,
	}), "the peer has finished sending");
	say(2, ENTRY_OUT, "still");
	tell_state(ENTRY_CLOSED, "127.0.0.1:9999", "closed");
	read_file();
	assert_moved(0, "still", "");
	assert_int_equal(seen.resets, 0);
	assert_true(seen.streams[0].ends[0].has_fin);
	assert_true(seen.streams[0].ends[1].has_fin);
}

static void a_reset_stands_where_it_was_closed(void **state)
{
	(void)state;
	tell_state(ENTRY_OPEN, "127.0.0.1:9999", "connected");
	tell_entry(at(1, (struct entry){ .kind = ENTRY_ERROR,
	                                 .code = "ECONNRESET" }), "reset");
	say(2, ENTRY_IN, "what it had sent");
	tell_state(ENTRY_CLOSED, "127.0.0.1:9999", "closed");
	read_file();
	assert_moved(0, "", "what it had sent");
	assert_true(seen.streams[0].ends[1].has_rst);
}

static void a_close_without_our_end_is_our_reset(void **state)
{
	(void)state;
	tell_state(ENTRY_OPEN, "127.0.0.1:9999", "connected");
	tell_entry(at(1, (struct entry){ .kind = ENTRY_STATE,
	                                 .state = ENTRY_CLOSED,
	                                 .ended = ENTRY_IN }), "closed");
	read_file();
	assert_true(seen.streams[0].ends[1].has_fin);
	assert_true(seen.streams[0].ends[0].has_rst);
}

static void a_unix_socket_is_known_by_its_path(void **state)
{
	(void)state;
	tell_entry(at(0, (struct entry){
		.kind = ENTRY_STATE, .state = ENTRY_OPEN, .timing = &timing,
		.peer = "unix:/tmp/there",
	}), "connected");
	read_file();
	assert_comment("this is a unix socket (unix:/tmp/there)");
}

static void tls_is_plain_text_and_a_comment_says_so(void **state)
{
	(void)state;
	tell_state(ENTRY_OPEN, "127.0.0.1:9999", "connected over TLS");
	say(1, ENTRY_OUT, "hello");
	read_file();
	assert_moved(0, "hello", "");
	assert_comment("the packets have the plain text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAVED(entries_have_packets_at_their_own_times),
		SAVED(reads_of_a_message_have_packets_of_their_own),
		SAVED(a_pair_in_the_middle_has_two_streams),
		SAVED(a_name_stands_for_an_invented_address),
		SAVED(the_address_that_was_reached_has_the_name),
		SAVED(a_peer_that_came_to_us_has_connected),
		SAVED(a_message_is_enough_for_a_connection),
		SAVED(ends_stand_in_the_order_they_came_in),
		SAVED(a_reset_stands_where_it_was_closed),
		SAVED(a_close_without_our_end_is_our_reset),
		SAVED(a_unix_socket_is_known_by_its_path),
		SAVED(tls_is_plain_text_and_a_comment_says_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
