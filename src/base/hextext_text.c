/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What all forms of pasted bytes need: digits, bytes, and the place of what is
 * wrong. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hextext_private.h"

static size_t column_of(const struct hextext *h, size_t at)
{
	const char *line = memrchr(h->text, '\n', at);
	return (size_t)(h->text + at - (line ? line + 1 : h->text)) + 1;
}

static size_t line_of(const struct hextext *h, size_t at)
{
	size_t line = 1;
	for (size_t i = 0; i < at; i++)
		line += h->text[i] == '\n';
	return line;
}

int hextext_refuse(const struct hextext *h, size_t at, const char *format, ...)
{
	char text[192];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!memchr(h->text, '\n', h->len))
		return error_set(h->e, "column %zu: %s", at + 1, text);
	return error_set(h->e, "line %zu, column %zu: %s", line_of(h, at),
	                 column_of(h, at), text);
}

int hextext_put_all(struct hextext *h, const uint8_t *bytes, size_t len)
{
	if (bytes_append(h->out, bytes, len))
		return error_set_errno(h->e, errno, "too many bytes");
	return 0;
}

int hextext_put(struct hextext *h, int byte)
{
	uint8_t one = (uint8_t)byte;
	return hextext_put_all(h, &one, 1);
}

static bool is_hex_digit(char c)
{
	return c && strchr("0123456789abcdefABCDEF", c);
}

size_t hextext_digits(const struct hextext *h, size_t at)
{
	size_t n = 0;
	while (is_hex_digit(hextext_char(h, at + n)))
		n++;
	return n;
}
