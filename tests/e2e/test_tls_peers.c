/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS with other programs at the other end: what is sent arrives, both ways,
 * and both end as they should. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

/* ncat may forget what lies behind 8192 bytes, and as a server it breaks off
 * when much goes both ways (7.991). */
#define LITTLE 8000
#define SOME (4 * MIB)
#define MUCH (50 * MIB)

static const char *where(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static const char *where(const char *format, ...)
{
	static char texts[4][400];
	static size_t next;
	char *text = texts[next++ % 4];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(texts[0]), format, ap);
	va_end(ap);
	return text;
}

static void start(struct proc *p, const char *const *argv)
{
	proc_start(p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void dial(struct proc *p, uint16_t port)
{
	proc_sockchat(p, "connect", TRUSTING, tls_url(port), NULL);
}

static uint16_t listens(struct proc *p)
{
	proc_sockchat(p, "listen", SERVING, tls_url(0), NULL);
	return proc_port(p);
}

/* Servers, and clients, that pass on what they get.  Started with pipes. */

static void start_openssl_server(struct proc *p)
{
	const char *pem = cert_path("server.pem");
	const char *argv[] = {
		"openssl", "s_server", "-quiet", "-accept", "127.0.0.1:0",
		"-naccept", "1", "-cert", pem, "-cert_chain", pem, "-key",
		cert_path("server.key"), NULL
	};

	start(p, argv);
}

static void start_ncat_server(struct proc *p)
{
	const char *argv[] = { "ncat", "--ssl", "--ssl-cert",
		               cert_path("server.pem"), "--ssl-key",
		               cert_path("server.key"), "-l", "127.0.0.1", "0",
		               NULL };

	start(p, argv);
}

static void start_socat_server(struct proc *p)
{
	const char *argv[] = {
		"socat", "-t1",
		where("OPENSSL-LISTEN:0,bind=127.0.0.1,cert=%s,key=%s,verify=0",
		      cert_path("server.pem"), cert_path("server.key")),
		"-", NULL
	};

	start(p, argv);
}

static void start_openssl_client(struct proc *p, uint16_t port)
{
	const char *argv[] = {
		"openssl", "s_client", "-quiet", "-no_ign_eof", "-nocommands",
		"-verify_return_error", "-verify_quiet", "-CAfile",
		cert_path("root.pem"), "-verify_hostname", "localhost",
		"-connect", where("127.0.0.1:%u", port), NULL
	};

	start(p, argv);
}

static void start_ncat_client(struct proc *p, uint16_t port)
{
	const char *argv[] = { "ncat", "-4", "--ssl", "--ssl-verify",
		               "--ssl-trustfile", cert_path("root.pem"),
		               "localhost", port_text(port), NULL };

	start(p, argv);
}

static void start_socat_client(struct proc *p, uint16_t port)
{
	const char *argv[] = { "socat", "-t1", "-",
		               where("OPENSSL:localhost:%u,pf=ip4,cafile=%s",
		                     port, cert_path("root.pem")),
		               NULL };

	start(p, argv);
}

static void finish_both(struct proc *p, struct proc *q)
{
	proc_finish(p);
	proc_finish(q);
}

static void every_byte_arrives_from_and_at_servers(void **state)
{
	static const struct {
		void (*start)(struct proc *p);
		uint64_t total;
	} rows[] = {
		{ start_openssl_server, MUCH },
		{ start_ncat_server, LITTLE },
		{ start_socat_server, SOME },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct proc p, server;
		rows[i].start(&server);
		dial(&p, port_of(&server));
		swap_streams(&p, &server, rows[i].total);
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		proc_expect_exit(&server, 0);
		finish_both(&p, &server);
	}
}

/* ncat of before 7.95 ends without a close_notify. */
static void every_byte_arrives_from_and_at_clients(void **state)
{
	static const struct {
		void (*start)(struct proc *p, uint16_t port);
		uint64_t total;
		bool may_end_bare;
	} rows[] = {
		{ start_openssl_client, SOME, false },
		{ start_ncat_client, LITTLE, true },
		{ start_socat_client, MUCH, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct proc p, client;
		uint16_t port = listens(&p);
		rows[i].start(&client, port);
		swap_streams(&p, &client, rows[i].total);
		proc_end_in(&client);
		int status = proc_wait(&p);
		assert_true(!status || rows[i].may_end_bare);
		if (status)
			assert_err_has(&p, "without TLS's close_notify");
		proc_expect_exit(&client, 0);
		finish_both(&p, &client);
	}
}

static void two_of_us_exchange_what_they_have(void **state)
{
	struct proc p, q;

	(void)state;
	dial(&q, listens(&p));
	swap_streams(&p, &q, MUCH);
	proc_end_in(&q);
	proc_end_in(&p);
	proc_expect_exit(&q, 0);
	proc_expect_exit(&p, 0);
	finish_both(&p, &q);
}

/* Web servers, and a browser of a kind */

static void ask(struct proc *p, uint16_t port)
{
	dial(p, port);
	proc_write_text(p, "GET / HTTP/1.0\r\n\r\n");
}

static void the_test_page_of_openssl_comes(void **state)
{
	const char *pem = cert_path("server.pem");
	const char *argv[] = {
		"openssl", "s_server", "-www", "-accept", "127.0.0.1:0",
		"-servername", "localhost", "-cert2", pem, "-key2",
		cert_path("server.key"), "-cert", cert_path("other.pem"),
		"-key", cert_path("other.key"), "-CAfile",
		cert_path("inter.pem"), "-alpn", "http/1.0", NULL
	};
	struct proc p, server;

	(void)state;
	start(&server, argv);
	proc_sockchat(&p, "connect", TRUSTING, "--tls-alpn", "h2,http/1.0",
	              "--tls-sni", "localhost", tls_url(port_of(&server)),
	              NULL);
	proc_write_text(&p, "GET / HTTP/1.0\r\n\r\n");
	proc_expect_out(&p, "HTTP/1.0 200 ok\r\n");
	proc_expect_out(&p, "</HTML>");
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	finish_both(&p, &server);
}

static void write_nginx_conf(uint16_t port)
{
	FILE *f = fopen(cert_path("nginx.conf"), "we");

	assert_non_null(f);
	fprintf(f, "daemon off; master_process off; pid nginx.pid;\n"
	           "events {} http { access_log off;\n");
	for (const char *const *name = (const char *const[]){
	         "client_body", "proxy", "fastcgi", "uwsgi", "scgi", NULL };
	     *name; name++)
		fprintf(f, "%s_temp_path /tmp;\n", *name);
	fprintf(f, "server { listen 127.0.0.1:%u ssl;\n"
	           "ssl_certificate server.pem;\n"
	           "ssl_certificate_key server.key;\n"
	           "location / { return 200 'hello from nginx'; } } }\n",
	        port);
	fclose(f);
}

static void nginx_answers(void **state)
{
	const char *argv[] = { "/usr/sbin/nginx", "-e", "stderr", "-p",
		               cert_path(""), "-c", "nginx.conf", NULL };
	struct proc p, server;

	(void)state;
	write_nginx_conf(free_port());
	start(&server, argv);
	ask(&p, port_of(&server));
	proc_expect_out(&p, "hello from nginx");
	proc_expect_out_end(&p);
	proc_end_in(&p);
	proc_expect_exit(&p, 0);
	finish_both(&p, &server);
}

/* A listener in lines that answers one request of curl, which has this
 * option. */
static void answer_curl(struct proc *p, uint16_t port, const char *option,
                        const char *value)
{
	const char *argv[] = { "curl", "-sS", option, value, "-k",
		               where("https://127.0.0.1:%u/path", port), NULL };
	struct proc curl;

	if (strcmp(option, "--cacert") == 0) {
		argv[4] = argv[5];
		argv[5] = NULL;
	}
	start(&curl, argv);
	proc_expect_out(p, " < GET /path HTTP/1.1\\r\\n\n");
	proc_expect_out(p, " < \\r\\n\n");
	proc_write_text(p, "HTTP/1.1 200 OK\nContent-Length: 7\n\n"
	                   "/send hello\\r\\n\n");
	proc_expect_exit(&curl, 0);
	assert_out(&curl, "hello\r\n");
	proc_end_in(p);
	proc_expect_exit(p, 0);
	proc_finish(&curl);
	proc_finish(p);
}

static void curl_trusts_our_certificate(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", SERVING, "--ui", "lines", "--crlf",
	              tls_url(0), NULL);
	answer_curl(&p, proc_lines_port(&p), "--cacert", cert_path("root.pem"));
}

/* The pin that it has told. */
static const char *told_pin(struct proc *p)
{
	static char pin[60];

	proc_expect_out(p, "sha256//");
	proc_watch(p, 100);
	const char *at = strstr(p->out_text.bytes, "sha256//");
	size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz/+="
	                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
	assert_int_equal(len, 8 + 44);
	memcpy(pin, at, len);
	return pin;
}

static void curl_knows_a_temporary_certificate_by_its_pin(void **state)
{
	struct proc p;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", "--crlf", tls_url(0),
	              NULL);
	uint16_t port = proc_lines_port(&p);
	answer_curl(&p, port, "--pinnedpubkey", told_pin(&p));
}

static void the_pin_of_a_temporary_certificate_is_enough_for_us(void **state)
{
	struct proc p, q;

	(void)state;
	proc_sockchat(&p, "listen", "--ui", "lines", tls_url(0), NULL);
	uint16_t port = proc_lines_port(&p);
	proc_sockchat(&q, "connect", "--tls-pin", told_pin(&p), tls_url(port),
	              NULL);
	proc_write_text(&q, "hello\n");
	proc_expect_out(&p, " < hello\\n\n");
	proc_end_in(&q);
	proc_end_in(&p);
	proc_expect_exit(&q, 0);
	proc_expect_exit(&p, 0);
	finish_both(&p, &q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_arrives_from_and_at_servers),
		cmocka_unit_test(every_byte_arrives_from_and_at_clients),
		cmocka_unit_test(two_of_us_exchange_what_they_have),
		cmocka_unit_test(the_test_page_of_openssl_comes),
		cmocka_unit_test(nginx_answers),
		cmocka_unit_test(curl_trusts_our_certificate),
		cmocka_unit_test(curl_knows_a_temporary_certificate_by_its_pin),
		cmocka_unit_test(
		    the_pin_of_a_temporary_certificate_is_enough_for_us),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("tls peers", tests, certs_setup,
	                                   certs_teardown);
}
