/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Protocols that begin with lengths and numbers. */

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "recognise_private.h"

/* TLS, by its first record (RFC 8446, 4.1 and 5.1) */

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22 };
enum { CLIENT_HELLO = 1 };
enum { EXTENSION_SNI = 0, EXTENSION_ALPN = 16 };

/* The record, which may be short; what it must hold at least. */
static struct span take_record(struct span *s, uint8_t type, uint32_t min)
{
	span_expect_byte(s, type);
	span_expect_byte(s, 3);
	span_expect(s, span_number(s, 1) <= 4);
	uint32_t len = span_number(s, 2);
	span_expect(s, len >= min && len <= 1 << 14);
	return span_take(s, s->is_short ? 0 : len);
}

static void tell_sni(struct look *l, struct span s)
{
	span_take(&s, 2);
	if (span_number(&s, 1) != 0) /* host_name */
		return;
	struct span name = span_take(&s, span_number(&s, 2));
	if (!name.is_short && name.len)
		detail_span(l, " for ", &name);
}

static void tell_alpn(struct look *l, struct span s)
{
	const char *before = " (ALPN ";
	for (span_take(&s, 2); s.len; before = ", ") {
		struct span name = span_take(&s, span_number(&s, 1));
		if (name.is_short || !name.len)
			break;
		detail_span(l, before, &name);
	}
	detail_text(l, *before == ',' ? ")" : "");
}

/* The extension of this number; empty for none. */
static struct span find_extension(struct span s, uint32_t wanted)
{
	while (s.len) {
		uint32_t type = span_number(&s, 2);
		struct span body = span_take(&s, span_number(&s, 2));
		if (type == wanted && !body.is_short)
			return body;
	}
	return s;
}

enum recognise_result tls_client_hello(struct look *l)
{
	struct span *s = &l->s;
	struct span hello = take_record(s, RECORD_HANDSHAKE, 42);
	s->is_other |= hello.len && *hello.at != CLIENT_HELLO;
	/* of one larger than we look at we take what there is */
	s->is_short &= !(hello.is_short && s->is_all);
	span_expect(s, hello.len >= 42 && hello.at[4] == 3);
	span_take(&hello, 4 + 2 + 32); /* its length, version, random */
	span_take(&hello, span_number(&hello, 1)); /* session */
	span_take(&hello, span_number(&hello, 2)); /* ciphers */
	span_take(&hello, span_number(&hello, 1)); /* compression */
	span_take(&hello, 2);
	detail_text(l, "a ClientHello");
	tell_sni(l, find_extension(hello, EXTENSION_SNI));
	tell_alpn(l, find_extension(hello, EXTENSION_ALPN));
	return span_result(s);
}

static const char *alert_name(uint32_t number)
{
	static const struct {
		uint32_t number;
		const char *name;
	} names[] = {
		{ 0, "close notify" },      { 10, "unexpected message" },
		{ 20, "bad record MAC" },   { 22, "record overflow" },
		{ 40, "handshake failure" }, { 42, "bad certificate" },
		{ 47, "illegal parameter" }, { 50, "decode error" },
		{ 70, "protocol version" }, { 80, "internal error" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == number)
			return names[i].name;
	return "of another kind";
}

enum recognise_result tls_alert(struct look *l)
{
	struct span *s = &l->s;
	struct span alert = take_record(s, RECORD_ALERT, 2);
	uint32_t level = span_number(&alert, 1);
	uint32_t number = span_number(&alert, 1);
	s->is_short |= alert.is_short;
	span_expect(s, !alert.len && level >= 1 && level <= 2);
	detail_text(l, level == 2 ? "a fatal alert, " : "a warning, ");
	detail_text(l, alert_name(number));
	return span_result(s);
}

/* HTTP/2: an empty stream's SETTINGS frame (RFC 9113, 6.5) */

enum recognise_result http2_settings(struct look *l)
{
	struct span *s = &l->s;
	span_expect_byte(s, 0);
	span_expect_byte(s, 0);
	uint32_t len = span_number(s, 1), type = span_number(s, 1);
	uint32_t flags = span_number(s, 1), stream = span_number(s, 4);
	span_expect(s, len % 6 == 0 && type == 4 && !flags && !stream);
	return span_result(s);
}

/* MySQL: a packet of three bytes' length and a number (the first is 0) */

static struct span take_packet(struct span *s, uint8_t type)
{
	uint32_t len = span_number(s, 1);
	len |= span_number(s, 1) << 8;
	len |= span_number(s, 1) << 16;
	span_expect_byte(s, 0);
	span_expect(s, len >= 8 && len <= 1024);
	struct span packet = span_take(s, len);
	s->is_other |= packet.len && span_number(&packet, 1) != type;
	return packet;
}

enum recognise_result mysql_greeting(struct look *l)
{
	struct span packet = take_packet(&l->s, 10);
	struct span version = span_until(&packet, 0);
	span_expect(&l->s, !version.is_short && version.len &&
	                       span_is_printable(&version));
	detail_span(l, "a greeting of version ", &version);
	return span_result(&l->s);
}

enum recognise_result mysql_error(struct look *l)
{
	struct span packet = take_packet(&l->s, 0xff);
	span_take(&packet, 2); /* its number */
	span_expect(&l->s, span_is_printable(&packet));
	detail_span(l, "", &packet);
	return span_result(&l->s);
}

/* PostgreSQL: "Message Formats" of its manual */

enum { PG_SSL = 80877103, PG_GSS = 80877104 };

static void tell_startup(struct look *l, struct span s)
{
	detail_text(l, "a start-up");
	while (s.len && *s.at) {
		struct span name = span_until(&s, 0);
		struct span value = span_until(&s, 0);
		if (span_is(&name, "user"))
			detail_span(l, " of user ", &value);
		else if (span_is(&name, "database"))
			detail_span(l, " for database ", &value);
	}
}

enum recognise_result postgres_request(struct look *l)
{
	struct span *s = &l->s;
	span_expect_byte(s, 0);
	uint32_t len = span_number(s, 3);
	span_expect(s, len >= 8 && len <= 1024);
	uint32_t code = span_number(s, 4);
	bool is_wish = (code == PG_SSL || code == PG_GSS) && len == 8;
	span_expect(s, is_wish || (code >> 16 == 3 && (code & 0xffff) < 16 &&
	                           len > 9));
	struct span rest = span_take(s, len - 8);
	if (!is_wish)
		tell_startup(l, rest);
	else
		detail_text(l,
		            code == PG_SSL ? "a wish for encryption"
		                           : "a wish for GSSAPI encryption");
	return span_result(s);
}

enum recognise_result postgres_error(struct look *l)
{
	struct span *s = &l->s;
	span_expect_byte(s, 'E');
	uint32_t len = span_number(s, 4);
	span_expect(s, len >= 8 && len <= 1024);
	struct span fields = span_take(s, len - 4);
	span_expect_begin(s, &fields, "SFATAL");
	while (fields.len && *fields.at) {
		uint32_t type = span_number(&fields, 1);
		struct span text = span_until(&fields, 0);
		if (type == 'M')
			detail_span(l, "", &text);
	}
	return span_result(s);
}

/* MQTT: CONNECT (3.1 of the standards 3.1.1 and 5) */

/* Seven bits a byte, the lowest first. */
static uint32_t take_varint(struct span *s)
{
	uint32_t value = 0, byte = 0x80;
	for (int shift = 0; shift < 28 && byte & 0x80; shift += 7) {
		byte = span_number(s, 1);
		value |= (byte & 0x7f) << shift;
	}
	return value;
}

static const char *mqtt_version(const struct span *name, uint32_t level)
{
	if (span_is(name, "MQIsdp") && level == 3)
		return "3.1";
	if (span_is(name, "MQTT") && (level == 4 || level == 5))
		return level == 4 ? "3.1.1" : "5";
	return NULL;
}

enum recognise_result mqtt_connect(struct look *l)
{
	struct span *s = &l->s;
	span_expect_byte(s, 0x10);
	take_varint(s);
	uint32_t len = span_number(s, 2);
	span_expect(s, len == 4 || len == 6);
	struct span name = span_take(s, len);
	uint32_t level = span_number(s, 1);
	const char *version = mqtt_version(&name, level);
	span_expect(s, version != NULL);
	if (span_result(s) != RECOGNISE_YES)
		return span_result(s);
	span_take(s, 3); /* flags, keep alive */
	if (level == 5)
		span_take(s, take_varint(s)); /* properties */
	struct span id = span_take(s, span_number(s, 2));
	s->is_short &= !s->is_all;
	detail_text(l, "CONNECT of version ");
	detail_text(l, version);
	if (id.len)
		detail_span(l, " by ", &id);
	return span_result(s);
}

/* SOCKS 4 and 4a; SOCKS 5 (RFC 1928, 3) */

static void tell_address(struct look *l, const char *before,
                         int family, const uint8_t *ip, uint32_t port)
{
	char text[INET6_ADDRSTRLEN] = "", all[INET6_ADDRSTRLEN + 32];
	inet_ntop(family, ip, text, sizeof(text));
	snprintf(all, sizeof(all),
	         family == AF_INET ? "%s%s:%u" : "%s[%s]:%u", before, text,
	         port);
	detail_text(l, all);
}

enum recognise_result socks4(struct look *l)
{
	struct span *s = &l->s;
	span_expect_byte(s, 4);
	uint32_t command = span_number(s, 1);
	span_expect(s, command == 1 || command == 2);
	uint32_t port = span_number(s, 2);
	struct span ip = span_take(s, 4);
	if (span_result(s) != RECOGNISE_YES)
		return span_result(s);
	struct span user = span_until(s, 0);
	bool is_named = !ip.at[0] && !ip.at[1] && !ip.at[2] && ip.at[3];
	struct span name = { .len = 0 };
	if (is_named)
		name = span_until(s, 0);
	s->is_other = !port || (!ip.at[0] && !is_named) ||
	              !span_is_printable(&user) || !span_is_printable(&name);
	if (is_named)
		detail_span(l, "a way to ", &name);
	else
		tell_address(l, "a way to ", AF_INET, ip.at, port);
	return span_result(s);
}

/* The methods that clients offer, and in this order. */
enum recognise_result socks5(struct look *l)
{
	struct span *s = &l->s;
	span_expect_byte(s, 5);
	uint32_t count = span_number(s, 1);
	span_expect(s, count && count <= 3);
	struct span methods = span_take(s, count);
	for (size_t i = 0; i < methods.len; i++)
		s->is_other |= methods.at[i] > 2 ||
		               (i && methods.at[i] <= methods.at[i - 1]);
	return span_result(s);
}

/* The PROXY protocol, version 2 */

enum recognise_result proxy_v2(struct look *l)
{
	static const uint8_t signature[] = { '\r', '\n', '\r', '\n', 0, '\r',
		                             '\n', 'Q', 'U', 'I', 'T', '\n' };
	struct span *s = &l->s;
	struct span begin = span_take(s, sizeof(signature));
	s->is_other = begin.len && memcmp(begin.at, signature, begin.len) != 0;
	uint32_t command = span_number(s, 1), family = span_number(s, 1);
	struct span block = span_take(s, span_number(s, 2));
	span_expect(s, command >> 4 == 2);
	size_t size = family >> 4 == 1 ? 4 : 16;
	struct span ip = span_take(&block, size);
	span_take(&block, size);
	uint32_t port = span_number(&block, 2);
	detail_text(l, "version 2");
	if ((family >> 4 == 1 || family >> 4 == 2) && !block.is_short)
		tell_address(l, ", for ",
		             size == 4 ? AF_INET : AF_INET6, ip.at, port);
	return span_result(s);
}
