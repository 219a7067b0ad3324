/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The table of kinds that are known by how their messages look. */

#include <string.h>
#include <strings.h>

#include "frame_guess_private.h"
#include "traps_private.h"

static bool begins(const struct guess_message *m, const char *text)
{
	size_t len = strlen(text);
	return m->len >= len &&
	       strncasecmp((const char *)m->at, text, len) == 0;
}

/* A number in network byte order. */
static unsigned u16_at(const struct guess_message *m, size_t at)
{
	return (unsigned)m->at[at] << 8 | m->at[at + 1];
}

/* Binary protocols */

static bool is_modbus_function(unsigned code)
{
	static const uint8_t codes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16,
		                         17, 20, 21, 22, 23, 24, 43 };
	return code && memchr(codes, (int)(code & 0x7f), sizeof(codes));
}

static enum guess_look look_at_modbus(const struct guess_message *m)
{
	bool is_it = m->len >= 9 && !u16_at(m, 2) && u16_at(m, 4) <= 254 &&
	             is_modbus_function(m->at[7]);
	return is_it ? GUESS_PROOF : GUESS_NO;
}

/* One question, of a known operation. */
static enum guess_look look_at_dns(const struct guess_message *m)
{
	bool is_it = m->len >= 2 + 12 + 5 && !(m->at[4] & 0x78) &&
	             !(m->at[5] & 0x40) && u16_at(m, 6) == 1 &&
	             u16_at(m, 8) < 256 && u16_at(m, 10) < 256 &&
	             u16_at(m, 12) < 256 && m->at[14] < 64;
	return is_it ? GUESS_PROOF : GUESS_NO;
}

/* The flags that each type of packet has; PUBLISH has any. */
static enum guess_look look_at_mqtt(const struct guess_message *m)
{
	enum { PUBLISH = 3, PUBREL = 6, SUBSCRIBE = 8, UNSUBSCRIBE = 10 };
	unsigned type = m->at[0] >> 4, flags = m->at[0] & 15;
	bool is_two = type == PUBREL || type == SUBSCRIBE ||
	              type == UNSUBSCRIBE;
	bool is_right = type == PUBLISH ? (flags & 6) != 6
	                                : flags == (is_two ? 2u : 0u);
	if (!type || !is_right)
		return GUESS_NO;
	return type == PUBLISH ? GUESS_PROOF : GUESS_MAYBE;
}

static enum guess_look look_at_postgres(const struct guess_message *m)
{
	static const char types[] = "123ABCDEFGHIKNQRSTVWXZcdfnpstv";
	if (m->parts.prefix_at == 0) /* a client's first message */
		return m->before ? GUESS_NO : GUESS_MAYBE;
	return m->at[0] && strchr(types, m->at[0]) ? GUESS_PROOF : GUESS_NO;
}

/* Its bytes are escaped, and an end also stands before them. */
static enum guess_look look_at_slip(const struct guess_message *m)
{
	if (m->at[0] != 0xc0)
		return GUESS_NO;
	for (size_t i = 0; i < m->len; i++)
		if (m->at[i] == 0xdb &&
		    (i + 1 == m->len || (m->at[i + 1] & 0xfe) != 0xdc))
			return GUESS_NO;
	return m->len > 2 ? GUESS_PROOF : GUESS_MAYBE;
}

/* Protocols of text */

static enum guess_look look_at_headers(const struct guess_message *m)
{
	return begins(m, "Content-Length:") || begins(m, "Content-Type:")
	           ? GUESS_PROOF : GUESS_NO;
}

static enum guess_look look_at_http(const struct guess_message *m)
{
	return begins(m, "HTTP/1.") ? GUESS_PROOF : GUESS_MAYBE;
}

/* What holds others, or has a length. */
static enum guess_look look_at_resp(const struct guess_message *m)
{
	bool is_digit = m->len > 4 && m->at[1] >= '0' && m->at[1] <= '9';
	if (!memchr("*$+-:,#_%~>(=!|", m->at[0], 15))
		return GUESS_NO;
	return is_digit && memchr("*$%~>", m->at[0], 5) ? GUESS_PROOF
	                                                : GUESS_MAYBE;
}

static enum guess_look look_at_netstring(const struct guess_message *m)
{
	return m->len ? GUESS_PROOF : GUESS_NO;
}

/* Objects with members, and arrays. */
static enum guess_look look_at_json(const struct guess_message *m)
{
	size_t at = 0;
	while (at < m->len && strchr(" \t\r,", m->at[at]) && m->at[at])
		at++;
	if (at == m->len || (m->at[at] != '{' && m->at[at] != '['))
		return GUESS_NO;
	bool is_it = m->at[at] == '{' && memchr(m->at, '"', m->len) &&
	             memchr(m->at, ':', m->len);
	return is_it ? GUESS_PROOF : GUESS_MAYBE;
}

/* Text between two bytes; a checksum may stand behind the second. */
static enum guess_look look_at_between(const struct guess_message *m)
{
	size_t ends = m->parts.prefix + m->parts.suffix;
	if (m->parts.is_plain)
		return m->len <= 4 ? GUESS_MAYBE : GUESS_NO;
	return m->len > ends &&
	               is_plain_text(m->at + m->parts.prefix, m->len - ends)
	           ? GUESS_PROOF : GUESS_NO;
}

/* Text that ends at a byte.  Letters that stand alone are those of UTF-16, and
 * a few may be the colours of an image. */
static enum guess_look look_at_text(const struct guess_message *m)
{
	size_t len = m->len - m->parts.suffix;
	if (len < 2 || !is_plain_text(m->at, len))
		return GUESS_NO;
	return len > 4 ? GUESS_PROOF : GUESS_MAYBE;
}

const struct guess_row guess_rows[] = {
	{ "headers", look_at_headers, 2, 0, false, false },
	{ "netstring", look_at_netstring, 3, 0, false, false },
	{ "resp", look_at_resp, 2, 0, false, false },
	{ "json", look_at_json, 2, 0, true, false },
	{ "http", look_at_http, 1, 0, false, true },
	{ "modbus", look_at_modbus, 0, 6, false, true },
	{ "dns", look_at_dns, 0, 10, false, true },
	{ "postgres", look_at_postgres, 0, 4, false, true },
	{ "mqtt", look_at_mqtt, 0, 3, false, true },
	{ "slip", look_at_slip, 3, 0, false, true },
	{ "between:\\x0b,\\x1c\\r", look_at_between, 2, 0, false, true },
	{ "between:\\x02,\\x03", look_at_between, 3, 0, false, true },
	{ "nul", look_at_text, 3, 0, false, true },
	{ "delim:\\x03", look_at_text, 3, 0, false, true },
	{ "delim:\\x04", look_at_text, 3, 0, false, true },
	{ "delim:\\x17", look_at_text, 3, 0, false, true },
	{ "delim:\\x1c", look_at_text, 3, 0, false, true },
	{ "delim:\\x1e", look_at_text, 3, 0, false, true },
	{ "cr", look_at_text, 3, 0, true, false },
	{ NULL, NULL, 0, 0, false, false },
};
