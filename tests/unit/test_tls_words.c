/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whom a client of TLS trusts, and what is said of a peer whose certificate or
 * handshake is not good. */

#include "../../src/net/tls_explain.h"
#include "tls_certs.h"

static void meet_with(const struct wish *w)
{
	prepare_files(w);
	meet();
}

static void a_certificate_of_a_trusted_authority_is_accepted(void **state)
{
	(void)state;
	meet_with(&(struct wish){ 0 });
	assert_int_equal(client.state, 0);
	assert_int_equal(server.state, 0);
	scene_finish();
}

static void a_self_signed_one_is_refused_with_its_pin(void **state)
{
	struct made own = make(&(struct wish){ 0 }, NULL);
	char pin[TLS_PIN_TEXT_MAX];

	(void)state;
	prepare_files(&(struct wish){ 0 });
	write_pem("cert.pem", (const struct made *[]){ &own }, 1, true);
	tls_key_pin(own.cert, pin);
	unmake(&own);
	meet();
	assert_int_equal(client.state, -1);
	says("self-signed certificate");
	hints("--tls-ca FILE trusts it; --tls-pin sha256//");
	hints(pin);
	assert_string_equal(client.e.code, "TLS_SELF_SIGNED");
	assert_int_equal(server.state, -1);
	assert_non_null(strstr(explain(&server), "unknown CA"));
	assert_non_null(strstr(server.e.hint, "the signer of the certificate "
	                                      "in --tls-cert"));
	*server.settings.cert = '\0';
	(void)explain(&server);
	assert_non_null(strstr(server.e.hint, "the temporary certificate"));
	scene_finish();
}

static void an_expired_one_tells_since_when(void **state)
{
	(void)state;
	meet_with(&(struct wish){ .begins = -9 * DAY, .ends = -3 * DAY });
	says("certificate expired");
	says("ended 3 days ago, on 20");
	says("(CN=localhost)");
	hints("The clock here says 20");
	assert_string_equal(client.e.code, "TLS_EXPIRED");
	scene_finish();
}

/* Of a client, whom no pin can let in. */
static void a_listener_tells_an_expired_one_without_a_pin(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ .begins = -9 * DAY, .ends = -3 * DAY,
	                              .usage = "clientAuth" });
	set_path(server.settings.client_ca, "ca.pem");
	set_path(client.settings.cert, "cert.pem");
	client.settings.insecure = true;
	meet();
	assert_non_null(strstr(explain(&server), "ended 3 days ago, on 20"));
	assert_null(strstr(server.e.hint, "--tls-pin"));
	scene_finish();
}

static void an_early_one_tells_when_it_begins(void **state)
{
	(void)state;
	meet_with(&(struct wish){ .begins = 5 * DAY + 60, .ends = 9 * DAY });
	says("not yet valid");
	says("begins in 5 days, on 20");
	assert_string_equal(client.e.code, "TLS_NOT_YET_VALID");
	scene_finish();
}

static void another_name_tells_which_it_is_for(void **state)
{
	(void)state;
	meet_with(&(struct wish){ .names = "DNS:a.example,IP:10.0.0.1" });
	says("wrong name");
	says("is for a.example, 10.0.0.1, not for localhost");
	hints("--tls-sni NAME");
	assert_string_equal(client.e.code, "TLS_WRONG_NAME");
	scene_finish();
}

static void an_address_is_verified_as_an_address(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	snprintf(target.host, sizeof(target.host), "127.0.0.1");
	meet();
	assert_int_equal(client.state, 0);
	assert_null(SSL_get_servername(conn(&server)->ssl,
	                               TLSEXT_NAMETYPE_host_name));
	scene_finish();
	prepare_files(&(struct wish){ 0 });
	snprintf(target.host, sizeof(target.host), "127.0.0.2");
	meet();
	says("not for 127.0.0.2");
	scene_finish();
}

static void another_sni_is_the_name_that_is_verified(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ .names = "DNS:other.test" });
	snprintf(client.settings.sni, TLS_NAME_MAX, "other.test");
	client.settings.has_sni = true;
	meet();
	assert_int_equal(client.state, 0);
	assert_string_equal(SSL_get_servername(conn(&server)->ssl,
	                                       TLSEXT_NAMETYPE_host_name),
	                    "other.test");
	scene_finish();
}

static void an_empty_sni_asks_for_no_name_and_verifies_the_host(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	client.settings.has_sni = true;
	meet();
	assert_int_equal(client.state, 0);
	assert_null(SSL_get_servername(conn(&server)->ssl,
	                               TLSEXT_NAMETYPE_host_name));
	scene_finish();
}

static void one_for_another_purpose_is_refused(void **state)
{
	(void)state;
	meet_with(&(struct wish){ .usage = "clientAuth" });
	says("wrong purpose");
	says("may not be used for a server");
	assert_string_equal(client.e.code, "TLS_WRONG_PURPOSE");
	scene_finish();
}

static void a_missing_intermediate_is_named(void **state)
{
	struct made ca = make(&(struct wish){ .subject = "Root",
	                                      .is_issuer = true }, NULL);
	struct made between = make(&(struct wish){ .subject = "Between",
	                                           .is_issuer = true }, &ca);
	struct made own = make(&(struct wish){ 0 }, &between);

	(void)state;
	prepare_files(&(struct wish){ 0 });
	write_pem("ca.pem", (const struct made *[]){ &ca }, 1, false);
	write_pem("cert.pem", (const struct made *[]){ &own }, 1, true);
	meet();
	says("unknown issuer: CN=localhost of");
	says("is signed by CN=Between, which the server did not send, and "
	     "which is not in --tls-ca");
	hints("fullchain.pem");
	assert_string_equal(client.e.code, "TLS_UNKNOWN_ISSUER");
	scene_finish();
	prepare_files(&(struct wish){ 0 });
	write_pem("ca.pem", (const struct made *[]){ &ca }, 1, false);
	write_pem("cert.pem", (const struct made *[]){ &own, &between }, 2,
	          true);
	meet();
	assert_int_equal(client.state, 0);
	scene_finish();
	unmake(&ca);
	unmake(&between);
	unmake(&own);
}

#define OTHER_PIN "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

static void a_pin_takes_the_place_of_chain_and_name(void **state)
{
	struct made own = make(&(struct wish){ .names = "DNS:x.test",
	                                       .ends = -60 }, NULL);

	(void)state;
	prepare_files(&(struct wish){ 0 });
	write_pem("cert.pem", (const struct made *[]){ &own }, 1, true);
	tls_key_pin(own.cert, client.settings.pin);
	meet();
	assert_int_equal(client.state, 0);
	scene_finish();
	prepare_files(&(struct wish){ 0 });
	write_pem("cert.pem", (const struct made *[]){ &own }, 1, true);
	for (int i = 0; i < 18; i++)
		text_add(client.settings.pin, TLS_LIST_MAX, OTHER_PIN ";");
	tls_key_pin(own.cert, client.settings.pin +
	                          strlen(client.settings.pin));
	meet();
	assert_int_equal(client.state, 0);
	unmake(&own);
	scene_finish();
}

static void another_pin_tells_the_one_that_it_has(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ 0 });
	snprintf(client.settings.pin, TLS_LIST_MAX,
	         OTHER_PIN ";"
	         "sha256//BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=");
	meet();
	assert_int_equal(client.state, -1);
	says("is not the one that --tls-pin trusts");
	hints("its pin is sha256//");
	assert_string_equal(client.e.code, "TLS_PIN");
	scene_finish();
}

/* The link keeps the first errno, which is that of its write. */
static void an_alert_is_told_though_a_write_failed_before(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ .usage = "clientAuth,serverAuth" });
	set_path(server.settings.client_ca, "ca.pem");
	meet();
	fake_fail_write(client.below, ECONNRESET);
	assert_int_equal(client.t->ops->shutdown(client.t), -1);
	(void)hear(&client);
	client.errnum = ECONNRESET;
	says("it demands a certificate, and we have none");
	scene_finish();
}

static void a_client_is_asked_for_its_certificate(void **state)
{
	(void)state;
	prepare_files(&(struct wish){ .usage = "clientAuth,serverAuth" });
	set_path(server.settings.client_ca, "ca.pem");
	meet();
	assert_int_equal(server.state, -1);
	assert_non_null(strstr(explain(&server), "was asked for one"));
	(void)hear(&client);
	says("it demands a certificate, and we have none");
	hints("--tls-cert FILE");
	assert_string_equal(client.e.code, "TLS_ALERT_CERTIFICATE_REQUIRED");
	scene_finish();
	prepare_files(&(struct wish){ .usage = "clientAuth,serverAuth" });
	set_path(server.settings.client_ca, "ca.pem");
	server.settings.max = TLS_1_2;
	meet();
	assert_int_equal(client.state, -1);
	says("it demands a certificate, and we have none");
	hints("--tls-cert FILE");
	scene_finish();
	prepare_files(&(struct wish){ .usage = "clientAuth,serverAuth" });
	set_path(server.settings.client_ca, "ca.pem");
	set_path(client.settings.cert, "cert.pem");
	meet();
	assert_int_equal(server.state, 0);
	scene_finish();
}

static void an_answer_in_plain_text_is_named(void **state)
{
	static const struct {
		const char *said, *named;
	} rows[] = {
		{ "SSH-2.0-OpenSSH_9.2\r\n", "speaks SSH" },
		{ "HTTP/1.1 400 Bad Request\r\n", "speaks HTTP" },
		{ "220 mail.test ESMTP\r\n", "speaks SMTP or FTP" },
		{ "+OK ready\r\n", "speaks POP3" },
		{ "* OK IMAP4\r\n", "speaks IMAP" },
		{ "RFB 003.008\n", "speaks VNC" },
		{ "J\0\0\0\n8.0.36", "speaks MySQL" },
		{ "hello you\n",
		  "plain text or another protocol: \"hello you\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scene_prepare();
		put_over(&client, false);
		conn(&client)->is_upgrade = true;
		go_on(&client);
		fake_feed_bytes(client.below, rows[i].said,
		                rows[i].said[1] ? strlen(rows[i].said) : 11);
		go_on(&client);
		assert_int_equal(client.state, -1);
		says(rows[i].named);
		hints("`/starttls STARTTLS` asks and begins it");
		assert_string_equal(client.e.code, "TLS_PLAIN");
		scene_finish();
	}
}

static void a_plain_client_of_a_listener_is_named(void **state)
{
	(void)state;
	scene_prepare();
	put_over(&server, true);
	fake_feed(server.below, "GET / HTTP/1.1\r\n");
	go_on(&server);
	assert_int_equal(server.state, -1);
	assert_non_null(strstr(explain(&server), "speaks HTTP"));
	assert_non_null(strstr(server.e.hint, "--tls-auto"));
	conn(&server)->is_upgrade = true;
	assert_non_null(strstr(explain(&server), "speaks HTTP"));
	assert_non_null(strstr(server.e.hint, "`/starttls 220 go ahead` "));
	scene_finish();
}

static void an_end_in_the_handshake_is_told(void **state)
{
	(void)state;
	scene_prepare();
	put_over(&client, false);
	go_on(&client);
	fake_feed_end(client.below);
	go_on(&client);
	says("TLS handshake broken off");
	says("closed the connection without sending any TLS");
	assert_string_equal(client.e.code, "TLS_ENDED");
	scene_finish();
}

static void a_write_into_a_connection_that_was_reset_is_told(void **state)
{
	(void)state;
	scene_prepare();
	put_over(&client, false);
	fake_fail_write(client.below, EPIPE);
	go_on(&client);
	says("reset the connection without sending any TLS");
	assert_string_equal(client.e.code, "ECONNRESET");
	scene_finish();
}

static void a_nul_within_a_name_is_shown(void **state)
{
	X509 *cert = X509_new();
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *text = ASN1_IA5STRING_new();
	char shown[80];

	(void)state;
	assert_true(ASN1_STRING_set(text, "good.test\0.evil", 15));
	GENERAL_NAME_set0_value(name, GEN_DNS, text);
	assert_true(sk_GENERAL_NAME_push(names, name));
	assert_int_equal(X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0,
	                                   0), 1);
	tls_names_text(shown, sizeof(shown), cert);
	assert_string_equal(shown, "good.test^@.evil");
	GENERAL_NAMES_free(names);
	X509_free(cert);
}

static void facts_tell_what_was_agreed_on(void **state)
{
	const struct tls_facts *f;

	(void)state;
	meet_with(&(struct wish){ 0 });
	f = tls_facts_of(conn(&client));
	assert_string_equal(f->version, "TLSv1.3");
	assert_string_equal(f->sni, "localhost");
	assert_int_equal(f->chain_count, 2);
	assert_string_equal(f->chain[0].subject, "CN=localhost");
	assert_string_equal(f->chain[1].subject, "CN=Our Authority");
	assert_string_equal(f->names, "localhost, 127.0.0.1");
	assert_int_equal(f->trust, TLS_TRUST_CHAIN);
	assert_int_equal(strlen(f->pin), 52);
	assert_int_equal(strlen(f->fingerprint), 95);
	scene_finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_certificate_of_a_trusted_authority_is_accepted),
		cmocka_unit_test(a_self_signed_one_is_refused_with_its_pin),
		cmocka_unit_test(an_expired_one_tells_since_when),
		cmocka_unit_test(
		    a_listener_tells_an_expired_one_without_a_pin),
		cmocka_unit_test(an_early_one_tells_when_it_begins),
		cmocka_unit_test(another_name_tells_which_it_is_for),
		cmocka_unit_test(an_address_is_verified_as_an_address),
		cmocka_unit_test(another_sni_is_the_name_that_is_verified),
		cmocka_unit_test(
		    an_empty_sni_asks_for_no_name_and_verifies_the_host),
		cmocka_unit_test(one_for_another_purpose_is_refused),
		cmocka_unit_test(a_missing_intermediate_is_named),
		cmocka_unit_test(a_pin_takes_the_place_of_chain_and_name),
		cmocka_unit_test(another_pin_tells_the_one_that_it_has),
		cmocka_unit_test(an_alert_is_told_though_a_write_failed_before),
		cmocka_unit_test(a_client_is_asked_for_its_certificate),
		cmocka_unit_test(an_answer_in_plain_text_is_named),
		cmocka_unit_test(a_plain_client_of_a_listener_is_named),
		cmocka_unit_test(an_end_in_the_handshake_is_told),
		cmocka_unit_test(
		    a_write_into_a_connection_that_was_reset_is_told),
		cmocka_unit_test(a_nul_within_a_name_is_shown),
		cmocka_unit_test(facts_tell_what_was_agreed_on),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
