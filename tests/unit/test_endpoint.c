/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Endpoints as users write them, and addresses as they are shown. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sockchat/endpoint.h>

struct good {
	enum endpoint_mode mode;
	const char *words[2]; /* the second may be missing */
	const char *host, *port;
};

struct bad {
	enum endpoint_mode mode;
	const char *words[2];
	const char *text;
};

static size_t count_of(const char *const *words)
{
	return words[1] ? 2 : words[0] ? 1 : 0;
}

static void assert_good(const struct good *g)
{
	struct endpoint ep;
	struct error e = { 0 };

	if (endpoint_parse(&ep, g->mode, g->words, count_of(g->words), &e) < 0)
		fail_msg("%s: %s", g->words[0], e.text);
	assert_string_equal(ep.host, g->host);
	assert_string_equal(ep.port, g->port);
}

static void assert_bad(const struct bad *b)
{
	struct endpoint ep;
	struct error e = { 0 };

	if (endpoint_parse(&ep, b->mode, b->words, count_of(b->words), &e) == 0)
		fail_msg("%s was taken", b->words[0]);
	assert_string_equal(e.text, b->text);
}

#define GOOD(rows)                                                             \
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)            \
	assert_good(&rows[i])
#define BAD(rows)                                                              \
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)            \
	assert_bad(&rows[i])

static void every_documented_form_is_taken(void **state)
{
	static const struct good rows[] = {
		{ ENDPOINT_CONNECT,
		  { "localhost", "9999" },
		  "localhost",
		  "9999" },
		{ ENDPOINT_CONNECT, { "localhost:9999" }, "localhost", "9999" },
		{ ENDPOINT_CONNECT, { "[::1]:9999" }, "::1", "9999" },
		{ ENDPOINT_CONNECT, { "[::1]", "9999" }, "::1", "9999" },
		{ ENDPOINT_CONNECT, { "::1", "9999" }, "::1", "9999" },
		{ ENDPOINT_CONNECT,
		  { "fe80::1%eth0", "7" },
		  "fe80::1%eth0",
		  "7" },
		{ ENDPOINT_CONNECT,
		  { "[fe80::1%eth0]:7" },
		  "fe80::1%eth0",
		  "7" },
		{ ENDPOINT_CONNECT,
		  { "tcp://localhost:9999" },
		  "localhost",
		  "9999" },
		{ ENDPOINT_CONNECT,
		  { "TCP://localhost:9999/" },
		  "localhost",
		  "9999" },
		{ ENDPOINT_CONNECT, { "tcp://[::1]:http" }, "::1", "http" },
		{ ENDPOINT_CONNECT, { "h", "iso-tsap" }, "h", "iso-tsap" },
		{ ENDPOINT_LISTEN,
		  { "127.0.0.1", "http-alt" },
		  "127.0.0.1",
		  "http-alt" },
	};

	(void)state;
	GOOD(rows);
}

static void listening_needs_no_host_and_takes_a_star_and_port_0(void **state)
{
	static const struct good rows[] = {
		{ ENDPOINT_LISTEN, { "9999" }, "", "9999" },
		{ ENDPOINT_LISTEN, { "0" }, "", "0" },
		{ ENDPOINT_LISTEN, { "http" }, "", "http" },
		{ ENDPOINT_LISTEN, { "*", "9999" }, "*", "9999" },
		{ ENDPOINT_LISTEN, { "*:9999" }, "*", "9999" },
		{ ENDPOINT_LISTEN, { "tcp://*:0" }, "*", "0" },
		{ ENDPOINT_LISTEN, { "[::]:0" }, "::", "0" },
	};

	(void)state;
	GOOD(rows);
}

static void a_port_is_a_whole_number_in_range_or_a_service(void **state)
{
	static const struct good good[] = {
		{ ENDPOINT_CONNECT, { "h", "1" }, "h", "1" },
		{ ENDPOINT_CONNECT, { "h", "65535" }, "h", "65535" },
		{ ENDPOINT_CONNECT, { "h", "0080" }, "h", "80" },
	};
	static const struct bad bad[] = {
		{ ENDPOINT_CONNECT,
		  { "h", "65536" },
		  "port 65536 is out of range: 1 to 65535" },
		{ ENDPOINT_CONNECT,
		  { "h", "99999999999999999999" },
		  "port 99999999999999999999 is out of range: 1 to 65535" },
		{ ENDPOINT_CONNECT,
		  { "h", "0" },
		  "port 0 is out of range: 1 to 65535" },
		{ ENDPOINT_CONNECT,
		  { "h", "-1" },
		  "port -1 is out of range: 1 to 65535" },
		{ ENDPOINT_LISTEN,
		  { "65536" },
		  "port 65536 is out of range: 1 to 65535" },
		{ ENDPOINT_CONNECT,
		  { "h", "80x" },
		  "80x is neither a port number (1 to 65535) nor a service "
		  "name" },
		{ ENDPOINT_CONNECT,
		  { "h:80/x" },
		  "80/x is neither a port number (1 to 65535) nor a service "
		  "name" },
		{ ENDPOINT_CONNECT,
		  { "h", "+80" },
		  "+80 is neither a port number (1 to 65535) nor a service "
		  "name" },
		{ ENDPOINT_CONNECT,
		  { "h", " 80" },
		  " 80 is neither a port number (1 to 65535) nor a service "
		  "name" },
		{ ENDPOINT_CONNECT,
		  { "h", "-" },
		  "- is neither a port number (1 to 65535) nor a service "
		  "name" },
		{ ENDPOINT_CONNECT,
		  { "h", "" },
		  "the port is empty: it is a number from 1 to 65535, or a "
		  "service name" },
		{ ENDPOINT_CONNECT,
		  { "h:" },
		  "the port is empty: it is a number from 1 to 65535, or a "
		  "service name" },
	};

	(void)state;
	GOOD(good);
	BAD(bad);
}

static void what_is_missing_is_named(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_CONNECT,
		  { NULL },
		  "whom to connect to is missing: HOST PORT" },
		{ ENDPOINT_LISTEN,
		  { NULL },
		  "where to listen is missing: PORT" },
		{ ENDPOINT_CONNECT, { "" }, "the endpoint is empty" },
		{ ENDPOINT_CONNECT,
		  { "localhost" },
		  "the port is missing: write localhost PORT" },
		{ ENDPOINT_LISTEN,
		  { "127.0.0.1" },
		  "the port is missing: write 127.0.0.1 PORT" },
		{ ENDPOINT_LISTEN,
		  { "*" },
		  "the port is missing: write * PORT" },
		{ ENDPOINT_CONNECT,
		  { "9999" },
		  "the host is missing: write HOST 9999" },
		{ ENDPOINT_CONNECT, { "", "9999" }, "the host is empty" },
		{ ENDPOINT_LISTEN, { "", "9999" }, "the host is empty" },
		{ ENDPOINT_CONNECT,
		  { ":9999" },
		  ":9999 has no host before its colon" },
		{ ENDPOINT_LISTEN,
		  { ":9999" },
		  ":9999 has no host before its colon" },
		{ ENDPOINT_CONNECT,
		  { "[::1]" },
		  "the port is missing: write [::1]:PORT" },
		{ ENDPOINT_CONNECT,
		  { "tcp://" },
		  "tcp:// needs a host and a port" },
		{ ENDPOINT_LISTEN,
		  { "tcp://9999" },
		  "the port is missing: write tcp://9999:PORT" },
	};

	(void)state;
	BAD(rows);
}

static void colons_without_brackets_are_not_guessed_at(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_CONNECT,
		  { "::1:9999" },
		  "::1:9999 is ambiguous: write [::1]:9999 for that port" },
		{ ENDPOINT_LISTEN,
		  { "::1:9999" },
		  "::1:9999 is ambiguous: write [::1]:9999 for that port" },
		{ ENDPOINT_CONNECT,
		  { "::1" },
		  "the port is missing: write [::1]:PORT" },
		{ ENDPOINT_CONNECT,
		  { "a:b:c" },
		  "a:b:c has too many colons: write HOST:PORT or "
		  "[V6ADDR]:PORT" },
		{ ENDPOINT_CONNECT,
		  { "[::1:9999" },
		  "[::1:9999 lacks its closing bracket" },
		{ ENDPOINT_CONNECT,
		  { "[localhost]:9999" },
		  "[localhost] is not an IPv6 address: brackets are for "
		  "those alone" },
		{ ENDPOINT_CONNECT,
		  { "127.0.0.1:80", "9999" },
		  "127.0.0.1:80 is no host: it has a colon and is not an "
		  "IPv6 address" },
		{ ENDPOINT_CONNECT,
		  { "[::1]:80", "9999" },
		  "the port is given twice: :80 and 9999" },
	};

	(void)state;
	BAD(rows);
}

static void other_schemes_are_refused_by_name(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_CONNECT,
		  { "tls://example.com:443" },
		  "tls://example.com:443: only tcp:// endpoints are spoken "
		  "here" },
		{ ENDPOINT_LISTEN,
		  { "udp://*:53" },
		  "udp://*:53: only tcp:// endpoints are spoken here" },
		{ ENDPOINT_CONNECT,
		  { "unix:/tmp/socket" },
		  "unix:/tmp/socket: only tcp:// endpoints are spoken here" },
		{ ENDPOINT_CONNECT,
		  { "://h:1" },
		  "://h:1: only tcp:// endpoints are spoken here" },
		{ ENDPOINT_CONNECT,
		  { "http://h", "80" },
		  "http://h: only tcp:// endpoints are spoken here" },
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

static void a_third_word_is_too_many(void **state)
{
	static const char *const words[] = { "h", "80", "\033[31mx" };
	struct endpoint ep;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(endpoint_parse(&ep, ENDPOINT_CONNECT, words, 3, &e),
	                 -1);
	assert_string_equal(e.text, "^[[31mx is one word too many: HOST and "
	                            "PORT are all it takes");
}

static void a_host_longer_than_its_place_is_refused_not_cut(void **state)
{
	char host[ENDPOINT_TEXT_MAX * 2];
	const char *words[] = { host, "80" };
	struct endpoint ep;
	struct error e;

	(void)state;
	for (size_t len = 200; len < sizeof(host) - 1; len++) {
		int rc;

		memset(host, 'a', len);
		host[len] = '\0';
		rc = endpoint_parse(&ep, ENDPOINT_CONNECT, words, 2, &e);
		assert_int_equal(rc, len < ENDPOINT_HOST_MAX ? 0 : -1);
		if (rc == 0)
			assert_string_equal(ep.host, host);
		else
			assert_non_null(strstr(e.text, "is too long"));
	}
}

static void a_word_longer_than_all_its_places_is_refused_not_cut(void **state)
{
	char text[ENDPOINT_TEXT_MAX * 2];
	const char *words[] = { text };
	struct endpoint ep;
	struct error e;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 4, ":80", 4);
	assert_int_equal(endpoint_parse(&ep, ENDPOINT_CONNECT, words, 1, &e),
	                 -1);
	assert_non_null(strstr(e.text, "is too long"));
}

static void a_port_longer_than_its_place_is_refused_not_cut(void **state)
{
	char port[100];
	const char *words[] = { "h", port };
	struct endpoint ep;
	struct error e;

	(void)state;
	for (size_t len = 50; len < sizeof(port) - 1; len++) {
		memset(port, 'a', len);
		port[len] = '\0';
		assert_int_equal(
		    endpoint_parse(&ep, ENDPOINT_CONNECT, words, 2, &e),
		    len < ENDPOINT_PORT_MAX ? 0 : -1);
	}
}

static void formatting_gives_what_can_be_parsed_again(void **state)
{
	static const char *const words[] = { "localhost:http", "[::1]:9999",
		                             "[fe80::1%eth0]:7", "*:0", "80" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct endpoint ep;
		struct error e;
		char text[ENDPOINT_TEXT_MAX];

		assert_int_equal(
		    endpoint_parse(&ep, ENDPOINT_LISTEN, &words[i], 1, &e), 0);
		endpoint_format(&ep, text);
		assert_string_equal(text, words[i]);
	}
}

static struct address v4(const char *host, unsigned port)
{
	struct address a = { .len = sizeof(struct sockaddr_in) };

	a.sa.ss_family = AF_INET;
	inet_pton(AF_INET, host, &((struct sockaddr_in *)&a.sa)->sin_addr);
	address_set_port(&a, port);
	return a;
}

static struct address v6(const char *host, unsigned port)
{
	struct address a = { .len = sizeof(struct sockaddr_in6) };

	a.sa.ss_family = AF_INET6;
	inet_pton(AF_INET6, host, &((struct sockaddr_in6 *)&a.sa)->sin6_addr);
	address_set_port(&a, port);
	return a;
}

static void an_address_is_shown_with_its_port(void **state)
{
	struct address a = v4("127.0.0.1", 9999), b = v6("::1", 80);
	struct address c = v6("fe80::1", 7), none = { 0 };
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	address_format(&a, text);
	assert_string_equal(text, "127.0.0.1:9999");
	address_format(&b, text);
	assert_string_equal(text, "[::1]:80");
	((struct sockaddr_in6 *)&c.sa)->sin6_scope_id = 1;
	address_format(&c, text);
	assert_string_equal(text, "[fe80::1%lo]:7");
	address_format(&none, text);
	assert_string_equal(text, "unknown");
}

static void a_port_can_be_read_and_set(void **state)
{
	struct address a = v4("127.0.0.1", 65535), b = v6("::1", 1);
	struct address none = { 0 };

	(void)state;
	assert_int_equal(address_port(&a), 65535);
	assert_int_equal(address_port(&b), 1);
	address_set_port(&b, 256);
	assert_int_equal(address_port(&b), 256);
	address_set_port(&none, 1);
	assert_int_equal(address_port(&none), 0);
}

static void only_this_machine_is_loopback(void **state)
{
	struct address own[] = { v4("127.0.0.1", 1), v4("127.9.9.9", 1),
		                 v6("::1", 1), v6("::ffff:127.0.0.1", 1) };
	struct address others[] = { v4("128.0.0.1", 1),
		                    v4("0.0.0.0", 1),
		                    v6("::", 1),
		                    v6("::ffff:10.0.0.1", 1),
		                    { 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		assert_true(address_is_loopback(&own[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(address_is_loopback(&others[i]));
}

static void an_address_of_this_machine_is_local(void **state)
{
	struct address a = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&a.sa;

	(void)state;
	in->sin_family = AF_INET;
	assert_int_equal(inet_pton(AF_INET, "127.3.2.1", &in->sin_addr), 1);
	assert_true(address_is_local(&a));
	/* for documentation: RFC 5737 */
	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &in->sin_addr), 1);
	assert_false(address_is_local(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_documented_form_is_taken),
		cmocka_unit_test(
		    listening_needs_no_host_and_takes_a_star_and_port_0),
		cmocka_unit_test(
		    a_port_is_a_whole_number_in_range_or_a_service),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(colons_without_brackets_are_not_guessed_at),
		cmocka_unit_test(other_schemes_are_refused_by_name),
		cmocka_unit_test(a_third_word_is_too_many),
		cmocka_unit_test(
		    a_host_longer_than_its_place_is_refused_not_cut),
		cmocka_unit_test(
		    a_word_longer_than_all_its_places_is_refused_not_cut),
		cmocka_unit_test(
		    a_port_longer_than_its_place_is_refused_not_cut),
		cmocka_unit_test(formatting_gives_what_can_be_parsed_again),
		cmocka_unit_test(an_address_is_shown_with_its_port),
		cmocka_unit_test(a_port_can_be_read_and_set),
		cmocka_unit_test(only_this_machine_is_loopback),
		cmocka_unit_test(an_address_of_this_machine_is_local),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
