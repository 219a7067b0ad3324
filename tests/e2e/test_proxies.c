/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Through proxies: programs of others, and peers of ours that are slow, talk
 * too much, or not at all. */

#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tls.h"

/* Proxies of others */

static void start_microsocks(struct proc *p)
{
	const char *argv[] = { "microsocks", "-i", "127.0.0.1", "-p", "0",
		               NULL };

	proc_start(p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

static void start_microsocks_with_password(struct proc *p)
{
	const char *argv[] = { "microsocks", "-i", "127.0.0.1", "-p", "0",
		               "-u", "me", "-P", "secret word", NULL };

	proc_start(p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

static void start_tinyproxy_with(struct proc *p, const char *more)
{
	const char *argv[] = { "tinyproxy", "-d", "-c",
		               cert_path("tinyproxy.conf"), NULL };
	FILE *f = fopen(argv[3], "we");

	assert_non_null(f);
	fprintf(f, "Port %u\nListen 127.0.0.1\nTimeout 60\n%s", free_port(),
	        more);
	fclose(f);
	proc_start(p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
}

static void start_tinyproxy(struct proc *p)
{
	start_tinyproxy_with(p, "");
}

static void start_tinyproxy_with_password(struct proc *p)
{
	start_tinyproxy_with(p, "BasicAuth me secret\n");
}

static const struct proxy {
	const char *url;
	void (*start)(struct proc *p);
} proxies[] = {
	{ "socks5://127.0.0.1:%u", start_microsocks },
	{ "http://127.0.0.1:%u", start_tinyproxy },
};
#define EACH_PROXY(i) for (size_t i = 0; i < 2; i++)

static const char *proxy_url(const char *format, uint16_t port)
{
	static char url[80];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(url, sizeof(url), format, port);
#pragma GCC diagnostic pop
	return url;
}

static void start(struct proc *p, const char *url, const char *host,
                  const char *port)
{
	proc_sockchat(p, "connect", "--proxy", url, host, port, NULL);
}

static void talk(struct proc *p, int fd)
{
	proc_write_text(p, "question");
	net_expect(fd, "question");
	net_send_text(fd, "answer");
	proc_expect_out(p, "answer");
	proc_end_in(p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(p, 0);
	assert_out(p, "answer");
}

/* At the first address that the proxy's system has for a host: microsocks tries
 * no other. */
static int listen_at(const char *host, uint16_t *port)
{
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *first;
	struct sockaddr_in6 at;
	socklen_t len = sizeof(at);

	assert_int_equal(getaddrinfo(host, "0", &wanted, &first), 0);
	int fd = socket(first->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, first->ai_addr, first->ai_addrlen), 0);
	freeaddrinfo(first);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin6_port); /* where IPv4 has it as well */
	return fd;
}

static void a_conversation_goes_through_them(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost" };

	(void)state;
	EACH_PROXY (i) {
		struct proc proxy;
		proxies[i].start(&proxy);
		const char *url = proxy_url(proxies[i].url, port_of(&proxy));
		for (size_t j = 0; j < 2; j++) {
			struct proc p;
			uint16_t port;
			int listener = listen_at(hosts[j], &port);
			start(&p, url, hosts[j], port_text(port));
			talk(&p, net_accept(listener));
			proc_finish(&p);
			close(listener);
		}
		proc_finish(&proxy);
	}
}

static void tls_goes_through_them(void **state)
{
	(void)state;
	EACH_PROXY (i) {
		struct proc proxy, p, server;
		proxies[i].start(&proxy);
		const char *url = proxy_url(proxies[i].url, port_of(&proxy));
		uint16_t port = tls_serve(&server, "echo", "server", NULL);
		proc_sockchat(&p, "connect", "--proxy", url, TRUSTING,
		              tls_url(port), NULL);
		proc_write_text(&p, "question");
		proc_expect_out(&p, "question");
		proc_end_in(&p);
		proc_expect_exit(&p, 0);
		proc_finish(&p);
		proc_finish(&server);
		proc_finish(&proxy);
	}
}

static void every_byte_arrives_through_them(void **state)
{
	(void)state;
	EACH_PROXY (i) {
		struct proc proxy, p, q;
		proxies[i].start(&proxy);
		proc_sockchat(&q, "listen", "0", NULL);
		char port[8];
		snprintf(port, sizeof(port), "%u", proc_port(&q));
		start(&p, proxy_url(proxies[i].url, port_of(&proxy)),
		      "127.0.0.1", port);
		swap_streams(&p, &q, 4 * MIB);
		proc_end_in(&p);
		proc_end_in(&q);
		proc_expect_exit(&p, 0);
		proc_expect_exit(&q, 0);
		proc_finish(&p);
		proc_finish(&q);
		proc_finish(&proxy);
	}
}

static const struct proxy locked[] = {
	{ "socks5://me@127.0.0.1:%u", start_microsocks_with_password },
	{ "http://me@127.0.0.1:%u", start_tinyproxy_with_password },
};

static void start_with_password(struct proc *p, const char *url, uint16_t port,
                                const char *password)
{
	const char *argv[] = { NULL, "connect", "--proxy", url, "127.0.0.1",
		               port_text(port), NULL };
	const char *env[] = { password, NULL };

	proc_start(p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static void a_password_opens_them(void **state)
{
	/* tinyproxy's configuration knows no spaces */
	static const char *const passwords[] = {
		"SOCKCHAT_PROXY_PASSWORD=secret word",
		"SOCKCHAT_PROXY_PASSWORD=secret",
	};

	(void)state;
	EACH_PROXY (i) {
		struct proc proxy, p;
		uint16_t port;
		int listener = net_listen(&port);
		locked[i].start(&proxy);
		const char *url = proxy_url(locked[i].url, port_of(&proxy));
		start_with_password(&p, url, port, passwords[i]);
		talk(&p, net_accept(listener));
		proc_finish(&p);
		start_with_password(&p, url, port,
		                    "SOCKCHAT_PROXY_PASSWORD=wrong");
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "password");
		assert_null(strstr(p.err_text.bytes, "wrong"));
		proc_finish(&p);
		proc_finish(&proxy);
		close(listener);
	}
}

static void what_they_cannot_reach_is_told_in_their_words(void **state)
{
	static const char *const words[] = { "refused", "500" };

	(void)state;
	EACH_PROXY (i) {
		struct proc proxy, p;
		proxies[i].start(&proxy);
		const char *url = proxy_url(proxies[i].url, port_of(&proxy));
		char port[8];
		snprintf(port, sizeof(port), "%u", free_port());
		start(&p, url, "127.0.0.1", port);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, words[i]);
		assert_err_has(&p, "proxy");
		proc_finish(&p);
		proc_finish(&proxy);
	}
}

/* Proxies of ours */

static int accept_at(struct proc *p, const char *format, const char *option,
                     const char *value)
{
	uint16_t port;
	int listener = net_listen(&port);

	proc_sockchat(p, "connect", option, value, "--proxy",
	              proxy_url(format, port), "name.example:7", NULL);
	int fd = net_accept(listener);
	close(listener);
	return fd;
}

static void a_proxy_that_is_not_there_is_told(void **state)
{
	struct proc p;
	uint16_t port = free_port();

	(void)state;
	proc_sockchat(&p, "connect", "--proxy",
	              proxy_url("socks5://127.0.0.1:%u", port),
	              "name.example:7", NULL);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "refused");
	assert_err_has(&p, "proxy");
	assert_err_has(&p, port_text(port));
	proc_finish(&p);
}

static void a_proxy_that_stalls_is_given_up(void **state)
{
	static const char *const urls[] = { "socks4://127.0.0.1:%u",
		                            "socks5://127.0.0.1:%u",
		                            "http://127.0.0.1:%u" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		int64_t began = now_ms();
		int fd = accept_at(&p, urls[i], "-w", "0.4");
		proc_expect_exit(&p, 1);
		assert_true(now_ms() - began >= 400);
		assert_err_has(&p, "timed out");
		assert_err_has(&p, "proxy");
		close(fd);
		proc_finish(&p);
	}
}

/* Send it so that each byte comes by itself. */
static void drip(int fd, const char *bytes, size_t len)
{
	static const int on = 1;

	setsockopt(fd, 6, 1, &on, sizeof(on)); /* TCP_NODELAY */
	for (size_t i = 0; i < len; i++) {
		net_send(fd, bytes + i, 1);
		usleep(2000);
	}
}

static void an_answer_byte_by_byte_is_understood(void **state)
{
	static const char answer[] =
	    "HTTP/1.1 200 Connection established\r\nVia: 1.1 x\r\n\r\nhello";
	struct proc p;
	struct text t = { NULL, 0 };
	int fd = accept_at(&p, "http://127.0.0.1:%u", "--linger", "2");

	(void)state;
	net_expect(fd, "CONNECT name.example:7 HTTP/1.1\r\n");
	drip(fd, answer, sizeof(answer) - 1);
	proc_expect_out(&p, "hello");
	proc_write_text(&p, "question");
	proc_end_in(&p);
	assert_int_equal(net_read(fd, &t, 0), 0);
	assert_non_null(strstr(t.bytes, "\r\n\r\nquestion"));
	close(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "hello");
	text_finish(&t);
	proc_finish(&p);
}

static void socks_byte_by_byte_is_understood(void **state)
{
	static const char request[] = "\5\1\0\3\14name.example\0\7";
	struct proc p;
	struct text t = { NULL, 0 };
	int fd = accept_at(&p, "socks5://127.0.0.1:%u", "--linger", "2");

	(void)state;
	assert_int_equal(net_read(fd, &t, 3), 0);
	drip(fd, "\5\0", 2);
	text_finish(&t);
	assert_int_equal(net_read(fd, &t, sizeof(request) - 1), 0);
	assert_memory_equal(t.bytes, request, sizeof(request) - 1);
	drip(fd, "\5\0\0\1\177\0\0\1\0\7hello", 15);
	proc_expect_out(&p, "hello");
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	assert_out(&p, "hello");
	text_finish(&t);
	proc_finish(&p);
}

static void headers_without_end_are_refused(void **state)
{
	static char much[100000];
	struct proc p;
	int fd = accept_at(&p, "http://127.0.0.1:%u", "--linger", "2");

	(void)state;
	memset(much, 'x', sizeof(much));
	net_send_text(fd, "HTTP/1.1 200 OK\r\nX: ");
	(void)send(fd, much, sizeof(much), MSG_NOSIGNAL | MSG_DONTWAIT);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "proxy");
	assert_out(&p, "");
	close(fd);
	proc_finish(&p);
}

static void a_refusal_moves_no_terminal(void **state)
{
	struct proc p;
	int fd = accept_at(&p, "http://127.0.0.1:%u", "--linger", "2");

	(void)state;
	net_send_text(fd, "HTTP/1.1 403 go\033[2J away\r\n\r\n");
	proc_expect_exit(&p, 1);
	assert_err_has(&p, "403");
	assert_err_has(&p, "away");
	assert_null(strchr(p.err_text.bytes, '\033'));
	close(fd);
	proc_finish(&p);
}

static void a_proxy_that_breaks_off_is_told(void **state)
{
	static const char *const urls[] = { "socks4://127.0.0.1:%u",
		                            "socks5://127.0.0.1:%u",
		                            "http://127.0.0.1:%u" };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct proc p;
		int fd = accept_at(&p, urls[i % 3], "--linger", "2");
		if (i < 3)
			net_reset(fd);
		else
			close(fd);
		proc_expect_exit(&p, 1);
		assert_err_has(&p, "proxy");
		proc_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conversation_goes_through_them),
		cmocka_unit_test(tls_goes_through_them),
		cmocka_unit_test(every_byte_arrives_through_them),
		cmocka_unit_test(a_password_opens_them),
		cmocka_unit_test(what_they_cannot_reach_is_told_in_their_words),
		cmocka_unit_test(a_proxy_that_is_not_there_is_told),
		cmocka_unit_test(a_proxy_that_stalls_is_given_up),
		cmocka_unit_test(an_answer_byte_by_byte_is_understood),
		cmocka_unit_test(socks_byte_by_byte_is_understood),
		cmocka_unit_test(headers_without_end_are_refused),
		cmocka_unit_test(a_refusal_moves_no_terminal),
		cmocka_unit_test(a_proxy_that_breaks_off_is_told),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("proxies", tests, certs_setup,
	                                   certs_teardown);
}
