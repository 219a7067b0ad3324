/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Endpoints written as URLs. */

#include "unit.h"

#include "endpoint_rows.h"

static void other_schemes_are_refused_by_name(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_CONNECT,
		  { "tls://example.com:443" },
		  "tls://example.com:443: only tcp:// and unix: endpoints "
		  "are spoken here" },
		{ ENDPOINT_LISTEN,
		  { "udp://*:53" },
		  "udp://*:53: only tcp:// and unix: endpoints are spoken "
		  "here" },
		{ ENDPOINT_CONNECT,
		  { "://h:1" },
		  "://h:1: only tcp:// and unix: endpoints are spoken here" },
		{ ENDPOINT_CONNECT,
		  { "tcp://h:1", "80" },
		  "tcp://h:1: a URL holds its port: write tcp://HOST:PORT" },
		{ ENDPOINT_CONNECT,
		  { "*", "80" },
		  "* stands for all addresses to listen on: it can't be "
		  "connected to" },
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
		{ "https://h/x", "https", "connect h 443" },
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
		         "%s: sockchat opens the connection and leaves %s to "
		         "you; try: sockchat %s",
		         rows[i].url, rows[i].name, rows[i].line);
		assert_string_equal(e.text, text);
		assert_int_equal(*e.hint != '\0',
		                 strncmp(rows[i].url, "https", 5) == 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_schemes_are_refused_by_name),
		cmocka_unit_test(a_url_of_a_protocol_leads_to_its_port),
		cmocka_unit_test(a_url_listened_on_leads_to_listen),
		cmocka_unit_test(a_zone_is_taken_as_each_form_writes_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
