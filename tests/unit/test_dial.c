/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Dialling one address: what is told of it, how it ends, and what is told of
 * its TLS.  Neither network nor resolver. */

#include "dial_scene.h"

static void an_open_connection_is_handed_over_with_its_address(void **state)
{
	struct scene *s = *state;
	struct address expected = fake_address("127.0.0.1:9999");

	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_ptr_equal(s->transport, fake_transport(fake_last()));
	assert_memory_equal(&s->peer, &expected, sizeof(expected));
	assert_int_equal(s->connecting, 1);
	assert_int_equal(fake_end(fake_last()), FAKE_IN_USE);
}

static void the_steps_are_told(void **state)
{
	struct scene *s = *state;

	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_string_equal(bytes_text(&s->steps),
	                    "trying 127.0.0.1:9999\n"
	                    "connected to 127.0.0.1:9999 after\n");
}

static void dial_tls(struct scene *s)
{
	const struct endpoint ep = { .host = "127.0.0.1", .port = "9999",
		                     .is_tls = true };
	const struct dial_settings settings = { .timeout_ms = 0 };
	const struct dial_steps steps = { .on_step = on_step, .user = s };

	s->dial = dial_start(s->loop, &transport_fake, &ep, &settings,
	                     &steps, on_done, s);
	assert_non_null(s->dial);
	turn_loop(s->loop);
	assert_non_null(fake_last());
}

static const struct tls_facts secured = {
	.version = "TLSv1.3", .cipher = "X",
	.chain = { { .subject = "CN=a", .issuer = "CN=b", .end_s = 86400 },
	           { .subject = "CN=b", .issuer = "CN=b", .end_s = 86400 } },
	.chain_count = 2,
};

static void the_steps_of_tls_are_told_with_its_certificates(void **state)
{
	struct scene *s = *state;

	dial_tls(s);
	fake_facts(fake_last())->tls = &secured;
	fake_feed(fake_last(), ".");
	run(s);
	const char *told = strstr(bytes_text(&s->steps), "TLS handshake");
	assert_non_null(told);
	assert_ptr_equal(strstr(told, "TLS handshake begins\n"
	                 "certificate 1: CN=a, signed by CN=b, from 1970-01-01 "
	                 "to 1970-01-02, EXPIRED "), told);
	assert_non_null(strstr(told, " ago\ncertificate 2: CN=b, "));
	assert_non_null(strstr(told, "\nsecured by TLSv1.3 with X, "
	                             "certificate CN=a valid until "
	                             "1970-01-02, EXPIRED "));
	assert_true(s->timing.tls_us >= 0);
}

static void a_dial_may_end_while_its_certificates_are_told(void **state)
{
	struct scene *s = *state;

	dial_tls(s);
	turn_loop(s->loop);
	assert_non_null(strstr(bytes_text(&s->steps), "handshake begins"));
	fake_facts(fake_last())->tls = &secured;
	fake_feed(fake_last(), ".");
	s->cancels_in_steps = true;
	pass_ms(s->loop, 3);
	assert_int_equal(s->done, 0);
	assert_non_null(strstr(bytes_text(&s->steps), "certificate 1"));
	assert_null(strstr(bytes_text(&s->steps), "certificate 2"));
}

static void certificates_that_are_not_good_are_told_too(void **state)
{
	struct scene *s = *state;

	dial_tls(s);
	fake_facts(fake_last())->tls = &secured;
	fake_feed(fake_last(), "!");
	run(s);
	assert_null(s->transport);
	assert_non_null(strstr(bytes_text(&s->steps), "certificate 2: CN=b"));
	assert_null(strstr(bytes_text(&s->steps), "secured"));
	assert_int_equal(s->timing.tls_us, -1);
	assert_int_equal(s->timing.try_count, 1); /* the address is good */
	assert_int_equal(s->timing.tries[0].errnum, 0);
}

static void a_strangers_host_name_cannot_drive_the_terminal(void **state)
{
	struct scene *s = *state;

	answer_eai = EAI_NONAME;
	answers = (const char *const[]){ NULL };
	dial_to(s, "\033[2Jx", 0);
	run(s);
	assert_string_equal(bytes_text(&s->steps), "resolving ^[[2Jx\n");
	assert_null(strchr(s->error.text, '\033'));
}

static void a_failed_lookup_ends_it(void **state)
{
	struct scene *s = *state;

	answer_eai = EAI_NONAME;
	answers = (const char *const[]){ NULL };
	dial_to(s, "nohost", 0);
	run(s);
	assert_string_equal(s->error.code, "EAI_NONAME");
	assert_int_equal(s->connecting, 0);
}

static void the_time_limit_includes_the_lookup(void **state)
{
	struct scene *s = *state;

	answers = (const char *const[]){ NULL };
	dial_to(s, "slowhost", 20);
	run(s);
	assert_string_equal(s->error.text,
	                    "timed out: no name server has answered for "
	                    "slowhost within 0.02 s");
}

static void a_refusal_says_so_and_ends_it(void **state)
{
	struct scene *s = *state;

	fake_on_connect("127.0.0.1:9999", ECONNREFUSED);
	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_null(s->transport);
	assert_string_equal(s->error.text,
	                    "connection refused: 127.0.0.1:9999 is "
	                    "reachable, but nothing listens on that port");
	assert_string_equal(s->error.code, "ECONNREFUSED");
	assert_string_equal(bytes_text(&s->steps),
	                    "trying 127.0.0.1:9999\n"
	                    "127.0.0.1:9999: connection refused after\n");
}

static void a_connect_that_fails_at_once_ends_it(void **state)
{
	struct scene *s = *state;

	fake_on_connect_call("127.0.0.1:9999", ENETUNREACH);
	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_string_equal(s->error.code, "ENETUNREACH");
	assert_int_equal(fake_count(), 0);
}

static void a_silent_address_ends_at_the_time_limit(void **state)
{
	struct scene *s = *state;

	fake_on_connect("127.0.0.1:9999", FAKE_HANGS);
	dial_to(s, "127.0.0.1", 20);
	run(s);
	assert_string_equal(s->error.text, "timed out: 127.0.0.1:9999 has "
	                                   "not answered within 0.02 s");
	assert_int_equal(fake_end(fake_last()), FAKE_CLOSED);
}

static void a_cancelled_dial_calls_nobody_and_closes_all(void **state)
{
	struct scene *s = *state;

	fake_on_connect("127.0.0.1:9999", FAKE_HANGS);
	dial_to(s, "127.0.0.1", 0);
	turn_loop(s->loop);
	assert_int_equal(fake_count(), 1);
	dial_cancel(s->dial, true);
	assert_int_equal(fake_end(fake_last()), FAKE_RESET);
	fake_settle(fake_last(), FAKE_OPENS);
	turn_loop(s->loop);
	assert_int_equal(s->done, 0);
}

static void a_dial_may_be_cancelled_before_its_first_turn(void **state)
{
	struct scene *s = *state;

	dial_to(s, "name", 1000);
	dial_cancel(s->dial, false);
	dial_cancel(NULL, false);
	turn_loop(s->loop);
	assert_int_equal(s->done + s->connecting, 0);
	assert_int_equal(fake_count(), 0);
}

static void a_dial_may_be_cancelled_from_within_a_step(void **state)
{
	struct scene *s = *state;

	s->cancels_in_steps = true;
	dial_to(s, "127.0.0.1", 0);
	turn_loop(s->loop);
	assert_string_equal(bytes_text(&s->steps), "trying 127.0.0.1:9999\n");
	assert_int_equal(s->done, 0);
	assert_int_equal(fake_count(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_open_connection_is_handed_over_with_its_address),
		TEST(the_steps_are_told),
		TEST(the_steps_of_tls_are_told_with_its_certificates),
		TEST(a_dial_may_end_while_its_certificates_are_told),
		TEST(certificates_that_are_not_good_are_told_too),
		TEST(a_strangers_host_name_cannot_drive_the_terminal),
		TEST(a_failed_lookup_ends_it),
		TEST(the_time_limit_includes_the_lookup),
		TEST(a_refusal_says_so_and_ends_it),
		TEST(a_connect_that_fails_at_once_ends_it),
		TEST(a_silent_address_ends_at_the_time_limit),
		TEST(a_cancelled_dial_calls_nobody_and_closes_all),
		TEST(a_dial_may_be_cancelled_before_its_first_turn),
		TEST(a_dial_may_be_cancelled_from_within_a_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
