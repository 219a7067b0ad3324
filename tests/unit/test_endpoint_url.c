/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Endpoints written as URLs. */

#include "endpoint_rows.h"

static void other_schemes_are_refused_by_name(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_LISTEN,
		  { "sctp://*:53" },
		  "sctp://*:53: sockchat speaks only tcp://, tls://, udp:// "
		  "and unix:" },
		{ ENDPOINT_CONNECT,
		  { "://h:1" },
		  "://h:1: sockchat speaks only tcp://, tls://, udp:// and "
		  "unix:" },
		{ ENDPOINT_CONNECT,
		  { "tcp://h:1", "80" },
		  "tcp://h:1: the port belongs in the URL: write "
		  "tcp://HOST:PORT" },
		{ ENDPOINT_CONNECT,
		  { "*", "80" },
		  "* means all addresses of this machine: listen accepts it, "
		  "connect needs one host" },
	};

	(void)state;
	BAD(rows);
}

static void a_url_of_a_protocol_leads_to_its_port(void **state)
{
	static const struct {
		const char *url, *name, *line;
	} rows[] = {
		{ "http://h/x", "http", "connect h 80" },
		{ "http://h", "http", "connect h 80" },
		{ "HTTP://h:8080/?a=b:c", "http", "connect h 8080" },
		{ "http://h:/x", "http", "connect h 80" },
		{ "ws://u:p@h/chat", "ws", "connect h 80" },
		{ "rtsp://[fe80::1]/s", "rtsp", "connect fe80::1 554" },
		{ "rtsp://[::1]:8554/s", "rtsp", "connect ::1 8554" },
		{ "redis://localhost/0", "redis", "connect localhost 6379" },
		{ "http://", "http", "connect HOST 80" },
	};
	struct endpoint ep;
	struct error e;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words[] = { rows[i].url };

		int rc = endpoint_parse(&ep, ENDPOINT_CONNECT, words, 1, &e);

		assert_int_equal(rc, -1);
		snprintf(text, sizeof(text),
		         "%s: sockchat opens the connection, and you speak %s; "
		         "try: sockchat %s",
		         rows[i].url, rows[i].name, rows[i].line);
		assert_string_equal(e.text, text);
		assert_string_equal(e.hint, "");
	}
}

static void a_url_of_a_protocol_in_tls_leads_to_tls(void **state)
{
	static const char *const rows[][2] = {
		{ "https://h/x", "connect tls://h:443" },
		{ "WSS://u:p@h:8443/chat?x", "connect tls://h:8443" },
		{ "rediss://[::1]/0", "connect tls://[::1]:6379" },
		{ "ssl://h:8883", "connect tls://h:8883" },
		{ "ssl://h", "connect tls://h:PORT" },
	};
	struct endpoint ep;
	struct error e;
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(endpoint_parse(&ep, ENDPOINT_CONNECT, rows[i],
		                                1, &e), -1);
		snprintf(text, sizeof(text),
		         "%s: sockchat opens the connection, with TLS, and you "
		         "speak the protocol; try: sockchat %s",
		         rows[i][0], rows[i][1]);
		assert_string_equal(e.text, text);
	}
}

static void tls_is_a_scheme_in_both_modes(void **state)
{
	static const struct good rows[] = {
		{ ENDPOINT_CONNECT, { "tls://h:443" }, "h", "443" },
		{ ENDPOINT_CONNECT, { "TLS://h:https/" }, "h", "https" },
		{ ENDPOINT_CONNECT, { "tls://[::1]:9" }, "::1", "9" },
		{ ENDPOINT_LISTEN, { "tls://127.0.0.1:9" }, "127.0.0.1", "9" },
		{ ENDPOINT_LISTEN, { "tls://*:0" }, "*", "0" },
		{ ENDPOINT_LISTEN, { "tls://9999" }, "", "9999" },
	};
	struct endpoint ep;
	struct error e;

	(void)state;
	GOOD(rows);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(endpoint_parse(&ep, rows[i].mode,
		                                rows[i].words, 1, &e), 0);
		assert_true(ep.is_tls);
		assert_int_equal(ep.scheme, ENDPOINT_TCP);
	}
}

static void udp_urls_are_endpoints_of_udp(void **state)
{
	static const struct good rows[] = {
		{ ENDPOINT_CONNECT, { "udp://h:53" }, "h", "53" },
		{ ENDPOINT_CONNECT, { "UDP://[::1]:ntp" }, "::1", "ntp" },
		{ ENDPOINT_LISTEN, { "udp://9999" }, "", "9999" },
	};
	struct endpoint ep;
	struct error e;
	char text[ENDPOINT_TEXT_MAX];

	(void)state;
	GOOD(rows);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(endpoint_parse(&ep, rows[i].mode,
		                                rows[i].words, 1, &e), 0);
		assert_false(ep.is_tls);
		assert_int_equal(ep.scheme, ENDPOINT_UDP);
	}
	endpoint_format(&ep, text);
	assert_string_equal(text, "udp://9999");
}

static void what_a_url_lacks_is_told_with_its_scheme(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_CONNECT,
		  { "tls://h" },
		  "the port is missing: write tls://h:PORT" },
		{ ENDPOINT_LISTEN,
		  { "tls://localhost" },
		  "the port is missing: write tls://localhost:PORT" },
		{ ENDPOINT_CONNECT,
		  { "tls://" },
		  "tls:// needs a host and a port" },
		{ ENDPOINT_CONNECT,
		  { "tls://h:1", "80" },
		  "tls://h:1: the port belongs in the URL: write "
		  "tls://HOST:PORT" },
		{ ENDPOINT_CONNECT,
		  { "udp:h:1" },
		  "udp:h:1: write udp://h:1" },
		{ ENDPOINT_CONNECT,
		  { "tls:h:1" },
		  "tls:h:1: write tls://h:1" },
		{ ENDPOINT_CONNECT,
		  { "tls:unix:/x" },
		  "tls:unix:/x: write --tls unix:/x" },
	};

	(void)state;
	BAD(rows);
}

static void a_url_of_tls_formats_to_itself(void **state)
{
	static const char *const words[] = {
		"tls://h:443",     "tls://[::1]:9",
		"tls://*:0",       "tls://[fe80::1%25eth0]:7",
		"tls://[fe80::1%]:7", "tls://[fe80::1%2525]:7",
		"tls://9999",
	};
	struct endpoint ep;
	struct error e;
	char text[ENDPOINT_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(endpoint_parse(&ep, ENDPOINT_LISTEN, &words[i],
		                                1, &e), 0);
		endpoint_format(&ep, text);
		assert_string_equal(text, words[i]);
	}
}

static void a_url_listened_on_leads_to_listen(void **state)
{
	const char *words[] = { "http://*:8080/" };
	struct endpoint ep;
	struct error e;

	(void)state;
	assert_int_equal(endpoint_parse(&ep, ENDPOINT_LISTEN, words, 1, &e),
	                 -1);
	assert_non_null(strstr(e.text, "try: sockchat listen * 8080"));
}

/* In a URL %25 is the % before a zone (RFC 6874); elsewhere % is. */
static void a_zone_is_taken_as_each_form_writes_it(void **state)
{
	static const struct good good[] = {
		{ ENDPOINT_CONNECT,
		  { "tcp://[fe80::1%25eth0]:80" }, "fe80::1%eth0", "80" },
		{ ENDPOINT_CONNECT,
		  { "tcp://[fe80::1%eth0]:80/" }, "fe80::1%eth0", "80" },
		{ ENDPOINT_CONNECT,
		  { "tcp://[fe80::1%25]:80" }, "fe80::1%25", "80" },
		{ ENDPOINT_CONNECT,
		  { "tcp://[fe80::1%2525]:80" }, "fe80::1%25", "80" },
		{ ENDPOINT_CONNECT,
		  { "[fe80::1%25eth0]:80" }, "fe80::1%25eth0", "80" },
		{ ENDPOINT_CONNECT,
		  { "fe80::1%eth0", "80" }, "fe80::1%eth0", "80" },
	};

	(void)state;
	GOOD(good);
}

static void each_beginning_that_is_offered_begins_an_endpoint(void **state)
{
	static const enum endpoint_mode modes[] = { ENDPOINT_CONNECT,
		                                    ENDPOINT_LISTEN };
	const char *begin;
	char word[40];
	const char *words[] = { word };
	struct endpoint ep;
	struct error e;
	(void)state;
	for (size_t m = 0; m < 2; m++)
		for (size_t i = 0; (begin = endpoint_beginning(modes[m], i));
		     i++) {
			bool is_url = strstr(begin, "://");
			snprintf(word, sizeof(word), "%s%s", begin,
			         is_url ? "h:1" : "3");
			assert_int_equal(endpoint_parse(&ep, modes[m], words,
			                                1, &e), 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_schemes_are_refused_by_name),
		cmocka_unit_test(a_url_of_a_protocol_leads_to_its_port),
		cmocka_unit_test(a_url_of_a_protocol_in_tls_leads_to_tls),
		cmocka_unit_test(tls_is_a_scheme_in_both_modes),
		cmocka_unit_test(udp_urls_are_endpoints_of_udp),
		cmocka_unit_test(what_a_url_lacks_is_told_with_its_scheme),
		cmocka_unit_test(a_url_of_tls_formats_to_itself),
		cmocka_unit_test(a_url_listened_on_leads_to_listen),
		cmocka_unit_test(a_zone_is_taken_as_each_form_writes_it),
		cmocka_unit_test(
		    each_beginning_that_is_offered_begins_an_endpoint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
