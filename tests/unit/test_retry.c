/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How long after a failure a connection is tried again. */

#include "unit.h"

#include <errno.h>
#include <netdb.h>

#include <sockchat/explain.h>
#include <sockchat/retry.h>

static struct retry retry;
static struct error refused;

static int start(void **state)
{
	(void)state;
	retry = (struct retry){ 0 };
	explain_connect(&refused, ECONNREFUSED, "127.0.0.1:9");
	return 0;
}

static int64_t refuse(void)
{
	return retry_failed(&retry, RETRY_ENDLESS, &refused);
}

static void each_wait_is_twice_the_one_before_up_to_ten_seconds(void **state)
{
	static const int64_t waits[] = { 100,  200,  400,   800,   1600,
		                         3200, 6400, 10000, 10000 };
	(void)state;
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		assert_int_equal(refuse(), waits[i]);
}

static void there_are_as_many_tries_as_were_asked_for(void **state)
{
	(void)state;
	assert_int_equal(retry_failed(&retry, 3, &refused), 100);
	assert_int_equal(retry_failed(&retry, 3, &refused), 200);
	assert_int_equal(retry_failed(&retry, 3, &refused), -1);
	assert_int_equal(retry.tries, 3);
	start(state);
	assert_int_equal(retry_failed(&retry, 1, &refused), -1);
}

static void what_cannot_pass_is_not_tried_again(void **state)
{
	struct error e;
	(void)state;
	explain_connect(&e, EACCES, "127.0.0.1:9");
	assert_int_equal(retry_failed(&retry, RETRY_ENDLESS, &e), -1);
	explain_resolve(&e, EAI_SERVICE, 0, "host", "nosuch");
	assert_int_equal(retry_failed(&retry, RETRY_ENDLESS, &e), -1);
	explain_numeric(&e, "localhost");
	assert_int_equal(retry_failed(&retry, RETRY_ENDLESS, &e), -1);
	explain_resolve(&e, EAI_NONAME, 0, "not-yet", "80");
	assert_int_equal(retry_failed(&retry, RETRY_ENDLESS, &e), 100);
	explain_connect(&e, ENOENT, "unix:/run/x");
	assert_int_equal(retry_failed(&retry, RETRY_ENDLESS, &e), 200);
}

static void only_early_losses_let_the_wait_grow(void **state)
{
	(void)state;
	refuse();
	refuse();
	refuse();
	assert_int_equal(retry_lost(&retry, 10), 100);
	assert_int_equal(retry.tries, 0);
	assert_int_equal(refuse(), 200);
	assert_int_equal(refuse(), 400);
	assert_int_equal(retry_lost(&retry, RETRY_STEADY_MS - 1), 200);
	assert_int_equal(retry_lost(&retry, 10), 400);
	assert_int_equal(retry_lost(&retry, RETRY_STEADY_MS), 100);
}

static void a_failure_says_when_the_next_try_comes(void **state)
{
	char text[RETRY_TEXT_MAX];
	(void)state;
	retry_describe(text, &refused, 1600);
	assert_string_equal(text, "connection refused: 127.0.0.1:9 is "
	                    "reachable, but nothing listens on that port; "
	                    "trying again in 1.6 s");
}

#define TEST(name) cmocka_unit_test_setup(name, start)

/* A certificate does not get better by waiting. */
static void a_handshake_broken_off_can_pass_and_a_certificate_not(void **state)
{
	struct retry r = { 0 };
	struct error e = { .code = "TLS_ENDED" };
	(void)state;
	assert_int_equal(retry_failed(&r, 5, &e), RETRY_FIRST_MS);
	memcpy(e.code, "TLS_EXPIRED", sizeof("TLS_EXPIRED"));
	assert_int_equal(retry_failed(&r, 5, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_handshake_broken_off_can_pass_and_a_certificate_not),
		TEST(each_wait_is_twice_the_one_before_up_to_ten_seconds),
		TEST(there_are_as_many_tries_as_were_asked_for),
		TEST(what_cannot_pass_is_not_tried_again),
		TEST(only_early_losses_let_the_wait_grow),
		TEST(a_failure_says_when_the_next_try_comes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
