/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The URL of a proxy. */

#include "unit.h"

#include <sockchat/proxy.h>

struct good {
	const char *url;
	enum proxy_kind kind;
	const char *user, *host, *port;
	const char *told; /* NULL: as it was written */
};

static void assert_taken(const struct good *g)
{
	struct proxy_settings p;
	struct error e;
	char told[PROXY_URL_MAX];

	if (proxy_parse(&p, g->url, &e))
		fail_msg("%s: %s", g->url, e.text);
	assert_int_equal(p.kind, g->kind);
	assert_string_equal(p.user, g->user);
	assert_string_equal(p.endpoint.host, g->host);
	assert_string_equal(p.endpoint.port, g->port);
	assert_null(p.password);
	proxy_format(&p, told);
	assert_string_equal(told, g->told ? g->told : g->url);
}

static void the_url_says_protocol_user_host_and_port(void **state)
{
	static const struct good rows[] = {
		{ "socks4://h:1", PROXY_SOCKS4, "", "h", "1", NULL },
		{ "socks5://me@h:1", PROXY_SOCKS5, "me", "h", "1", NULL },
		{ "http://me@[::1]:8080", PROXY_HTTP, "me", "::1", "8080",
		  NULL },
		{ "socks5://h", PROXY_SOCKS5, "", "h", "1080",
		  "socks5://h:1080" },
		{ "socks5://[::1]", PROXY_SOCKS5, "", "::1", "1080",
		  "socks5://[::1]:1080" },
		{ "http://h/", PROXY_HTTP, "", "h", "3128", "http://h:3128" },
		{ "SOCKS5h://h:9", PROXY_SOCKS5, "", "h", "9",
		  "socks5://h:9" },
		{ "socks4a://h:9", PROXY_SOCKS4, "", "h", "9",
		  "socks4://h:9" },
		{ "http://a%40b%2fc@h:1", PROXY_HTTP, "a@b/c", "h", "1",
		  "http://a%40b%2Fc@h:1" },
		{ "socks5://a@b@h:1", PROXY_SOCKS5, "a@b", "h", "1",
		  "socks5://a%40b@h:1" },
		{ "socks5://d%3Au@h:1", PROXY_SOCKS5, "d:u", "h", "1", NULL },
		{ "socks5://unix", PROXY_SOCKS5, "", "unix", "1080",
		  "socks5://unix:1080" },
		{ "socks5://unix:1", PROXY_SOCKS5, "", "unix", "1", NULL },
		{ "socks5://@h:1", PROXY_SOCKS5, "", "h", "1",
		  "socks5://h:1" },
		{ "socks5://%E9@h:1", PROXY_SOCKS5, "\xe9", "h", "1", NULL },
		{ "", PROXY_NONE, "", "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_taken(&rows[i]);
}

static void assert_refused(const char *url, const char *wanted)
{
	struct proxy_settings p;
	struct error e;

	if (!proxy_parse(&p, url, &e))
		fail_msg("%s was taken", url);
	if (!strstr(e.text, wanted))
		fail_msg("%s: '%s' lacks '%s'", url, e.text, wanted);
	assert_null(strstr(e.text, "secret"));
	assert_null(strstr(e.hint, "secret"));
}

static void what_is_no_proxy_is_told_what_one_is(void **state)
{
	static const char *const rows[][2] = {
		{ "h:1", "write socks5://HOST:PORT, socks4://HOST:PORT or "
		         "http://HOST:PORT" },
		{ "me:secret@h:1", "write socks5://" },
		{ "socks://h:1", "write socks5://" },
		{ "tcp://h:1", "write socks5://" },
		{ "https://secret@h:1", "behind TLS" },
		{ "https", "write socks5://" },
		{ "socks5://", "the proxy's host is missing" },
		{ "socks5://me@", "the proxy's host is missing" },
		{ "socks5://h:", "the proxy's address: the port is empty" },
		{ "socks5://h:70000", "port 70000 is out of range" },
		{ "socks5://::1:1080", "write HOST:PORT or [V6ADDR]:PORT" },
		{ "socks5://:1080", "the proxy's host is missing" },
		{ "socks5://[::1", "write HOST:PORT or [V6ADDR]:PORT" },
		{ "socks5://unix:/x", "leave out what follows the /" },
		{ "http://h:1/path", "leave out what follows the /" },
		{ "http://a%3Ab@h:1", "cannot have a colon" },
		{ "socks5://a%0@h:1", "two hexadecimal digits must follow each "
		                      "%" },
		{ "socks5://a%\0204@h:1", "two hexadecimal digits must follow "
		                          "each %" },
		{ "socks5://a%00@h:1", "two hexadecimal digits must follow "
		                       "each %" },
		{ "socks5://a%@h:1", "two hexadecimal digits must follow each "
		                     "%" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_refused(rows[i][0], rows[i][1]);
}

static void a_password_in_the_url_is_refused_and_not_shown(void **state)
{
	(void)state;
	assert_refused("socks5://me:secret@h:1", "SOCKCHAT_PROXY_PASSWORD");
	assert_refused("http://me:secret@x@h", "SOCKCHAT_PROXY_PASSWORD");
	assert_refused("http://:secret@h", "SOCKCHAT_PROXY_PASSWORD");
	assert_refused("http://secret%zz:x@h", "SOCKCHAT_PROXY_PASSWORD");
}

static void a_word_that_no_proxy_can_take_is_refused(void **state)
{
	char url[PROXY_URL_MAX + 100], user[PROXY_WORD_MAX + 1];
	struct proxy_settings p;
	struct error e;

	(void)state;
	memset(user, 'u', sizeof(user));
	user[PROXY_WORD_MAX - 1] = '\0';
	snprintf(url, sizeof(url), "socks5://%s@h:1", user);
	assert_int_equal(proxy_parse(&p, url, &e), 0);
	snprintf(url, sizeof(url), "socks5://%su@h:1", user);
	assert_refused(url, "it has more than 255 bytes");
	memset(url, 'a', sizeof(url));
	memcpy(url, "http://", 7);
	url[sizeof(url) - 1] = '\0';
	assert_refused(url, "too long");
}

static void only_a_user_who_can_prove_it_needs_a_password(void **state)
{
	static const struct {
		const char *url;
		bool lacks;
	} rows[] = {
		{ "socks4://me@h", false }, { "socks5://h", false },
		{ "socks5://me@h", true },  { "http://me@h", true },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct proxy_settings p;
		struct error e;

		assert_int_equal(proxy_parse(&p, rows[i].url, &e), 0);
		assert_int_equal(proxy_lacks_password(&p), rows[i].lacks);
		p.password = "";
		assert_false(proxy_lacks_password(&p));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_url_says_protocol_user_host_and_port),
		cmocka_unit_test(what_is_no_proxy_is_told_what_one_is),
		cmocka_unit_test(
		    a_password_in_the_url_is_refused_and_not_shown),
		cmocka_unit_test(a_word_that_no_proxy_can_take_is_refused),
		cmocka_unit_test(only_a_user_who_can_prove_it_needs_a_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
