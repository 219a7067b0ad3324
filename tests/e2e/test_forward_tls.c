/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In the middle, with TLS or unix sockets on either side. */

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

/* Each order in which a client and a target of these kinds can end. */
static void play_ends(const char *near, const char *far)
{
	const char *words[] = { "python3", peer_path("forward_ends.py"), near,
		                far, cert_path(""), "--linger", "0.3", NULL };
	struct proc p;

	proc_start(&p, words, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_wait(&p);
	if (p.status)
		fail_msg("%s to %s: %s%s", near, far,
		         p.out_text.len ? p.out_text.bytes : "",
		         p.err_text.len ? p.err_text.bytes : "");
	proc_finish(&p);
}

static void ends_pass_from_plain_to_tls(void **state)
{
	(void)state;
	play_ends("tcp", "tls13");
	play_ends("tcp", "tls12");
}

static void ends_pass_from_tls_to_plain(void **state)
{
	(void)state;
	play_ends("tls13", "tcp");
	play_ends("tls12", "tcp");
}

static void ends_pass_from_tls_to_tls(void **state)
{
	(void)state;
	play_ends("tls13", "tls13");
	play_ends("tls12", "tls12");
	play_ends("tls12", "tls13");
	play_ends("tls13", "tls12");
}

static void ends_pass_where_unix_sockets_are(void **state)
{
	(void)state;
	play_ends("unix", "tcp");
	play_ends("tcp", "unix");
	play_ends("unix", "unix");
}

static void ends_pass_between_tls_and_unix_sockets(void **state)
{
	(void)state;
	play_ends("tls13", "unix");
	play_ends("unix", "tls12");
}

/* A sockchat that listens with TLS, and forwards with TLS to this port. */
static uint16_t start_middle(struct proc *p, uint16_t target,
                             const char *option, const char *value)
{
	proc_sockchat(p, "listen", "--tls", SERVING, TRUSTING, "--forward",
	              tls_url(target), "127.0.0.1", "0", option, value, NULL);
	return proc_lines_port(p);
}

static void stop_middle(struct proc *p)
{
	kill(p->pid, SIGTERM);
	proc_expect_signal(p, SIGTERM);
	proc_finish(p);
}

static void finish_two(struct proc *p, struct proc *q)
{
	proc_finish(p);
	proc_finish(q);
}

/* Nobody is there for whom the end of the target could be waited with. */
static void the_end_of_a_target_that_has_gone_is_not_kept_back(void **state)
{
	struct proc p, client;
	char target[32];
	uint16_t port;
	(void)state;
	int place = net_listen(&port);
	snprintf(target, sizeof(target), "127.0.0.1:%u", port);
	proc_sockchat(&p, "listen", "--tls", SERVING, "--linger", "inf",
	              "--forward", target, "127.0.0.1", "0", NULL);
	tls_call(&client, "count", proc_lines_port(&p), "max=TLSv1_2", NULL);
	int fd = net_accept(place);
	net_send_text(fd, "greeting");
	close(fd);
	proc_expect_exit(&client, 0);
	proc_expect_out(&client, "end proven");
	proc_expect_out(&p, "the target's end is passed on to the client as "
	                    "close_notify; the target has gone");
	proc_finish(&client);
	close(place);
	stop_middle(&p);
}

static void a_close_tells_both_sides_at_once(void **state)
{
	struct proc p, server;
	(void)state;
	uint16_t target = tls_serve(&server, "count", "server",
	                            "max=TLSv1_2", NULL);
	proc_sockchat(&p, "listen", TRUSTING, "--linger", "inf", "--forward",
	              tls_url(target), "127.0.0.1", "0", NULL);
	int client = net_connect(proc_lines_port(&p));
	proc_expect_out(&p, "connected to ");
	proc_write_text(&p, "/close\n");
	proc_expect_exit(&server, 0);
	proc_expect_out(&server, "end proven");
	net_expect_end(client);
	close(client);
	proc_finish(&server);
	stop_middle(&p);
}

static void a_limit_ends_tls_1_2_at_once(void **state)
{
	struct proc p, server;
	(void)state;
	uint16_t target = tls_serve(&server, "count", "server",
	                            "max=TLSv1_2", NULL);
	proc_sockchat(&p, "listen", TRUSTING, "--linger", "inf", "--fault",
	              "out:limit=3", "--forward", tls_url(target), "127.0.0.1",
	              "0", NULL);
	int client = net_connect(proc_lines_port(&p));
	net_send_text(client, "question");
	proc_expect_out(&server, "end proven\npayload 3\n");
	close(client);
	proc_finish(&server);
	stop_middle(&p);
}

/* The server would choose the first that is offered. */
static void the_target_is_offered_what_its_client_has_chosen(void **state)
{
	struct proc p, server, client;
	(void)state;
	uint16_t port = start_middle(&p, tls_serve(&server, "greet", "server",
	                                           "alpn=h2,http/1.1", NULL),
	                             "--tls-alpn", "h2,http/1.1");
	tls_call(&client, "count", port, "alpn=http/1.1", NULL);
	proc_expect_out(&client, "alpn http/1.1");
	proc_expect_out(&server, "alpn http/1.1");
	proc_expect_exit(&client, 0);
	proc_expect_exit(&server, 0);
	finish_two(&client, &server);
	stop_middle(&p);
}

static void a_target_that_is_not_trusted_resets_the_client(void **state)
{
	struct proc p, server;
	struct text t = { NULL, 0 };
	(void)state;
	uint16_t target = tls_serve(&server, "greet", "other", NULL);
	proc_sockchat(&p, "listen", TRUSTING, "--forward", tls_url(target),
	              "127.0.0.1", "0", NULL);
	int client = net_connect(proc_lines_port(&p));
	assert_int_equal(net_read(client, &t, 0), ECONNRESET);
	proc_expect_out(&p, " is for other.example");
	proc_expect_out(&server, "handshake failed:");
	close(client);
	text_finish(&t);
	proc_finish(&server);
	stop_middle(&p);
}

static void a_client_that_does_not_trust_us_is_in_nobodys_way(void **state)
{
	struct proc p, server, stranger, client;
	(void)state;
	uint16_t port = start_middle(&p, tls_serve(&server, "greet", "server",
	                                           NULL), NULL, NULL);
	tls_call(&stranger, "count", port,
	         tls_word("ca", cert_path("rogue.pem")), "sni=localhost",
	         NULL);
	proc_expect_out(&stranger, "handshake failed:");
	proc_expect_out(&p, "! TLS refused by 127.0.0.1:");
	tls_call(&client, "count", port, NULL);
	proc_expect_out(&client, "payload 8");
	proc_expect_exit(&client, 0);
	proc_finish(&stranger);
	finish_two(&client, &server);
	stop_middle(&p);
}

static void our_certificate_is_shown_to_a_target_that_asks(void **state)
{
	struct proc p, server;
	(void)state;
	uint16_t target = tls_serve(&server, "greet", "server",
	                            tls_word("ca", cert_path("root.pem")),
	                            NULL);
	proc_sockchat(&p, "listen", TRUSTING, "--tls-cert",
	              cert_path("user.pem"), "--tls-key",
	              cert_path("user.key"), "--forward", tls_url(target),
	              "127.0.0.1", "0", NULL);
	int client = net_connect(proc_lines_port(&p));
	net_expect(client, "greeting");
	proc_expect_out(&server, "peer True");
	close(client);
	proc_finish(&server);
	stop_middle(&p);
}

static void a_client_needs_the_certificate_that_is_asked_for(void **state)
{
	struct proc p, server, stranger, client;
	(void)state;
	uint16_t target = tls_serve(&server, "greet", "server", NULL);
	proc_sockchat(&p, "listen", "-v", "--tls", SERVING, TRUSTING,
	              "--tls-client-ca", cert_path("root.pem"), "--forward",
	              tls_url(target), "127.0.0.1", "0", NULL);
	uint16_t port = proc_lines_port(&p);
	tls_call(&stranger, "count", port, NULL);
	proc_expect_out(&p, "! ");
	proc_expect_out(&stranger, "payload 0");
	tls_call(&client, "count", port,
	         tls_word("cert", cert_path("user.pem")),
	         tls_word("key", cert_path("user.key")), NULL);
	proc_expect_out(&client, "payload 8");
	proc_expect_out(&p, "the client is secured by TLSv1.");
	proc_finish(&stranger);
	finish_two(&client, &server);
	stop_middle(&p);
}

static void what_is_wrong_with_either_side_is_found_at_the_start(void **state)
{
	static const char *const rows[][4] = {
		{ "--tls-ca", "/nowhere", "tls://127.0.0.1:1", "--tls-ca: " },
		{ "--tls-cert", "/nowhere", "tls://127.0.0.1:1",
		  "--tls-cert: " },
		{ "--tls-ca", "/nowhere", "127.0.0.1:1",
		  "option --tls-ca is about a target that speaks TLS" },
	};
	struct proc p;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		proc_sockchat(&p, "listen", "--tls", "--forward", rows[i][2],
		              rows[i][0], rows[i][1], "127.0.0.1", "0", NULL);
		proc_expect_exit(&p, 2);
		assert_err_has(&p, rows[i][3]);
		proc_finish(&p);
	}
}

static void starttls_says_why_it_is_not_for_the_middle(void **state)
{
	struct proc p;
	uint16_t target;
	(void)state;
	int place = net_listen(&target);
	proc_sockchat(&p, "listen", "127.0.0.1", "0", "--forward",
	              strstr(tls_url(target), "127"), NULL);
	int client = net_connect(proc_lines_port(&p));
	int server = net_accept(place);
	proc_write_text(&p, "/starttls\n");
	proc_expect_out(&p, "where client and target begin TLS with each "
	                    "other");
	net_send_text(client, "goes on");
	net_expect(server, "goes on");
	close(client);
	close(server);
	close(place);
	stop_middle(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_pass_from_plain_to_tls),
		cmocka_unit_test(ends_pass_from_tls_to_plain),
		cmocka_unit_test(ends_pass_from_tls_to_tls),
		cmocka_unit_test(ends_pass_where_unix_sockets_are),
		cmocka_unit_test(ends_pass_between_tls_and_unix_sockets),
		cmocka_unit_test(
		    the_end_of_a_target_that_has_gone_is_not_kept_back),
		cmocka_unit_test(a_close_tells_both_sides_at_once),
		cmocka_unit_test(a_limit_ends_tls_1_2_at_once),
		cmocka_unit_test(
		    the_target_is_offered_what_its_client_has_chosen),
		cmocka_unit_test(
		    a_target_that_is_not_trusted_resets_the_client),
		cmocka_unit_test(
		    a_client_that_does_not_trust_us_is_in_nobodys_way),
		cmocka_unit_test(
		    our_certificate_is_shown_to_a_target_that_asks),
		cmocka_unit_test(
		    a_client_needs_the_certificate_that_is_asked_for),
		cmocka_unit_test(
		    what_is_wrong_with_either_side_is_found_at_the_start),
		cmocka_unit_test(starttls_says_why_it_is_not_for_the_middle),
	};
	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
