/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a chat does about TLS that nobody else does: it takes over what has come
 * in plain, and keeps in what must not go out in plain. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

static void a_client_hello_that_came_in_plain_is_taken_over(void **state)
{
	struct proc p, client;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", SERVING, "127.0.0.1", "0",
	              NULL);
	tls_call(&client, "greet", proc_lines_port(&p),
	         tls_word("ca", cert_path("root.pem")), "sni=localhost", NULL);
	proc_expect_out(&p, "a ClientHello for localhost");
	proc_write_text(&p, "/starttls\n");
	proc_expect_out(&p, "now speaks TLS");
	proc_expect_out(&p, " < greeting");
	proc_end_in(&p);
	proc_expect_out(&client, "unwrapped");
	proc_expect_exit(&p, 0);
	proc_finish(&client);
	proc_finish(&p);
}

/* What a script says next was meant for TLS. */
static void a_refusal_of_tls_lets_nothing_out_in_plain(void **state)
{
	uint16_t port;
	int listener = net_listen(&port), fd;
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", TRUSTING, "127.0.0.1",
	              port_text(port), NULL);
	fd = net_accept(listener);
	proc_write_text(&p, "/starttls STARTTLS\nPASS secret\n");
	net_expect(fd, "STARTTLS\n");
	net_send_text(fd, "454 not today\r\n");
	net_expect_end(fd);
	proc_expect_exit(&p, 1);
	proc_expect_out(&p, "refuses to begin TLS: 454 not today");
	proc_expect_out(&p, "12 bytes were never sent");
	close(fd);
	close(listener);
	proc_finish(&p);
}

static void tls_that_cannot_begin_is_an_error_and_the_chat_goes_on(void **state)
{
	uint16_t port;
	int listener = net_listen(&port), fd;
	struct proc p;

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "127.0.0.1",
	              port_text(port), NULL);
	fd = net_accept(listener);
	proc_write_text(&p, "/shutdown\n");
	net_expect_end(fd);
	proc_write_text(&p, "/starttls\n");
	proc_expect_out(&p, "! TLS was not begun: the connection to 127.0.0.1");
	net_send_text(fd, "still here\n");
	proc_expect_out(&p, " < still here");
	close(fd);
	proc_expect_exit(&p, 1);
	close(listener);
	proc_finish(&p);
}

/* Its close_notify is kept back while the peer may still answer. */
static void a_close_in_1_2_does_not_wait_for_the_peer(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "count", "server", "max=TLSv1_2",
	                          NULL);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--linger", "inf",
	              TRUSTING, tls_url(port), NULL);
	proc_expect_out(&p, "connected to");
	proc_write_text(&p, "/close\n");
	proc_expect_out(&p, "connection closed");
	proc_expect_out(&server, "end proven");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&server);
	proc_finish(&p);
}

static void an_end_that_is_allowed_is_not_said_to_be_proven(void **state)
{
	struct proc p, server;
	uint16_t port = tls_serve(&server, "hello", "server", NULL);

	(void)state;
	proc_sockchat(&p, "connect", "--ui", "lines", "--tls-allow-truncation",
	              TRUSTING, tls_url(port), NULL);
	proc_expect_out(&p, "finished sending (ended without close_notify)");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_finish(&server);
	proc_finish(&p);
}

/* As a client of SMTP does, which waits to be greeted. */
static void a_silent_client_of_an_automatic_listener_is_plain(void **state)
{
	struct proc p;
	int fd;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "--tls-auto", SERVING,
	              "127.0.0.1", "0", NULL);
	fd = net_connect(proc_lines_port(&p));
	proc_expect_out(&p, "connection from");
	proc_write_text(&p, "220 hello\n");
	net_expect(fd, "220 hello\n");
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_client_hello_that_came_in_plain_is_taken_over),
		cmocka_unit_test(a_refusal_of_tls_lets_nothing_out_in_plain),
		cmocka_unit_test(
		    tls_that_cannot_begin_is_an_error_and_the_chat_goes_on),
		cmocka_unit_test(a_close_in_1_2_does_not_wait_for_the_peer),
		cmocka_unit_test(
		    an_end_that_is_allowed_is_not_said_to_be_proven),
		cmocka_unit_test(
		    a_silent_client_of_an_automatic_listener_is_plain),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, certs_setup, certs_teardown);
}
