/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Headers of the PROXY protocol: read when they are whole and not before,
 * refused with a reason, and written. */

#include "unit.h"

#include <errno.h>

#include <sockchat/proxy_header.h>

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define TCP4 "\xc0\0\2\1\xc6\x33\x64\1\x0f\xa0\1\xbb" /* 12 bytes */

/* A header, and what it says; or what is wrong with it. */
struct sample {
	const char *bytes;
	size_t len;
	const char *text;
};

#define B(text) text, sizeof(text) - 1

static const struct sample good[] = {
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 4000 443\r\n"),
	  "version 1, for 192.0.2.1:4000 at 198.51.100.1:443" },
	{ B("PROXY TCP6 2001:db8::1 ::1 0 65535\r\n"),
	  "version 1, for [2001:db8::1]:0 at [::1]:65535" },
	{ B("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"),
	  "version 1, for [ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535 at "
	  "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
	{ B("PROXY UNKNOWN\r\n"), "version 1, for nobody (UNKNOWN)" },
	{ B("PROXY UNKNOWN what\0ever stands here\r\n"),
	  "version 1, for nobody (UNKNOWN)" },
	{ B(SIGNATURE "\x20\0\0\0"), "version 2, for nobody (LOCAL)" },
	{ B(SIGNATURE "\x20\x11\0\4" "1234"), "version 2, for nobody (LOCAL)" },
	{ B(SIGNATURE "\x21\0\0\3" "abc"), "version 2, for nobody (LOCAL)" },
	{ B(SIGNATURE "\x21\x11\0\x0c" TCP4),
	  "version 2, for 192.0.2.1:4000 at 198.51.100.1:443" },
	{ B(SIGNATURE "\x21\x12\0\x0c" TCP4), /* UDP */
	  "version 2, for 192.0.2.1:4000 at 198.51.100.1:443" },
	{ B(SIGNATURE "\x21\x21\0\x24"
	    "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
	    "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2" "\x0f\xa0\1\xbb"),
	  "version 2, for [2001:db8::1]:4000 at [2001:db8::2]:443" },
	{ B(SIGNATURE "\x21\x11\0\x50" TCP4
	    "\1\0\2h2" "\4\0\1\0" "\2\0\x0b" "example.com" "\5\0\3a\x1b" "1"
	    "\x20\0\x24\7\0\0\0\0" "\x21\0\7TLSv1.3" "\x23\0\6" "AES128"
	    "\x22\0\2me" "\x25\0\4RSA2"),
	  "version 2, for 192.0.2.1:4000 at 198.51.100.1:443; ALPN h2, "
	  "authority example.com, unique id a^[1, TLSv1.3, AES128, "
	  "client me, key RSA2, its certificate is verified" },
	{ B(SIGNATURE "\x21\x11\0\x14" TCP4 "\x20\0\5\3\0\0\0\1"),
	  "version 2, for 192.0.2.1:4000 at 198.51.100.1:443; its certificate "
	  "is not verified" },
};

static const struct sample bad[] = {
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 4000 443\n"),
	  "its line ends with LF alone, and must end with CR LF" },
	{ B("PROXY TCP4 192.0.2.1\r198.51.100.1 4000 443\r\n"),
	  "its line has a CR without LF" },
	{ B("PROXY UNKNOWN 0123456789012345678901234567890123456789"
	    "01234567890123456789012345678901234567890123456789xx\r\n"),
	  "its line has no end (CR LF) within 107 bytes" },
	{ B("PROXY tcp4 192.0.2.1 198.51.100.1 4000 443\r\n"),
	  "\"tcp4\" in its line is not a valid protocol (TCP4, TCP6, "
	  "UNKNOWN)" },
	{ B("PROXY \r\n"),
	  "\"\" in its line is not a valid protocol (TCP4, TCP6, UNKNOWN)" },
	{ B("PROXY TCP4\r\n"), "\"\" in its line is not a valid IPv4 address" },
	{ B("PROXY TCP4 2001:db8::1 198.51.100.1 4000 443\r\n"),
	  "\"2001:db8::1\" in its line is not a valid IPv4 address" },
	{ B("PROXY TCP6 192.0.2.1 198.51.100.1 4000 443\r\n"),
	  "\"192.0.2.1\" in its line is not a valid IPv6 address" },
	{ B("PROXY TCP4 192.0.2.01 198.51.100.1 4000 443\r\n"),
	  "\"192.0.2.01\" in its line is not a valid IPv4 address" },
	{ B("PROXY TCP4 192.0.2.1  198.51.100.1 4000 443\r\n"),
	  "\"\" in its line is not a valid IPv4 address" },
	{ B("PROXY TCP4 192.0.2.1\0 198.51.100.1 4000 443\r\n"),
	  "\"?\" in its line is not a valid IPv4 address" },
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n"),
	  "\"65536\" in its line is not a valid port (0 to 65535)" },
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 4000 0443\r\n"),
	  "\"0443\" in its line is not a valid port (0 to 65535)" },
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 4000 -1\r\n"),
	  "\"-1\" in its line is not a valid port (0 to 65535)" },
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 4000\r\n"),
	  "\"\" in its line is not a valid port (0 to 65535)" },
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 4000 443 \r\n"),
	  "its line continues after the ports" },
	{ B("PROXY TCP4 192.0.2.1 198.51.100.1 4000 443 5\r\n"),
	  "its line continues after the ports" },
	{ B(SIGNATURE "\x31\x11\0\x0c" TCP4),
	  "it begins as version 2, and says version 3" },
	{ B(SIGNATURE "\x22\x11\0\x0c" TCP4),
	  "its command 2 is unknown: it is neither LOCAL (0) nor PROXY (1)" },
	{ B(SIGNATURE "\x21\x41\0\x0c" TCP4),
	  "its family of addresses (0x41) is unknown" },
	{ B(SIGNATURE "\x21\x13\0\x0c" TCP4),
	  "its family of addresses (0x13) is unknown" },
	{ B(SIGNATURE "\x21\x21\0\x0c" TCP4),
	  "its addresses need 36 bytes, and it has 12" },
	{ B(SIGNATURE "\x21\x31\0\0"),
	  "its addresses need 216 bytes, and it has 0" },
	{ B(SIGNATURE "\x21\x11\0\x0e" TCP4 "\1\0"),
	  "its last field is cut short" },
	{ B(SIGNATURE "\x21\x11\0\x10" TCP4 "\1\0\2h"),
	  "its last field is cut short" },
	{ B(SIGNATURE "\x21\x11\0\x13" TCP4 "\x20\0\4\1\0\0\0"),
	  "its field about TLS is too short" },
	{ B(SIGNATURE "\x21\x11\0\x16" TCP4 "\x20\0\7\1\0\0\0\0\x21\0"),
	  "its last field is cut short" },
	{ B(SIGNATURE "\x21\x11\0\x13" TCP4 "\3\0\4abcd"),
	  "its checksum (CRC32c) does not match" },
	{ B(SIGNATURE "\x21\x11\0\x12" TCP4 "\3\0\3abc"),
	  "its checksum has 3 bytes, not 4" },
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static ssize_t measure(const void *bytes, size_t len, struct error *why)
{
	/* of its own size, so that a sanitizer sees one byte too many */
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, bytes, len);
	ssize_t n = proxy_header_len(copy, len, why);
	free(copy);
	return n;
}

static void a_header_says_for_whom_it_speaks(void **state)
{
	char text[PROXY_HEADER_TEXT_MAX];
	struct proxy_header h;
	struct error why;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		const struct sample *s = &good[i];
		const uint8_t *bytes = (const uint8_t *)s->bytes;

		assert_int_equal(measure(bytes, s->len, &why), s->len);
		assert_int_equal(proxy_header_read(&h, bytes, s->len, &why),
		                 0);
		proxy_header_say(&h, text);
		assert_string_equal(text, s->text);
	}
}

static void a_header_is_whole_at_its_last_byte_alone(void **state)
{
	struct error why;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		const struct sample *s = &good[i];
		size_t knows = s->bytes[0] == 'P' ? s->len : 16;

		for (size_t len = 0; len <= s->len; len++)
			assert_int_equal(measure(s->bytes, len, &why),
			                 len < knows ? 0 : s->len);
	}
}

static void what_follows_is_not_the_headers(void **state)
{
	char bytes[256];
	struct error why;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		const struct sample *s = &good[i];

		memcpy(bytes, s->bytes, s->len);
		memcpy(bytes + s->len, "\r\nPROXY", 7);
		assert_int_equal(measure(bytes, s->len + 7, &why), s->len);
	}
}

static void a_header_that_cannot_be_is_refused(void **state)
{
	struct proxy_header h;
	struct error why;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct sample *s = &bad[i];
		const uint8_t *bytes = (const uint8_t *)s->bytes;
		ssize_t n = measure(bytes, s->len, &why);

		if (n >= 0)
			assert_int_equal(
			    proxy_header_read(&h, bytes, (size_t)n, &why), -1);
		assert_string_equal(why.text, s->text);
	}
}

static void what_begins_otherwise_is_no_header(void **state)
{
	static const char *const others[] = {
		"GET / HTTP/1.1\r\n", "\n", "PROXX", "PROXY\t", "\r\n\r\nA",
		"\x16\3\1", "\r\n\r\n", "PRO", "P", "PROXY",
	};
	struct error why;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		bool may = i >= COUNT(others) - 4;

		assert_int_equal(measure(others[i], strlen(others[i]), &why),
		                 may ? 0 : -1);
		assert_string_equal(why.text, "");
	}
}

static void the_longest_header_is_taken_as_a_whole(void **state)
{
	static uint8_t bytes[PROXY_HEADER_MAX];
	struct proxy_header h;
	struct error why;

	(void)state;
	memcpy(bytes, B(SIGNATURE "\x21\x11\xff\xff" TCP4 "\4\xff\xf0"));
	assert_int_equal(measure(bytes, 16, &why), PROXY_HEADER_MAX);
	assert_int_equal(proxy_header_read(&h, bytes, sizeof(bytes), &why), 0);
	assert_string_equal(h.says, "");
}

static struct address at_path(const char *path)
{
	struct address a;

	address_set_unix(&a, path);
	return a;
}

static struct address at_host(int family, unsigned port)
{
	static const uint8_t host[16] = { 192, 0, 2, 1, [15] = 7 };
	struct address a;

	address_set_host(&a, family, host);
	address_set_port(&a, port);
	return a;
}

static void assert_written(int version, struct address source,
                           struct address target, const char *text)
{
	uint8_t bytes[PROXY_HEADER_OUT_MAX];
	char said[PROXY_HEADER_TEXT_MAX];
	struct proxy_header h;
	struct error why;
	size_t len = proxy_header_write(bytes, version, &source, &target);

	assert_int_equal(measure(bytes, len, &why), len);
	assert_int_equal(proxy_header_read(&h, bytes, len, &why), 0);
	proxy_header_say(&h, said);
	assert_string_equal(said, text);
}

static void what_is_written_can_be_read(void **state)
{
	const struct address none = { .len = 0 };

	(void)state;
	for (int version = 1; version <= 2; version++) {
		char text[128], nobody[64];

		snprintf(nobody, sizeof(nobody), "version %d, for nobody (%s)",
		         version, version == 1 ? "UNKNOWN" : "LOCAL");
		snprintf(text, sizeof(text), "version %d, for 192.0.2.1:9 at "
		         "192.0.2.1:65535", version);
		assert_written(version, at_host(AF_INET, 9),
		               at_host(AF_INET, 65535), text);
		snprintf(text, sizeof(text), "version %d, for "
		         "[c000:201::7]:0 at [c000:201::7]:80", version);
		assert_written(version, at_host(AF_INET6, 0),
		               at_host(AF_INET6, 80), text);
		assert_written(version, at_host(AF_INET, 1),
		               at_host(AF_INET6, 1), nobody);
		assert_written(version, none, none, nobody);
		assert_written(version, at_host(AF_INET, 1), none, nobody);
	}
}

static void version_2_knows_unix_sockets(void **state)
{
	const struct address none = { .len = 0 };

	(void)state;
	assert_written(2, at_path("/a"), at_path("@b"),
	               "version 2, for unix:/a at unix:@b");
	assert_written(2, none, at_path("/tmp/x"),
	               "version 2, for unix:/tmp/x at unix:/tmp/x");
	assert_written(1, at_path("/a"), at_path("/b"),
	               "version 1, for nobody (UNKNOWN)");
}

/* The sum was made by another program. */
static void a_checksum_that_is_right_is_taken(void **state)
{
	uint8_t bytes[] = SIGNATURE "\x21\x11\0\x13" TCP4 "\3\0\4\0\0\0\0";
	size_t len = sizeof(bytes) - 1;
	struct proxy_header h;
	struct error why;

	(void)state;
	memcpy(bytes + len - 4, "\x41\x96\x7b\x57", 4);
	assert_int_equal(proxy_header_read(&h, bytes, len, &why), 0);
	for (size_t i = 16; i < len - 7; i++) {
		bytes[i] ^= 1;
		assert_int_equal(proxy_header_read(&h, bytes, len, &why), -1);
		bytes[i] ^= 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_says_for_whom_it_speaks),
		cmocka_unit_test(a_header_is_whole_at_its_last_byte_alone),
		cmocka_unit_test(what_follows_is_not_the_headers),
		cmocka_unit_test(a_header_that_cannot_be_is_refused),
		cmocka_unit_test(what_begins_otherwise_is_no_header),
		cmocka_unit_test(the_longest_header_is_taken_as_a_whole),
		cmocka_unit_test(what_is_written_can_be_read),
		cmocka_unit_test(version_2_knows_unix_sockets),
		cmocka_unit_test(a_checksum_that_is_right_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
