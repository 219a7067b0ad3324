/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* connect -z -v with TLS: the handshake step by step, which step failed and
 * whose fault that most likely is. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "entries.h"
#include "tls.h"

static void consult(struct proc *p, const char *url, bool is_trusting)
{
	proc_sockchat(p, "connect", "-z", "-v", url,
	              is_trusting ? "--tls-ca" : NULL, cert_path("root.pem"),
	              NULL);
}

static void assert_all(const struct proc *p, const char *const *texts)
{
	for (; *texts; texts++)
		assert_err_has(p, *texts);
}

static void a_good_server_is_told_with_all_that_it_offers(void **state)
{
	static const char *const told[] = {
		"connected to 127.0.0.1:",
		"TLS handshake begins\n",
		"certificate 1: CN=test server, signed by CN=",
		"certificate 2: CN=",
		"secured by TLSv1.3 with TLS_",
		"verified: yes, the chain leads to CN=",
		"valid: until ", ", ends in ",
		"pin: sha256//", "ALPN: none\n", "SNI: none\n",
		"verdict: it works: the server speaks first (\"greeting\")\n",
		"try next: sockchat connect tls://127.0.0.1:",
		", with the same --tls options\n", NULL,
	};
	struct proc p, server;
	uint16_t port = tls_serve(&server, "greet", "server", NULL);

	(void)state;
	consult(&p, tls_url(port), true);
	proc_expect_exit(&p, 0);
	assert_all(&p, told);
	assert_out(&p, "");
	proc_finish(&p);
	proc_finish(&server);
}

/* A certificate that is not good: what came is shown, and a verdict given. */
static void assert_doubt(const char *cert, bool is_trusting,
                         const char *verdict)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "greet", cert, NULL);

	consult(&p, tls_url(port), is_trusting);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "certificate 1: CN=");
	assert_err_has(&p, verdict);
	proc_finish(&p);
	proc_finish(&server);
}

static void whose_fault_a_certificate_is_is_said(void **state)
{
	(void)state;
	assert_doubt("expired", true, "verdict: the server's certificate has "
	                              "expired, or the clock here is wrong\n");
	assert_doubt("future", true, "verdict: the server's certificate is not "
	                             "valid yet: a clock is wrong");
	assert_doubt("self", true, "verdict: the server speaks TLS, but nobody "
	                           "else confirms who it is\n");
	assert_doubt("lone", true, "verdict: the server does not send all its "
	                           "certificates, up to one");
	assert_doubt("other", true, "verdict: the server's certificate is for "
	                            "other names");
	assert_doubt("server", false, "certificate 2: CN=");
}

static void a_server_of_an_old_version_is_told_to_be_one(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "greet", "server", "min=TLSv1_1",
	                          "max=TLSv1_1", "count=2", NULL);

	(void)state;
	consult(&p, tls_url(port), true);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "verdict: the server and we share no version of "
	                   "TLS\n");
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-z", "-v", "--tls-min", "1.0", TRUSTING,
	              tls_url(port), NULL);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "security level 0");
	assert_err_has(&p, "secured by TLSv1.1 with ");
	assert_err_has(&p, ", with the same --tls options\n");
	proc_finish(&p);
	proc_finish(&server);
}

static void a_server_without_tls_is_named_by_its_protocol(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	char next[64];

	(void)state;
	consult(&p, tls_url(port), true);
	int fd = net_accept(listener);
	net_send_text(fd, "SSH-2.0-OpenSSH_9.2\r\n");
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "without TLS: what the peer sends looks like SSH");
	assert_err_has(&p, "verdict: it works, but it does not speak TLS\n");
	snprintf(next, sizeof(next),
	         "try next: sockchat connect 127.0.0.1:%u\n", port);
	assert_err_has(&p, next);
	proc_finish(&p);
	close(fd);
	close(listener);
}

static void an_echo_server_without_tls_is_named(void **state)
{
	struct proc p, echo;

	(void)state;
	proc_sockchat(&echo, "listen", "--echo", "0", NULL);
	consult(&p, tls_url(port_of(&echo)), true);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, " sends back what it gets: it is a plain-text echo "
	                   "server\n");
	assert_err_has(&p, "verdict: it works, but it does not speak TLS\n");
	proc_finish(&p);
	proc_finish(&echo);
}

static void a_server_of_tls_that_is_spoken_to_in_plain_is_named(void **state)
{
	static const char alert[] = "\x15\x03\x03\0\x02\x02\x0a";
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-v", "127.0.0.1", port_text(port),
	              NULL);
	int fd = net_accept(listener);
	net_send(fd, alert, sizeof(alert) - 1);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "verdict: the server wants TLS, and got none: ");
	assert_err_has(&p, "Connect to `tls://127.0.0.1:");
	proc_finish(&p);
	close(fd);
	close(listener);
}

static void a_handshake_that_nobody_answers_is_no_closed_port(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-v", "-w", ".3", tls_url(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "verdict: the port is open, but nobody answers our "
	                   "handshake");
	proc_finish(&p);
	close(listener);
}

/* Fail unless some line of its output has all of these. */
static void assert_line(const struct proc *p, const char *const *words)
{
	const char *line = strstr(p->out_text.bytes, words[0]);

	assert_non_null(line);
	for (; *words; words++) {
		const char *at = strstr(line, *words);
		if (!at || at > strchr(line, '\n'))
			fail_msg("no %s in %s", *words, line);
	}
}

static void programs_get_the_facts_as_members(void **state)
{
	static const char *const facts[] = {
		"\"code\":\"tls\"",
		"\"tls\":{\"version\":\"TLSv1.3\",\"cipher\":",
		"\"verified\":true", "\"names\":\"localhost, 127.0.0.1",
		"\"pin\":\"sha256//",
		"\"chain\":[{\"subject\":\"CN=test server\"",
		"\"until\":\"2", NULL,
	};
	static const char *const failure[] = {
		"\"code\":\"verdict\"", "\"step\":\"certificate\"",
		"\"fault\":\"server\"", "\"verdict\":\"failed\",\"status\":1}",
		NULL,
	};
	struct proc p, server;
	uint16_t port = tls_serve(&server, "greet", "server", "count=2", NULL);

	(void)state;
	proc_sockchat(&p, "connect", "-z", "-v", "--json", TRUSTING,
	              tls_url(port), NULL);
	proc_expect_exit(&p, 0);
	assert_line(&p, facts);
	check_json(&p, "", 0);
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-z", "-v", "--json", tls_url(port),
	              NULL);
	proc_expect_exit(&p, 1);
	assert_line(&p, failure);
	check_json(&p, "", 0);
	proc_finish(&p);
	proc_finish(&server);
}

static void without_v_the_exit_status_is_the_answer(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "greet", "server", "count=2", NULL);
	char line[64];

	(void)state;
	proc_sockchat(&p, "connect", "-z", TRUSTING, tls_url(port), NULL);
	proc_expect_exit(&p, 0);
	snprintf(line, sizeof(line), "sockchat: connected to 127.0.0.1:%u\n",
	         port);
	assert_string_equal(p.err_text.bytes, line);
	proc_finish(&p);
	proc_sockchat(&p, "connect", "-z", tls_url(port), NULL);
	proc_expect_exit(&p, 1);
	proc_finish(&p);
	proc_finish(&server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_server_is_told_with_all_that_it_offers),
		cmocka_unit_test(whose_fault_a_certificate_is_is_said),
		cmocka_unit_test(a_server_of_an_old_version_is_told_to_be_one),
		cmocka_unit_test(a_server_without_tls_is_named_by_its_protocol),
		cmocka_unit_test(an_echo_server_without_tls_is_named),
		cmocka_unit_test(
		    a_server_of_tls_that_is_spoken_to_in_plain_is_named),
		cmocka_unit_test(
		    a_handshake_that_nobody_answers_is_no_closed_port),
		cmocka_unit_test(programs_get_the_facts_as_members),
		cmocka_unit_test(without_v_the_exit_status_is_the_answer),
	};

	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
