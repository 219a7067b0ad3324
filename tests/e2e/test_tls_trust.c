/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whom TLS trusts: certificates that are wrong in each way, and what the
 * options for TLS change about that. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

#define SECRET "for your eyes only\n"

static void finish_both(struct proc *p, struct proc *q)
{
	proc_finish(p);
	proc_finish(q);
}

/* Start sockchat with these options in front of the URL, and give it a secret.
 * They end in NULL. */
static void dial(struct proc *p, unsigned port, ...)
{
	const char *words[WORDS_MAX] = { NULL, "connect" };
	size_t count = 2;
	va_list ap;

	va_start(ap, port);
	while ((words[count] = va_arg(ap, const char *)))
		count++;
	va_end(ap);
	words[count++] = tls_url((uint16_t)port);
	words[count] = NULL;
	proc_start(p, words, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write_text(p, SECRET);
	proc_end_in(p);
}

/* It fails and says this; the server has had nothing but a handshake. */
static void expect_refusal(struct proc *p, struct proc *server,
                           const char *const *sentence)
{
	proc_expect_exit(p, 1);
	for (; *sentence; sentence++)
		assert_err_has(p, *sentence);
	assert_out(p, "");
	proc_expect_exit(server, 0);
	assert_non_null(strstr(server->out_text.bytes, "handshake failed"));
	assert_null(strstr(server->out_text.bytes, "payload"));
	finish_both(p, server);
}

/* All has arrived, and it ends well. */
static void expect_secret(struct proc *p, struct proc *server)
{
	char payload[40];

	snprintf(payload, sizeof(payload), "payload %zu\n", strlen(SECRET));
	proc_expect_exit(p, 0);
	proc_expect_exit(server, 0);
	assert_non_null(strstr(server->out_text.bytes, payload));
}

static void a_wrong_certificate_gets_not_one_byte(void **state)
{
	static const struct {
		const char *cert;
		const char *sentence[4];
	} rows[] = {
		{ "other", { "other.example", "127.0.0.1" } },
		{ "expired", { "expired" } },
		{ "future", { "not yet valid" } },
		{ "purpose", { "purpose" } },
		{ "lone", { "intermediate" } },
		{ "self", { "self-signed", "--tls-ca", "--tls-pin sha256//" } },
		{ "weak", { "too weak" } },
		{ "stranger", { "sockchat test root" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct proc p, server;
		const char *weak = "ciphers=DEFAULT:@SECLEVEL=0";
		uint16_t port = tls_serve(&server, "count", rows[i].cert, weak,
		                          NULL);
		dial(&p, port, TRUSTING, NULL);
		expect_refusal(&p, &server, rows[i].sentence);
	}
}

static void only_whom_the_system_knows_is_trusted(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "count", "server", NULL);
	const char *sentence[] = { "--tls-ca", NULL };

	(void)state;
	dial(&p, port, NULL);
	expect_refusal(&p, &server, sentence);
}

static void a_name_is_verified_as_an_address_is(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "count", "server", NULL);
	char url[40];

	(void)state;
	snprintf(url, sizeof(url), "tls://localhost:%u", port);
	proc_sockchat(&p, "connect", "-4", TRUSTING, url, NULL);
	proc_write_text(&p, SECRET);
	proc_end_in(&p);
	expect_secret(&p, &server);
	assert_non_null(strstr(server.out_text.bytes, "sni localhost\n"));
	finish_both(&p, &server);
}

static void an_address_is_not_asked_for_as_a_name(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, tls_serve(&server, "count", "server", NULL), TRUSTING, NULL);
	expect_secret(&p, &server);
	assert_non_null(strstr(server.out_text.bytes, "sni None\n"));
	finish_both(&p, &server);
}

static void another_name_is_asked_for_and_verified(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, tls_serve(&server, "count", "other", NULL), TRUSTING,
	     "--tls-sni", "other.example", NULL);
	expect_secret(&p, &server);
	assert_non_null(strstr(server.out_text.bytes, "sni other.example\n"));
	finish_both(&p, &server);

	const char *sentence[] = { "other.example", NULL };
	dial(&p, tls_serve(&server, "count", "server", NULL), TRUSTING,
	     "--tls-sni", "other.example", NULL);
	expect_refusal(&p, &server, sentence);
}

static void whoever_it_is_can_be_trusted_by_order(void **state)
{
	static const char *const certs[] = { "other", "expired", "self" };
	struct proc p, server;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		dial(&p, tls_serve(&server, "count", certs[i], NULL),
		     "--tls-insecure", NULL);
		expect_secret(&p, &server);
		finish_both(&p, &server);
	}
}

/* The pin of a certificate, from openssl. */
static const char *pin_of(const char *cert)
{
	static char pin[80];
	const char *argv[] = {
		"sh", "-c",
		"openssl x509 -in \"$0\" -noout -pubkey |"
		"openssl pkey -pubin -outform der |"
		"openssl dgst -sha256 -binary | openssl base64",
		cert_path(cert), NULL
	};
	struct proc p;

	proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	snprintf(pin, sizeof(pin), "sha256//%.44s", p.out_text.bytes);
	proc_finish(&p);
	return pin;
}

static void a_pin_stands_for_chain_and_name(void **state)
{
	static const char *const certs[] = { "other", "expired", "self" };
	struct proc p, server;
	char pem[40];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(pem, sizeof(pem), "%s.pem", certs[i]);
		dial(&p, tls_serve(&server, "count", certs[i], NULL),
		     "--tls-pin", pin_of(pem), NULL);
		expect_secret(&p, &server);
		finish_both(&p, &server);
	}
}

static void another_key_than_the_pinned_one_is_refused(void **state)
{
	struct proc p, server;
	const char *sentence[] = { "pin", NULL };

	(void)state;
	dial(&p, tls_serve(&server, "count", "server", NULL), TRUSTING,
	     "--tls-pin", pin_of("self.pem"), NULL);
	expect_refusal(&p, &server, sentence);
}

static void the_pin_that_a_refusal_shows_is_that_of_the_key(void **state)
{
	struct proc p, server;
	char words[100];

	(void)state;
	dial(&p, tls_serve(&server, "count", "self", NULL), NULL);
	proc_expect_exit(&p, 1);
	snprintf(words, sizeof(words), "--tls-pin %s", pin_of("self.pem"));
	assert_err_has(&p, words);
	finish_both(&p, &server);
}

/* Who we are */

#define CLIENT(name)                                                           \
	"--tls-cert", cert_path(name ".pem"), "--tls-key",                     \
	    cert_path(name ".key")

static void a_server_that_asks_gets_our_certificate(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "count", "server",
	                          tls_word("ca", cert_path("root.pem")), NULL);

	(void)state;
	dial(&p, port, TRUSTING, CLIENT("user"), NULL);
	expect_secret(&p, &server);
	assert_non_null(strstr(server.out_text.bytes, "peer True"));
	finish_both(&p, &server);
}

static void a_server_that_asks_in_vain_ends_it(void **state)
{
	static const char *const maxima[] = { "TLSv1_2", "TLSv1_3" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct proc p, server;
		uint16_t port = tls_serve(
		    &server, "count", "server",
		    tls_word("ca", cert_path("root.pem")),
		    tls_word("max", maxima[i % 2]), NULL);
		if (i < 2)
			dial(&p, port, TRUSTING, NULL);
		else
			dial(&p, port, TRUSTING, CLIENT("stranger"), NULL);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "certificate");
		if (i < 2)
			assert_err_has(&p, "--tls-cert FILE");
		else
			assert_err_has(&p, "it must trust the signer");
		proc_expect_exit(&server, 0);
		assert_null(strstr(server.out_text.bytes, "payload"));
		finish_both(&p, &server);
	}
}

static void a_listener_lets_in_only_whom_its_authority_knows(void **state)
{
	const char *ca = cert_path("root.pem");
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "-k", SERVING, "--tls-client-ca", ca,
	              tls_url(0), NULL);
	uint16_t port = proc_port(&p);
	tls_call(&client, "hello", port, NULL);
	proc_expect_exit(&client, 0);
	proc_finish(&client);
	tls_call(&client, "hello", port,
	         tls_word("cert", cert_path("stranger.pem")),
	         tls_word("key", cert_path("stranger.key")), NULL);
	proc_expect_exit(&client, 0);
	proc_finish(&client);
	tls_call(&client, "greet", port,
	         tls_word("cert", cert_path("user.pem")),
	         tls_word("key", cert_path("user.key")), NULL);
	proc_expect_out(&p, "greeting");
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	assert_out(&p, "greeting"); /* once */
	finish_both(&p, &client);
}

/* Versions and the rest */

/* A server of this version and mode "late", whose answer comes. */
static void expect_version(struct proc *p, struct proc *server,
                           const char *version)
{
	proc_expect_exit(p, 0);
	assert_out(p, "late answer to " SECRET);
	proc_expect_exit(server, 0);
	assert_non_null(strstr(server->out_text.bytes, version));
}

static void old_versions_need_to_be_asked_for(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "late", "server", "min=TLSv1",
	                          "max=TLSv1", NULL);

	(void)state;
	dial(&p, port, TRUSTING, NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "--tls-min");
	finish_both(&p, &server);
	port = tls_serve(&server, "late", "server", "min=TLSv1", "max=TLSv1",
	                 NULL);
	dial(&p, port, TRUSTING, "--tls-min", "1.0", NULL);
	expect_version(&p, &server, "secure TLSv1 ");
	assert_err_has(&p, "security level 0");
	finish_both(&p, &server);
}

static void a_version_that_only_we_have_is_refused(void **state)
{
	struct proc p, server;
	const char *sentence[] = { "version", NULL };

	(void)state;
	dial(&p, tls_serve(&server, "count", "server", "max=TLSv1_2", NULL),
	     TRUSTING, "--tls-min", "1.3", NULL);
	expect_refusal(&p, &server, sentence);
}

static void an_old_camera_is_served_too(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", SERVING, "--tls-min", "1.0", tls_url(0),
	              NULL);
	tls_call(&client, "greet", proc_port(&p), "min=TLSv1", "max=TLSv1",
	         NULL);
	proc_expect_out(&p, "greeting");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&client, 0);
	finish_both(&p, &client);
}

static void the_chosen_cipher_and_protocol_are_used(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "late", "server", "alpn=http/1.1",
	                          NULL);

	(void)state;
	dial(&p, port, TRUSTING, "--tls-max", "1.2", "--tls-ciphers",
	     "ECDHE-ECDSA-CHACHA20-POLY1305", "--tls-alpn", "h2,http/1.1",
	     NULL);
	expect_version(&p, &server, "secure TLSv1.2 "
	                            "ECDHE-ECDSA-CHACHA20-POLY1305 "
	                            "alpn http/1.1 ");
	finish_both(&p, &server);
}

static void a_listener_chooses_from_the_protocols_offered(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", SERVING, "--tls-alpn", "mqtt,http/1.1",
	              tls_url(0), NULL);
	tls_call(&client, "greet", proc_port(&p), "alpn=h2,http/1.1", NULL);
	proc_expect_out(&p, "greeting");
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	proc_expect_exit(&p, 0);
	assert_non_null(strstr(client.out_text.bytes, " alpn http/1.1 "));
	finish_both(&p, &client);
}

/* The file of secrets */

/* Send the secret to the server, and log what opens it in this file. */
static void dial_logged(struct proc *p, uint16_t port, const char *log)
{
	char variable[400];
	const char *env[] = { variable, NULL };
	const char *argv[] = { NULL, "connect", TRUSTING, tls_url(port), NULL };

	snprintf(variable, sizeof(variable), "SSLKEYLOGFILE=%s",
	         cert_path(log));
	proc_start(p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write_text(p, SECRET);
	proc_end_in(p);
}

static void the_secrets_are_logged_for_the_owner_alone(void **state)
{
	struct proc p, server;
	struct stat st;

	(void)state;
	dial_logged(&p, tls_serve(&server, "count", "server", NULL), "keys");
	expect_secret(&p, &server);
	assert_err_has(&p, "SSLKEYLOGFILE");
	assert_int_equal(stat(cert_path("keys"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(st.st_size > 100);
	finish_both(&p, &server);
}

static void the_secrets_go_through_no_link(void **state)
{
	struct proc p, server;
	struct stat st;

	(void)state;
	assert_int_equal(symlink(cert_path("target"), cert_path("link")), 0);
	dial_logged(&p, tls_serve(&server, "count", "server", NULL), "link");
	(void)proc_wait(&p);
	assert_err_has(&p, "link");
	assert_int_equal(stat(cert_path("target"), &st), -1);
	finish_both(&p, &server);
}

/* Other front ends */

static void json_tells_the_handshake_and_the_code(void **state)
{
	static const char *const certs[] = { "server", "expired" };
	static const char *const words[] = { "\"state\":\"open\"",
		                             "\"code\":\"TLS_EXPIRED\"" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, server;
		uint16_t port = tls_serve(&server, "greet", certs[i], NULL);
		proc_sockchat(&p, "connect", "--json", TRUSTING, tls_url(port),
		              NULL);
		proc_expect_out(&p, "\"state\":\"handshaking\"");
		proc_expect_out(&p, words[i]);
		proc_end_in(&p);
		proc_expect_exit(&p, (int)i);
		finish_both(&p, &server);
	}
}

/* Unix sockets */

static void a_unix_socket_speaks_tls_too(void **state)
{
	const char *path = cert_path("socket");
	struct proc p, server;

	(void)state;
	(void)tls_serve(&server, "count", "server", tls_word("unix", path),
	                NULL);
	proc_sockchat(&p, "connect", TRUSTING, "--tls-sni", "localhost",
	              "--tls", "--unix", path, NULL);
	proc_write_text(&p, SECRET);
	proc_end_in(&p);
	expect_secret(&p, &server);
	finish_both(&p, &server);
	unlink(path);
}

static void a_unix_listener_speaks_tls_too(void **state)
{
	const char *path = cert_path("socket");
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", SERVING, "--tls", "-U", path, NULL);
	proc_expect_err(&p, "listening on");
	tls_call(&client, "greet", 0, tls_word("path", path), NULL);
	proc_expect_out(&p, "greeting");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&client, 0);
	finish_both(&p, &client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_certificate_gets_not_one_byte),
		cmocka_unit_test(only_whom_the_system_knows_is_trusted),
		cmocka_unit_test(a_name_is_verified_as_an_address_is),
		cmocka_unit_test(an_address_is_not_asked_for_as_a_name),
		cmocka_unit_test(another_name_is_asked_for_and_verified),
		cmocka_unit_test(whoever_it_is_can_be_trusted_by_order),
		cmocka_unit_test(a_pin_stands_for_chain_and_name),
		cmocka_unit_test(another_key_than_the_pinned_one_is_refused),
		cmocka_unit_test(
		    the_pin_that_a_refusal_shows_is_that_of_the_key),
		cmocka_unit_test(a_server_that_asks_gets_our_certificate),
		cmocka_unit_test(a_server_that_asks_in_vain_ends_it),
		cmocka_unit_test(
		    a_listener_lets_in_only_whom_its_authority_knows),
		cmocka_unit_test(old_versions_need_to_be_asked_for),
		cmocka_unit_test(a_version_that_only_we_have_is_refused),
		cmocka_unit_test(an_old_camera_is_served_too),
		cmocka_unit_test(the_chosen_cipher_and_protocol_are_used),
		cmocka_unit_test(a_listener_chooses_from_the_protocols_offered),
		cmocka_unit_test(the_secrets_are_logged_for_the_owner_alone),
		cmocka_unit_test(the_secrets_go_through_no_link),
		cmocka_unit_test(json_tells_the_handshake_and_the_code),
		cmocka_unit_test(a_unix_socket_speaks_tls_too),
		cmocka_unit_test(a_unix_listener_speaks_tls_too),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("tls trust", tests, certs_setup,
	                                   certs_teardown);
}
