/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <errno.h>
#include <string.h>

#include <sockchat/escape.h>
#include <sockchat/glyph.h>
#include <sockchat/utf8.h>

/* The escapes of one letter, and what they stand for. */
static const char letters[] = "nrt0e\\\"", values[] = "\n\r\t\0\033\\\"";

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int append_or_refuse(struct bytes *out, const void *bytes, size_t len,
                            struct error *e)
{
	if (bytes_append(out, bytes, len))
		return error_set_errno(e, errno, "too many bytes");
	return 0;
}

static int put_byte(struct bytes *out, int byte, struct error *e)
{
	uint8_t b = (uint8_t)byte;
	return append_or_refuse(out, &b, 1, e);
}

int escape_hex_pair(const char *text, size_t len, size_t at)
{
	int high = at + 2 > len ? -1 : hex_value(text[at]);
	int low = high < 0 ? -1 : hex_value(text[at + 1]);
	return low < 0 ? -1 : high * 16 + low;
}

/* Read "{1f600}" at `at`.  Returns its length, 0 if it is no character. */
static size_t parse_braces(const char *text, size_t len, size_t at,
                           uint32_t *cp)
{
	size_t i = at + 1;
	if (at >= len || text[at] != '{')
		return 0;
	for (*cp = 0; i < len && hex_value(text[i]) >= 0 && i - at <= 6; i++)
		*cp = *cp << 4 | (uint32_t)hex_value(text[i]);
	return i < len && text[i] == '}' && i > at + 1 ? i + 1 - at : 0;
}

/* "\012" is one byte in C, and a NUL with two digits behind it to others: no
 * guess is made. */
static bool refuse_octal(const char *text, size_t len, size_t at,
                         struct error *e)
{
	unsigned value = 0;
	size_t n = 2;
	if (len - at < 3 || text[at + 1] != '0' || text[at + 2] < '0' ||
	    text[at + 2] > '9')
		return false;
	for (; n < 4 && at + n < len && text[at + n] >= '0' &&
	       text[at + n] <= '7'; n++)
		value = value * 8 + (unsigned)(text[at + n] - '0');
	if (n == 2) /* an 8 or 9 */
		error_set(e, "column %zu: \\0 before a digit is ambiguous: "
		             "write \\x00", at + 1);
	else
		error_set(e, "column %zu: %.*s is ambiguous: write \\x%02x if "
		             "it is octal, \\x00%.*s if it is NUL and %.*s",
		          at + 1, (int)n, text + at, value, (int)n - 2,
		          text + at + 2, (int)n - 2, text + at + 2);
	return true;
}

/* Append what the escape with its backslash at `at` means.  Returns the length
 * of the escape, 0 after an error. */
static size_t parse_escape(struct bytes *out, const char *text, size_t len,
                           size_t at, struct error *e)
{
	char c = at + 1 < len ? text[at + 1] : '\0';
	const char *letter = c ? strchr(letters, c) : NULL;
	uint8_t utf8[4];
	uint32_t cp;
	size_t n;
	int byte;
	if (refuse_octal(text, len, at, e))
		return 0;
	if (letter)
		return put_byte(out, values[letter - letters], e) ? 0 : 2;
	if (c == 'x') {
		byte = escape_hex_pair(text, len, at + 2);
		if (byte >= 0)
			return put_byte(out, byte, e) ? 0 : 4;
		error_set(e, "column %zu: \\x needs two hex digits",
		          at + 1);
		return 0;
	}
	if (c == 'u') {
		n = parse_braces(text, len, at + 2, &cp);
		size_t bytes = n ? utf8_encode(utf8, cp) : 0;
		if (bytes)
			return append_or_refuse(out, utf8, bytes, e) ? 0
			                                             : n + 2;
		error_set(e, "column %zu: \\u needs a character: \\u{1f600}",
		          at + 1);
		return 0;
	}
	error_set(e, "column %zu: a backslash begins \\n \\r \\t \\0 \\e \\xNN "
	             "\\u{...} \\\" or \\\\", at + 1);
	return 0;
}

int escape_parse(struct bytes *out, const char *text, size_t len,
                 struct error *e)
{
	size_t before = out->len, n;
	for (size_t i = 0; i < len; i += n) {
		const char *end = memchr(text + i, '\\', len - i);
		n = end ? (size_t)(end - text) - i : len - i;
		if (n ? append_or_refuse(out, text + i, n, e)
		      : !(n = parse_escape(out, text, len, i, e))) {
			out->len = before;
			return -1;
		}
	}
	return 0;
}

char escape_letter(uint8_t byte)
{
	const char *value = memchr(values, byte, sizeof(values) - 1);
	return (char)(value && byte ? letters[value - values] : '\0');
}

static int append_escaped(struct bytes *out, uint8_t byte, bool has_digit_next)
{
	char letter = escape_letter(byte);
	if (!byte && !has_digit_next)
		letter = '0';
	return letter ? bytes_printf(out, "\\%c", letter)
	              : bytes_printf(out, "\\x%02x", byte);
}

static bool is_digit(const uint8_t *at, const uint8_t *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

int escape_append(struct bytes *out, const uint8_t *bytes, size_t len)
{
	const uint8_t *end = bytes + len;
	struct glyph g;
	int failed = 0;
	for (size_t n; (n = glyph_next(&g, bytes, len, 0)); len -= n) {
		if (g.is_escaped || *bytes == '\\')
			for (size_t i = 0; i < n; i++)
				failed |= append_escaped(
				    out, bytes[i],
				    is_digit(bytes + i + 1, end));
		else
			failed |= bytes_append(out, bytes, n);
		bytes += n;
	}
	return failed ? -1 : 0;
}
