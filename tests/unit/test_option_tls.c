/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is asked of TLS on the command line and in a file, and what is said of
 * what cannot be. */

#include "option_scene.h"

#define PIN "sha256//AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static struct options o;
static struct error e;

/* Parse a command line with this file, as for a pipe. */
static int parse(const char *line, const char *file)
{
	return parse_with_file(&o, line, file, &e) ||
	               options_check_pipe(&o, &e)
	           ? -1
	           : 0;
}

static void take(const char *line, const char *file)
{
	if (parse(line, file))
		fail_msg("%s: %s", line, e.text);
}

static void refuse(const char *line, const char *sentence)
{
	if (!parse(line, ""))
		fail_msg("%s was taken", line);
	assert_string_equal(e.text, sentence);
}

static void each_spelling_of_tls_makes_the_endpoint_one(void **state)
{
	static const char *const rows[][2] = {
		{ "connect tls://h:443", "tls://h:443" },
		{ "connect --tls h 443", "tls://h:443" },
		{ "connect --tls h:443", "tls://h:443" },
		{ "connect --tls ::1 443", "tls://[::1]:443" },
		{ "connect --tls tls://h:443", "tls://h:443" },
		{ "connect --tls unix:/x", "unix:/x" },
		{ "connect --tls -U /x", "unix:/x" },
		{ "listen --tls 9999", "tls://9999" },
		{ "listen --tls-auto 9999", "tls://9999" },
		{ "listen --tls -U /x", "unix:/x" },
	};
	char text[ENDPOINT_TEXT_MAX];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		take(rows[i][0], "");
		endpoint_format(&o.endpoint, text);
		assert_string_equal(text, rows[i][1]);
		assert_true(o.endpoint.is_tls);
	}
}

static void a_plain_url_wins_over_a_file_not_over_the_command_line(void **state)
{
	(void)state;
	take("connect tcp://h:80", "tls");
	assert_false(o.endpoint.is_tls);
	take("connect h 80", "tls");
	assert_true(o.endpoint.is_tls);
	refuse("connect --tls tcp://h:80", "--tls and tcp://h:80 contradict "
	                                   "each other: leave out one of them");
	refuse("listen --tls-auto tcp://h:80",
	       "--tls-auto and tcp://h:80 contradict each other: leave out one "
	       "of them");
	refuse("connect --unix tls://h:80", "--unix and tls://h:80 contradict "
	                                    "each other: leave out one of "
	                                    "them");
}

static void what_is_asked_of_tls_is_kept(void **state)
{
	(void)state;
	take("connect --tls-ca a --tls-cert b --tls-key c tls://h:1", "");
	assert_string_equal(o.tls.ca, "a");
	assert_string_equal(o.tls.cert, "b");
	assert_string_equal(o.tls.key, "c");
	take("connect --tls-min 1.2 --tls-max tlsv1.3 tls://h:1", "");
	assert_int_equal(o.tls.min, TLS_1_2);
	assert_int_equal(o.tls.max, TLS_1_3);
	take("connect tls://h:1", "tls-alpn h2,http/1.1\ntls-insecure\n");
	assert_string_equal(o.tls.alpn, "h2,http/1.1");
	assert_true(o.tls.insecure);
	take("connect --tls-pin " PIN ";" PIN " tls://h:1", "");
	assert_string_equal(o.tls.pin, PIN ";" PIN);
	take("listen --tls-client-ca d --tls-auto 1", "");
	assert_string_equal(o.tls.client_ca, "d");
	assert_true(o.tls.takes_plain);
}

static void a_name_may_be_none_and_in_any_script(void **state)
{
	(void)state;
	take("connect tls://h:1", "");
	assert_false(o.tls.has_sni);
	take("connect --tls-sni a.example tls://h:1", "");
	assert_true(o.tls.has_sni);
	assert_string_equal(o.tls.sni, "a.example");
	take("connect --tls-sni= tls://h:1", "");
	assert_true(o.tls.has_sni);
	assert_string_equal(o.tls.sni, "");
	take("connect --tls-sni 안녕.test tls://h:1", "");
	assert_string_equal(o.tls.sni, "xn--o70b819a.test");
	take("connect --tls-sni default tls://h:1", "tls-sni a.example");
	assert_false(o.tls.has_sni);
}

static void a_word_of_another_form_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{ "--tls-pin sha256//AAAA", "--tls-pin: 'sha256//AAAA' is not "
		  "sha256// and 44 characters of base64, more of them behind "
		  ";" },
		{ "--tls-pin " PIN ";", "--tls-pin: '" },
		{ "--tls-sni 127.0.0.1", "--tls-sni: '127.0.0.1' is not a host "
		  "name: TLS sends no addresses, and '' sends no name" },
		{ "--tls-sni ::1", "--tls-sni: '::1' is not a host name" },
		{ "--tls-sni a..b", "--tls-sni: 'a..b' is not a host name" },
		{ "--tls-alpn h2,", "--tls-alpn: 'h2,' is not a list of "
		  "protocols of 1 to 255 bytes each: h2,http/1.1" },
		{ "--tls-alpn ,", "--tls-alpn: ',' is not a list" },
		{ "--tls-min 1.4", "--tls-min: '1.4' is not 1.0, 1.1, 1.2, 1.3 "
		  "or any" },
		{ "--tls-max ssl3", "--tls-max: 'ssl3' is not 1.0" },
	};
	char line[300];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(line, sizeof(line), "connect %s tls://h:1",
		         rows[i][0]);
		assert_int_equal(parse(line, ""), -1);
		if (!strstr(e.text, rows[i][1]))
			fail_msg("%s: %s", line, e.text);
	}
}

/* Two bits of the last letter are no bits of the key's hash. */
static void a_pin_has_32_bytes_to_the_last_bit(void **state)
{
	char line[] = "connect --tls-pin " PIN " tls://h:1";
	char *last = strchr(line, '=') - 1;
	(void)state;
	take(line, "");
	*last = '9';
	assert_int_equal(parse(line, ""), -1);
	*last = '-';
	assert_int_equal(parse(line, ""), -1);
}

static void a_name_of_alpn_has_255_bytes_at_most(void **state)
{
	char line[400];
	(void)state;
	snprintf(line, sizeof(line), "connect --tls-alpn %0255d tls://h:1", 1);
	take(line, "");
	snprintf(line, sizeof(line), "connect --tls-alpn %0256d tls://h:1", 1);
	assert_int_equal(parse(line, ""), -1);
}

static void what_does_not_go_together_is_refused_before_anything(void **state)
{
	(void)state;
	refuse("connect --tls-key k tls://h:1",
	       "option --tls-key needs --tls-cert: the certificate that "
	       "belongs to this key");
	refuse("connect --tls-min 1.3 --tls-max 1.2 tls://h:1",
	       "options --tls-min 1.3 and --tls-max 1.2 allow no version of "
	       "TLS");
	refuse("connect --tls-auto h 1",
	       "option --tls-auto is for 'sockchat listen'");
	refuse("connect --tls-client-ca f h 1",
	       "option --tls-client-ca is for 'sockchat listen'");
	refuse("listen --tls --tls-ca f 1",
	       "option --tls-ca is about servers that sockchat connects to");
	assert_string_equal(e.hint, "to ask clients for a certificate: "
	                            "--tls-client-ca FILE");
}

static void the_command_line_wins_over_what_a_file_says(void **state)
{
	(void)state;
	take("connect --tls-max 1.2 tls://h:1", "tls-min 1.3");
	assert_int_equal(o.tls.max, TLS_1_2);
	assert_int_equal(o.tls.min, TLS_ANY);
	take("connect --tls-cert mine tls://h:1", "tls-cert a\ntls-key b");
	assert_string_equal(o.tls.cert, "mine");
	assert_string_equal(o.tls.key, "");
	take("listen 1", "tls-ca a");
}

static void a_plain_pipe_takes_nothing_about_tls_but_from_a_file(void **state)
{
	(void)state;
	refuse("connect --tls-ca f h 80",
	       "option --tls-ca is for TLS, and h:80 is plain: add --tls");
	refuse("connect -z --tls-insecure unix:/x",
	       "option --tls-insecure is for TLS, and unix:/x is plain: add "
	       "--tls");
	take("connect h 80", "tls-ca f\ntls-insecure");
}

static void a_path_in_a_file_may_begin_in_the_home(void **state)
{
	(void)state;
	assert_int_equal(setenv("HOME", "/home/me", 1), 0);
	take("connect tls://h:1", "tls-ca ~/ca.pem");
	assert_string_equal(o.tls.ca, "/home/me/ca.pem");
}

static void telnet_ssl_gets_its_line(void **state)
{
	(void)state;
	refuse("connect -z ssl h 443", "for TLS write --tls in place of 'ssl': "
	                               "sockchat connect --tls h 443");
}

static void values_are_told_as_they_are_written(void **state)
{
	static const char *const rows[][2] = {
		{ "tls-ca", "f" }, { "tls-cert", "default" },
		{ "tls-sni", "''" }, { "tls-min", "1.2" }, { "tls-max", "any" },
	};
	char value[64];
	(void)state;
	take("connect --tls-ca f --tls-sni= --tls-min 1.2 tls://h:1", "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		options_value(&o, (size_t)options_find(rows[i][0]), value,
		              sizeof(value));
		assert_string_equal(value, rows[i][1]);
	}
}

static void each_side_of_a_forwarder_has_its_tls(void **state)
{
	static const char *const rows[][2] = {
		{ "--tls --tls-cert c --forward h:1 1", "" },
		{ "--tls --tls-client-ca c --forward h:1 1", "" },
		{ "--tls-auto --forward h:1 1", "" },
		{ "--tls-cert c --tls-ca c --forward tls://h:1 1", "" },
		{ "--tls-insecure --forward tls://h:1 tls://1", "" },
		{ "--tls --tls-ca c --forward h:1 1",
		  "option --tls-ca is about a target that speaks TLS: "
		  "--forward tls://HOST:PORT" },
		{ "--tls-insecure --forward unix:/x 1",
		  "option --tls-insecure is about a target that speaks TLS: "
		  "--forward tls://HOST:PORT" },
		{ "--tls-client-ca c --forward tls://h:1 1",
		  "option --tls-client-ca is about clients that speak TLS: add "
		  "--tls" },
		{ "--tls-cert c --forward h:1 1",
		  "option --tls-cert is for TLS, and both sides are plain: "
		  "--tls is for the clients, --forward tls://HOST:PORT for the "
		  "target" },
	};
	char line[200];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(line, sizeof(line), "listen %s", rows[i][0]);
		assert_int_equal(parse_with_file(&o, line, "", &e),
		                 *rows[i][1] ? -1 : 0);
		assert_string_equal(*rows[i][1] ? e.text : "", rows[i][1]);
	}
}

static void tls_is_for_the_clients_of_a_forwarder(void **state)
{
	(void)state;
	assert_int_equal(parse_with_file(&o, "listen --tls --forward h:1 2",
	                                 "", &e), 0);
	assert_true(o.endpoint.is_tls);
	assert_false(o.target.is_tls);
	assert_int_equal(parse_with_file(&o, "listen --forward tls://h:1 2",
	                                 "", &e), 0);
	assert_false(o.endpoint.is_tls);
	assert_true(o.target.is_tls);
}

/* What a file says of both does not contradict what it has not. */
static void a_file_may_speak_of_tls_that_a_forwarder_has_not(void **state)
{
	(void)state;
	assert_int_equal(parse_with_file(&o, "listen --forward h:1 2",
	                                 "tls-ca c\ntls-cert d\n", &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_spelling_of_tls_makes_the_endpoint_one),
		cmocka_unit_test(
		    a_plain_url_wins_over_a_file_not_over_the_command_line),
		cmocka_unit_test(what_is_asked_of_tls_is_kept),
		cmocka_unit_test(a_name_may_be_none_and_in_any_script),
		cmocka_unit_test(a_word_of_another_form_is_refused),
		cmocka_unit_test(a_pin_has_32_bytes_to_the_last_bit),
		cmocka_unit_test(a_name_of_alpn_has_255_bytes_at_most),
		cmocka_unit_test(
		    what_does_not_go_together_is_refused_before_anything),
		cmocka_unit_test(the_command_line_wins_over_what_a_file_says),
		cmocka_unit_test(
		    a_plain_pipe_takes_nothing_about_tls_but_from_a_file),
		cmocka_unit_test(a_path_in_a_file_may_begin_in_the_home),
		cmocka_unit_test(telnet_ssl_gets_its_line),
		cmocka_unit_test(values_are_told_as_they_are_written),
		cmocka_unit_test(each_side_of_a_forwarder_has_its_tls),
		cmocka_unit_test(tls_is_for_the_clients_of_a_forwarder),
		cmocka_unit_test(
		    a_file_may_speak_of_tls_that_a_forwarder_has_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
