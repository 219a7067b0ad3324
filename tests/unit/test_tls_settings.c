/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the options for TLS ask for: files that are not what they should be,
 * ciphers, ALPN, versions, and the file of secrets. */

#include <sys/stat.h>

#include "tls_certs.h"

static void no_common_version_says_what_to_set(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	server.settings.max = TLS_1_1;
	client.settings.min = TLS_1_2;
	meet();
	assert_int_equal(client.state, -1);
	says("TLS");
	hints("--tls-min 1.0");
	scene_finish();
	prepare_files(&(struct wish){ 0 });
	server.settings.max = TLS_1_0;
	client.settings.min = TLS_1_0;
	meet();
	assert_int_equal(client.state, 0);
	assert_int_equal(SSL_version(conn(&client)->ssl), TLS1_VERSION);
	scene_finish();
}

static void a_listener_without_a_common_cipher_says_what_to_set(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	client.settings.max = TLS_1_2;
	snprintf(client.settings.ciphers, TLS_LIST_MAX,
	         "ECDHE-RSA-AES128-GCM-SHA256");
	meet();
	assert_int_equal(server.state, -1);
	assert_non_null(strstr(explain(&server), "has none in common with us"));
	assert_non_null(strstr(server.e.hint, "another kind of key (RSA, "
	                                      "ECDSA)"));
	assert_string_equal(server.e.code, "TLS_CIPHER");
	scene_finish();
}

static void alpn_is_chosen_or_ends_the_connection(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	snprintf(client.settings.alpn, TLS_LIST_MAX, "h2,http/1.1");
	snprintf(server.settings.alpn, TLS_LIST_MAX, "http/1.1,h2");
	meet();
	assert_string_equal(tls_facts_of(conn(&client))->alpn, "http/1.1");
	assert_memory_equal(tls_facts_of(conn(&server))->chosen,
	                    "\010http/1.1", 9);
	assert_null(tls_facts_of(conn(&client))->chosen);
	scene_finish();
	prepare_files(&(struct wish){ 0 });
	snprintf(client.settings.alpn, TLS_LIST_MAX, "h2");
	snprintf(server.settings.alpn, TLS_LIST_MAX, "mqtt");
	meet();
	says("it speaks no protocol that we offer with ALPN");
	assert_non_null(strstr(explain(&server), "offers h2 with ALPN, and "
	                                         "--tls-alpn has mqtt"));
	scene_finish();
}

static void a_client_may_offer_one_protocol_of_its_list(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	snprintf(client.settings.alpn, TLS_LIST_MAX, "h2,http/1.1");
	snprintf(server.settings.alpn, TLS_LIST_MAX, "h2,http/1.1");
	client.alpn = (const uint8_t *)"\010http/1.1";
	meet();
	assert_string_equal(tls_facts_of(conn(&client))->alpn, "http/1.1");
	scene_finish();
}

static const char *refused(enum endpoint_mode mode)
{
	server.tls = tls_new(&server.settings);
	assert_int_equal(tls_prepare(server.tls, mode, &server.e), -1);
	assert_true(server.e.is_lasting);
	tls_free(server.tls);
	server.tls = NULL;
	return server.e.text;
}

#define assert_refused(mode, part) assert_non_null(strstr(refused(mode), part))

static void a_file_that_is_no_certificate_is_named(void **state)
{
	FILE *f = fopen(path_of("own.pem"), "w");

	(void)state;
	fclose(f);
	prepare_files(&(struct wish){ 0 });
	set_path(server.settings.cert, "none.pem");
	assert_refused(ENDPOINT_LISTEN, "--tls-cert: cannot read /tmp/");
	set_path(server.settings.cert, "own.pem");
	assert_refused(ENDPOINT_LISTEN, "own.pem is empty");
	set_path(server.settings.cert, ".");
	assert_refused(ENDPOINT_LISTEN, "is a folder");
	set_path(server.settings.cert, "ca.pem");
	assert_refused(ENDPOINT_LISTEN, "there is no private key in");
	set_path(server.settings.cert, "cert.pem");
	set_path(server.settings.client_ca, "none.pem");
	assert_refused(ENDPOINT_LISTEN, "--tls-client-ca: cannot read");
	set_path(server.settings.ca, "own.pem");
	assert_refused(ENDPOINT_CONNECT, "--tls-ca: ");
	scene_finish();
}

static void a_key_of_another_certificate_is_refused(void **state)
{
	struct made other = make(&(struct wish){ 0 }, NULL);

	(void)state;
	prepare_files(&(struct wish){ 0 });
	write_pem("key.pem", (const struct made *[]){ &other }, 1, true);
	set_path(server.settings.key, "key.pem");
	assert_refused(ENDPOINT_LISTEN, "does not belong to the certificate");
	unmake(&other);
	scene_finish();
}

static void a_cipher_that_is_not_known_is_named(void **state)
{
	(void)state;
	scene_prepare();
	snprintf(server.settings.ciphers, TLS_LIST_MAX, "HIGH:BLA:!MD5");
	assert_refused(ENDPOINT_LISTEN, "OpenSSL has no cipher BLA");
	scene_finish();
}

static void ciphers_of_both_kinds_stand_in_one_list(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	snprintf(client.settings.ciphers, TLS_LIST_MAX,
	         "TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256");
	meet();
	assert_string_equal(tls_facts_of(conn(&client))->cipher,
	                    "TLS_CHACHA20_POLY1305_SHA256");
	scene_finish();
	prepare_files(&(struct wish){ 0 });
	snprintf(client.settings.ciphers, TLS_LIST_MAX,
	         "ECDHE-ECDSA-AES128-GCM-SHA256");
	client.settings.max = TLS_1_2;
	meet();
	assert_string_equal(tls_facts_of(conn(&client))->cipher,
	                    "ECDHE-ECDSA-AES128-GCM-SHA256");
	scene_finish();
}

static bool has_note(struct side *s, const char *wanted, char *text)
{
	const char *code;
	bool is_there = false;
	char other[TLS_NOTE_MAX];

	while (!is_there && tls_take_note(s->tls, &code, other))
		is_there = strcmp(code, wanted) == 0;
	memcpy(text, other, sizeof(other));
	return is_there;
}

static void a_listener_without_certificate_makes_one(void **state)
{
	struct tls_own own;

	(void)state;
	scene_prepare();
	server.tls = tls_new(&server.settings);
	assert_false(tls_own(server.tls, &own));
	assert_int_equal(tls_prepare(server.tls, ENDPOINT_LISTEN, &server.e),
	                 0);
	assert_true(tls_own(server.tls, &own));
	tls_free(server.tls);
	snprintf(client.settings.pin, TLS_LIST_MAX, "%s", own.pin);
	scene_begin();
	shake_hands(WHOLE);
	assert_int_equal(client.state, -1);
	says("is not the one that");
	scene_finish();
}

static void the_secrets_are_written_for_the_user_alone(void **state)
{
	char text[TLS_NOTE_MAX];
	struct stat st;

	(void)state;
	prepare_files(&(struct wish){ 0 });
	setenv("SSLKEYLOGFILE", path_of("log"), 1);
	meet();
	assert_true(has_note(&client, "tls-keylog", text));
	assert_non_null(strstr(text, "/log"));
	scene_finish();
	assert_int_equal(stat(path_of("log"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(st.st_size > 300);
	assert_int_equal(symlink(path_of("log"), path_of("link")), 0);
	prepare_files(&(struct wish){ 0 });
	setenv("SSLKEYLOGFILE", path_of("link"), 1);
	meet();
	assert_int_equal(client.state, 0);
	assert_true(has_note(&client, "tls-keylog-failed", text));
	assert_non_null(strstr(text, "it is a link"));
	scene_finish();
	unsetenv("SSLKEYLOGFILE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_common_version_says_what_to_set),
		cmocka_unit_test(
		    a_listener_without_a_common_cipher_says_what_to_set),
		cmocka_unit_test(alpn_is_chosen_or_ends_the_connection),
		cmocka_unit_test(a_client_may_offer_one_protocol_of_its_list),
		cmocka_unit_test(a_file_that_is_no_certificate_is_named),
		cmocka_unit_test(a_key_of_another_certificate_is_refused),
		cmocka_unit_test(a_cipher_that_is_not_known_is_named),
		cmocka_unit_test(ciphers_of_both_kinds_stand_in_one_list),
		cmocka_unit_test(a_listener_without_certificate_makes_one),
		cmocka_unit_test(the_secrets_are_written_for_the_user_alone),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
