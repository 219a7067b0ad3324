/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a pcapng file has of connections whose sockets are heard. */

#include "pcapng_scene.h"

#include "../../src/record/pcapng_tcp.h"

static void a_connection_has_its_handshake_its_bytes_and_its_ends(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	(void)state;
	tell_open(&s);
	tell_text(&s, true, "hello");
	tell_text(&s, false, "world");
	tell_end(&s, true);
	tell_end(&s, false);
	tell_close(&s, false);
	read_file();
	assert_blocks("HI" "PPP" "PP" "PP" "PP" "PP" "S");
	assert_moved(0, "hello", "world");
	assert_int_equal(seen.streams[0].ends[0].port, 40000);
	assert_true(seen.streams[0].ends[0].has_fin);
	assert_true(seen.streams[0].ends[1].has_fin);
	assert_int_equal(seen.resets, 0);
}

static void who_came_to_us_has_connected(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:9999", "127.0.0.1:40000");
	(void)state;
	s.head.is_accepted = s.link.is_accepted = true;
	tell_open(&s);
	tell_text(&s, false, "hello");
	tell_text(&s, true, "world");
	tell_close(&s, false);
	read_file();
	assert_moved(0, "hello", "world");
	assert_int_equal(seen.streams[0].ends[0].port, 40000);
	assert_false(seen.streams[0].ends[0].has_fin);
	assert_true(seen.streams[0].ends[1].has_fin);
}

static void long_chunks_are_cut_into_segments(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	size_t len = 200001;
	char *text = malloc(len + 1);
	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + i % 23);
	text[len] = '\0';
	tell_open(&s);
	tell_text(&s, true, text);
	tell_text(&s, false, text + 1);
	tell_close(&s, false);
	read_file();
	assert_moved(0, text, text + 1);
	assert_true(seen.packets > 2 * len / 1460);
	free(text);
}

/* 8 KiB on either side of the place where 32 bits end. */
static void sequence_numbers_go_on_at_0_after_4_gib(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	struct pcapng_stream stream;
	struct pcapng_packets p = { .out = &file, .now_ns = 1 };
	static char text[16385];
	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_true(pcapng_stream_init(&stream, &s.facts.local, &s.facts.peer,
	                               UINT32_MAX - 8192));
	assert_int_equal(pcapng_stream_open(&stream, &p, PCAPNG_US), 0);
	for (int side = 0; side < 2; side++)
		assert_int_equal(pcapng_stream_bytes(&stream, &p,
		                                     (enum pcapng_side)side,
		                                     text, 16384), 0);
	assert_int_equal(pcapng_stream_end(&stream, &p, PCAPNG_PEER), 0);
	assert_int_equal(pcapng_stream_reset(&stream, &p, PCAPNG_US), 0);
	assert_int_equal(pcapng_judge(&seen, file.data, file.len) != NULL, 0);
	assert_moved(0, text, text);
	assert_int_equal(stream.ends[PCAPNG_US].next, 8192 - 1 + 1);
	bytes_clear(&file);
	assert_int_equal(sink->ops->close(sink, &file), 0);
}

static void ipv6_and_ipv4_within_it_have_packets_of_their_own(void **state)
{
	struct made_socket six = made_socket(1, "[::1]:40000", "[::1]:9999");
	struct made_socket four = made_socket(2, "[::ffff:127.0.0.1]:9999",
	                                      "[::ffff:127.0.0.2]:40000");
	(void)state;
	tell_open(&six);
	tell_text(&six, true, "six");
	tell_open(&four);
	tell_text(&four, true, "four");
	tell_close(&four, false);
	tell_close(&six, false);
	read_file();
	assert_int_equal(seen.streams[0].host_len, 16);
	assert_int_equal(seen.streams[1].host_len, 4);
	assert_moved(0, "six", "");
	assert_moved(1, "four", "");
}

static void the_peers_reset_comes_behind_what_it_had_sent(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	(void)state;
	tell_open(&s);
	tell(&s, (struct wire_news){ WIRE_BROKEN, .errnum = EPIPE });
	tell_text(&s, false, "the rest");
	tell(&s, (struct wire_news){ WIRE_BROKEN, .errnum = ECONNRESET });
	tell_close(&s, false);
	read_file();
	assert_moved(0, "", "the rest");
	assert_true(seen.streams[0].ends[1].has_rst);
	assert_false(seen.streams[0].ends[0].has_fin);
}

static void our_reset_is_ours_also_for_what_nobody_has_read(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	(void)state;
	tell_open(&s);
	tell_close(&s, true);
	s.facts.unread = 7;
	s.facts.local = fake_address("127.0.0.1:40001");
	tell_open(&s);
	tell_end(&s, false);
	tell_close(&s, false);
	read_file();
	assert_int_equal(seen.resets, 2);
	assert_true(seen.streams[0].ends[0].has_rst);
	assert_true(seen.streams[1].ends[0].has_rst);
	assert_true(seen.streams[1].ends[1].has_fin);
}

static void a_connection_that_times_out_ends_without_a_packet(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	(void)state;
	tell_open(&s);
	tell(&s, (struct wire_news){ WIRE_BROKEN, .errnum = ETIMEDOUT });
	tell_close(&s, false);
	read_file();
	assert_blocks("HI" "PPP" "S");
}

static void a_connection_that_was_never_there_has_no_packets(void **state)
{
	struct made_socket s = made_socket(1, "", "");
	(void)state;
	s.head.is_open = false;
	tell_close(&s, false);
	read_file();
	assert_blocks("HI" "S");
}

static void a_recording_may_begin_in_the_middle(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	struct made_socket below =
	    made_socket(2, "127.0.0.1:40001", "127.0.0.1:9999");
	(void)state;
	tell_text(&s, false, "on it goes");
	read_file();
	assert_moved(0, "", "on it goes");
	assert_comment("begins in the middle");
	finish_file(NULL);
	begin_file(false);
	tell_below(&below, true, "hello");
	below.head.has_moved = true;
	tell_below(&below, false, "hello");
	read_file();
	assert_string_equal(bytes_text(&seen.comments), "");
}

static void a_unix_socket_has_invented_addresses(void **state)
{
	struct made_socket s = made_socket(1, "", "");
	struct made_socket t = made_socket(2, "", "");
	(void)state;
	address_set_unix(&s.facts.peer, "/tmp/there");
	address_set_unix(&t.facts.peer, "/tmp/there");
	tell_open(&s);
	tell_open(&t);
	tell_text(&t, true, "two");
	tell_text(&s, true, "one");
	read_file();
	assert_moved(0, "one", "");
	assert_moved(1, "two", "");
	assert_comment("this is a unix socket (unix:/tmp/there)");
}

static void only_a_reset_resets_a_unix_socket(void **state)
{
	struct made_socket s = made_socket(1, "", "");
	(void)state;
	s.head.ops = &made_unix_ops;
	address_set_unix(&s.facts.peer, "/tmp/there");
	tell_open(&s);
	tell(&s, (struct wire_news){ WIRE_BROKEN, .errnum = EPIPE });
	tell_end(&s, false);
	tell_close(&s, true);
	tell_open(&s);
	tell(&s, (struct wire_news){ WIRE_BROKEN, .errnum = ECONNRESET });
	tell_close(&s, false);
	read_file();
	assert_true(seen.streams[0].ends[0].has_fin);
	assert_true(seen.streams[1].ends[1].has_rst);
	assert_int_equal(seen.resets, 1);
}

static void a_peer_that_is_gone_at_once_has_invented_addresses(void **state)
{
	struct made_socket s = made_socket(1, "127.0.0.1:9999", "");
	(void)state;
	s.head.is_accepted = s.link.is_accepted = true;
	tell_open(&s);
	tell_close(&s, false);
	read_file();
	assert_comment("are not known");
}

static void the_address_has_the_name_that_the_user_typed(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	struct made_socket t =
	    made_socket(2, "127.0.0.1:40001", "127.0.0.1:9998");
	(void)state;
	s.link.where = "tls://example.test:9999";
	tell_open(&s);
	tell_open(&t);
	read_file();
	assert_blocks("HI" "N" "PPP" "PPP" "S");
	assert_string_equal(bytes_text(&seen.names), "example.test\n");
}

static void a_proxys_address_has_not_the_name_of_who_is_behind_it(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:1080");
	(void)state;
	tell_below(&s, true, "SOCKS");
	s.head.is_relayed = true;
	s.link.where = "example.test:9999";
	tell_open(&s);
	tell_text(&s, true, "hello");
	read_file();
	assert_moved(0, "SOCKShello", "");
	assert_int_equal(seen.streams[0].ends[1].port, 1080);
	assert_string_equal(bytes_text(&seen.names), "");
}

static void secrets_stand_before_the_packets_they_were_found_in(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	(void)state;
	tell_below(&s, true, "ClientHello");
	tell_below(&s, false, "ServerHello");
	tell_secret("ONE 1 1");
	tell_secret("TWO 2 2");
	tell_below(&s, true, "Finished");
	tell_below(&s, false, "ticket");
	assert_int_equal(sink->ops->flush(sink, &file), 0);
	read_file();
	assert_blocks("HI" "PPP" "PP" "K" "PP" "PP" "PP" "S");
	assert_string_equal(bytes_text(&seen.keys), "ONE 1 1\nTWO 2 2\n");
	assert_moved(0, "ClientHelloFinished", "ServerHelloticket");
}

static void what_is_held_is_there_when_the_turn_is_over(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	(void)state;
	tell_open(&s);
	size_t before = file.len;
	tell_below(&s, false, "ServerHello");
	assert_int_equal(file.len, before);
	assert_int_equal(sink->ops->flush(sink, &file), 0);
	assert_true(file.len > before);
	read_file();
}

static void comments_stand_on_packets_of_their_own_session(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	struct made_socket t =
	    made_socket(2, "127.0.0.1:40001", "127.0.0.1:9999");
	const struct entry note = { .kind = ENTRY_NOTE, .session = 2 };
	const struct entry error = { .kind = ENTRY_ERROR, .session = 1,
		                     .hint = "why" };
	(void)state;
	tell_open(&s);
	tell_open(&t);
	tell_entry(note, "for \xe2\x82\xac 2");
	tell_text(&s, true, "one");
	size_t before = file.len;
	tell_text(&t, true, "two");
	assert_non_null(memmem(file.data + before, file.len - before,
	                       "for \xe2\x82\xac 2", 9));
	tell_entry(error, "bad\xff");
	read_file();
	assert_string_equal(bytes_text(&seen.comments),
	                    "for \xe2\x82\xac 2\n"
	                    "peer 1: error: bad\\xff (why)\n");
}

static void comments_that_no_packet_takes_are_not_kept_for_ever(void **state)
{
	const struct entry note = { .kind = ENTRY_NOTE, .session = 1 };
	(void)state;
	for (int i = 0; i < 1000; i++)
		tell_entry(note, "connection refused, again and again");
	assert_true(file.len > 20000);
	read_file();
	assert_true(seen.blocks.len > 3);
}

static void a_gap_is_said_and_counted(void **state)
{
	struct made_socket s =
	    made_socket(1, "127.0.0.1:40000", "127.0.0.1:9999");
	const struct sink_gap gap = { .bytes = 4096, .entries = 3,
		                      .errnum = ENOSPC,
		                      .time = { .wall_us = 1 } };
	struct bytes lost = { 0 };
	(void)state;
	tell_open(&s);
	struct bytes kept = file;
	file = lost;
	tell_text(&s, true, "lost");
	lost = file;
	file = kept;
	assert_int_equal(sink->ops->gap(sink, &gap, &file), 0);
	tell_text(&s, true, "found");
	seen.has_gaps = true;
	assert_int_equal(sink->ops->close(sink, &file), 0);
	assert_null(pcapng_judge(&seen, file.data, file.len));
	bytes_finish(&lost);
	assert_comment("4.0 KiB (3 packets) are missing");
	assert_int_equal(seen.lost, 3);
	struct seen_end *client = &seen.streams[0].ends[0];
	assert_int_equal(client->next - seen.streams[0].ends[1].next, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEARD(a_connection_has_its_handshake_its_bytes_and_its_ends),
		HEARD(who_came_to_us_has_connected),
		HEARD(long_chunks_are_cut_into_segments),
		HEARD(sequence_numbers_go_on_at_0_after_4_gib),
		HEARD(ipv6_and_ipv4_within_it_have_packets_of_their_own),
		HEARD(the_peers_reset_comes_behind_what_it_had_sent),
		HEARD(our_reset_is_ours_also_for_what_nobody_has_read),
		HEARD(a_connection_that_times_out_ends_without_a_packet),
		HEARD(a_connection_that_was_never_there_has_no_packets),
		HEARD(a_recording_may_begin_in_the_middle),
		HEARD(a_unix_socket_has_invented_addresses),
		HEARD(only_a_reset_resets_a_unix_socket),
		HEARD(a_peer_that_is_gone_at_once_has_invented_addresses),
		HEARD(the_address_has_the_name_that_the_user_typed),
		HEARD(a_proxys_address_has_not_the_name_of_who_is_behind_it),
		HEARD(secrets_stand_before_the_packets_they_were_found_in),
		HEARD(what_is_held_is_there_when_the_turn_is_over),
		HEARD(comments_stand_on_packets_of_their_own_session),
		HEARD(comments_that_no_packet_takes_are_not_kept_for_ever),
		HEARD(a_gap_is_said_and_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
