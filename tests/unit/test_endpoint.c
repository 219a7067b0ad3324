/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Endpoints as users write them. */

#include "endpoint_rows.h"

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
		{ ENDPOINT_LISTEN, { "tcp://9999" }, "", "9999" },
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

static void a_range_of_ports_is_tried_by_a_loop(void **state)
{
	const char *words[] = { "h", "20-30" };
	struct endpoint ep;
	struct error e;

	(void)state;
	assert_int_equal(endpoint_parse(&ep, ENDPOINT_CONNECT, words, 2, &e),
	                 -1);
	assert_non_null(strstr(e.hint, "for p in $(seq 20 30); do sockchat"));
}

static void what_is_missing_is_named(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_CONNECT,
		  { NULL },
		  "to which server? for example: sockchat connect "
		  "127.0.0.1 9999" },
		{ ENDPOINT_LISTEN,
		  { NULL },
		  "on which port? for example: sockchat listen 9999" },
		{ ENDPOINT_CONNECT, { "" }, "the endpoint is empty" },
		{ ENDPOINT_CONNECT,
		  { "localhost" },
		  "the port is missing: write localhost:PORT" },
		{ ENDPOINT_CONNECT,
		  { "/run/x.sock" },
		  "a unix socket is written unix:/run/x.sock" },
		{ ENDPOINT_LISTEN,
		  { "127.0.0.1" },
		  "the port is missing: write 127.0.0.1 PORT" },
		{ ENDPOINT_LISTEN,
		  { "*" },
		  "the port is missing: write * PORT" },
		{ ENDPOINT_CONNECT,
		  { "9999" },
		  "the host is missing: write HOST:9999" },
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
		  "[::1:9999 has no closing bracket" },
		{ ENDPOINT_CONNECT,
		  { "[localhost]:9999" },
		  "[localhost] is not an IPv6 address: brackets are only for "
		  "those" },
		{ ENDPOINT_CONNECT, { "tcp://[fe80::1%25x://a]:1" },
		  "[fe80::1%x://a] is not an IPv6 address: brackets are only "
		  "for those" },
		{ ENDPOINT_CONNECT,
		  { "127.0.0.1:80", "9999" },
		  "127.0.0.1:80 is not a host: it has a colon and is not an "
		  "IPv6 address" },
		{ ENDPOINT_CONNECT,
		  { "[::1]:80", "9999" },
		  "the port is given twice: :80 and 9999" },
	};

	(void)state;
	BAD(rows);
}

static void assert_spelled(const char *typed, const char *host,
                           const char *ascii)
{
	const char *words[] = { typed, "80" };
	struct endpoint ep;
	struct error e;
	char out[ENDPOINT_HOST_MAX];

	assert_int_equal(endpoint_parse(&ep, ENDPOINT_LISTEN, words, 2, &e), 0);
	assert_string_equal(ep.host, host);
	endpoint_ascii(&ep, out);
	assert_string_equal(out, ascii);
}

static void a_name_in_any_script_has_one_spelling(void **state)
{
	(void)state;
	assert_spelled("안녕.test", "안녕.test", "xn--o70b819a.test");
	assert_spelled("안녕.TEST", "안녕.test", "xn--o70b819a.test");
	/* as macOS writes it, taken apart into letters */
	assert_spelled("\u110b\u1161\u11ab\u1102\u1167\u11bc.test",
	               "안녕.test", "xn--o70b819a.test");
	assert_spelled("_x.안녕.", "_x.안녕.", "_x.xn--o70b819a.");
	assert_spelled("Faß.de", "faß.de", "xn--fa-hia.de");
	/* ASCII is left alone */
	assert_spelled("XN--O70B819A.test", "XN--O70B819A.test",
	               "XN--O70B819A.test");
	assert_spelled("under_score.", "under_score.", "under_score.");
	/* nothing that IDNA takes: the system may know it */
	assert_spelled("🙂.com", "🙂.com", "🙂.com");
	assert_spelled("\xb0\xa1", "\xb0\xa1", "\xb0\xa1");
	/* forms of ASCII that would be something else */
	assert_spelled("＊", "＊", "＊");
	assert_spelled("a：b", "a：b", "a：b");
}

static void assert_path(const char *word, const char *path)
{
	static const enum endpoint_mode modes[] = { ENDPOINT_CONNECT,
		                                    ENDPOINT_LISTEN };
	struct endpoint ep;
	struct error e = { 0 };

	for (size_t i = 0; i < 2; i++) {
		if (endpoint_parse(&ep, modes[i], &word, 1, &e))
			fail_msg("%s: %s", word, e.text);
		assert_int_equal(ep.scheme, ENDPOINT_UNIX);
		assert_string_equal(ep.host, path);
		assert_string_equal(ep.port, "");
		assert_true(endpoint_knows_port(&ep));
	}
}

static void a_unix_socket_has_a_path_or_a_name(void **state)
{
	(void)state;
	assert_path("unix:/tmp/x", "/tmp/x");
	assert_path("UNIX:x", "x");
	assert_path("unix:a b:80", "a b:80");
	assert_path("unix:@x", "@x");
	assert_path("unix:./@x", "./@x");
	assert_path("unix:/", "/");
	assert_path("unix:///run/docker.sock", "/run/docker.sock");
}

static void assert_bad_unix(const char *word, const char *other,
                            const char *text)
{
	const char *const words[] = { word, other };
	struct endpoint ep;
	struct error e = { 0 };

	assert_int_equal(endpoint_parse_unix(&ep, words, other ? 2 : !!word,
	                                     &e), -1);
	assert_string_equal(e.text, text);
}

static void what_is_no_unix_socket_is_refused(void **state)
{
	static const struct bad rows[] = {
		{ ENDPOINT_LISTEN,
		  { "unix:" },
		  "the path of the unix socket is empty" },
		{ ENDPOINT_LISTEN, { "unix:@" }, "the name after @ is empty" },
		{ ENDPOINT_CONNECT,
		  { "unix://host/x" },
		  "unix://host/x names a host, and a unix socket has none: "
		  "write unix:/host/x" },
		{ ENDPOINT_CONNECT,
		  { "unix:/x", "80" },
		  "80 is one word too many: a unix socket has a PATH or a "
		  "@NAME, and no port" },
	};

	(void)state;
	BAD(rows);
	assert_bad_unix(NULL, NULL, "the unix socket is missing: PATH or "
	                            "@NAME");
	assert_bad_unix("", NULL, "the path of the unix socket is empty");
	assert_bad_unix("localhost", "80",
	                "80 is one word too many: a unix socket has a PATH or "
	                "a @NAME, and no port");
	assert_bad_unix("tcp://h:1", NULL,
	                "--unix and tcp://h:1 contradict each other: leave out "
	                "one of them");
}

static void what_unix_takes_is_a_path_as_it_stands(void **state)
{
	static const char *const words[] = { "//x", "unix:x", "9999", "a:b" };
	static const char *const paths[] = { "//x", "x", "9999", "a:b" };
	struct endpoint ep;
	struct error e;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(endpoint_parse_unix(&ep, &words[i], 1, &e), 0);
		assert_string_equal(ep.host, paths[i]);
	}
}

/* sun_path has 108 bytes: the NUL behind a path is one, the one before a name
 * as well. */
static void a_path_longer_than_its_place_is_refused_not_cut(void **state)
{
	static const char *const starts[] = { "unix:", "unix:@" };
	char word[160];
	const char *words[] = { word };
	struct endpoint ep;
	struct error e;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t len = 100; len < 120; len++) {
			size_t start = strlen(starts[i]);
			memcpy(word, starts[i], start);
			memset(word + start, 'a', len);
			word[start + len] = '\0';
			int rc = endpoint_parse(&ep, ENDPOINT_LISTEN, words, 1,
			                        &e);
			assert_int_equal(rc, len < 108 ? 0 : -1);
			if (rc)
				assert_non_null(strstr(e.text, "at most 107"));
			else
				assert_string_equal(ep.host, word + 5);
		}
}

static void a_third_word_is_too_many(void **state)
{
	static const char *const words[] = { "h", "80", "\033[31mx" };
	struct endpoint ep;
	struct error e = { 0 };

	(void)state;
	assert_int_equal(endpoint_parse(&ep, ENDPOINT_CONNECT, words, 3, &e),
	                 -1);
	assert_string_equal(e.text, "^[[31mx is one word too many: only HOST "
	                            "and PORT are needed");
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
		                             "[fe80::1%eth0]:7", "*:0", "80",
		                             "unix:/tmp/x", "unix:@x" };

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_documented_form_is_taken),
		cmocka_unit_test(
		    listening_needs_no_host_and_takes_a_star_and_port_0),
		cmocka_unit_test(
		    a_port_is_a_whole_number_in_range_or_a_service),
		cmocka_unit_test(a_range_of_ports_is_tried_by_a_loop),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(colons_without_brackets_are_not_guessed_at),
		cmocka_unit_test(a_name_in_any_script_has_one_spelling),
		cmocka_unit_test(a_unix_socket_has_a_path_or_a_name),
		cmocka_unit_test(what_is_no_unix_socket_is_refused),
		cmocka_unit_test(what_unix_takes_is_a_path_as_it_stands),
		cmocka_unit_test(
		    a_path_longer_than_its_place_is_refused_not_cut),
		cmocka_unit_test(a_third_word_is_too_many),
		cmocka_unit_test(
		    a_host_longer_than_its_place_is_refused_not_cut),
		cmocka_unit_test(
		    a_word_longer_than_all_its_places_is_refused_not_cut),
		cmocka_unit_test(
		    a_port_longer_than_its_place_is_refused_not_cut),
		cmocka_unit_test(formatting_gives_what_can_be_parsed_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
