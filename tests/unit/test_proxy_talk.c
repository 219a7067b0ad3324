/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is said with a proxy, byte for byte. */

#include "unit.h"

#include <errno.h>

#include "../../src/net/proxy_talk.h"

#define MAX 8 /* requests, or answers, of one talk */

/* Bytes in a table: with their length, as there are NULs in them. */
struct run {
	const char *bytes;
	size_t len;
};
#define RUN(text) { text, sizeof(text) - 1 }

struct scene {
	const char *url, *password, *host, *port;
	struct run asked[MAX], answers[MAX];
};

static const struct scene good[] = {
	{ "socks4://h", NULL, "example.com", "443",
	  { RUN("\4\1\1\xbb\0\0\0\1\0example.com\0") },
	  { RUN("\0\x5a\0\0\0\0\0\0") } },
	{ "socks4://me@h", NULL, "127.0.0.1", "80",
	  { RUN("\4\1\0\x50\x7f\0\0\1me\0") },
	  { RUN("\0\x5a\1\2\3\4\5\6") } },
	{ "socks5://h", NULL, "example.com", "443",
	  { RUN("\5\1\0"), RUN("\5\1\0\3\13example.com\1\xbb") },
	  { RUN("\5\0"), RUN("\5\0\0\1\1\2\3\4\0\7") } },
	{ "socks5://h", NULL, "192.0.2.1", "80",
	  { RUN("\5\1\0"), RUN("\5\1\0\1\xc0\0\2\1\0\x50") },
	  { RUN("\5\0"), RUN("\5\0\0\3\4name\0\7") } },
	{ "socks5://h", NULL, "::1", "80",
	  { RUN("\5\1\0"), RUN("\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
	                       "\0\x50") },
	  { RUN("\5\0"), RUN("\5\0\0\4" "0123456789abcdef\0\7") } },
	{ "socks5://me@h", "pw", "h", "1",
	  { RUN("\5\2\0\2"), RUN("\1\2me\2pw"), RUN("\5\1\0\3\1h\0\1") },
	  { RUN("\5\2"), RUN("\1\0"), RUN("\5\0\0\3\0\0\7") } },
	{ "socks5://me@h", "", "h", "1",
	  { RUN("\5\2\0\2"), RUN("\1\2me\0"), RUN("\5\1\0\3\1h\0\1") },
	  { RUN("\5\2"), RUN("\5\0"), RUN("\5\0\0\1\0\0\0\0\0\0") } },
	{ "socks5://me@h", "unused", "h", "1",
	  { RUN("\5\2\0\2"), RUN("\5\1\0\3\1h\0\1") },
	  { RUN("\5\0"), RUN("\5\0\0\1\0\0\0\0\0\0") } },
	{ "http://h", NULL, "example.com", "http",
	  { RUN("CONNECT example.com:80 HTTP/1.1\r\n"
	        "Host: example.com:80\r\n\r\n") },
	  { RUN("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") } },
	{ "http://h", NULL, "::1", "80",
	  { RUN("CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n") },
	  { RUN("HTTP/1.0 299\r\n\r\n") } },
	{ "http://me@h", "p:w\xc3\xa9", "127.0.0.1", "80",
	  { RUN("CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"
	        "Proxy-Authorization: Basic bWU6cDp3w6k=\r\n\r\n") },
	  { RUN("HTTP/1.1 200 Connection established\n\n") } },
	{ "http://h", NULL, "\xec\x95\x88\xeb\x85\x95.test", "80",
	  { RUN("CONNECT xn--o70b819a.test:80 HTTP/1.1\r\n"
	        "Host: xn--o70b819a.test:80\r\n\r\n") },
	  { RUN("HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"
	        "HTTP/1.1 200 OK\r\n\r\n") } },
};

#define EACH_GOOD(i) for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)

static struct proxy_settings settings;

static int begin(struct proxy_talk *t, const struct scene *s, struct error *e)
{
	const char *words[] = { s->host, s->port };
	struct endpoint target;

	assert_int_equal(proxy_parse(&settings, s->url, e), 0);
	settings.password = s->password;
	assert_int_equal(endpoint_parse(&target, ENDPOINT_CONNECT, words, 2, e),
	                 0);
	return proxy_talk_begin(t, &settings, &target, e);
}

static void assert_asks(struct proxy_talk *t, const struct run *r)
{
	assert_int_equal(t->state, PROXY_SPEAKS);
	assert_int_equal(t->out.len, r->len);
	assert_memory_equal(t->out.data, r->bytes, r->len);
	proxy_talk_sent(t);
}

/* Talk, with answers in pieces of `step` bytes, up to answer `count`. */
static void talk(struct proxy_talk *t, const struct scene *s, size_t count,
                 size_t step)
{
	struct error e;

	assert_int_equal(begin(t, s, &e), 0);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *at = (const uint8_t *)s->answers[i].bytes;
		size_t len = s->answers[i].len, n;

		assert_asks(t, &s->asked[i]);
		for (; len; at += n, len -= n) {
			n = len < step ? len : step;
			assert_int_equal(t->state, PROXY_LISTENS);
			assert_int_equal(proxy_talk_take(t, at, n), n);
		}
	}
}

static size_t count_of(const struct scene *s)
{
	size_t n = 0;

	while (s->asked[n].bytes)
		n++;
	return n;
}

static void each_protocol_connects_whatever_the_pieces(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 7, 1000 };
	struct proxy_talk t;

	(void)state;
	EACH_GOOD(i) {
		for (size_t k = 0; k < 5; k++) {
			talk(&t, &good[i], count_of(&good[i]), steps[k]);
			assert_int_equal(t.state, PROXY_OPEN);
			assert_int_equal(proxy_talk_wanted(&t), 0);
			proxy_talk_end(&t);
		}
	}
}

static void not_one_byte_behind_the_answer_is_taken(void **state)
{
	struct proxy_talk t;
	char bytes[200];

	(void)state;
	EACH_GOOD(i) {
		size_t last = count_of(&good[i]) - 1;
		struct run a = good[i].answers[last];

		talk(&t, &good[i], last, 1000);
		assert_asks(&t, &good[i].asked[last]);
		memcpy(bytes, a.bytes, a.len);
		memcpy(bytes + a.len, "\r\nHTTP/1.1 200\r\n\r\n", 18);
		assert_int_equal(proxy_talk_take(&t, (uint8_t *)bytes,
		                                 a.len + 18), a.len);
		assert_int_equal(t.state, PROXY_OPEN);
		proxy_talk_end(&t);
	}
}

/* Whatever a transport would read at once never goes beyond the answer. */
static void no_more_is_wanted_than_the_answer_has(void **state)
{
	struct proxy_talk t;

	(void)state;
	EACH_GOOD(i) {
		size_t last = count_of(&good[i]) - 1;
		struct run a = good[i].answers[last];

		talk(&t, &good[i], last, 1000);
		assert_asks(&t, &good[i].asked[last]);
		for (size_t at = 0; at < a.len;) {
			size_t n = proxy_talk_wanted(&t);

			assert_true(n > 0 && n <= a.len - at);
			at += proxy_talk_take(&t, (const uint8_t *)a.bytes + at,
			                      n);
		}
		assert_int_equal(t.state, PROXY_OPEN);
		proxy_talk_end(&t);
	}
}

static void assert_fit_for_a_terminal(const struct proxy_talk *t)
{
	struct error e;

	proxy_talk_explain(t, "the proxy 127.0.0.1:1080", "h:1", &e);
	assert_int_equal(strncmp(e.text, "the proxy 127.0.0.1:1080 ", 25), 0);
	assert_int_equal(strncmp(e.code, "PROXY_", 6), 0);
	assert_true(*e.hint);
	for (const char *c = e.text; *c; c++)
		assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
}

/* Each bit of an answer flipped: it ends in a state that is known. */
static void a_flipped_bit_opens_fails_or_waits(void **state)
{
	struct proxy_talk t;
	uint8_t bytes[200];

	(void)state;
	EACH_GOOD(i) {
		size_t last = count_of(&good[i]) - 1;
		struct run a = good[i].answers[last];

		for (size_t bit = 0; bit < 8 * a.len; bit++) {
			talk(&t, &good[i], last, 1000);
			assert_asks(&t, &good[i].asked[last]);
			memcpy(bytes, a.bytes, a.len);
			bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_true(proxy_talk_take(&t, bytes, a.len) <= a.len);
			if (t.state == PROXY_FAILED)
				assert_fit_for_a_terminal(&t);
			else
				assert_true(t.state <= PROXY_OPEN);
			proxy_talk_end(&t);
		}
	}
}

static void a_proxy_that_ends_early_is_told_at_each_length(void **state)
{
	struct proxy_talk t;

	(void)state;
	EACH_GOOD(i) {
		for (size_t k = 0; k < count_of(&good[i]); k++) {
			struct run a = good[i].answers[k];

			for (size_t len = 0; len < a.len; len++) {
				talk(&t, &good[i], k, 1000);
				assert_asks(&t, &good[i].asked[k]);
				proxy_talk_take(&t, (const uint8_t *)a.bytes,
				                len);
				assert_int_equal(t.state, PROXY_LISTENS);
				proxy_talk_lose(&t, len % 2 ? ECONNRESET : 0);
				assert_int_equal(t.state, PROXY_FAILED);
				assert_string_equal(t.fault.code,
				                    "PROXY_CLOSED");
				assert_fit_for_a_terminal(&t);
				proxy_talk_end(&t);
			}
		}
	}
}

struct bad {
	const char *url;
	struct run answers[2];
	const char *text, *code;
};

/* The sentence about "example.com:443". */
static void assert_said(const struct bad *b)
{
	const struct scene s = { .url = b->url, .password = "secret",
		                 .host = "example.com", .port = "443" };
	struct proxy_talk t;
	struct error e;

	assert_int_equal(begin(&t, &s, &e), 0);
	for (size_t i = 0; i < 2 && b->answers[i].bytes; i++) {
		assert_int_equal(t.state, PROXY_SPEAKS);
		proxy_talk_sent(&t);
		const uint8_t *bytes = (const uint8_t *)b->answers[i].bytes;
		size_t used = proxy_talk_take(&t, bytes, b->answers[i].len);
		if (t.is_foreign)
			proxy_talk_name(&t, bytes + used,
			                b->answers[i].len - used);
	}
	assert_int_equal(t.state, PROXY_FAILED);
	proxy_talk_explain(&t, "the proxy p:1080", "example.com:443", &e);
	assert_string_equal(e.text, b->text);
	assert_string_equal(e.code, b->code);
	assert_null(strstr(e.hint, "secret"));
	proxy_talk_end(&t);
}

static void a_refusal_is_told_in_the_proxys_words(void **state)
{
	static const struct bad rows[] = {
		{ "http://p",
		  { RUN("HTTP/1.1 403 Forbidden by policy\r\n") },
		  "the proxy p:1080 refuses example.com:443: it says \"403 "
		  "Forbidden by policy\"", "PROXY_REFUSED" },
		{ "http://p", { RUN("HTTP/1.0 503\n") },
		  "the proxy p:1080 cannot reach example.com:443: it says "
		  "\"503\"", "PROXY_UNREACHABLE" },
		{ "http://p", { RUN("HTTP/1.1 302 \x1b[2J\0\xe2\x80\xae\r\n") },
		  "the proxy p:1080 refuses example.com:443: it says \"302 "
		  "^[[2J^@<U+202E>\"", "PROXY_REFUSED" },
		{ "http://p",
		  { RUN("HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic "
		        "realm=x\r\n\r\n") },
		  "the proxy p:1080 wants a user and a password for "
		  "example.com:443: it says \"407 Login\"", "PROXY_LOGIN" },
		{ "http://me@p",
		  { RUN("HTTP/1.1 407 No\r\nproxy-authenticate:\tNTLM\r\n"
		        "Proxy-Authenticate: Basic\r\n\r\n") },
		  "the proxy p:1080 does not accept the user and password for "
		  "example.com:443: it says \"407 No\"", "PROXY_LOGIN" },
		{ "http://me@p",
		  { RUN("HTTP/1.1 407 No\r\n"
		        "Proxy-Authenticate: NTLM\r\n\r\n") },
		  "the proxy p:1080 wants a login other than HTTP Basic for "
		  "example.com:443: it says \"407 No\"",
		  "PROXY_LOGIN" },
		{ "http://me@p", { RUN("HTTP/1.1 401 Unauthorized\r\n\r\n") },
		  "the proxy p:1080 does not accept the user and password for "
		  "example.com:443: it says \"401 Unauthorized\"",
		  "PROXY_LOGIN" },
		{ "socks4://p", { RUN("\0\x5b") },
		  "the proxy p:1080 refuses example.com:443: request rejected "
		  "or failed (SOCKS4 reply 91)", "PROXY_UNREACHABLE" },
		{ "socks4://p", { RUN("\0\x5d\0\0\0\0\0\0") },
		  "the proxy p:1080 refuses example.com:443: request rejected: "
		  "identd on this machine names another user (SOCKS4 reply 93)",
		  "PROXY_LOGIN" },
		{ "socks5://p", { RUN("\5\0"), RUN("\5\5\0\1\0\0\0\0\0\0") },
		  "the proxy p:1080 cannot reach example.com:443: connection "
		  "refused (SOCKS5 reply 5)", "PROXY_UNREACHABLE" },
		{ "socks5://p", { RUN("\5\0"), RUN("\5\2\0") },
		  "the proxy p:1080 refuses example.com:443: connection not "
		  "allowed by ruleset (SOCKS5 reply 2)", "PROXY_REFUSED" },
		{ "socks5://p", { RUN("\5\0"), RUN("\5\xff\0") },
		  "the proxy p:1080 refuses example.com:443: unknown failure "
		  "(SOCKS5 reply 255)", "PROXY_REFUSED" },
		{ "socks5://p", { RUN("\5\xff") },
		  "the proxy p:1080 wants a user and a password for "
		  "example.com:443", "PROXY_LOGIN" },
		{ "socks5://me@p", { RUN("\5\xff") },
		  "the proxy p:1080 wants a login other than user and password "
		  "for example.com:443", "PROXY_LOGIN" },
		{ "socks5://me@p", { RUN("\5\2"), RUN("\1\1") },
		  "the proxy p:1080 does not accept the user and password for "
		  "example.com:443", "PROXY_LOGIN" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_said(&rows[i]);
}

static void what_speaks_another_protocol_is_named(void **state)
{
	static const struct bad rows[] = {
		{ "socks5://p", { RUN("HTTP/1.1 400 Bad Request\r\n\r\n") },
		  "the proxy p:1080 does not speak SOCKS5: it answers in HTTP",
		  "PROXY_PROTOCOL" },
		{ "socks4://p", { RUN("\x15\3\3\0\2\2\x28") },
		  "the proxy p:1080 does not speak SOCKS4: it answers in TLS",
		  "PROXY_PROTOCOL" },
		{ "http://p", { RUN("\x15\3\3\0\2\2\x28") },
		  "the proxy p:1080 does not speak HTTP: it answers in TLS",
		  "PROXY_PROTOCOL" },
		{ "http://p", { RUN("\5\xff") },
		  "the proxy p:1080 does not speak HTTP: it answers in SOCKS5",
		  "PROXY_PROTOCOL" },
		{ "socks5://p", { RUN("\0\x5b\0\0\0\0\0\0") },
		  "the proxy p:1080 does not speak SOCKS5: it answers in "
		  "SOCKS4", "PROXY_PROTOCOL" },
		{ "socks5://p", { RUN("SSH-2.0-OpenSSH_9.2\r\n") },
		  "the proxy p:1080 does not speak SOCKS5: it says "
		  "\"SSH-2.0-OpenSSH_9.2\"", "PROXY_PROTOCOL" },
		{ "http://p", { RUN("220 mail ESMTP\r\n") },
		  "the proxy p:1080 does not speak HTTP: it says \"220 mail "
		  "ESMTP\"", "PROXY_PROTOCOL" },
		{ "http://p", { RUN("HTTP/1.1 abc\r\n") },
		  "the proxy p:1080 does not speak HTTP: it says \"HTTP/1.1 "
		  "abc\"", "PROXY_PROTOCOL" },
		{ "socks5://p", { RUN("\5\0"), RUN("\5\0\0\7\0") },
		  "the proxy p:1080 does not speak SOCKS5: it says "
		  "\"^E^@^@^G^@\"", "PROXY_PROTOCOL" },
		{ "socks5://p", { RUN("\5\2") },
		  "the proxy p:1080 does not speak SOCKS5: it says \"^E^B\"",
		  "PROXY_PROTOCOL" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_said(&rows[i]);
}

static void begin_http(struct proxy_talk *t)
{
	const struct scene s = { .url = "http://p", .host = "h", .port = "1" };
	struct error e;

	assert_int_equal(begin(t, &s, &e), 0);
	proxy_talk_sent(t);
}

static void headers_are_taken_up_to_16_kib_and_no_further(void **state)
{
	const uint8_t status[] = "HTTP/1.1 200 OK\r\nX: ";
	struct proxy_talk t;
	size_t total = sizeof(status) - 1;

	(void)state;
	begin_http(&t);
	proxy_talk_take(&t, status, total);
	while (proxy_talk_take(&t, (const uint8_t *)"x", 1))
		total++;
	assert_int_equal(t.state, PROXY_FAILED);
	assert_int_equal(total, PROXY_HEADERS_MAX + 1);
	assert_string_equal(t.fault.verb,
	                    "has sent more than 16 KiB of headers about");
	proxy_talk_end(&t);
	begin_http(&t);
	proxy_talk_take(&t, status, sizeof(status) - 1);
	for (size_t i = 0; i < 16000; i++)
		proxy_talk_take(&t, (const uint8_t *)"x", 1);
	proxy_talk_take(&t, (const uint8_t *)"\r\n\r\n", 4);
	assert_int_equal(t.state, PROXY_OPEN);
	proxy_talk_end(&t);
}

static void answers_that_never_end_are_bounded(void **state)
{
	struct proxy_talk t;
	const char *again = "HTTP/1.1 100 Continue\r\n\r\n";
	size_t total = 0;

	(void)state;
	begin_http(&t);
	while (t.state == PROXY_LISTENS)
		total += proxy_talk_take(&t, (const uint8_t *)again, 25);
	assert_int_equal(t.state, PROXY_FAILED);
	assert_int_equal(total, PROXY_HEADERS_MAX + 1);
	proxy_talk_end(&t);
}

static void a_target_that_a_proxy_cannot_have_is_refused(void **state)
{
	static char longest[PROXY_NAME_MAX + 1];
	static const struct {
		struct scene scene;
		const char *text;
	} rows[] = {
		{ { .url = "socks4://p", .host = "::1", .port = "1" },
		  "SOCKS4 has no IPv6 addresses" },
		{ { .url = "socks5://p", .host = "fe80::1%lo", .port = "1" },
		  "lo is an interface of this machine" },
		{ { .url = "http://p", .host = "a\r\nX", .port = "1" },
		  "it is not a host name" },
		{ { .url = "http://p", .host = "a b", .port = "1" },
		  "it is not a host name" },
		{ { .url = "socks4://p", .host = longest, .port = "1" },
		  "it has more than 255 bytes" },
		{ { .url = "socks5://p", .host = "h", .port = "nosuch" },
		  "unknown service" },
		{ { .url = "socks5://me@p", .host = "h", .port = "1" },
		  "the password for the proxy's user me is missing" },
	};
	struct proxy_talk t;
	struct error e;

	(void)state;
	memset(longest, 'a', sizeof(longest) - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(begin(&t, &rows[i].scene, &e), -1);
		assert_non_null(strstr(e.text, rows[i].text));
		proxy_talk_end(&t);
	}
}

static void the_longest_words_fit(void **state)
{
	static char word[PROXY_WORD_MAX];
	static const char *const urls[] = { "socks4://p", "socks5://p",
		                            "http://p" };
	struct endpoint target = { .port = "65535" };

	(void)state;
	memset(word, 'a', sizeof(word) - 1);
	memcpy(target.host, word, sizeof(word));
	for (size_t i = 0; i < 3; i++) {
		struct proxy_talk t;
		struct error e;

		assert_int_equal(proxy_parse(&settings, urls[i], &e), 0);
		memcpy(settings.user, word, sizeof(word));
		settings.password = word;
		assert_int_equal(proxy_talk_begin(&t, &settings, &target, &e),
		                 0);
		proxy_talk_sent(&t);
		if (settings.kind == PROXY_SOCKS5) {
			proxy_talk_take(&t, (const uint8_t *)"\5\2", 2);
			assert_int_equal(t.out.len, 3 + 2 * 255);
			proxy_talk_sent(&t);
		}
		proxy_talk_end(&t);
	}
}

static void what_was_sent_leaves_no_password_behind(void **state)
{
	struct proxy_talk t;
	struct error e;

	(void)state;
	assert_int_equal(begin(&t, &good[10], &e), 0);
	assert_non_null(memmem(t.out.data, t.out.cap, "bWU6cDp3", 8));
	proxy_talk_sent(&t);
	assert_null(memmem(t.out.data, t.out.cap, "bWU6cDp3", 8));
	proxy_talk_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_protocol_connects_whatever_the_pieces),
		cmocka_unit_test(not_one_byte_behind_the_answer_is_taken),
		cmocka_unit_test(no_more_is_wanted_than_the_answer_has),
		cmocka_unit_test(a_flipped_bit_opens_fails_or_waits),
		cmocka_unit_test(
		    a_proxy_that_ends_early_is_told_at_each_length),
		cmocka_unit_test(a_refusal_is_told_in_the_proxys_words),
		cmocka_unit_test(what_speaks_another_protocol_is_named),
		cmocka_unit_test(headers_are_taken_up_to_16_kib_and_no_further),
		cmocka_unit_test(answers_that_never_end_are_bounded),
		cmocka_unit_test(a_target_that_a_proxy_cannot_have_is_refused),
		cmocka_unit_test(the_longest_words_fit),
		cmocka_unit_test(what_was_sent_leaves_no_password_behind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
