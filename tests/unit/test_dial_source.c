/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Dialling from an address of ours: which of the peer's are tried, and what is
 * said when our end cannot be had. */

#include "dial_scene.h"

static const char *const both[] = { "[::1]:9999", "127.0.0.1:9999", NULL };
static const char *const v4[] = { "127.0.0.1:0", NULL };

static const char *told(const struct scene *s)
{
	return bytes_text((struct bytes *)&s->steps);
}

static void addresses_of_another_family_are_left_out_and_told(void **state)
{
	struct scene *s = *state;

	answers = both;
	source = "127.0.0.1";
	source_answers = v4;
	dial_to(s, "localhost", 0);
	run(s);
	assert_non_null(s->transport);
	assert_string_equal(told(s),
	                    "resolving localhost\nlocalhost is ::1, 127.0.0.1, "
	                    "after\n::1 is not tried: --source 127.0.0.1 is "
	                    "not an IPv6 address\ntrying "
	                    "127.0.0.1:9999\nconnected to 127.0.0.1:9999 "
	                    "after\n");
}

static void each_family_has_its_own_source(void **state)
{
	static const char *const sources[] = { "[::1]:0", "127.0.0.9:0",
		                               "127.0.0.8:0", NULL };
	struct address second = fake_address("127.0.0.9:0");
	struct scene *s = *state;

	answers = both;
	source = "name";
	source_answers = sources;
	fake_on_connect_call("[::1]:9999", ENETUNREACH);
	dial_to(s, "localhost", 0);
	run(s);
	assert_non_null(s->transport);
	assert_memory_equal(socket_source_for(fake_settings(), AF_INET),
	                    &second, sizeof(second));
	assert_non_null(socket_source_for(fake_settings(), AF_INET6));
}

static void without_an_address_of_its_family_there_is_no_connection(
    void **state)
{
	static const char *const six[] = { "[::1]:9999", NULL };
	struct scene *s = *state;

	answers = six;
	source = "127.0.0.1";
	source_answers = v4;
	dial_to(s, "name", 0);
	run(s);
	assert_null(s->transport);
	assert_string_equal(s->error.text,
	                    "address families differ: name:9999 (::1) needs "
	                    "IPv6, and --source 127.0.0.1 is not an IPv6 "
	                    "address");
	assert_string_equal(s->error.code, "EAFNOSUPPORT");
	assert_true(s->error.is_lasting);
}

static void a_source_that_nobody_knows_is_named(void **state)
{
	struct scene *s = *state;

	source = "nowhere";
	answer_eai = EAI_NONAME;
	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_non_null(strstr(s->error.text, "--source nowhere: unknown "
	                                      "host: "));
	assert_string_equal(s->error.code, "EAI_NONAME");
}

static void an_interface_in_place_of_a_source_is_pointed_out(void **state)
{
	struct scene *s = *state;

	source = "lo";
	answer_eai = EAI_NONAME;
	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_non_null(strstr(s->error.hint, "--bind-device"));
}

/* Of two failures that of our end is what the user can do something about. */
static void a_source_that_is_not_ours_is_what_is_told(void **state)
{
	struct scene *s = *state;

	answers = both;
	fake_refuse(SOCKET_SOURCE, EADDRNOTAVAIL);
	dial_to(s, "localhost", 0);
	run(s);
	assert_string_equal(s->error.code, "EADDRNOTAVAIL");
	assert_non_null(strstr(told(s), "[::1]:9999: our end was refused: no "
	                                "local address"));
}

static void a_setting_that_is_refused_is_told_once_and_no_failure(void **state)
{
	struct scene *s = *state;

	fake_refuse(SOCKET_TOS, EPERM);
	fake_refuse(SOCKET_SNDBUF, ENOBUFS);
	dial_to(s, "127.0.0.1", 0);
	run(s);
	assert_non_null(s->transport);
	const char *note = strstr(told(s), "--tos was not set");
	assert_non_null(note);
	assert_null(strstr(note + 1, "--tos"));
	assert_non_null(strstr(note, "--sndbuf was not set"));
}

static void the_time_limit_holds_for_the_source_too(void **state)
{
	static const char *const none[] = { NULL };
	struct scene *s = *state;

	answers = none;
	source = "127.0.0.1";
	source_answers = v4;
	dial_to(s, "127.0.0.1", 50);
	run(s);
	assert_string_equal(s->error.code, "ETIMEDOUT");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses_of_another_family_are_left_out_and_told),
		TEST(each_family_has_its_own_source),
		TEST(without_an_address_of_its_family_there_is_no_connection),
		TEST(a_source_that_nobody_knows_is_named),
		TEST(an_interface_in_place_of_a_source_is_pointed_out),
		TEST(a_source_that_is_not_ours_is_what_is_told),
		TEST(a_setting_that_is_refused_is_told_once_and_no_failure),
		TEST(the_time_limit_holds_for_the_source_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
