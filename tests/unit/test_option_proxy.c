/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* --proxy on the command line and in a file. */

#include "option_scene.h"

static struct options o;
static struct error e;

static void assert_proxy(const char *line, const char *file, const char *url)
{
	char value[PROXY_URL_MAX];
	if (parse_with_file(&o, line, file, &e))
		fail_msg("%s: %s", line, e.text);
	options_value(&o, (size_t)options_find("proxy"), value, sizeof(value));
	assert_string_equal(value, url);
}

static void a_proxy_comes_from_a_file_unless_the_command_line_says(void **state)
{
	(void)state;
	assert_proxy("connect h 1", "", "default");
	assert_proxy("connect --proxy socks5://me@p h 1", "",
	             "socks5://me@p:1080");
	assert_proxy("connect h 1", "proxy http://p:8080", "http://p:8080");
	assert_proxy("connect --proxy=socks4://q h 1", "proxy http://p:8080",
	             "socks4://q:1080");
	assert_proxy("connect --proxy= h 1", "proxy http://p:8080", "default");
	assert_proxy("connect h 1", "proxy \"\"", "default");
}

static void a_proxy_in_a_file_concerns_neither_listeners_nor_paths(void **state)
{
	(void)state;
	assert_proxy("listen 1", "proxy http://p:8080", "default");
	assert_proxy("connect unix:/x", "proxy http://p", "http://p:3128");
}

static void refuse(const char *line, const char *file, const char *sentence)
{
	if (!parse_with_file(&o, line, file, &e))
		fail_msg("%s was taken", line);
	assert_non_null(strstr(e.text, sentence));
	assert_null(strstr(e.text, "secret"));
	assert_null(strstr(e.hint, "secret"));
}

static void what_cannot_be_is_refused_before_anything_is_sent(void **state)
{
	(void)state;
	refuse("listen --proxy http://p 1", "",
	       "option --proxy is for 'sockchat connect'");
	refuse("connect --proxy http://p unix:/x", "", "unix:/x is a unix "
	                                               "socket");
	refuse("connect --proxy socks4://p ::1 80", "",
	       "SOCKS4 has no IPv6 addresses");
	refuse("connect --proxy secret h 1", "",
	       "option --proxy: this is not a proxy: write socks5://HOST:PORT");
	refuse("connect --proxy http://me:secret@p h 1", "",
	       "option --proxy: a password in the URL can be seen by others");
	refuse("connect h 1", "proxy http://me:secret@p",
	       "FILE:1: option proxy: a password in the URL can be seen by "
	       "others");
	refuse("connect --proxy http://p:nosuch h 1", "", "unknown service");
}

static void a_forwarder_reaches_its_target_through_a_proxy(void **state)
{
	(void)state;
	assert_proxy("listen --proxy http://p --forward h:1 1", "",
	             "http://p:3128");
	assert_proxy("listen --forward h:1 1", "proxy http://p",
	             "http://p:3128");
	assert_proxy("listen --forward unix:/x 1", "proxy http://p",
	             "http://p:3128");
	assert_proxy("listen --proxy http://p --forward h:1 unix:/x", "",
	             "http://p:3128");
	refuse("listen --proxy http://p --forward unix:/x 1", "",
	       "unix:/x is a unix socket");
}

static void a_proxy_is_chosen_at_the_start(void **state)
{
	(void)state;
	assert_proxy("connect h 1", "", "default");
	assert_int_equal(options_set(&o, "proxy", "http://p", SOURCE_RUN_TIME,
	                             &e), -1);
	assert_string_equal(e.text,
	                    "option proxy cannot change at run time");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_proxy_comes_from_a_file_unless_the_command_line_says),
		cmocka_unit_test(
		    a_proxy_in_a_file_concerns_neither_listeners_nor_paths),
		cmocka_unit_test(
		    what_cannot_be_is_refused_before_anything_is_sent),
		cmocka_unit_test(
		    a_forwarder_reaches_its_target_through_a_proxy),
		cmocka_unit_test(a_proxy_is_chosen_at_the_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
