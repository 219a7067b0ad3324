/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Protocols of datagrams.  What is no whole message of theirs is something
 * else. */

#include <stdio.h>

#include "recognise_private.h"

/* DNS: a header and questions (RFC 1035, 4.1) */

#define DNS_ANSWER  0x8000u
#define DNS_OPCODE  0x7800u
#define DNS_UNUSED  0x0040u
#define DNS_RCODE   0x000fu
#define DNS_IN      1
#define DNS_RECORDS 64 /* of a kind; more are not believed */

static const char *dns_type(uint32_t type)
{
	static const struct {
		uint32_t number;
		const char *name;
	} types[] = {
		{ 1, "A" },    { 2, "NS" },    { 5, "CNAME" }, { 6, "SOA" },
		{ 12, "PTR" }, { 15, "MX" },   { 16, "TXT" },  { 28, "AAAA" },
		{ 33, "SRV" }, { 65, "HTTPS" }, { 255, "ANY" },
	};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].number == type)
			return types[i].name;
	return "a record of";
}

/* The labels of a name that nothing is left out of; it is added to the
 * detail. */
static void take_name(struct look *l, struct span *name)
{
	struct span *s = &l->s;
	uint32_t len;
	*name = *s;
	while ((len = span_number(s, 1)) && !s->is_short && !s->is_other) {
		span_expect(s, len < 64);
		span_take(s, len);
	}
	name->len -= s->len;
}

static void tell_name(struct look *l, struct span name)
{
	const char *before = "";
	uint32_t len;
	while ((len = span_number(&name, 1)) && !name.is_short) {
		struct span label = span_take(&name, len);
		detail_span(l, before, &label);
		before = ".";
	}
}

static const char *dns_outcome(uint32_t code)
{
	static const char *const outcomes[] = {
		"an answer", "an answer that the query is wrong (FORMERR)",
		"an answer that it failed (SERVFAIL)",
		"an answer that there is no such name (NXDOMAIN)",
		"an answer that it cannot do that (NOTIMP)",
		"an answer that it refuses (REFUSED)",
	};
	return code < sizeof(outcomes) / sizeof(outcomes[0]) ? outcomes[code]
	                                                     : "an answer";
}

static enum recognise_result dns(struct look *l, bool is_answer)
{
	struct span *s = &l->s, name;
	span_take(s, 2); /* its number */
	uint32_t flags = span_number(s, 2);
	span_expect(s, (flags & DNS_ANSWER) == (is_answer ? DNS_ANSWER : 0));
	span_expect(s, !(flags & (DNS_OPCODE | DNS_UNUSED)));
	span_expect(s, span_number(s, 2) == 1);
	uint32_t answers = span_number(s, 2), others = span_number(s, 2);
	uint32_t more = span_number(s, 2);
	span_expect(s, is_answer ? answers < DNS_RECORDS : !answers && !others);
	span_expect(s, others < DNS_RECORDS && more < DNS_RECORDS);
	take_name(l, &name);
	uint32_t type = span_number(s, 2);
	span_expect(s, span_number(s, 2) == DNS_IN);
	span_expect(s, (answers || others || more) == (s->len > 0));
	detail_text(l, is_answer ? dns_outcome(flags & DNS_RCODE)
	                         : "a query for ");
	detail_text(l, is_answer ? ", to a query for " : "");
	detail_text(l, dns_type(type));
	detail_text(l, " ");
	tell_name(l, name);
	return span_result(s);
}

enum recognise_result dns_query(struct look *l)
{
	return dns(l, false);
}

enum recognise_result dns_answer(struct look *l)
{
	return dns(l, true);
}

/* NTP: 48 bytes, and perhaps a key (RFC 5905, 7.3) */

enum recognise_result ntp(struct look *l)
{
	struct span *s = &l->s;
	bool is_client = l->row->from == RECOGNISE_CLIENT;
	uint32_t head = span_number(s, 1), version = head >> 3 & 7;
	uint32_t stratum = span_number(s, 1), poll = span_number(s, 1);
	char text[24];
	span_expect(s, version >= 3 && version <= 4);
	span_expect(s, (head & 7) == (is_client ? 3 : 4));
	span_expect(s, stratum <= 16 && poll <= 17);
	span_take(s, 45);
	span_expect(s, !s->len || s->len == 20 || s->len == 24);
	snprintf(text, sizeof(text), "version %u", (unsigned)version);
	detail_text(l, text);
	return span_result(s);
}

/* SNMP: a SEQUENCE that begins with the version (RFC 3416, RFC 3412) */

/* The length of a BER value, which may have a byte or two of its own. */
static uint32_t take_length(struct span *s)
{
	uint32_t len = span_number(s, 1);
	span_expect(s, len <= 0x82 && len != 0x80);
	return len < 0x80 ? len : span_number(s, len & 3);
}

enum recognise_result snmp(struct look *l)
{
	static const char *const versions[] = { "version 1", "version 2c", "",
		                                "version 3" };
	struct span *s = &l->s;
	span_expect_byte(s, 0x30);
	span_expect(s, take_length(s) == s->len);
	span_expect_byte(s, 0x02);
	span_expect_byte(s, 1);
	uint32_t version = span_number(s, 1);
	span_expect(s, version < 4 && version != 2);
	if (span_result(s) != RECOGNISE_YES)
		return span_result(s);
	detail_text(l, versions[version]);
	span_expect_byte(s, version == 3 ? 0x30 : 0x04);
	struct span community = span_take(s, take_length(s));
	if (version != 3)
		detail_span(l, ", community ", &community);
	return span_result(s);
}

/* syslog: "<34>1 2026-11-30T…" (RFC 5424), "<34>Nov 30 …" (RFC 3164) */

enum recognise_result syslog_line(struct look *l)
{
	struct span *s = &l->s;
	span_expect_byte(s, '<');
	struct span number = span_until(s, '>');
	uint32_t value = 0;
	span_expect(s, number.len && number.len <= 3 && !number.is_short);
	for (size_t i = 0; i < number.len && !s->is_other; i++) {
		span_expect(s, number.at[i] >= '0' && number.at[i] <= '9');
		value = value * 10 + number.at[i] - '0';
	}
	span_expect(s, value <= 191 && s->len > 1);
	return span_result(s);
}

/* CoAP: a header, a token, options, and what follows 0xff (RFC 7252, 3) */

/* What a nibble of an option stands for, with the bytes that go on with it. */
static uint32_t take_nibble(struct span *s, uint32_t nibble)
{
	span_expect(s, nibble < 15);
	return nibble == 13   ? span_number(s, 1) + 13
	       : nibble == 14 ? span_number(s, 2) + 269
	                      : nibble;
}

#define COAP_PATH 11

static void take_options(struct look *l)
{
	struct span *s = &l->s;
	uint32_t number = 0, head;
	while (s->len && !s->is_other && (head = span_number(s, 1)) != 0xff) {
		number += take_nibble(s, head >> 4);
		uint32_t len = take_nibble(s, head & 15);
		struct span value = span_take(s, len);
		if (number == COAP_PATH)
			detail_span(l, "/", &value);
	}
}

enum recognise_result coap_request(struct look *l)
{
	static const char *const methods[] = { "", "GET ", "POST ", "PUT ",
		                               "DELETE " };
	struct span *s = &l->s;
	uint32_t head = span_number(s, 1), method = span_number(s, 1);
	span_expect(s, head >> 6 == 1 && (head & 15) <= 8);
	span_expect(s, method >= 1 && method <= 4);
	span_take(s, 2); /* its number */
	span_take(s, head & 15);
	if (span_result(s) == RECOGNISE_YES)
		detail_text(l, methods[method]);
	take_options(l);
	return span_result(s);
}

/* STUN: its cookie (RFC 8489, 5) */

enum recognise_result stun(struct look *l)
{
	struct span *s = &l->s;
	bool is_client = l->row->from == RECOGNISE_CLIENT;
	uint32_t type = span_number(s, 2), len = span_number(s, 2);
	span_expect(s, type == (is_client ? 0x0001u : 0x0101u) ||
	                   (!is_client && type == 0x0111u));
	span_expect(s, span_number(s, 4) == 0x2112a442u);
	span_take(s, 12);
	span_expect(s, s->len == len);
	return span_result(s);
}
