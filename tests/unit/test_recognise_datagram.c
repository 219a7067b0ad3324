/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a peer speaks in datagrams, by its first one. */

#include "unit.h"

#include <sockchat/recognise.h>

#include "../../src/diagnose/recognise_private.h"

#define DATAGRAM(from, text, name, words) \
	{ from, text, sizeof(text) - 1, name, words }

#define NAME "\x07" "example" "\x03" "org" "\x00"
#define ZEROS_8 "\0\0\0\0\0\0\0\0"

static const struct sample {
	enum recognise_side from;
	const char *bytes;
	size_t len;
	const char *name, *detail;
} samples[] = {
	/* dig +noedns example.org, and with EDNS */
	DATAGRAM(RECOGNISE_CLIENT,
	         "\xab\xcd\x01\x20\0\x01\0\0\0\0\0\0" NAME "\0\x01\0\x01",
	         "DNS", ": a query for A example.org"),
	DATAGRAM(RECOGNISE_CLIENT,
	         "\xab\xcd\x01\x20\0\x01\0\0\0\0\0\x01" NAME "\0\x1c\0\x01"
	         "\0\0\x29\x10\0\0\0\0\0\0\0", "DNS",
	         ": a query for AAAA example.org"),
	DATAGRAM(RECOGNISE_SERVER,
	         "\xab\xcd\x81\x80\0\x01\0\x01\0\0\0\0" NAME "\0\x01\0\x01"
	         "\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01", "DNS",
	         ": an answer, to a query for A example.org"),
	DATAGRAM(RECOGNISE_SERVER,
	         "\xab\xcd\x81\x83\0\x01\0\0\0\0\0\0" NAME "\0\x01\0\x01",
	         "DNS", ": an answer that there is no such name (NXDOMAIN), to "
	         "a query for A example.org"),
	DATAGRAM(RECOGNISE_CLIENT,
	         "\x23\0\x06\xec" ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8
	         "\0\0\0\0", "NTP", ": version 4"),
	DATAGRAM(RECOGNISE_SERVER,
	         "\x24\x02\x06\xec" ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8 ZEROS_8
	         "\0\0\0\0", "NTP", ": version 4"),
	/* snmpget -v 2c -c public HOST sysDescr.0 */
	DATAGRAM(RECOGNISE_CLIENT,
	         "\x30\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x05\x02"
	         "\x01\0\x02\x01\0\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01"
	         "\x01\x01\0\x05\0", "SNMP", ": version 2c, community public"),
	DATAGRAM(RECOGNISE_SERVER,
	         "\x30\x0d\x02\x01\0\x04\x06public\xa2\0", "SNMP",
	         ": version 1, community public"),
	DATAGRAM(RECOGNISE_CLIENT,
	         "<34>1 2026-11-30T02:03:04Z host app - - - hello", "syslog",
	         ""),
	DATAGRAM(RECOGNISE_CLIENT, "<13>Nov 30 02:03:04 host me: hi", "syslog",
	         ""),
	/* coap-client coap://host/.well-known/core */
	DATAGRAM(RECOGNISE_CLIENT,
	         "\x41\x01\x12\x34\x01\xbb.well-known\x04" "core", "CoAP",
	         ": GET /.well-known/core"),
	DATAGRAM(RECOGNISE_CLIENT,
	         "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n"
	         "MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n",
	         "SSDP", ""),
	DATAGRAM(RECOGNISE_CLIENT,
	         "\0\x01\0\0\x21\x12\xa4\x42" "0123456789ab", "STUN", ""),
	DATAGRAM(RECOGNISE_SERVER,
	         "\x01\x01\0\x04\x21\x12\xa4\x42" "0123456789ab\0\0\0\0",
	         "STUN", ""),
};

#define COUNT (sizeof(samples) / sizeof(samples[0]))

/* Of a copy, so that not one byte behind them can be looked at. */
static bool look(struct recognised *r, const char *bytes, size_t len,
                 enum recognise_side from)
{
	const struct speaker speaker = {
		.side = from, .where = "[::1]:53", .has_datagrams = true,
	};
	uint8_t *copy = malloc(len ? len : 1);
	memcpy(copy, bytes, len);
	enum recognise_result result = recognise(r, copy, len, true, &speaker);
	free(copy);
	assert_int_not_equal(result, RECOGNISE_MORE);
	return result == RECOGNISE_YES;
}

static void each_protocol_is_known_by_its_first_datagram(void **state)
{
	char text[RECOGNISE_TEXT_MAX];
	struct recognised r;
	(void)state;
	for (size_t i = 0; i < COUNT; i++) {
		const struct sample *s = &samples[i];
		if (!look(&r, s->bytes, s->len, s->from))
			fail_msg("sample %zu is not known", i);
		snprintf(text, sizeof(text),
		         "what the peer sends looks like %s%s", s->name,
		         s->detail);
		assert_string_equal(r.text, text);
		assert_true(*r.hint);
		assert_null(strstr(r.hint, "PORT"));
	}
}

static void every_row_has_a_sample(void **state)
{
	bool seen[RECOGNISER_COUNT] = { false };
	struct recognised r;
	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		if (look(&r, samples[i].bytes, samples[i].len,
		         samples[i].from))
			seen[r.row] = true;
	for (size_t i = RECOGNISER_STREAMS; i < RECOGNISER_COUNT; i++)
		assert_true(seen[i]);
}

/* But for CoAP, whose options may end anywhere, and lines of text. */
static void one_that_lacks_a_byte_is_none(void **state)
{
	struct recognised r;
	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		for (size_t n = 0; n < 12 && n < samples[i].len; n++)
			if (look(&r, samples[i].bytes, n, samples[i].from) &&
			    strcmp(r.name, "syslog") != 0 &&
			    strcmp(r.name, "CoAP") != 0)
				fail_msg("sample %zu, %zu bytes", i, n);
}

static void what_people_type_is_left_alone(void **state)
{
	static const char *const said[] = {
		"", "hello\n", "HELLO", "안녕!", "GET / HTTP/1.1\r\n\r\n",
		"A", "AA", "<b>bold</b>", "<1234>x", "<>", "0", "PING\r\n",
		"{\"a\":1}", "@everyone", "I am here", "M-SEARCH", "220 x\r\n",
	};
	struct recognised r;
	(void)state;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		for (int side = 0; side < 2; side++)
			if (look(&r, said[i], strlen(said[i]),
			         (enum recognise_side)side))
				fail_msg("'%s' is taken for %s", said[i],
				         r.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_protocol_is_known_by_its_first_datagram),
		cmocka_unit_test(every_row_has_a_sample),
		cmocka_unit_test(one_that_lacks_a_byte_is_none),
		cmocka_unit_test(what_people_type_is_left_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
