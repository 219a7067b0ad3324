/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS, by its first record (RFC 8446, 4.1 and 5.1). */

#include "recognise_private.h"

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
