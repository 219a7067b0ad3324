/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Literals of several languages.  What is not printable ASCII is escaped so
 * that a digit or letter behind it cannot become part of the escape. */

#include <string.h>

#include <sockchat/quote.h>

typedef int append_fn(struct bytes *out, const uint8_t *bytes, size_t len);

static bool is_printable(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f;
}

static int append_hex(struct bytes *out, const uint8_t *bytes, size_t len)
{
	int failed = 0;
	for (size_t i = 0; i < len; i++)
		failed |= bytes_printf(out, i ? " %02x" : "%02x", bytes[i]);
	return failed;
}

/* One byte within quotes: a letter's escape, itself, or its number. */
static int append_quoted(struct bytes *out, uint8_t byte, bool is_octal)
{
	static const char letters[] = "nrt\\", values[] = "\n\r\t\\";
	const char *value = byte ? strchr(values, byte) : NULL;
	if (value)
		return bytes_printf(out, "\\%c", letters[value - values]);
	if (is_printable(byte))
		return bytes_append_byte(out, byte);
	return is_octal ? bytes_printf(out, "\\%03o", byte)
	                : bytes_printf(out, "\\x%02x", byte);
}

/* Three octal digits end by themselves, hex digits would not.  A question mark
 * might begin a trigraph (C11, 5.2.1.1). */
static int append_c(struct bytes *out, const uint8_t *bytes, size_t len)
{
	int failed = bytes_append_byte(out, '"');
	for (size_t i = 0; i < len; i++) {
		bool is_second = i && bytes[i - 1] == '?' && bytes[i] == '?';
		if (bytes[i] == '"' || is_second)
			failed |= bytes_append_byte(out, '\\');
		failed |= append_quoted(out, bytes[i], true);
	}
	return failed | bytes_append_byte(out, '"');
}

static int append_python(struct bytes *out, const uint8_t *bytes, size_t len)
{
	bool has_single = len && memchr(bytes, '\'', len);
	bool has_double = len && memchr(bytes, '"', len);
	uint8_t quote = has_single && !has_double ? '"' : '\'';
	int failed = bytes_append_byte(out, 'b') |
	             bytes_append_byte(out, quote);
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == quote)
			failed |= bytes_append_byte(out, '\\');
		failed |= append_quoted(out, bytes[i], false);
	}
	return failed | bytes_append_byte(out, quote);
}

/* printf(1) takes \ooo in its format.  A quote has to stand outside of the
 * quoted word, and a dash in front would be an option. */
static int append_printf(struct bytes *out, const uint8_t *bytes, size_t len)
{
	int failed = bytes_append_text(out, "printf '");
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\'')
			failed |= bytes_append_text(out, "'\\''");
		else if (bytes[i] == '%')
			failed |= bytes_append_text(out, "%%");
		else if (bytes[i] == '-' && !i)
			failed |= bytes_append_text(out, "\\055");
		else
			failed |= append_quoted(out, bytes[i], true);
	}
	return failed | bytes_append_byte(out, '\'');
}

static int append_as_is(struct bytes *out, const uint8_t *bytes, size_t len)
{
	return bytes_append(out, bytes, len);
}

static int append_base64(struct bytes *out, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef"
	                             "ghijklmnopqrstuvwxyz0123456789+/";
	if (bytes_reserve(out, (len + 2) / 3 * 4))
		return -1;
	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t group = (uint32_t)bytes[i] << 16;
		if (left > 1)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		uint8_t *to = out->data + out->len;
		to[0] = (uint8_t)digits[group >> 18];
		to[1] = (uint8_t)digits[group >> 12 & 63];
		to[2] = (uint8_t)(left > 1 ? digits[group >> 6 & 63] : '=');
		to[3] = (uint8_t)(left > 2 ? digits[group & 63] : '=');
		out->len += 4;
	}
	return 0;
}

static const struct {
	const char *name;
	append_fn *append;
} forms[QUOTE_COUNT] = {
	[QUOTE_TEXT] = { "text", append_as_is },
	[QUOTE_HEX] = { "hex", append_hex },
	[QUOTE_C] = { "C", append_c },
	[QUOTE_PYTHON] = { "Python", append_python },
	[QUOTE_BASE64] = { "base64", append_base64 },
	[QUOTE_SHELL] = { "shell", append_printf },
};

const char *quote_name(enum quote_form form)
{
	return forms[form].name;
}

int quote_append(struct bytes *out, enum quote_form form, const uint8_t *bytes,
                 size_t len)
{
	return forms[form].append(out, bytes, len) ? -1 : 0;
}

/* Plain characters need no quotes; brackets of IPv6 do. */
static int append_shell_word(struct bytes *out, const char *word)
{
	bool is_plain = *word && strspn(word, "abcdefghijklmnopqrstuvwxyz"
	                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                      "0123456789.:_/-") ==
	                             strlen(word);
	int failed = is_plain ? 0 : bytes_append_byte(out, '\'');
	for (; *word; word++)
		failed |= *word == '\''
		              ? bytes_append_text(out, "'\\''")
		              : bytes_append_byte(out, (uint8_t)*word);
	return failed | (is_plain ? 0 : bytes_append_byte(out, '\''));
}

int quote_append_shell(struct bytes *out, const uint8_t *bytes, size_t len,
                       const char *endpoint)
{
	return append_printf(out, bytes, len) ||
	               bytes_append_text(out, " | sockchat connect ") ||
	               append_shell_word(out, endpoint)
	           ? -1 : 0;
}
