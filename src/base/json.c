/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <string.h>

#include <sockchat/quote.h>
#include <sockchat/glyph.h>
#include <sockchat/json.h>
#include <sockchat/number.h>
#include <sockchat/utf8.h>

#define NAME_MARKS 4 /* the comma, two quotes and the colon */

static void put_raw(struct json *j, const void *bytes, size_t len)
{
	if (!j->failed && bytes_append(j->out, bytes, len))
		j->failed = true;
}

/* Begin a member whose value has about `len` bytes.  There is room for them at
 * the end of what is returned; NULL without memory. */
static uint8_t *begin_member(struct json *j, const char *name, size_t len)
{
	size_t name_len = strlen(name);
	if (j->failed || bytes_reserve(j->out, name_len + NAME_MARKS + len)) {
		j->failed = true;
		return NULL;
	}
	uint8_t *at = j->out->data + j->out->len;
	if (j->has_member)
		*at++ = ',';
	j->has_member = true;
	if (name_len) {
		*at++ = '"';
		at = mempcpy(at, name, name_len);
		*at++ = '"';
		*at++ = ':';
	}
	j->out->len = (size_t)(at - j->out->data);
	return at;
}

/* A member whose value is written like this. */
static void put_member(struct json *j, const char *name, const char *value,
                       size_t len)
{
	uint8_t *at = begin_member(j, name, len);
	if (!at)
		return;
	memcpy(at, value, len);
	j->out->len += len;
}

/* The mark, and so many hexadecimal digits. */
static void put_hex(struct json *j, const char *mark, uint32_t value,
                    unsigned digits)
{
	put_raw(j, mark, strlen(mark));
	while (digits-- > 0)
		put_raw(j, &"0123456789abcdef"[value >> 4 * digits & 15], 1);
}

/* Characters above the basic plane are two units (RFC 8259, 7). */
static void put_escaped(struct json *j, uint32_t cp)
{
	if (cp < 0x10000) {
		put_hex(j, "\\u", cp, 4);
		return;
	}
	put_hex(j, "\\u", 0xd800 + ((cp - 0x10000) >> 10), 4);
	put_hex(j, "\\u", 0xdc00 + ((cp - 0x10000) & 0x3ff), 4);
}

/* Put one character, or a byte that is none.  Returns its length. */
static size_t put_character(struct json *j, const uint8_t *bytes, size_t len)
{
	static const char letters[] = "\"\\bfnrt",
	                  values[] = "\"\\\b\f\n\r\t";
	struct glyph g;
	uint32_t cp;
	int n = utf8_decode(bytes, len, &cp);
	if (n < 0) { /* JSON has no escape for a byte: as on the screen */
		put_hex(j, "\\\\x", bytes[0], 2);
		return 1;
	}
	const char *value = cp && cp < 0x80 ? strchr(values, (int)cp) : NULL;
	if (value) {
		char pair[2] = { '\\', letters[value - values] };
		put_raw(j, pair, 2);
	} else if (!glyph_next(&g, bytes, (size_t)n, 0) || g.is_escaped) {
		put_escaped(j, cp);
	} else {
		put_raw(j, bytes, (size_t)n);
	}
	return (size_t)n;
}

void json_begin(struct json *j, struct bytes *out)
{
	*j = (struct json){ .out = out };
	put_raw(j, "{", 1);
}

void json_again(struct json *j, const char *members, size_t len)
{
	put_raw(j, members, len);
	j->has_member = true;
}

bool json_plain(struct json *j, const char *name, const uint8_t *bytes,
                size_t len)
{
	bool is_line = len && bytes[len - 1] == '\n'; /* as most are */
	size_t n = len - is_line;
	if (utf8_plain(bytes, n, '"', '\\') < n)
		return false;
	uint8_t *at = begin_member(j, name, len + 3);
	if (!at)
		return true;
	*at = '"';
	at++;
	if (n) /* no bytes may be NULL */
		at = mempcpy(at, bytes, n);
	at = mempcpy(at, is_line ? "\\n\"" : "\"", is_line ? 3 : 1);
	j->out->len = (size_t)(at - j->out->data);
	return true;
}

void json_bytes(struct json *j, const char *name, const uint8_t *bytes,
                size_t len)
{
	if (json_plain(j, name, bytes, len))
		return;
	bool is_line = len && bytes[len - 1] == '\n';
	len -= is_line;
	put_member(j, name, "\"", 1);
	while (len && !j->failed) {
		size_t n = utf8_plain(bytes, len, '"', '\\');
		if (n)
			put_raw(j, bytes, n);
		else
			n = put_character(j, bytes, len);
		bytes += n;
		len -= n;
	}
	put_raw(j, is_line ? "\\n\"" : "\"", is_line ? 3 : 1);
}

void json_word(struct json *j, const char *name, const char *value)
{
	size_t len = strlen(value);
	uint8_t *at = begin_member(j, name, len + 2);
	if (!at)
		return;
	*at = '"';
	memcpy(at + 1, value, len);
	at[len + 1] = '"';
	j->out->len += len + 2;
}

void json_text(struct json *j, const char *name, const char *value)
{
	json_bytes(j, name, (const uint8_t *)value, strlen(value));
}

void json_base64(struct json *j, const char *name, const uint8_t *bytes,
                 size_t len)
{
	put_member(j, name, "\"", 1);
	if (!j->failed && quote_append(j->out, QUOTE_BASE64, bytes, len))
		j->failed = true;
	put_raw(j, "\"", 1);
}

void json_hex(struct json *j, const char *name, const uint8_t *bytes,
              size_t len)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *at = begin_member(j, name, 2 * len + 2);
	if (!at)
		return;
	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		*at++ = (uint8_t)digits[bytes[i] >> 4];
		*at++ = (uint8_t)digits[bytes[i] & 15];
	}
	*at = '"';
	j->out->len += 2 * len + 2;
}

void json_number(struct json *j, const char *name, uint64_t value)
{
	char digits[NUMBER_DIGITS_MAX], *end = digits + sizeof(digits);
	char *first = number_format_digits(end, value, 1);
	put_member(j, name, first, (size_t)(end - first));
}

void json_literal(struct json *j, const char *name, const char *value)
{
	put_member(j, name, value, strlen(value));
}

void json_bool(struct json *j, const char *name, bool value)
{
	put_member(j, name, value ? "true" : "false", value ? 4 : 5);
}

void json_milli(struct json *j, const char *name, uint64_t value)
{
	char digits[NUMBER_DIGITS_MAX + 1], *end = digits + sizeof(digits);
	char *first = number_format_digits(end, value % 1000, 3);
	*--first = '.';
	first = number_format_digits(first, value / 1000, 1);
	put_member(j, name, first, (size_t)(end - first));
}

void json_open(struct json *j, const char *name, char mark)
{
	put_member(j, name, &mark, 1);
	j->has_member = false;
}

void json_close(struct json *j, char mark)
{
	put_raw(j, &mark, 1);
	j->has_member = true;
}

int json_end(struct json *j)
{
	put_raw(j, "}\n", 2);
	return j->failed ? -1 : 0;
}
