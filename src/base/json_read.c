/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* json_judge() has found the text good: so a member is where it has to be, and
 * nothing here looks at a byte behind the end. */

#include <errno.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/json_read.h>
#include <sockchat/utf8.h>

#define NUMBER_MAX (UINT64_C(1) << 53)

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void skip_space(struct json_walk *w)
{
	while (w->at < w->len && is_space(w->bytes[w->at]))
		w->at++;
}

/* Pass over a string, from quote to quote. */
static struct json_span take_string(struct json_walk *w)
{
	size_t begin = ++w->at;
	for (;;) {
		w->at += utf8_plain(w->bytes + w->at, w->len - w->at, '"',
		                    '\\');
		if (w->bytes[w->at] == '"')
			break;
		w->at += w->bytes[w->at] == '\\' ? 2 : 1;
	}
	return (struct json_span){ w->bytes + begin, w->at++ - begin };
}

/* Pass over an object or a list: up to the mark that closes it. */
static void skip_levels(struct json_walk *w)
{
	size_t depth = 0;
	do {
		uint8_t c = w->bytes[w->at];
		if (c == '"') {
			take_string(w);
			continue;
		}
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		w->at++;
	} while (depth);
}

/* Pass over a number or a word. */
static void skip_scalar(struct json_walk *w)
{
	while (!is_space(w->bytes[w->at]) && w->bytes[w->at] != ',' &&
	       w->bytes[w->at] != '}')
		w->at++;
}

static struct json_span take_value(struct json_walk *w)
{
	size_t begin = w->at;
	uint8_t c = w->bytes[begin];
	if (c == '"')
		return take_string(w);
	(c == '{' || c == '[' ? skip_levels : skip_scalar)(w);
	return (struct json_span){ w->bytes + begin, w->at - begin };
}

bool json_walk_next(struct json_walk *w, struct json_member *m)
{
	skip_space(w);
	if (w->bytes[w->at] == ',')
		w->at++;
	skip_space(w);
	if (w->bytes[w->at] == '}')
		return false;
	m->name = take_string(w);
	skip_space(w);
	w->at++; /* the colon */
	skip_space(w);
	m->kind = w->bytes[w->at];
	m->value = take_value(w);
	return true;
}

size_t json_walk_rest(const struct json_walk *w)
{
	struct json_walk rest = *w;
	rest.at++;
	skip_space(&rest);
	return rest.at;
}

static enum json_verdict break_at(struct json_fault *fault, size_t at,
                                  const char *expected)
{
	*fault = (struct json_fault){ at, expected };
	return JSON_BROKEN;
}

enum json_verdict json_walk_begin(struct json_walk *w, const uint8_t *bytes,
                                  size_t len, struct json_fault *fault)
{
	*w = (struct json_walk){ .bytes = bytes, .len = len };
	skip_space(w);
	if (w->at == len)
		return break_at(fault, w->at, "an object");
	if (bytes[w->at] != '{')
		return break_at(fault, w->at, "{");
	w->at++;
	return json_judge(bytes, len, fault);
}

bool json_is(struct json_span s, const char *word)
{
	return strlen(word) == s.len && memcmp(s.bytes, word, s.len) == 0;
}

/* Strings */

/* The four digits of \uNNNN at `at`, or 0 if there is no such escape. */
static uint32_t unit_at(struct json_span s, size_t at)
{
	const char *text = (const char *)s.bytes;
	if (at + 6 > s.len || text[at] != '\\' || text[at + 1] != 'u')
		return 0;
	int high = escape_hex_pair(text, s.len, at + 2);
	int low = escape_hex_pair(text, s.len, at + 4);
	return (uint32_t)(high << 8 | low);
}

/* Append the character of the \uNNNN at `at`.  Returns the length of what was
 * read, 0 without memory. */
static size_t append_unit(struct bytes *out, struct json_span s, size_t at)
{
	uint32_t cp = unit_at(s, at), low;
	uint8_t utf8[4];
	size_t len = 6;
	if (cp >> 10 == 0xd800 >> 10 &&
	    (low = unit_at(s, at + 6)) >> 10 == 0xdc00 >> 10) {
		cp = 0x10000 + ((cp & 0x3ff) << 10) + (low & 0x3ff);
		len = 12;
	}
	if (cp >> 11 == 0xd800 >> 11)
		cp = 0xfffd;
	return bytes_append(out, utf8, utf8_encode(utf8, cp)) ? 0 : len;
}

/* The same for any escape. */
static size_t append_escape(struct bytes *out, struct json_span s, size_t at)
{
	static const char letters[] = "bfnrt", values[] = "\b\f\n\r\t";
	const char *letter;
	char c = (char)s.bytes[at + 1];
	if (c == 'u')
		return append_unit(out, s, at);
	letter = memchr(letters, c, sizeof(letters) - 1);
	if (letter)
		c = values[letter - letters];
	return bytes_append_byte(out, (uint8_t)c) ? 0 : 2;
}

int json_append_text(struct bytes *out, struct json_span s)
{
	for (size_t at = 0, n; at < s.len; at += n) {
		const uint8_t *plain = s.bytes + at;
		const uint8_t *end = memchr(plain, '\\', s.len - at);
		n = end ? (size_t)(end - plain) : s.len - at;
		if (bytes_append(out, plain, n))
			return -1;
		at += n;
		if (!end)
			break;
		n = append_escape(out, s, at);
		if (!n)
			return -1;
	}
	return 0;
}

/* The value of a digit in base64, or -1. */
static int digit_of(uint8_t c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '+'             ? 62
	       : c == '/'             ? 63
	                              : -1;
}

/* Write the three bytes of four digits.  False if one is none. */
static bool decode_four(uint8_t *out, const uint8_t *digits)
{
	uint32_t bits = 0;
	for (size_t i = 0; i < 4; i++) {
		int digit = digit_of(digits[i]);
		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
	}
	for (size_t i = 0; i < 3; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return true;
}

int json_append_base64(struct bytes *out, struct json_span s)
{
	size_t pads = 0, at = 0;
	while (pads < 2 && pads < s.len && s.bytes[s.len - 1 - pads] == '=')
		pads++;
	if (s.len % 4)
		return errno = EINVAL, -1;
	if (bytes_reserve(out, s.len / 4 * 3))
		return -1;
	uint8_t last[] = { 'A', 'A', 'A', 'A' }, *to = out->data + out->len;
	for (; at + 4 < s.len || (at < s.len && !pads); at += 4, to += 3)
		if (!decode_four(to, s.bytes + at))
			return errno = EINVAL, -1;
	if (pads) {
		memcpy(last, s.bytes + at, 4 - pads);
		if (!decode_four(to, last))
			return errno = EINVAL, -1;
	}
	out->len += s.len / 4 * 3 - pads;
	return 0;
}

int json_append_hex(struct bytes *out, struct json_span s)
{
	const char *text = (const char *)s.bytes;
	if (s.len % 2)
		return errno = EINVAL, -1;
	if (bytes_reserve(out, s.len / 2))
		return -1;
	for (size_t at = 0; at < s.len; at += 2) {
		int byte = escape_hex_pair(text, s.len, at);
		if (byte < 0)
			return errno = EINVAL, -1;
		out->data[out->len + at / 2] = (uint8_t)byte;
	}
	out->len += s.len / 2;
	return 0;
}

/* Numbers */

static bool is_digit(const struct json_member *m, size_t at)
{
	return at < m->value.len && m->value.bytes[at] >= '0' &&
	       m->value.bytes[at] <= '9';
}

/* One without sign. */
static bool is_number(const struct json_member *m)
{
	return m->kind != '"' && is_digit(m, 0);
}

/* Read digits into `*value`; false above NUMBER_MAX. */
static bool read_digits(const struct json_member *m, size_t *at, size_t most,
                        uint64_t *value)
{
	for (size_t n = 0; is_digit(m, *at); n++, ++*at)
		if (n < most)
			*value = *value * 10 + m->value.bytes[*at] - '0';
		else if (most > 3)
			return false;
	return *value <= NUMBER_MAX;
}

bool json_whole_of(const struct json_member *m, uint64_t *value)
{
	size_t at = 0;
	uint64_t read = 0;
	if (!is_number(m) || !read_digits(m, &at, 16, &read) ||
	    at < m->value.len)
		return false;
	*value = read;
	return true;
}

bool json_milli_of(const struct json_member *m, uint64_t *milli)
{
	size_t at = 0, point;
	uint64_t read = 0;
	if (!is_number(m) || !read_digits(m, &at, 16, &read))
		return false;
	point = at;
	if (at < m->value.len && m->value.bytes[at] == '.') {
		at++;
		if (!read_digits(m, &at, 3, &read))
			return false;
	}
	size_t digits = at > point ? at - point - 1 : 0;
	for (; digits < 3; digits++)
		read *= 10;
	*milli = read;
	return at == m->value.len && read <= NUMBER_MAX;
}
