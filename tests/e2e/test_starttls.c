/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS that begins in mid-conversation, with mail programs at the other end. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

/* Start a server, in this Python, and connect to it in lines. */
static void dial(struct proc *p, struct proc *server, const char *python,
                 const char *kind)
{
	const char *argv[] = { python, peer_path("starttls_peer.py"), kind,
		               cert_path("server.pem"), cert_path("server.key"),
		               NULL };
	char port[8];

	proc_start(server, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(server, "\n");
	snprintf(port, sizeof(port), "%ld",
	         strtol(server->out_text.bytes + strlen("Listening on "), NULL,
	                10));
	proc_sockchat(p, "connect", "--ui", "lines", "--crlf", TRUSTING,
	              "127.0.0.1", port, NULL);
}

static void listens(struct proc *p)
{
	proc_sockchat(p, "listen", "--ui", "lines", "--crlf", SERVING, "0",
	              NULL);
}

static void finish_both(struct proc *p, struct proc *q)
{
	proc_finish(p);
	proc_finish(q);
}

/* Type a line and wait for what comes then. */
static void say(struct proc *p, const char *line, const char *answer)
{
	proc_write_text(p, line);
	proc_write_text(p, "\n");
	if (answer)
		proc_expect_out(p, answer);
}

static void assert_out_has(const struct proc *p, const char *text)
{
	if (!p->out_text.len || !strstr(p->out_text.bytes, text))
		fail_msg("'%s' is not in: %s", text,
		         p->out_text.len ? p->out_text.bytes : "");
}

/* As a client */

static void mail_goes_on_in_tls(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, &server, "python3", "smtp");
	proc_expect_out(&p, "220 mail.example");
	say(&p, "EHLO me", "250 STARTTLS");
	say(&p, "STARTTLS", "220 go ahead");
	proc_write_text(&p, "/starttls\n");
	say(&p, "NOOP in secret", "250 heard NOOP in secret");
	say(&p, "QUIT", "221 bye");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&server, 0);
	assert_out_has(&server, "plain STARTTLS\ntls NOOP in secret\n");
	finish_both(&p, &server);
}

static void imap_goes_on_in_tls(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, &server, "python3", "imap");
	proc_expect_out(&p, "* OK IMAP4rev1 ready");
	say(&p, "a STARTTLS", "a OK begin TLS now");
	proc_write_text(&p, "/starttls\n");
	say(&p, "b NOOP", "b OK heard NOOP");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	proc_expect_exit(&server, 0);
	assert_out_has(&server, "tls b NOOP\n");
	finish_both(&p, &server);
}

/* Debian's own Python has the server. */
static void a_mail_server_takes_a_letter_in_tls(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, &server, "/usr/bin/python3", "aiosmtpd");
	proc_expect_out(&p, "220 mail.example");
	say(&p, "EHLO me", "250 HELP");
	say(&p, "STARTTLS", "220 Ready to start TLS");
	proc_write_text(&p, "/starttls\n");
	say(&p, "EHLO me", NULL);
	say(&p, "MAIL FROM:<a@x>", "250 OK");
	say(&p, "RCPT TO:<b@x>", "250 OK");
	say(&p, "DATA", "354 ");
	proc_write_text(&p, "hello\n.\n");
	proc_expect_out(&p, "250 taken");
	say(&p, "QUIT", "221 Bye");
	proc_end_in(&p);
	(void)proc_wait(&p); /* it ends without close_notify */
	proc_expect_out(&server, "tls hello\n");
	finish_both(&p, &server);
}

/* Bytes right behind the consent were never protected by TLS. */
static void a_forged_line_behind_the_consent_ends_it(void **state)
{
	struct proc p, server;

	(void)state;
	dial(&p, &server, "python3", "inject");
	proc_expect_out(&p, "220 mail.example");
	say(&p, "EHLO me", "250 STARTTLS");
	say(&p, "STARTTLS", "250 forged");
	proc_write_text(&p, "/starttls\nNOOP in secret\n");
	proc_end_in(&p);
	proc_expect_exit(&p, 1);
	assert_null(strstr(server.out_text.len ? server.out_text.bytes : "",
	                   "in secret"));
	finish_both(&p, &server);
}

/* As a server */

static void expect_line(struct proc *p, const char *line)
{
	char shown[80];

	snprintf(shown, sizeof(shown), " < %s\\r\\n\n", line);
	proc_expect_out(p, shown);
}

static void start_openssl(struct proc *client, const char *protocol,
                          uint16_t port)
{
	char address[40];
	const char *argv[] = { "openssl", "s_client", "-quiet", "-starttls",
		               protocol, "-verify_return_error",
		               "-verify_quiet", "-CAfile",
		               cert_path("root.pem"), "-connect", address,
		               NULL };

	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	proc_start(client, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void talk_in_secret(struct proc *p, struct proc *client)
{
	proc_write_text(client, "in secret\r\n");
	expect_line(p, "in secret");
	proc_write_text(p, "heard\n");
	proc_expect_out(client, "heard\r\n");
	proc_end_in(p);
	(void)proc_wait(p);
	finish_both(p, client);
}

static void openssl_changes_to_tls_as_a_mail_client(void **state)
{
	struct proc p, client;

	(void)state;
	listens(&p);
	start_openssl(&client, "smtp", proc_lines_port(&p));
	proc_expect_out(&p, "connection from");
	proc_write_text(&p, "220 hello ESMTP\n");
	proc_expect_out(&p, " < EHLO ");
	proc_write_text(&p, "250-hello\n250 STARTTLS\n");
	expect_line(&p, "STARTTLS");
	proc_write_text(&p, "/starttls 220 go ahead\\r\\n\n");
	talk_in_secret(&p, &client);
}

static void openssl_changes_to_tls_as_an_imap_client(void **state)
{
	struct proc p, client;

	(void)state;
	listens(&p);
	start_openssl(&client, "imap", proc_lines_port(&p));
	proc_expect_out(&p, "connection from");
	proc_write_text(&p, "* OK ready\n");
	proc_expect_out(&p, " CAPABILITY\\r\\n");
	proc_write_text(&p, "* CAPABILITY IMAP4rev1 STARTTLS\n. OK done\n");
	expect_line(&p, ". STARTTLS");
	proc_write_text(&p, "/starttls . OK begin\\r\\n\n");
	talk_in_secret(&p, &client);
}

static void python_changes_to_tls(void **state)
{
	struct proc p, client;
	const char *argv[] = { "python3", peer_path("starttls_peer.py"),
		               "smtplib", NULL, cert_path("root.pem"), NULL };

	(void)state;
	listens(&p);
	argv[3] = port_text(proc_lines_port(&p));
	proc_start(&client, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_out(&p, "connection from");
	proc_write_text(&p, "220 hello ESMTP\n");
	proc_expect_out(&p, " < ehlo ");
	proc_write_text(&p, "250-hello\n250 STARTTLS\n");
	expect_line(&p, "STARTTLS");
	proc_write_text(&p, "/starttls 220 go ahead\\r\\n\n");
	expect_line(&p, "noop");
	proc_write_text(&p, "250 still here\n");
	expect_line(&p, "quit");
	proc_write_text(&p, "221 bye\n");
	proc_end_in(&p);
	proc_expect_exit(&client, 0);
	assert_out_has(&client, "still here");
	(void)proc_wait(&p);
	finish_both(&p, &client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_goes_on_in_tls),
		cmocka_unit_test(imap_goes_on_in_tls),
		cmocka_unit_test(a_mail_server_takes_a_letter_in_tls),
		cmocka_unit_test(a_forged_line_behind_the_consent_ends_it),
		cmocka_unit_test(openssl_changes_to_tls_as_a_mail_client),
		cmocka_unit_test(openssl_changes_to_tls_as_an_imap_client),
		cmocka_unit_test(python_changes_to_tls),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("starttls", tests, certs_setup,
	                                   certs_teardown);
}
