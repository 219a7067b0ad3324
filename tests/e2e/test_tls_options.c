/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What users say of TLS to the real binary: what is wrong ends it before
 * anything connects, and each spelling reaches a peer. */

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

#define HELP_LINE "\nTry 'sockchat --help' for more.\n"

/* Nobody listens there: what gets as far as connecting exits with 1. */
#define NOWHERE "tls://127.0.0.1:1"

static void refuse(const char *option, const char *value, const char *says)
{
	struct proc p;
	proc_sockchat(&p, "connect", option, value, NOWHERE, NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, says);
	assert_err_has(&p, option);
	assert_err_has(&p, HELP_LINE);
	assert_out(&p, "");
	proc_finish(&p);
}

static void what_is_wrong_is_told_before_anything_connects(void **state)
{
	(void)state;
	refuse("--tls-ca", "/nowhere/ca.pem", "/nowhere/ca.pem");
	refuse("--tls-ca", cert_path("server.key"), "no certificate in");
	refuse("--tls-cert", "/nowhere/c.pem", "/nowhere/c.pem");
	refuse("--tls-key", cert_path("server.key"), "needs --tls-cert");
	refuse("--tls-pin", "sha256//short", "is not sha256//");
	refuse("--tls-sni", "127.0.0.1", "is not a host name");
	refuse("--tls-alpn", "h2,,x", "is not a list of protocols");
	refuse("--tls-min", "1.4", "is not 1.0, 1.1, 1.2, 1.3 or any");
	refuse("--tls-ciphers", "NO-SUCH-CIPHER", "NO-SUCH-CIPHER");
}

static void a_locked_key_without_a_terminal_is_refused(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--tls-cert", cert_path("server.pem"),
	              "--tls-key", cert_path("locked.key"), tls_url(0), NULL);
	int status = proc_wait(&p);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status));
	assert_err_has(&p, "locked.key");
	assert_err_has(&p, "passphrase");
	assert_err_has(&p, "-out NEW_FILE");
	proc_finish(&p);
}

static void refuse_to_listen(const char *cert, const char *key,
                             const char *says)
{
	struct proc p;

	proc_sockchat(&p, "listen", "--tls-cert", cert_path(cert), "--tls-key",
	              cert_path(key), tls_url(0), NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, says);
	proc_finish(&p);
}

static void append(const char *to, const char *from)
{
	FILE *in = fopen(cert_path(from), "re");
	FILE *out = fopen(cert_path(to), "ae");

	assert_true(in && out);
	for (int c; (c = getc(in)) != EOF;)
		putc(c, out);
	fclose(in);
	fclose(out);
}

static void what_is_wrong_with_our_certificate_is_told(void **state)
{
	(void)state;
	append("upside-down.pem", "inter.pem");
	append("upside-down.pem", "server.pem");
	refuse_to_listen("upside-down.pem", "server.key", "put that one first");
	refuse_to_listen("server.pem", "self.key", "its own key");
	refuse_to_listen("weak.pem", "weak.key", "key too small");
	refuse_to_listen("server.key", "server.key", "no certificate in");
}

static void files_that_are_no_certificates_are_told(void **state)
{
	const char *wrong[] = { cert_path("none.pem"), cert_path("empty") };
	const char *pem = cert_path("server.pem");

	(void)state;
	close(open(wrong[1], O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	for (size_t i = 0; i < 6; i++) {
		const char *file = wrong[i % 2];
		struct proc p;
		if (i < 2)
			proc_sockchat(&p, "listen", "--tls-cert", file,
			              tls_url(0), NULL);
		else if (i < 4)
			proc_sockchat(&p, "listen", "--tls-cert", pem,
			              "--tls-key", file, tls_url(0), NULL);
		else
			proc_sockchat(&p, "listen", SERVING,
			              "--tls-client-ca", file, tls_url(0),
			              NULL);
		int status = proc_wait(&p);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status));
		assert_err_has(&p, file);
		proc_finish(&p);
	}
}

static void a_plain_pipe_is_not_asked_for_tls(void **state)
{
	struct proc p;
	(void)state;
	proc_sockchat(&p, "connect", "--tls-ca", cert_path("root.pem"),
	              "127.0.0.1", "1", NULL);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "option --tls-ca is for TLS, and 127.0.0.1:1 is "
	                   "plain: add --tls" HELP_LINE);
	proc_finish(&p);
}

/* A line goes each way, and both ends are proven. */
static void talk(struct proc *server, struct proc *client)
{
	proc_write_text(client, "from the client\n");
	proc_expect_out(server, "from the client\n");
	proc_write_text(server, "from the server\n");
	proc_expect_out(client, "from the server\n");
	proc_end_in(client);
	proc_end_in(server);
	proc_expect_exit(client, 0);
	proc_expect_exit(server, 0);
	proc_finish(client);
	proc_finish(server);
}

static void every_spelling_of_a_tcp_endpoint_reaches_tls(void **state)
{
	struct proc server, client;
	char where[40];
	uint16_t port;
	(void)state;
	for (int i = 0; i < 3; i++) {
		if (i == 0)
			proc_sockchat(&server, "listen", SERVING,
			              "tls://127.0.0.1:0", NULL);
		else
			proc_sockchat(&server, "listen", SERVING, "--tls",
			              "127.0.0.1", "0", NULL);
		port = proc_port(&server);
		snprintf(where, sizeof(where), "127.0.0.1:%d", (int)port);
		if (i == 0)
			proc_sockchat(&client, "connect", TRUSTING,
			              tls_url(port), NULL);
		else if (i == 1)
			proc_sockchat(&client, "connect", TRUSTING, "--tls",
			              where, NULL);
		else
			proc_sockchat(&client, "connect", TRUSTING, "--tls",
			              "127.0.0.1", port_text(port), NULL);
		talk(&server, &client);
	}
}

static void tls_goes_over_a_unix_socket_too(void **state)
{
	struct proc server, client;
	char path[64], url[80];
	(void)state;
	snprintf(path, sizeof(path), "/tmp/sockchat-tls-%d", (int)getpid());
	snprintf(url, sizeof(url), "unix:%s", path);
	proc_sockchat(&server, "listen", SERVING, "--tls", "-U", path, NULL);
	proc_expect_err(&server, "listening on unix:");
	proc_sockchat(&client, "connect", TRUSTING, "--tls", url, NULL);
	talk(&server, &client);
}

/* Write a configuration file, which unlink() removes. */
static void configure(char name[64], const char *text)
{
	snprintf(name, 64, "/tmp/sockchat-config-XXXXXX");
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	dprintf(fd, "%stls-ca = %s\n", text, cert_path("root.pem"));
	close(fd);
}

static void the_configuration_may_ask_for_tls(void **state)
{
	struct proc server, client;
	char name[64];
	(void)state;
	configure(name, "[mine]\ntls\n");
	proc_sockchat(&server, "listen", SERVING, "tls://127.0.0.1:0", NULL);
	proc_sockchat(&client, "connect", "--config", name, "--profile", "mine",
	              "127.0.0.1", port_text(proc_port(&server)), NULL);
	talk(&server, &client);
	unlink(name);
}

static void a_plain_chat_goes_on_with_tls_as_the_options_say(void **state)
{
	struct proc server, p;
	char line[80], name[64];
	(void)state;
	configure(name, "");
	proc_sockchat(&server, "listen", SERVING, "tls://127.0.0.1:0", NULL);
	snprintf(line, sizeof(line), "/connect %s\n",
	         tls_url(proc_port(&server)));
	proc_sockchat(&p, "listen", "--ui", "lines", "--config", name,
	              "127.0.0.1", "0", NULL);
	proc_write_text(&p, line);
	proc_expect_out(&p, "connected to 127.0.0.1");
	proc_write_text(&p, "hello\n");
	proc_expect_out(&server, "hello\n");
	proc_write_text(&p, "/set tls-ca\n");
	proc_expect_out(&p, "root.pem (from the configuration file; it cannot");
	proc_write_text(&p, "/set tls-ca x\n");
	proc_expect_out(&p, "give it at the start: sockchat --tls-ca");
	proc_finish(&p);
	proc_finish(&server);
	unlink(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_is_wrong_is_told_before_anything_connects),
		cmocka_unit_test(a_locked_key_without_a_terminal_is_refused),
		cmocka_unit_test(what_is_wrong_with_our_certificate_is_told),
		cmocka_unit_test(files_that_are_no_certificates_are_told),
		cmocka_unit_test(a_plain_pipe_is_not_asked_for_tls),
		cmocka_unit_test(every_spelling_of_a_tcp_endpoint_reaches_tls),
		cmocka_unit_test(tls_goes_over_a_unix_socket_too),
		cmocka_unit_test(the_configuration_may_ask_for_tls),
		cmocka_unit_test(
		    a_plain_chat_goes_on_with_tls_as_the_options_say),
	};
	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
