/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How conversations over TLS end: in order, cut, spoilt, never begun. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

static void dial_with(struct proc *p, uint16_t port, const char *option,
                      const char *value)
{
	if (value)
		proc_sockchat(p, "connect", TRUSTING, option, value,
		              tls_url(port), NULL);
	else if (option)
		proc_sockchat(p, "connect", TRUSTING, option, tls_url(port),
		              NULL);
	else
		proc_sockchat(p, "connect", TRUSTING, tls_url(port), NULL);
}

static void dial(struct proc *p, uint16_t port)
{
	dial_with(p, port, NULL, NULL);
}

static void finish_both(struct proc *p, struct proc *q)
{
	proc_finish(p);
	proc_finish(q);
}

static void assert_out_has(const struct proc *p, const char *text)
{
	if (!p->out_text.len || !strstr(p->out_text.bytes, text))
		fail_msg("'%s' is not in: %s", text,
		         p->out_text.len ? p->out_text.bytes : "");
}

/* In order */

static void a_half_that_has_ended_leaves_the_other_open(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, tls_serve(&server, "half", "server", NULL));
	proc_write_text(&p, "question");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "answer to question");
	assert_silent(&p);
	proc_expect_exit(&server, 0);
	assert_out_has(&server, "end proven\n");
	assert_out_has(&server, "unwrapped\n");
	finish_both(&p, &server);
}

/* Whether the answer came from a server that does not wait for it to leave. */
static bool hears_a_curt_answer(void)
{
	struct proc p, server;

	dial(&p, tls_serve(&server, "curt", "server", NULL));
	proc_write_text(&p, "question");
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	proc_expect_exit(&server, 0);
	bool is_heard = p.out_text.len > 0;
	if (is_heard) {
		assert_out(&p, "answer to question");
		assert_err_has(&p, "unproven");
	}
	finish_both(&p, &server);
	return is_heard;
}

/* It comes if we acknowledge within 20 ms, which a busy machine may miss. */
static void an_answer_arrives_from_a_server_that_ignores_our_end(void **state)
{
	int tries = 5;

	(void)state;
	while (tries && !hears_a_curt_answer())
		tries--;
	assert_int_not_equal(tries, 0);
}

static void the_end_of_a_server_leaves_our_half_open(void **state)
{
	const char *listen[] = { NULL, "listen", SERVING, tls_url(0), NULL };
	struct proc p, q;

	(void)state;
	proc_start(&p, listen, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	dial_with(&q, proc_port(&p), "--linger", "inf");
	proc_write_text(&p, "one");
	proc_end_in(&p);
	proc_expect_out_end(&q);
	proc_write_text(&q, "answer");
	proc_expect_out(&p, "answer");
	proc_end_in(&q);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&q, 0);
	assert_out(&q, "one");
	finish_both(&p, &q);
}

/* In 1.2 a close_notify would make the server drop its answer. */
static void a_late_answer_comes_in_each_version(void **state)
{
	static const char *const versions[] = { "max=TLSv1_2", "max=TLSv1_3" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, server;
		dial_with(&p, tls_serve(&server, "late", "server", versions[i],
		                        NULL), "-v", NULL);
		proc_write_text(&p, "question");
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		assert_out(&p, "late answer to question");
		proc_expect_exit(&server, 0);
		assert_out_has(&server, "unwrapped\n");
		finish_both(&p, &server);
	}
}

static void the_end_that_1_2_cannot_send_is_told(void **state)
{
	struct proc p, server;

	(void)state;
	dial_with(&p, tls_serve(&server, "late", "server", "max=TLSv1_2", NULL),
	          "-v", NULL);
	proc_write_text(&p, "question");
	proc_end_in(&p);
	proc_expect_err(&p, "1.2");
	proc_expect_err(&p, "close_notify");
	proc_expect_exit(&p, 0);
	finish_both(&p, &server);
}

static void a_server_of_1_2_that_never_ends_is_left(void **state)
{
	struct proc p, server;
	int64_t start = now_ms();

	(void)state;
	dial_with(&p, tls_serve(&server, "echo", "server", "max=TLSv1_2", NULL),
	          "-q", "2");
	proc_write_text(&p, "question");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_true(now_ms() - start >= 2000);
	assert_out(&p, "question");
	finish_both(&p, &server);
}

/* Cut */

static void an_end_without_close_notify_is_unproven(void **state)
{
	static const char *const versions[] = { "max=TLSv1_2", "max=TLSv1_3" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, server;
		dial_with(&p, tls_serve(&server, "hello", "server", versions[i],
		                        NULL), "--linger", "0");
		proc_expect_exit(&p, 1);
		assert_out(&p, "greeting");
		assert_err_has(&p, "close_notify");
		assert_err_has(&p, "unwrap()");
		finish_both(&p, &server);
	}
}

static void an_unproven_end_can_be_allowed(void **state)
{
	struct proc p, server;

	(void)state;
	dial_with(&p, tls_serve(&server, "hello", "server", NULL),
	          "--tls-allow-truncation", NULL);
	proc_expect_out_end(&p);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	assert_out(&p, "greeting");
	finish_both(&p, &server);
}

static void a_listener_tells_an_unproven_end_too(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "--linger", "0", SERVING, tls_url(0), NULL);
	tls_call(&client, "hello", proc_port(&p), NULL);
	proc_expect_exit(&p, 1);
	assert_out(&p, "greeting");
	assert_err_has(&p, "close_notify");
	finish_both(&p, &client);
}

static void in_lines_an_unproven_end_is_noted(void **state)
{
	static const char *const uis[] = { "lines", "json" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, server;
		dial_with(&p, tls_serve(&server, "hello", "server", NULL),
		          "--ui", uis[i]);
		proc_expect_out(&p, "greeting");
		proc_expect_out(&p, "close_notify");
		proc_end_in(&p);
		proc_expect_exit(&p, 1);
		finish_both(&p, &server);
	}
}

static void a_reset_shows_what_had_come(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, tls_serve(&server, "reset", "server", NULL));
	proc_expect_out(&p, "greeting");
	proc_write_text(&p, "now");
	proc_expect_exit(&p, 1);
	assert_out(&p, "greeting");
	assert_err_has(&p, "reset by");
	assert_err_has(&p, "8 bytes received");
	finish_both(&p, &server);
}

#define PHASES "9"

/* A server breaks off after no record, one, two … by FIN or RST. */
static void a_break_in_each_phase_fails_with_a_sentence(void **state)
{
	static const char *const versions[] = { "max=TLSv1_2", "max=TLSv1_3" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct proc p, server;
		const char *rst = i & 2 ? "rst=1" : NULL;
		uint16_t port = tls_serve(&server, "hello", "server", "each=1",
		                          "count=" PHASES, versions[i % 2], rst,
		                          NULL);
		for (int n = *PHASES - '0'; n; n--) {
			dial_with(&p, port, "--linger", "0");
			proc_expect_exit(&p, 1);
			assert_err_has(&p, "sockchat: ");
			proc_finish(&p);
		}
		proc_finish(&server);
	}
}

/* Greet it, and see that it is heard. */
static void expect_good_client(struct proc *p, uint16_t port)
{
	struct proc client;

	tls_call(&client, "greet", port, NULL);
	proc_expect_out(p, "greeting");
	proc_finish(&client);
}

static void a_listener_survives_clients_that_break_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct proc p, client;
		proc_sockchat(&p, "listen", "-k", "--ui", "lines", SERVING,
		              tls_url(0), NULL);
		uint16_t port = proc_lines_port(&p);
		tls_call(&client, "mute", port, "each=1", "count=4",
		         i ? "rst=1" : NULL, NULL);
		proc_expect_exit(&client, 0);
		proc_finish(&client);
		expect_good_client(&p, port);
		kill(p.pid, SIGTERM);
		proc_expect_signal(&p, SIGTERM);
		proc_finish(&p);
	}
}

/* Spoilt */

/* Its records: ServerHello, the certificate, a ticket, the greeting. */
static void a_flipped_bit_is_never_passed_on(void **state)
{
	static const char *const flips[] = { "flip=0", "flip=3", "flip=6",
		                             "flip=8" };

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct proc p, server;
		dial_with(&p, tls_serve(&server, "hello", "server", flips[i],
		                        NULL), "--linger", "0");
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "sockchat: ");
		assert_out(&p, "");
		finish_both(&p, &server);
	}
}

/* Never begun */

static void a_server_that_says_nothing_is_given_up(void **state)
{
	struct proc p;
	uint16_t port;
	int listener = net_listen(&port);
	int64_t start = now_ms();

	(void)state;
	dial_with(&p, port, "-w", "0.5");
	int fd = net_accept(listener);
	proc_expect_exit(&p, 1);
	assert_true(now_ms() - start >= 500);
	assert_err_has(&p, "timed out");
	assert_err_has(&p, "handshake");
	close(fd);
	close(listener);
	proc_finish(&p);
}

#define HANGING 20

static void clients_that_say_nothing_disturb_nobody(void **state)
{
	int fds[HANGING];
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", SERVING, tls_url(0),
	              NULL);
	uint16_t port = proc_lines_port(&p);
	for (size_t i = 0; i < HANGING; i++)
		fds[i] = net_connect(port);
	expect_good_client(&p, port);
	expect_good_client(&p, port);
	kill(p.pid, SIGTERM);
	proc_expect_signal(&p, SIGTERM);
	for (size_t i = 0; i < HANGING; i++) {
		struct text t = { NULL, 0 };
		(void)net_read(fds[i], &t, 0);
		assert_int_equal(t.len, 0);
		close(fds[i]);
	}
	proc_finish(&p);
}

/* Other protocols */

static void a_plain_answer_is_named_by_its_protocol(void **state)
{
	static const struct {
		const char *banner, *name;
	} rows[] = {
		{ "HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP" },
		{ "SSH-2.0-OpenSSH_9.2p1\r\n", "SSH" },
		{ "220 mail.example ESMTP\r\n", "SMTP" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct proc p;
		uint16_t port;
		int listener = net_listen(&port);
		dial(&p, port);
		int fd = net_accept(listener);
		net_send_text(fd, rows[i].banner);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, rows[i].name);
		assert_out(&p, "");
		close(fd);
		close(listener);
		proc_finish(&p);
	}
}

static void a_plain_client_of_a_listener_is_told(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", SERVING, tls_url(0),
	              NULL);
	uint16_t port = proc_lines_port(&p);
	int fd = net_connect(port);
	net_send_text(fd, "GET / HTTP/1.0\r\n\r\n");
	proc_expect_out(&p, "HTTP");
	close(fd);
	expect_good_client(&p, port);
	proc_finish(&p);
}

static void a_plain_listener_that_meets_tls_says_what_to_do(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", SERVING, "127.0.0.1", "0",
	              NULL);
	tls_call(&client, "greet", proc_lines_port(&p), NULL);
	proc_expect_out(&p, "/starttls");
	proc_expect_out(&p, "--tls-auto");
	proc_write_text(&p, "/starttls\n");
	proc_expect_out(&p, "greeting");
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	proc_expect_exit(&p, 0);
	finish_both(&p, &client);
}

static void an_automatic_listener_takes_both(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "-k", "--ui", "lines", "--tls-auto",
	              SERVING, "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	int fd = net_connect(port);
	net_send_text(fd, "in plain\n");
	proc_expect_out(&p, "in plain");
	expect_good_client(&p, port);
	close(fd);
	proc_finish(&p);
}

/* What TLS does by itself */

static void type(struct proc *p, const char *keys)
{
	proc_write_text(p, keys);
	proc_watch(p, 100);
}

static void fresh_keys_are_nothing_special(void **state)
{
	struct proc p, client;
	const char *argv[] = { "openssl", "s_client", "-CAfile",
		               cert_path("root.pem"), "-connect", NULL, NULL };
	char address[40];

	(void)state;
	proc_sockchat(&p, "listen", SERVING, tls_url(0), NULL);
	snprintf(address, sizeof(address), "127.0.0.1:%u", proc_port(&p));
	argv[5] = address;
	proc_start(&client, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&client, "Verify return code: 0 (ok)");
	type(&client, "k\n");
	type(&client, "one\n");
	proc_write_text(&p, "two\n");
	proc_expect_out(&client, "two\n");
	type(&client, "K\n");
	type(&client, "three\n");
	proc_write_text(&p, "four\n");
	proc_expect_out(&client, "four\n");
	proc_expect_out(&p, "one\nthree\n");
	proc_end_in(&client);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	finish_both(&p, &client);
}

static void fresh_keys_of_a_server_are_nothing_special_either(void **state)
{
	struct proc p, server;
	const char *argv[] = { "openssl", "s_server", "-accept", "127.0.0.1:0",
		               "-naccept", "1", "-cert",
		               cert_path("server.pem"), "-cert_chain",
		               cert_path("server.pem"), "-key",
		               cert_path("server.key"), NULL };

	(void)state;
	proc_start(&server, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	dial(&p, port_of(&server));
	proc_write_text(&p, "zero\n");
	proc_expect_out(&server, "zero\n");
	type(&server, "k\n");
	type(&server, "one\n");
	type(&server, "K\n");
	type(&server, "two\n");
	proc_expect_out(&p, "one\ntwo\n");
	proc_write_text(&p, "three\n");
	proc_expect_out(&server, "three\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	finish_both(&p, &server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_answer_arrives_from_a_server_that_ignores_our_end),
		cmocka_unit_test(a_half_that_has_ended_leaves_the_other_open),
		cmocka_unit_test(the_end_of_a_server_leaves_our_half_open),
		cmocka_unit_test(a_late_answer_comes_in_each_version),
		cmocka_unit_test(the_end_that_1_2_cannot_send_is_told),
		cmocka_unit_test(a_server_of_1_2_that_never_ends_is_left),
		cmocka_unit_test(an_end_without_close_notify_is_unproven),
		cmocka_unit_test(an_unproven_end_can_be_allowed),
		cmocka_unit_test(a_listener_tells_an_unproven_end_too),
		cmocka_unit_test(in_lines_an_unproven_end_is_noted),
		cmocka_unit_test(a_reset_shows_what_had_come),
		cmocka_unit_test(a_break_in_each_phase_fails_with_a_sentence),
		cmocka_unit_test(a_listener_survives_clients_that_break_off),
		cmocka_unit_test(a_flipped_bit_is_never_passed_on),
		cmocka_unit_test(a_server_that_says_nothing_is_given_up),
		cmocka_unit_test(clients_that_say_nothing_disturb_nobody),
		cmocka_unit_test(a_plain_answer_is_named_by_its_protocol),
		cmocka_unit_test(a_plain_client_of_a_listener_is_told),
		cmocka_unit_test(
		    a_plain_listener_that_meets_tls_says_what_to_do),
		cmocka_unit_test(an_automatic_listener_takes_both),
		cmocka_unit_test(fresh_keys_are_nothing_special),
		cmocka_unit_test(
		    fresh_keys_of_a_server_are_nothing_special_either),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("tls ends", tests, certs_setup,
	                                   certs_teardown);
}
