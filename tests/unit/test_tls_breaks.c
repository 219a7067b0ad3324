/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a TLS connection ends: with a close_notify or without one, reset, or with
 * a record that is damaged. */

#include "tls_scene.h"

static bool is_unproven(const struct side *s)
{
	struct transport_facts facts;

	transport_facts(s->t, FACTS_END, &facts);
	return facts.is_end_unproven;
}

static void an_end_without_close_notify_is_unproven(void **state)
{
	(void)state;
	scene_open();
	say(&client, "cut", 3);
	carry(&client, &server, WHOLE);
	fake_feed_end(server.below);
	assert_string_equal(hear(&server), "cut");
	assert_int_equal(server.errnum, 0);
	assert_true(is_unproven(&server));
	assert_int_equal(say(&server, "go on", 5), 5);
	server.settings.allows_truncation = true;
	assert_false(is_unproven(&server));
	scene_finish();
}

static void our_end_in_1_3_is_close_notify_and_we_still_read(void **state)
{
	(void)state;
	scene_open();
	assert_int_equal(client.t->ops->shutdown(client.t), 0);
	carry(&client, &server, WHOLE);
	assert_string_equal(hear(&server), "");
	assert_int_equal(server.errnum, 0);
	assert_false(is_unproven(&server));
	assert_false(fake_is_shut_down(client.below));
	say(&server, "answer", 6);
	carry(&server, &client, WHOLE);
	assert_string_equal(hear(&client), "answer");
	assert_int_equal(say(&client, "x", 1), 0);
	assert_int_equal(errno, EPIPE);
	scene_finish();
}

static void our_end_in_1_2_waits_for_theirs(void **state)
{
	(void)state;
	open_with(TLS_1_2);
	fake_forget_written(client.below);
	assert_int_equal(client.t->ops->shutdown(client.t), 0);
	assert_int_equal(fake_written_len(client.below), 0);
	assert_int_equal(client.t->ops->pending(client.t), 0);
	say(&server, "late answer", 11);
	server.t->ops->shutdown(server.t);
	server.t->ops->close(server.t, false);
	carry(&server, &client, WHOLE);
	server.t = NULL;
	assert_string_equal(hear(&client), "late answer");
	assert_int_equal(client.errnum, 0);
	assert_false(is_unproven(&client));
	client.t->ops->close(client.t, false);
	assert_true(fake_written_len(client.below) > 0);
	client.t = NULL;
	scene_finish();
}

static bool is_end_kept(struct side *s)
{
	struct transport_facts facts;

	transport_facts(s->t, FACTS_END, &facts);
	return facts.is_end_kept;
}

static void our_end_in_1_2_goes_out_when_it_is_asked_for_again(void **state)
{
	(void)state;
	open_with(TLS_1_2);
	assert_int_equal(client.t->ops->shutdown(client.t), 0);
	carry(&client, &server, WHOLE);
	assert_string_equal(hear(&server), "");
	assert_int_equal(server.errnum, EAGAIN);
	assert_true(is_end_kept(&client));
	assert_int_equal(client.t->ops->shutdown(client.t), 0);
	assert_false(is_end_kept(&client));
	carry(&client, &server, WHOLE);
	assert_string_equal(hear(&server), "");
	assert_int_equal(server.errnum, 0);
	assert_false(is_unproven(&server));
	scene_finish();
}

/* The record of "second", one of whose bits is changed. */
static void flip(size_t at, int bit)
{
	uint8_t record[256];
	size_t len;

	say(&client, "first", 5);
	carry(&client, &server, WHOLE);
	say(&client, "second", 6);
	len = fake_written_len(client.below);
	assert_true(len < sizeof(record) && at < len);
	memcpy(record, fake_written(client.below), len);
	record[at] ^= (uint8_t)(1 << bit);
	fake_forget_written(client.below);
	fake_feed_bytes(server.below, record, len);
	fake_feed_end(server.below);
}

static void a_flipped_bit_ends_it_behind_what_came_before(void **state)
{
	(void)state;
	for (int max = TLS_1_2; max <= TLS_1_3; max++)
		for (size_t at = 0; at < 28; at++) {
			open_with(max);
			flip(at, (int)(at % 8));
			assert_string_equal(hear(&server), "first");
			assert_true(server.errnum == EPROTO ||
			            is_unproven(&server));
			if (server.errnum)
				assert_non_null(strstr(explain(&server),
				                       "localhost:9999"));
			scene_finish();
		}
}

static void a_lack_of_memory_comes_before_what_openssl_says(void **state)
{
	(void)state;
	scene_open();
	conn(&server)->reason = SSL_R_NO_SHARED_CIPHER;
	server.errnum = ENOMEM;
	assert_null(strstr(explain(&server), "cipher"));
	assert_non_null(strstr(server.e.text, "out of memory"));
	scene_finish();
}

static void plain_bytes_in_the_middle_are_told(void **state)
{
	(void)state;
	for (int max = TLS_1_2; max <= TLS_1_3; max++) {
		open_with(max);
		say(&client, "first", 5);
		carry(&client, &server, WHOLE);
		fake_feed_bytes(server.below, "plain text\n", 11);
		assert_string_equal(hear(&server), "first");
		assert_int_equal(server.errnum, EPROTO);
		explain(&server);
		assert_non_null(strstr(server.e.text, "is plain or damaged"));
		assert_string_equal(server.e.code, "TLS_DAMAGED");
		scene_finish();
	}
}

/* It is only TCP's, and nothing of it is kept back. */
static void an_end_that_is_to_prove_nothing_has_no_close_notify(void **state)
{
	static const int versions[] = { TLS_1_2, TLS_1_3 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		open_with(versions[i]);
		say(&client, "all", 3);
		fake_forget_written(client.below);
		client.t->ends_bare = true;
		assert_int_equal(client.t->ops->shutdown(client.t), 0);
		assert_int_equal(fake_written_len(client.below), 0);
		assert_true(fake_is_shut_down(client.below));
		assert_false(is_end_kept(&client));
		client.t->ops->close(client.t, false);
		assert_int_equal(fake_written_len(client.below), 0);
		client.t = NULL;
		scene_finish();
	}
}

static void a_damaged_record_is_told(void **state)
{
	(void)state;
	scene_open();
	flip(20, 1);
	assert_string_equal(hear(&server), "first");
	assert_int_equal(server.errnum, EPROTO);
	assert_non_null(strstr(explain(&server), "damaged record"));
	assert_non_null(strstr(server.e.text,
	                       "ended, after 0 bytes received and 0 bytes "
	                       "sent"));
	assert_string_equal(server.e.code, "TLS_DAMAGED");
	assert_int_equal(say(&server, "x", 1), 0);
	assert_int_equal(errno, EPROTO);
	carry(&server, &client, WHOLE);
	assert_string_equal(hear(&client), "");
	assert_non_null(strstr(explain(&client), "bad record mac"));
	scene_finish();
}

static void a_reset_behind_our_end_is_an_unproven_end(void **state)
{
	(void)state;
	scene_open();
	say(&client, "all", 3);
	client.t->ops->shutdown(client.t);
	fake_facts(client.below)->has_tcp = true;
	fake_facts(client.below)->tcp.acked = conn(&client)->made;
	say(&server, "answer", 6);
	carry(&server, &client, WHOLE);
	fake_feed_error(client.below, ECONNRESET);
	fake_set_pending(client.below, -1, ECONNRESET);
	assert_int_equal(client.t->ops->pending(client.t), 0);
	assert_string_equal(hear(&client), "answer");
	assert_int_equal(client.errnum, 0);
	assert_true(is_unproven(&client));
	scene_finish();
}

/* The peer had ended with a close_notify, and closed: ours found nobody. */
static void a_reset_behind_both_ends_is_an_end(void **state)
{
	(void)state;
	scene_open();
	say(&client, "all", 3);
	server.t->ops->shutdown(server.t);
	carry(&server, &client, WHOLE);
	client.t->ops->shutdown(client.t);
	fake_facts(client.below)->has_tcp = true;
	fake_facts(client.below)->tcp.acked = conn(&client)->made;
	fake_feed_error(client.below, EPIPE);
	fake_set_pending(client.below, -1, EPIPE);
	assert_int_equal(client.t->ops->pending(client.t), 0);
	assert_string_equal(hear(&client), "");
	assert_int_equal(client.errnum, 0);
	assert_false(is_unproven(&client));
	scene_finish();
}

static void an_end_goes_out_also_in_pieces(void **state)
{
	(void)state;
	scene_open();
	fake_limit_write(client.below, 5);
	client.t->ops->close(client.t, false);
	carry(&client, &server, WHOLE);
	hear(&server);
	assert_int_equal(server.errnum, 0);
	assert_false(is_unproven(&server));
	client.t = NULL;
	scene_finish();
}

static void a_reset_that_loses_bytes_is_one(void **state)
{
	(void)state;
	scene_open();
	say(&client, "lost", 4);
	client.t->ops->shutdown(client.t);
	fake_facts(client.below)->has_tcp = true;
	fake_feed_error(client.below, ECONNRESET);
	fake_set_pending(client.below, -1, ECONNRESET);
	assert_int_equal(client.t->ops->pending(client.t), -1);
	assert_string_equal(hear(&client), "");
	assert_int_equal(client.errnum, ECONNRESET);
	scene_finish();
}

static void what_has_come_is_read_when_nobody_takes_more(void **state)
{
	(void)state;
	scene_open();
	say(&server, "goodbye", 7);
	carry(&server, &client, WHOLE);
	fake_fail_write(client.below, EPIPE);
	(void)say(&client, "x", 1);
	assert_int_equal(say(&client, "y", 1), 0);
	assert_int_equal(errno, EPIPE);
	assert_string_equal(hear(&client), "goodbye");
	assert_int_equal(client.errnum, EPIPE);
	assert_int_equal(client.t->ops->pending(client.t), -1);
	scene_finish();
}

static void a_refusal_that_has_come_tells_more_than_the_reset(void **state)
{
	(void)state;
	scene_open();
	flip(20, 1);
	assert_string_equal(hear(&server), "first");
	carry(&server, &client, WHOLE);
	fake_fail_write(client.below, ECONNRESET);
	assert_int_equal(say(&client, "x", 1), 0);
	assert_int_equal(errno, ECONNRESET);
	assert_string_equal(hear(&client), "");
	client.errnum = ECONNRESET; /* the first one, which a link keeps */
	assert_non_null(strstr(explain(&client), "bad record mac"));
	scene_finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_without_close_notify_is_unproven),
		cmocka_unit_test(
		    our_end_in_1_3_is_close_notify_and_we_still_read),
		cmocka_unit_test(our_end_in_1_2_waits_for_theirs),
		cmocka_unit_test(
		    our_end_in_1_2_goes_out_when_it_is_asked_for_again),
		cmocka_unit_test(a_flipped_bit_ends_it_behind_what_came_before),
		cmocka_unit_test(
		    a_lack_of_memory_comes_before_what_openssl_says),
		cmocka_unit_test(plain_bytes_in_the_middle_are_told),
		cmocka_unit_test(
		    an_end_that_is_to_prove_nothing_has_no_close_notify),
		cmocka_unit_test(a_damaged_record_is_told),
		cmocka_unit_test(a_reset_behind_our_end_is_an_unproven_end),
		cmocka_unit_test(a_reset_behind_both_ends_is_an_end),
		cmocka_unit_test(an_end_goes_out_also_in_pieces),
		cmocka_unit_test(a_reset_that_loses_bytes_is_one),
		cmocka_unit_test(what_has_come_is_read_when_nobody_takes_more),
		cmocka_unit_test(
		    a_refusal_that_has_come_tells_more_than_the_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
