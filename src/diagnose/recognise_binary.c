/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Protocols that begin with lengths and numbers. */

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "recognise_private.h"

/* YES when a byte of this value comes next, and it is taken. */
static enum recognise_result take_byte(struct span *s, uint8_t value)
{
	struct span byte = span_take(s, 1);
	if (!byte.len)
		return RECOGNISE_MORE;
	return *byte.at == value ? RECOGNISE_YES : RECOGNISE_NO;
}

/* HTTP/2: an empty stream's SETTINGS frame (RFC 9113, 6.5) */

enum recognise_result http2_settings(char detail[DETAIL_MAX], struct span s,
                                     const struct recogniser *row)
{
	(void)detail;
	(void)row;
	for (int i = 0; i < 2; i++) {
		enum recognise_result result = take_byte(&s, 0);
		if (result != RECOGNISE_YES)
			return result;
	}
	uint32_t len = span_number(&s, 1), type = span_number(&s, 1);
	uint32_t flags = span_number(&s, 1), stream = span_number(&s, 4);
	if (s.is_short)
		return RECOGNISE_MORE;
	return len % 6 == 0 && type == 4 && !flags && !stream ? RECOGNISE_YES
	                                                      : RECOGNISE_NO;
}

/* MySQL: a packet of three bytes' length and a number (the first is 0) */

static enum recognise_result take_packet(struct span *packet, struct span s,
                                         uint8_t type)
{
	uint32_t len = span_number(&s, 1);
	len |= span_number(&s, 1) << 8 | span_number(&s, 1) << 16;
	enum recognise_result first = take_byte(&s, 0);
	if (first != RECOGNISE_YES)
		return first;
	if (len < 8 || len > 1024)
		return RECOGNISE_NO;
	*packet = span_take(&s, len);
	enum recognise_result second = take_byte(packet, type);
	return second == RECOGNISE_YES && s.is_short ? RECOGNISE_MORE : second;
}

enum recognise_result mysql_greeting(char detail[DETAIL_MAX], struct span s,
                                     const struct recogniser *row)
{
	(void)row;
	struct span packet;
	enum recognise_result result = take_packet(&packet, s, 10);
	if (result != RECOGNISE_YES)
		return result;
	struct span version = span_until(&packet, 0);
	if (version.is_short || !version.len || !span_is_printable(&version))
		return RECOGNISE_NO;
	detail_span(detail, "a greeting of version ", &version);
	return result;
}

enum recognise_result mysql_error(char detail[DETAIL_MAX], struct span s,
                                  const struct recogniser *row)
{
	(void)row;
	struct span packet;
	enum recognise_result result = take_packet(&packet, s, 0xff);
	if (result != RECOGNISE_YES)
		return result;
	span_take(&packet, 2); /* its number */
	if (!span_is_printable(&packet))
		return RECOGNISE_NO;
	detail_span(detail, "", &packet);
	return result;
}

/* PostgreSQL: "Message Formats" of its manual */

enum { PG_SSL = 80877103, PG_GSS = 80877104 };

static void tell_startup(char detail[DETAIL_MAX], struct span s)
{
	detail_text(detail, "a start-up");
	while (s.len && *s.at) {
		struct span name = span_until(&s, 0);
		struct span value = span_until(&s, 0);
		if (span_is(&name, "user"))
			detail_span(detail, " of user ", &value);
		else if (span_is(&name, "database"))
			detail_span(detail, " for database ", &value);
	}
}

enum recognise_result postgres_request(char detail[DETAIL_MAX], struct span s,
                                       const struct recogniser *row)
{
	(void)row;
	enum recognise_result zero = take_byte(&s, 0);
	if (zero != RECOGNISE_YES)
		return zero;
	uint32_t len = span_number(&s, 3);
	bool is_short = s.is_short;
	uint32_t code = span_number(&s, 4);
	if (!is_short && (len < 8 || len > 1024))
		return RECOGNISE_NO;
	if (s.is_short)
		return RECOGNISE_MORE;
	struct span rest = span_take(&s, len - 8);
	if (code == PG_SSL && len == 8) {
		detail_text(detail, "a wish for encryption");
	} else if (code == PG_GSS && len == 8) {
		detail_text(detail, "a wish for GSSAPI encryption");
	} else if (code >> 16 == 3 && (code & 0xffff) < 16 && len > 9) {
		if (rest.is_short)
			return RECOGNISE_MORE;
		tell_startup(detail, rest);
	} else {
		return RECOGNISE_NO;
	}
	return RECOGNISE_YES;
}

enum recognise_result postgres_error(char detail[DETAIL_MAX], struct span s,
                                     const struct recogniser *row)
{
	(void)row;
	enum recognise_result result = take_byte(&s, 'E');
	if (result != RECOGNISE_YES)
		return result;
	uint32_t len = span_number(&s, 4);
	if (s.is_short)
		return RECOGNISE_MORE;
	if (len < 8 || len > 1024)
		return RECOGNISE_NO;
	struct span fields = span_take(&s, len - 4);
	result = span_begins(&fields, "SFATAL");
	if (result != RECOGNISE_YES || fields.is_short)
		return result == RECOGNISE_NO ? result : RECOGNISE_MORE;
	while (fields.len && *fields.at) {
		uint32_t type = span_number(&fields, 1);
		struct span text = span_until(&fields, 0);
		if (type == 'M')
			detail_span(detail, "", &text);
	}
	return result;
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

enum recognise_result mqtt_connect(char detail[DETAIL_MAX], struct span s,
                                   const struct recogniser *row)
{
	(void)row;
	enum recognise_result result = take_byte(&s, 0x10);
	if (result != RECOGNISE_YES)
		return result;
	take_varint(&s);
	uint32_t len = span_number(&s, 2);
	if (!s.is_short && len != 4 && len != 6)
		return RECOGNISE_NO;
	struct span name = span_take(&s, len);
	uint32_t level = span_number(&s, 1);
	if (s.is_short)
		return RECOGNISE_MORE;
	const char *version = mqtt_version(&name, level);
	if (!version)
		return RECOGNISE_NO;
	span_take(&s, 3); /* flags, keep alive */
	if (level == 5)
		span_take(&s, take_varint(&s)); /* properties */
	struct span id = span_take(&s, span_number(&s, 2));
	if (s.is_short && !s.is_all)
		return RECOGNISE_MORE;
	detail_text(detail, "CONNECT of version ");
	detail_text(detail, version);
	if (id.len)
		detail_span(detail, " by ", &id);
	return RECOGNISE_YES;
}

/* SOCKS 4 and 4a; SOCKS 5 (RFC 1928, 3) */

static void tell_address(char detail[DETAIL_MAX], const char *before,
                         int family, const uint8_t *ip, uint32_t port)
{
	char text[INET6_ADDRSTRLEN] = "", all[INET6_ADDRSTRLEN + 32];
	inet_ntop(family, ip, text, sizeof(text));
	snprintf(all, sizeof(all),
	         family == AF_INET ? "%s%s:%u" : "%s[%s]:%u", before, text,
	         port);
	detail_text(detail, all);
}

enum recognise_result socks4(char detail[DETAIL_MAX], struct span s,
                             const struct recogniser *row)
{
	(void)row;
	enum recognise_result result = take_byte(&s, 4);
	if (result != RECOGNISE_YES)
		return result;
	uint32_t command = span_number(&s, 1);
	bool has_command = !s.is_short;
	uint32_t port = span_number(&s, 2);
	struct span ip = span_take(&s, 4);
	if (has_command && command != 1 && command != 2)
		return RECOGNISE_NO;
	if (s.is_short)
		return RECOGNISE_MORE;
	struct span user = span_until(&s, 0);
	bool is_named = !ip.at[0] && !ip.at[1] && !ip.at[2] && ip.at[3];
	struct span name = { .len = 0 };
	if (is_named)
		name = span_until(&s, 0);
	if (!port || (!ip.at[0] && !is_named) || !span_is_printable(&user) ||
	    !span_is_printable(&name))
		return RECOGNISE_NO;
	if (s.is_short)
		return RECOGNISE_MORE;
	if (is_named)
		detail_span(detail, "a way to ", &name);
	else
		tell_address(detail, "a way to ", AF_INET, ip.at, port);
	return RECOGNISE_YES;
}

/* The methods that clients offer, and in this order. */
enum recognise_result socks5(char detail[DETAIL_MAX], struct span s,
                             const struct recogniser *row)
{
	(void)detail;
	(void)row;
	enum recognise_result result = take_byte(&s, 5);
	if (result != RECOGNISE_YES)
		return result;
	uint32_t count = span_number(&s, 1);
	if (s.is_short)
		return RECOGNISE_MORE;
	struct span methods = span_take(&s, count);
	if (!count || count > 3)
		return RECOGNISE_NO;
	for (size_t i = 0; i < methods.len; i++)
		if (methods.at[i] > 2 ||
		    (i && methods.at[i] <= methods.at[i - 1]))
			return RECOGNISE_NO;
	return methods.is_short ? RECOGNISE_MORE : RECOGNISE_YES;
}

/* The PROXY protocol, version 2 */

enum recognise_result proxy_v2(char detail[DETAIL_MAX], struct span s,
                               const struct recogniser *row)
{
	static const uint8_t signature[] = { '\r', '\n', '\r', '\n', 0, '\r',
		                             '\n', 'Q', 'U', 'I', 'T', '\n' };
	(void)row;
	struct span begin = span_take(&s, sizeof(signature));
	if (begin.len && memcmp(begin.at, signature, begin.len) != 0)
		return RECOGNISE_NO;
	uint32_t command = span_number(&s, 1), family = span_number(&s, 1);
	struct span block = span_take(&s, span_number(&s, 2));
	if (s.is_short)
		return RECOGNISE_MORE;
	if (command >> 4 != 2)
		return RECOGNISE_NO;
	size_t size = family >> 4 == 1 ? 4 : 16;
	struct span ip = span_take(&block, size);
	span_take(&block, size);
	uint32_t port = span_number(&block, 2);
	detail_text(detail, "version 2");
	if ((family >> 4 == 1 || family >> 4 == 2) && !block.is_short)
		tell_address(detail, ", for ",
		             size == 4 ? AF_INET : AF_INET6, ip.at, port);
	return RECOGNISE_YES;
}
