/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Talk over TLS: handshakes, records in pieces of any size, and how many of the
 * user's bytes have arrived. */

#include "tls_scene.h"

static void a_handshake_goes_well_in_pieces_of_any_size(void **state)
{
	static const size_t pieces[] = { 1, 2, 3, 5, 6, 7, 100, 517, WHOLE };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		scene_prepare();
		client.settings.insecure = true;
		scene_begin();
		shake_hands(pieces[i]);
		assert_int_equal(client.state, 0);
		assert_int_equal(server.state, 0);
		scene_finish();
	}
}

static void what_is_said_arrives_both_ways(void **state)
{
	(void)state;
	scene_open();
	assert_int_equal(say(&client, "hello", 5), 5);
	carry(&client, &server, 1);
	assert_string_equal(hear(&server), "hello");
	assert_int_equal(server.errnum, EAGAIN);
	assert_int_equal(say(&server, "you", 3), 3);
	carry(&server, &client, WHOLE);
	assert_string_equal(hear(&client), "you");
	scene_finish();
}

static void assert_speak(const char *there, const char *back)
{
	say(&client, there, strlen(there));
	carry(&client, &server, WHOLE);
	assert_string_equal(hear(&server), there);
	say(&server, back, strlen(back));
	carry(&server, &client, WHOLE);
	assert_string_equal(hear(&client), back);
}

static void a_key_update_is_nothing_special(void **state)
{
	(void)state;
	scene_open();
	assert_true(SSL_key_update(conn(&client)->ssl,
	                           SSL_KEY_UPDATE_REQUESTED));
	assert_speak("one", "two");
	assert_true(SSL_key_update(conn(&server)->ssl,
	                           SSL_KEY_UPDATE_REQUESTED));
	assert_speak("three", "four");
	assert_speak("five", "six");
	scene_finish();
}

static void records_without_bytes_do_not_hold_the_loop(void **state)
{
	uint8_t bytes[100];
	struct transport_facts facts;

	(void)state;
	scene_open();
	for (int i = 0; i < 6000; i++) { /* 27 bytes each */
		SSL_key_update(conn(&server)->ssl,
		               SSL_KEY_UPDATE_NOT_REQUESTED);
		(void)server.t->ops->advance(server.t);
	}
	say(&server, "behind", 6);
	carry(&server, &client, WHOLE);
	assert_int_equal(client.t->ops->read(client.t, bytes, 100), -1);
	assert_int_equal(errno, EAGAIN);
	transport_facts(fake_transport(client.below), FACTS_UNREAD, &facts);
	assert_true(facts.unread > 0);
	assert_string_equal(hear(&client), "behind");
	scene_finish();
}

static void renegotiation_is_refused_and_the_talk_goes_on(void **state)
{
	(void)state;
	open_with(TLS_1_2);
	SSL_clear_options(conn(&client)->ssl, SSL_OP_NO_RENEGOTIATION);
	assert_true(SSL_renegotiate(conn(&client)->ssl));
	assert_int_equal(SSL_do_handshake(conn(&client)->ssl), -1);
	tls_leave(conn(&client));
	carry(&client, &server, WHOLE);
	assert_string_equal(hear(&server), "");
	assert_int_equal(server.errnum, EAGAIN);
	assert_int_equal(say(&server, "still here", 10), 10);
	/* OpenSSL's own client gives up. */
	carry(&server, &client, WHOLE);
	hear(&client);
	carry(&client, &server, WHOLE);
	hear(&server);
	assert_int_equal(server.errnum, EPROTO);
	assert_non_null(strstr(explain(&server), "may not renegotiate"));
	scene_finish();
}

static void what_one_read_leaves_over_is_buffered(void **state)
{
	const struct transport_ops *ops;
	char byte;

	(void)state;
	scene_open();
	ops = server.t->ops;
	say(&client, "ab", 2);
	say(&client, "c", 1);
	carry(&client, &server, WHOLE);
	for (const char *at = "abc"; *at; at++) {
		assert_int_equal(ops->read(server.t, &byte, 1), 1);
		assert_int_equal(byte, *at);
		assert_int_equal(ops->has_buffered(server.t), at[1] != '\0');
	}
	assert_int_equal(ops->read(server.t, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
	scene_finish();
}

static void half_a_record_is_not_buffered(void **state)
{
	(void)state;
	scene_open();
	say(&client, "slow", 4);
	carry(&client, &server, 10);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(
		    i ? hear(&server) : "slow", "slow");
		assert_false(server.t->ops->has_buffered(server.t));
	}
	scene_finish();
}

static void bytes_that_were_read_before_are_taken_over(void **state)
{
	uint8_t early[2048];
	size_t len;

	(void)state;
	scene_prepare();
	client.settings.insecure = true;
	put_over(&client, false);
	go_on(&client);
	len = fake_written_len(client.below);
	memcpy(early, fake_written(client.below), len);
	fake_forget_written(client.below);
	server.tls = tls_new(&server.settings);
	server.below = fake_open();
	server.t = transport_over(&transport_tls, fake_transport(server.below),
	                          &(struct over){
		.is_accepted = true, .target = &target, .tls = server.tls,
		.early = early, .early_len = len,
	});
	server.state = LOOP_READ;
	shake_hands(WHOLE);
	assert_int_equal(server.state, 0);
	assert_speak("a", "b");
	scene_finish();
}

static void what_the_transport_below_does_not_take_waits(void **state)
{
	const struct transport_ops *ops;
	char byte;

	(void)state;
	scene_open();
	ops = client.t->ops;
	fake_set_room(client.below, 10);
	assert_int_equal(say(&client, "hello", 5), 5);
	assert_int_equal(fake_written_len(client.below), 10);
	assert_int_equal(ops->wants(client.t, LOOP_READ),
	                 LOOP_READ | LOOP_WRITE);
	assert_int_equal(ops->pending(client.t), 5);
	assert_int_equal(say(&client, "more", 4), 0);
	assert_int_equal(errno, EAGAIN);
	fake_set_room(client.below, SIZE_MAX);
	assert_int_equal(ops->read(client.t, &byte, 1), -1);
	assert_int_equal(ops->wants(client.t, LOOP_READ), LOOP_READ);
	carry(&client, &server, WHOLE);
	assert_string_equal(hear(&server), "hello");
	scene_finish();
}

static void pending_counts_the_users_bytes(void **state)
{
	const struct transport_ops *ops;
	size_t record;

	(void)state;
	scene_open();
	ops = client.t->ops;
	fake_forget_written(client.below);
	say(&client, "abcd", 4);
	record = fake_written_len(client.below);
	say(&client, "efghij", 6);
	fake_set_pending(client.below,
	                 (ssize_t)fake_written_len(client.below), 0);
	assert_int_equal(ops->pending(client.t), 10);
	fake_set_pending(client.below, (ssize_t)(fake_written_len(
	                                   client.below) - record + 1), 0);
	assert_int_equal(ops->pending(client.t), 10);
	fake_set_pending(client.below, (ssize_t)(fake_written_len(
	                                   client.below) - record), 0);
	assert_int_equal(ops->pending(client.t), 6);
	fake_set_pending(client.below, 0, 0);
	assert_int_equal(ops->pending(client.t), 0);
	ops->shutdown(client.t);
	fake_set_pending(client.below, 1, 0);
	assert_int_equal(ops->pending(client.t), 1);
	fake_set_pending(client.below, -1, ECONNRESET);
	assert_int_equal(ops->pending(client.t), -1);
	fake_set_pending(client.below, 0, 0);
	scene_finish();
}

static void acknowledgements_count_the_users_bytes(void **state)
{
	const struct ack_ops *acks;
	struct ack ack;
	size_t unacked, record;

	(void)state;
	scene_open();
	acks = client.t->ops->acks;
	say(&client, "abc", 3);
	record = fake_written_len(client.below);
	fake_stamp_acks();
	assert_int_equal(acks->start(client.t, &unacked), 0);
	assert_int_equal(unacked, 0);
	fake_forget_written(client.below);
	say(&client, "defgh", 5);
	record = fake_written_len(client.below);
	fake_ack(client.below, record - 1, 7);
	fake_ack(client.below, record, 8);
	assert_true(acks->read(client.t, &ack));
	assert_int_equal(ack.bytes, 0);
	assert_true(acks->read(client.t, &ack));
	assert_int_equal(ack.bytes, 5);
	assert_int_equal(ack.wall_us, 8);
	assert_false(acks->read(client.t, &ack));
	scene_finish();
}

static void facts_count_the_users_bytes_as_acknowledged(void **state)
{
	struct transport_facts facts;
	uint64_t record, shaken;

	(void)state;
	scene_open();
	shaken = conn(&client)->made;
	say(&client, "abc", 3);
	record = conn(&client)->made - shaken;
	fake_facts(client.below)->has_tcp = true;
	fake_facts(client.below)->tcp.acked = shaken + record - 1;
	transport_facts(client.t, FACTS_TCP, &facts);
	assert_int_equal(facts.tcp.acked, 0);
	fake_facts(client.below)->tcp.acked = shaken + record;
	transport_facts(client.t, FACTS_TCP, &facts);
	assert_int_equal(facts.tcp.acked, 3);
	scene_finish();
}

/* Of 100 records that are under way, what has arrived is told to within some
 * records, and never too much. */
static void marks_are_thinned_and_never_count_too_much(void **state)
{
	struct tls_marks m = { 0 };

	(void)state;
	for (uint64_t i = 1; i <= 3000; i++) {
		uint64_t had = i > 100 ? i - 100 : 0;
		if (tls_marks_are_full(&m))
			tls_marks_thin(&m, had * 10 + 9);
		tls_marks_add(&m, i * 10, i);
		assert_int_equal(tls_marks_user(&m, i * 10), i);
		for (uint64_t k = had; k < i; k++) {
			uint64_t user = tls_marks_user(&m, k * 10 + 9);
			assert_true(user <= k && user + 40 >= k);
		}
	}
	assert_int_equal(tls_marks_user(&m, 0), 0);
}

static void many_bytes_go_out_while_they_are_taken(void **state)
{
	static char bytes[200000];
	const size_t len = sizeof(bytes) - 1;

	(void)state;
	scene_open();
	memset(bytes, 'm', len);
	assert_int_equal(say(&client, bytes, len), len);
	carry(&client, &server, WHOLE);
	assert_string_equal(hear(&server), bytes);
	fake_set_room(client.below, 10);
	assert_int_equal(say(&client, bytes, len), TLS_CHUNK);
	assert_int_equal(fake_written_len(client.below), 10);
	scene_finish();
}

/* What one says is byte `i` of a pattern; the other checks it. */
struct flow {
	struct side *from, *to;
	size_t said, heard;
};

static uint8_t pattern(size_t i)
{
	return (uint8_t)(i * 31 + i / 251);
}

#define FLOW_LEN ((size_t)300000)

static void flow_say(struct flow *f, size_t len)
{
	uint8_t bytes[70000];

	len = len < FLOW_LEN - f->said ? len : FLOW_LEN - f->said;
	for (size_t i = 0; i < len; i++)
		bytes[i] = pattern(f->said + i);
	f->said += say(f->from, (const char *)bytes, len);
}

static void flow_hear(struct flow *f, size_t cap)
{
	uint8_t bytes[70000];
	ssize_t n = f->to->t->ops->read(f->to->t, bytes, cap);

	assert_true(n > 0 || errno == EAGAIN);
	for (ssize_t i = 0; i < n; i++)
		assert_int_equal(bytes[i], pattern(f->heard++));
}

/* What is below takes now nothing, now a little, and gives it in pieces. */
static void flow_step(struct flow *f)
{
	size_t dice = (size_t)rand();

	fake_limit_write(f->from->below, dice % 4 ? dice % 40000 : 0);
	if (dice % 3)
		flow_say(f, 1 + dice % 69999);
	carry(f->from, f->to, 1 + dice % 20000);
	if (dice % 5)
		flow_hear(f, 1 + dice % 69999);
}

static void long_talk_both_ways_arrives_whole_whatever_is_below(void **state)
{
	struct flow there = { .from = &client, .to = &server },
	            back = { .from = &server, .to = &client };

	(void)state;
	scene_open();
	srand(15);
	for (int i = 0; i < 5000 && (there.heard < FLOW_LEN ||
	                             back.heard < FLOW_LEN); i++) {
		if (i % 50 == 0)
			SSL_key_update(conn(&client)->ssl,
			               SSL_KEY_UPDATE_REQUESTED);
		flow_step(&there);
		flow_step(&back);
	}
	assert_int_equal(there.heard, FLOW_LEN);
	assert_int_equal(back.heard, FLOW_LEN);
	scene_finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handshake_goes_well_in_pieces_of_any_size),
		cmocka_unit_test(what_is_said_arrives_both_ways),
		cmocka_unit_test(a_key_update_is_nothing_special),
		cmocka_unit_test(records_without_bytes_do_not_hold_the_loop),
		cmocka_unit_test(renegotiation_is_refused_and_the_talk_goes_on),
		cmocka_unit_test(what_one_read_leaves_over_is_buffered),
		cmocka_unit_test(half_a_record_is_not_buffered),
		cmocka_unit_test(bytes_that_were_read_before_are_taken_over),
		cmocka_unit_test(what_the_transport_below_does_not_take_waits),
		cmocka_unit_test(pending_counts_the_users_bytes),
		cmocka_unit_test(acknowledgements_count_the_users_bytes),
		cmocka_unit_test(facts_count_the_users_bytes_as_acknowledged),
		cmocka_unit_test(marks_are_thinned_and_never_count_too_much),
		cmocka_unit_test(
		    long_talk_both_ways_arrives_whole_whatever_is_below),
		cmocka_unit_test(many_bytes_go_out_while_they_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
