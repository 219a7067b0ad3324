/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Proxies that do what a test says: each protocol, each refusal, each way to
 * end too early, to be slow or to say too much. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "../cmocka_more.h"
#include "peer.h"
#include "proc.h"
#include "pty.h"

#define ROUNDS_MAX 4

struct run {
	const char *bytes;
	size_t len;
};
#define RUN(text) { text, sizeof(text) - 1 }

/* What a proxy is asked for name.test:80, and what it answers. */
struct dialogue {
	const char *scheme; /* "socks5://me@" */
	struct run asked[ROUNDS_MAX], answers[ROUNDS_MAX];
};

#define SOCKS5_ASK "\5\1\0\3\x09name.test\0\x50"
#define HTTP_ASK \
	"CONNECT name.test:80 HTTP/1.1\r\nHost: name.test:80\r\n"

static const struct dialogue dialogues[] = {
	{ "socks4://", { RUN("\4\1\0\x50\0\0\0\1\0name.test\0") },
	  { RUN("\0\x5a\0\0\0\0\0\0") } },
	{ "socks5://", { RUN("\5\1\0"), RUN(SOCKS5_ASK) },
	  { RUN("\5\0"), RUN("\5\0\0\1\0\0\0\0\0\0") } },
	{ "socks5://me@",
	  { RUN("\5\2\0\2"), RUN("\1\2me\6secret"), RUN(SOCKS5_ASK) },
	  { RUN("\5\2"), RUN("\1\0"), RUN("\5\0\0\3\4here\0\0") } },
	{ "http://", { RUN(HTTP_ASK "\r\n") },
	  { RUN("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n") } },
	{ "http://me@",
	  { RUN(HTTP_ASK "Proxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n") },
	  { RUN("HTTP/1.0 200 OK\r\n\r\n") } },
};

#define EACH_DIALOGUE(d) \
	for (const struct dialogue *d = dialogues; \
	     d < dialogues + sizeof(dialogues) / sizeof(dialogues[0]); d++)

static int place; /* where the proxy listens */
static uint16_t port;
static char url[64];

static int start_proxy(void **state)
{
	(void)state;
	place = net_listen(&port);
	return 0;
}

static int stop_proxy(void **state)
{
	(void)state;
	close(place);
	return 0;
}

/* Start "sockchat connect --proxy URL" with these words, "" for none, and the
 * password in its environment. */
static void start_words(struct proc *p, const char *scheme, const char *one,
                        const char *two, const char *host)
{
	static const char *const env[] = { "SOCKCHAT_PROXY_PASSWORD=secret",
		                           NULL };
	const char *argv[10] = { NULL, "connect", "--proxy", url };
	size_t n = 4;

	snprintf(url, sizeof(url), "%s127.0.0.1:%u", scheme, port);
	if (*one)
		argv[n++] = one;
	if (*two)
		argv[n++] = two;
	argv[n++] = host;
	if (!strstr(host, "://"))
		argv[n] = "80";
	proc_start(p, argv, env, PROC_PIPE, PROC_PIPE, PROC_PIPE);
}

static int start(struct proc *p, const char *scheme, const char *one,
                 const char *two)
{
	start_words(p, scheme, one, two, "name.test");
	return net_accept(place);
}

static void expect_bytes(int fd, const struct run *r)
{
	struct text t = { 0 };

	assert_int_equal(net_read(fd, &t, r->len), 0);
	assert_int_equal(t.len, r->len);
	assert_memory_equal(t.bytes, r->bytes, r->len);
	text_finish(&t);
}

/* Play the first `count` rounds. */
static void play(int fd, const struct dialogue *d, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		expect_bytes(fd, &d->asked[i]);
		net_send(fd, d->answers[i].bytes, d->answers[i].len);
	}
}

static size_t rounds(const struct dialogue *d)
{
	size_t n = 0;

	while (d->asked[n].bytes)
		n++;
	return n;
}

static bool has(const struct text *t, const char *text)
{
	return t->len && strstr(t->bytes, text);
}

/* It says so, and nothing of the password. */
static void expect_failure(struct proc *p, const char *text)
{
	proc_expect_exit(p, 1);
	assert_err_has(p, text);
	assert_false(has(&p->err_text, "secret"));
	assert_out(p, "");
	proc_finish(p);
}

static void each_protocol_leads_to_the_peer(void **state)
{
	(void)state;
	EACH_DIALOGUE(d) {
		struct proc p;
		int fd = start(&p, d->scheme, "", "");

		play(fd, d, rounds(d));
		proc_write_text(&p, "hello\n");
		net_expect(fd, "hello\n");
		proc_end_in(&p);
		net_expect_end(fd);
		net_send_text(fd, "good\0bye\n");
		close(fd);
		proc_expect_exit(&p, 0);
		assert_out(&p, "good");
		assert_silent(&p);
		proc_finish(&p);
	}
}

/* In one segment with the answer, as a proxy's own buffers may have them. */
static void what_comes_right_behind_the_answer_is_the_peers(void **state)
{
	(void)state;
	EACH_DIALOGUE(d) {
		size_t last = rounds(d) - 1;
		struct run a = d->answers[last];
		char bytes[200];
		struct proc p;
		int fd = start(&p, d->scheme, "", "");

		play(fd, d, last);
		expect_bytes(fd, &d->asked[last]);
		memcpy(bytes, a.bytes, a.len);
		memcpy(bytes + a.len, "\r\n220 early\r\n", 13);
		net_send(fd, bytes, a.len + 13);
		proc_end_in(&p);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_out(&p, "\r\n220 early\r\n");
		proc_finish(&p);
	}
}

static void an_answer_may_come_byte_by_byte(void **state)
{
	(void)state;
	EACH_DIALOGUE(d) {
		struct proc p;
		int fd = start(&p, d->scheme, "", "");

		for (size_t i = 0; i < rounds(d); i++) {
			expect_bytes(fd, &d->asked[i]);
			for (size_t k = 0; k < d->answers[i].len; k++) {
				net_send(fd, d->answers[i].bytes + k, 1);
				usleep(500);
			}
		}
		net_send_text(fd, "hi");
		proc_end_in(&p);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_out(&p, "hi");
		proc_finish(&p);
	}
}

static void a_proxy_that_hangs_up_is_told_in_each_phase(void **state)
{
	(void)state;
	EACH_DIALOGUE(d) {
		for (size_t i = 0; i < rounds(d); i++) {
			struct proc p;
			int fd = start(&p, d->scheme, "", "");

			play(fd, d, i);
			expect_bytes(fd, &d->asked[i]);
			close(fd);
			expect_failure(&p, "closed the connection");
			fd = start(&p, d->scheme, "", "");
			play(fd, d, i);
			expect_bytes(fd, &d->asked[i]);
			net_send(fd, d->answers[i].bytes, 1);
			close(fd);
			expect_failure(&p, "closed the connection in the "
			                   "middle of its answer about "
			                   "name.test:80");
		}
	}
}

static void a_proxy_that_stalls_has_the_connect_timeout(void **state)
{
	(void)state;
	EACH_DIALOGUE(d) {
		for (size_t i = 0; i < rounds(d); i++) {
			struct proc p;
			int fd = start(&p, d->scheme, "-w", "1s");

			play(fd, d, i);
			expect_failure(&p, "timed out: the proxy 127.0.0.1:");
			close(fd);
		}
	}
}

static void a_hundred_kilobytes_of_headers_are_not_read(void **state)
{
	static char header[1000];
	struct proc p;
	int fd = start(&p, "http://", "", "");

	(void)state;
	memset(header, 'x', sizeof(header));
	memcpy(header, "X: ", 3);
	memcpy(header + sizeof(header) - 2, "\r\n", 2);
	expect_bytes(fd, &dialogues[3].asked[0]);
	net_send_text(fd, "HTTP/1.1 200 OK\r\n");
	for (size_t i = 0; i < 100; i++)
		if (send(fd, header, sizeof(header), MSG_NOSIGNAL) < 0)
			break;
	expect_failure(&p, "has sent more than 16 KiB of headers about "
	                   "name.test:80");
	close(fd);
}

struct refusal {
	const char *scheme;
	size_t rounds; /* that go well before */
	struct run answer;
	const char *text;
};

static void a_refusal_is_told_in_the_proxys_words(void **state)
{
	static const struct refusal rows[] = {
		{ "http://", 0,
		  RUN("HTTP/1.1 403 Forbidden by policy\r\n\r\n"),
		  " refuses name.test:80: it says \"403 Forbidden by "
		  "policy\"" },
		{ "http://", 0,
		  RUN("HTTP/1.1 403 \x1b]0;title\7\r\n\r\n"),
		  "it says \"403 ^[]0;title^G\"" },
		{ "http://", 0, RUN("HTTP/1.1 407 Who are you?\r\n\r\n"),
		  " wants a user and a password for name.test:80" },
		{ "http://me@", 0, RUN("HTTP/1.1 407 No\r\n\r\n"),
		  " does not accept the user and password" },
		{ "socks4://", 0, RUN("\0\x5b\0\0\0\0\0\0"),
		  "request rejected or failed (SOCKS4 reply 91)" },
		{ "socks5://", 0, RUN("\5\xff"),
		  " wants a user and a password for name.test:80" },
		{ "socks5://", 1, RUN("\5\2\0\1\0\0\0\0\0\0"),
		  " refuses name.test:80: connection not allowed by ruleset" },
		{ "socks5://", 1, RUN("\5\4\0\1\0\0\0\0\0\0"),
		  " cannot reach name.test:80: host unreachable" },
		{ "socks5://me@", 1, RUN("\1\1"),
		  " does not accept the user and password" },
		{ "socks5://", 0, RUN("HTTP/1.1 400 Bad Request\r\n\r\n"),
		  " does not speak SOCKS5: it answers in HTTP" },
		{ "http://", 0, RUN("\x15\3\3\0\2\2\x28"),
		  " does not speak HTTP: it answers in TLS" },
		{ "socks4://", 0, RUN("220 mail.test ESMTP\r\n"),
		  " does not speak SOCKS4: it says \"220 mail.test ESMTP\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dialogue *d = dialogues;
		struct proc p;

		while (strcmp(d->scheme, rows[i].scheme) != 0)
			d++;
		int fd = start(&p, d->scheme, "", "");
		play(fd, d, rows[i].rounds);
		expect_bytes(fd, &d->asked[rows[i].rounds]);
		net_send(fd, rows[i].answer.bytes, rows[i].answer.len);
		expect_failure(&p, rows[i].text);
		close(fd);
	}
}

static void a_proxy_that_is_not_there_is_named_with_the_peer(void **state)
{
	char text[120];
	struct proc p;

	(void)state;
	close(place);
	place = net_bind(&port);
	start_words(&p, "socks5://", "", "", "name.test");
	snprintf(text, sizeof(text), "connection refused: the proxy "
	         "127.0.0.1:%u for name.test:80 is reachable", port);
	proc_expect_exit(&p, 1);
	assert_err_has(&p, text);
	assert_err_has(&p, "the port in --proxy");
	proc_finish(&p);
}

static void the_password_is_told_to_nobody_but_the_proxy(void **state)
{
	const struct dialogue *d = &dialogues[2];
	static const char *const words[][2] = { { "-v", "" },
		                                { "--json", "-v" },
		                                { "--ui=lines", "-v" } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct proc p;
		int fd = start(&p, d->scheme, words[i][0], words[i][1]);

		play(fd, d, rounds(d));
		if (i > 0)
			proc_write_text(&p, "/set\n/info\n");
		proc_end_in(&p);
		net_expect_end(fd);
		close(fd);
		proc_expect_exit(&p, 0);
		assert_true(has(i ? &p.out_text : &p.err_text,
		                "asking the proxy by SOCKS5 for name.test:80"));
		assert_false(has(&p.out_text, "secret"));
		assert_false(has(&p.err_text, "secret"));
		proc_finish(&p);
	}
}

static void without_a_terminal_a_missing_password_is_wrong_use(void **state)
{
	const char *argv[] = { "setsid", "-w", getenv("SOCKCHAT_BIN"),
		               "connect", "--proxy", "http://me@127.0.0.1:1",
		               "h", "1", NULL };
	struct proc p;

	(void)state;
	proc_start(&p, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 2);
	assert_err_has(&p, "the proxy's user me needs a password: there is no "
	                   "terminal to ask on");
	assert_err_has(&p, "SOCKCHAT_PROXY_PASSWORD");
	proc_finish(&p);
}

static void a_password_is_asked_for_on_the_terminal_and_not_shown(void **state)
{
	const struct dialogue *d = &dialogues[2];
	struct pty p;

	(void)state;
	snprintf(url, sizeof(url), "%s127.0.0.1:%u", d->scheme, port);
	pty_sockchat(&p, "connect", "--proxy", url, "name.test", "80", NULL);
	pty_expect(&p, "password of me for the proxy 127.0.0.1:");
	pty_type(&p, "secret");
	pty_watch(&p, 50);
	assert_int_equal(pty_count(&p, "secret"), 0);
	pty_type(&p, "\r");
	int fd = net_accept(place);
	play(fd, d, rounds(d));
	pty_expect(&p, "connected to name.test:80 through the proxy "
	               "127.0.0.1:");
	assert_int_equal(pty_count(&p, "secret"), 0);
	pty_type(&p, "\x04\x04");
	pty_expect_exit(&p, 0);
	close(fd);
	pty_finish(&p);
}

static void retries_ask_the_proxy_again(void **state)
{
	const struct dialogue *d = &dialogues[3];
	struct proc p;
	int fd = start(&p, d->scheme, "--retry=3", "");

	(void)state;
	expect_bytes(fd, &d->asked[0]);
	net_send_text(fd, "HTTP/1.1 503 Later\r\n\r\n");
	proc_expect_err(&p, "it says \"503 Later\"; trying again");
	close(fd);
	fd = net_accept(place);
	play(fd, d, 1);
	proc_end_in(&p);
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void a_lost_connection_comes_back_through_the_proxy(void **state)
{
	const struct dialogue *d = &dialogues[1];
	struct proc p;
	int fd = start(&p, d->scheme, "--ui=lines", "--reconnect");

	(void)state;
	play(fd, d, 2);
	net_send_text(fd, "one\n");
	proc_expect_out(&p, "< one");
	net_reset(fd);
	fd = net_accept(place);
	play(fd, d, 2);
	net_send_text(fd, "two\n");
	proc_expect_out(&p, "< two");
	proc_write_text(&p, "/quit\n");
	net_expect_end(fd);
	close(fd);
	proc_expect_exit(&p, 0);
	proc_finish(&p);
}

static void the_doctor_goes_through_the_proxy(void **state)
{
	const struct dialogue *d = &dialogues[1];
	struct proc p;
	int fd = start(&p, d->scheme, "-zv", "");

	(void)state;
	play(fd, d, 1);
	expect_bytes(fd, &d->asked[1]);
	net_send(fd, "\5\5\0\1\0\0\0\0\0\0", 10);
	expect_failure(&p, "verdict: the proxy works, but could not connect to "
	                   "the server behind it");
	close(fd);
	fd = start(&p, d->scheme, "-z", "-v");
	play(fd, d, 2);
	net_send_text(fd, "220 mail.test ESMTP\r\n");
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "the proxy connected us after");
	assert_err_has(&p, "verdict: it works: ");
	proc_finish(&p);
	close(fd);
	fd = start(&p, d->scheme, "-z", "");
	play(fd, d, 2);
	proc_expect_exit(&p, 0);
	assert_err_has(&p, "connected to name.test:80 through the proxy "
	                   "127.0.0.1:");
	proc_finish(&p);
	close(fd);
}

static void tls_begins_behind_the_proxy(void **state)
{
	static const struct run hello = { "\x16\3\1", 3 };
	struct text t = { 0 };
	struct proc p;

	(void)state;
	start_words(&p, "http://", "", "", "tls://name.test:80");
	int fd = net_accept(place);
	play(fd, &dialogues[3], 1);
	expect_bytes(fd, &hello);
	assert_int_equal(net_read(fd, &t, 250), 0);
	assert_non_null(memmem(t.bytes, t.len, "name.test", 9));
	text_finish(&t);
	net_send_text(fd, "220 plain\r\n");
	expect_failure(&p, "tls://name.test:80 through the proxy 127.0.0.1:");
	close(fd);
}

static void an_error_has_a_code_for_programs(void **state)
{
	struct proc p;
	int fd = start(&p, "http://", "--json", "");

	(void)state;
	expect_bytes(fd, &dialogues[3].asked[0]);
	net_send_text(fd, "HTTP/1.1 403 No\r\n\r\n");
	proc_expect_exit(&p, 1);
	assert_true(has(&p.out_text, "\"code\":\"PROXY_REFUSED\""));
	assert_true(has(&p.out_text, "\"peer\":\"name.test:80\""));
	proc_finish(&p);
	close(fd);
}

#define PROXY(name) \
	cmocka_unit_test_setup_teardown(name, start_proxy, stop_proxy)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PROXY(each_protocol_leads_to_the_peer),
		PROXY(what_comes_right_behind_the_answer_is_the_peers),
		PROXY(an_answer_may_come_byte_by_byte),
		PROXY(a_proxy_that_hangs_up_is_told_in_each_phase),
		PROXY(a_proxy_that_stalls_has_the_connect_timeout),
		PROXY(a_hundred_kilobytes_of_headers_are_not_read),
		PROXY(a_refusal_is_told_in_the_proxys_words),
		PROXY(a_proxy_that_is_not_there_is_named_with_the_peer),
		PROXY(the_password_is_told_to_nobody_but_the_proxy),
		PROXY(without_a_terminal_a_missing_password_is_wrong_use),
		PROXY(a_password_is_asked_for_on_the_terminal_and_not_shown),
		PROXY(retries_ask_the_proxy_again),
		PROXY(a_lost_connection_comes_back_through_the_proxy),
		PROXY(the_doctor_goes_through_the_proxy),
		PROXY(tls_begins_behind_the_proxy),
		PROXY(an_error_has_a_code_for_programs),
	};
	return cmocka_run_group_tests(tests, pty_setup, pty_teardown);
}
