/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS, by its first record (RFC 8446, 4.1 and 5.1). */

#include "recognise_private.h"

enum { RECORD_ALERT = 21, RECORD_HANDSHAKE = 22 };
enum { CLIENT_HELLO = 1 };
enum { EXTENSION_SNI = 0, EXTENSION_ALPN = 16 };

/* The record, which may be short; what it must hold at least. */
static enum recognise_result take_record(struct span *record, struct span s,
                                         uint8_t type, uint32_t min)
{
	if ((s.len && s.at[0] != type) || (s.len > 1 && s.at[1] != 3) ||
	    (s.len > 2 && s.at[2] > 4))
		return RECOGNISE_NO;
	span_take(&s, 3);
	uint32_t len = span_number(&s, 2);
	if (s.is_short)
		return RECOGNISE_MORE;
	*record = span_take(&s, len);
	return len >= min && len <= 1 << 14 ? RECOGNISE_YES : RECOGNISE_NO;
}

static void tell_sni(char detail[DETAIL_MAX], struct span s)
{
	span_take(&s, 2);
	if (span_number(&s, 1) != 0) /* host_name */
		return;
	struct span name = span_take(&s, span_number(&s, 2));
	if (!name.is_short && name.len)
		detail_span(detail, " for ", &name);
}

static void tell_alpn(char detail[DETAIL_MAX], struct span s)
{
	const char *before = " (ALPN ";
	for (span_take(&s, 2); s.len; before = ", ") {
		struct span name = span_take(&s, span_number(&s, 1));
		if (name.is_short || !name.len)
			break;
		detail_span(detail, before, &name);
	}
	detail_text(detail, *before == ',' ? ")" : "");
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

enum recognise_result tls_client_hello(char detail[DETAIL_MAX], struct span s,
                                       const struct recogniser *row)
{
	(void)row;
	struct span hello = { .len = 0 };
	enum recognise_result result =
	    take_record(&hello, s, RECORD_HANDSHAKE, 42);
	if (result != RECOGNISE_YES)
		return result;
	if (hello.len && *hello.at != CLIENT_HELLO)
		return RECOGNISE_NO;
	/* of one larger than we look at we take what there is */
	if (hello.is_short && !s.is_all)
		return RECOGNISE_MORE;
	if (hello.len < 42 || hello.at[4] != 3)
		return RECOGNISE_NO;
	span_take(&hello, 4 + 2 + 32); /* its length, version, random */
	span_take(&hello, span_number(&hello, 1)); /* session */
	span_take(&hello, span_number(&hello, 2)); /* ciphers */
	span_take(&hello, span_number(&hello, 1)); /* compression */
	span_take(&hello, 2);
	detail_text(detail, "a ClientHello");
	tell_sni(detail, find_extension(hello, EXTENSION_SNI));
	tell_alpn(detail, find_extension(hello, EXTENSION_ALPN));
	return RECOGNISE_YES;
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

enum recognise_result tls_alert(char detail[DETAIL_MAX], struct span s,
                                const struct recogniser *row)
{
	(void)row;
	struct span alert = { .len = 0 };
	enum recognise_result result = take_record(&alert, s, RECORD_ALERT, 2);
	if (result != RECOGNISE_YES)
		return result;
	uint32_t level = span_number(&alert, 1);
	uint32_t number = span_number(&alert, 1);
	if (alert.is_short)
		return RECOGNISE_MORE;
	if (alert.len || level < 1 || level > 2)
		return RECOGNISE_NO;
	detail_text(detail, level == 2 ? "a fatal alert, " : "a warning, ");
	detail_text(detail, alert_name(number));
	return RECOGNISE_YES;
}
