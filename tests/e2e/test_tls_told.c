/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What people are told of TLS: by which certificate they are known, what was
 * agreed on, and what is dangerous. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "entries.h"
#include "pty.h"
#include "tls.h"

/* The pin that a listener has shown on standard error; good for one call. */
static const char *pin_of(struct proc *p)
{
	static char pin[64];

	proc_expect_err(p, "; curl -k --pinnedpubkey");
	const char *at = strstr(p->err_text.bytes, "--tls-pin ");
	assert_non_null(at);
	snprintf(pin, sizeof(pin), "%.*s", 52, at + strlen("--tls-pin "));
	return pin;
}

static void a_temporary_certificate_is_trusted_by_its_pin(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "--tls", "0", NULL);
	const char *pin = pin_of(&p);
	assert_err_has(&p, "this certificate is temporary, SHA-256 ");
	proc_sockchat(&client, "connect", "--tls-pin", pin,
	              tls_url(proc_port(&p)), NULL);
	proc_write_text(&client, "hello");
	proc_end_in(&client);
	proc_expect_out(&p, "hello");
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	proc_expect_exit(&p, 0);
	proc_finish(&client);
	proc_finish(&p);
}

static void quiet_leaves_the_certificate_out(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "--tls", "--quiet", "0", NULL);
	proc_sockchat(&client, "connect", "--tls-insecure", "--quiet",
	              tls_url(port_of(&p)), NULL);
	proc_end_in(&client);
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	assert_silent(&client);
	proc_finish(&client);
	proc_finish(&p);
}

static void a_certificate_that_has_expired_is_warned_of(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--tls", "--tls-cert",
	              cert_path("expired.pem"), "--tls-key",
	              cert_path("expired.key"), "0", NULL);
	proc_expect_err(&p, "the certificate of --tls-cert: EXPIRED 10 days "
	                    "ago; clients refuse it\n");
	assert_err_has(&p, "certificate CN=");
	proc_finish(&p);
}

static void programs_get_the_certificate_as_notes(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--json", "--tls", "0", NULL);
	proc_expect_out(&p, "\"code\":\"tls-temporary\",\"text\":\"no "
	                    "--tls-cert: this certificate is temporary, "
	                    "SHA-256 ");
	proc_expect_out(&p, "\"code\":\"tls-pin\",\"text\":\"to trust it: "
	                    "sockchat connect --tls --tls-pin sha256//");
	proc_write_text(&p, "/info\n");
	proc_expect_out(&p, "\"text\":\"we show: CN=sockchat temporary "
	                    "certificate, until 2");
	proc_finish(&p);
}

static void a_server_that_is_not_verified_is_told_once(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "greet", "self", NULL);

	(void)state;
	proc_sockchat(&p, "connect", "-v", "--tls-insecure", tls_url(port),
	              NULL);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "--tls-insecure: we do not check who the server is");
	assert_err_has(&p, "TLS handshake begins\n");
	assert_err_has(&p, ", NOT VERIFIED, after ");
	proc_finish(&p);
	proc_finish(&server);
}

static void the_file_with_the_secrets_is_named(void **state)
{
	const char *words[] = { NULL, "connect", "--tls-insecure", NULL, NULL };
	char file[400];
	const char *env[] = { file, NULL };
	struct proc p, server;
	uint16_t port = tls_serve(&server, "greet", "server", "count=2", NULL);

	(void)state;
	words[3] = tls_url(port);
	snprintf(file, sizeof(file), "SSLKEYLOGFILE=%s", cert_path("secrets"));
	proc_start(&p, words, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "the TLS secrets are written to ");
	assert_err_has(&p, "/secrets, and whoever has that file can read");
	proc_finish(&p);
	assert_int_equal(symlink(cert_path("secrets"), cert_path("link")), 0);
	snprintf(file, sizeof(file), "SSLKEYLOGFILE=%s", cert_path("link"));
	proc_start(&p, words, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "the TLS secrets cannot be written to ");
	proc_finish(&p);
	proc_finish(&server);
}

static void a_listener_tells_what_a_client_has_agreed_on(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "-v", SERVING, "--tls", "0", NULL);
	tls_call(&client, "count", proc_port(&p), tls_word("sni", "x.example"),
	         NULL);
	proc_expect_err(&p, "secured by TLSv1.3 with TLS_");
	proc_expect_err(&p, ", for x.example, no certificate from the peer\n");
	proc_finish(&client);
	proc_finish(&p);
}

static void what_begins_in_mid_conversation_is_told_as_well(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "0", NULL);
	proc_sockchat(&client, "connect", "--ui", "lines", "--tls-insecure",
	              "127.0.0.1", port_text(proc_lines_port(&p)), NULL);
	proc_expect_out(&p, "connection from ");
	proc_write_text(&p, "/starttls\n");
	proc_expect_out(&p, "this certificate is temporary, SHA-256 ");
	proc_expect_out(&p, "to trust it: --tls-pin sha256//");
	proc_write_text(&client, "/starttls\n");
	proc_expect_out(&client, "--tls-insecure: we do not check who the "
	                         "server is");
	proc_expect_out(&client, " now speaks TLS; TLSv1.3 with ");
	proc_expect_out(&client, ", NOT VERIFIED\n");
	proc_finish(&client);
	proc_finish(&p);
}

/* On the screen */

static void the_screen_shows_all_of_it(void **state)
{
	struct proc server;
	struct pty p;
	uint16_t port = tls_serve(&server, "late", "self", NULL);

	(void)state;
	pty_sockchat(&p, "connect", "--tls-insecure", tls_url(port), NULL);
	pty_expect(&p, "we do not check who the server is");
	pty_expect(&p, "| open | TLSv1.3 |");
	assert_non_null(strstr(pty_row(&p, STATUS_ROW),
	                       " TLS NOT VERIFIED | "));
	pty_type(&p, PTY_F5);
	pty_expect(&p, "verified     NO (--tls-insecure): self-signed");
	pty_type(&p, PTY_PAGE_DOWN);
	pty_expect(&p, "certificate  CN=");
	pty_expect(&p, ", ends in ");
	pty_resize(&p, 10, 40);
	pty_expect(&p, " TLS NOT VERIFIED | ");
	pty_type(&p, PTY_F5);
	pty_quit(&p, 0);
	proc_finish(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_temporary_certificate_is_trusted_by_its_pin),
		cmocka_unit_test(quiet_leaves_the_certificate_out),
		cmocka_unit_test(a_certificate_that_has_expired_is_warned_of),
		cmocka_unit_test(programs_get_the_certificate_as_notes),
		cmocka_unit_test(a_server_that_is_not_verified_is_told_once),
		cmocka_unit_test(the_file_with_the_secrets_is_named),
		cmocka_unit_test(a_listener_tells_what_a_client_has_agreed_on),
		cmocka_unit_test(
		    what_begins_in_mid_conversation_is_told_as_well),
		cmocka_unit_test_setup_teardown(the_screen_shows_all_of_it,
		                                pty_setup, pty_teardown),
	};

	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
