/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes taken from the front, and what is told of them. */

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sockchat/glyph.h>

#include "recognise_private.h"

#define PART_MAX 64 /* of one thing that a stranger chose */

struct span span_take(struct span *s, size_t len)
{
	struct span part = { .at = s->at, .len = len, .is_all = true };
	if (len > s->len) {
		s->is_short = part.is_short = true;
		part.len = s->len;
	}
	s->at += part.len;
	s->len -= part.len;
	return part;
}

uint32_t span_number(struct span *s, size_t size)
{
	struct span part = span_take(s, size);
	uint32_t value = 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | (i < part.len ? part.at[i] : 0);
	return value;
}

struct span span_until(struct span *s, uint8_t end)
{
	const uint8_t *at = s->len ? memchr(s->at, end, s->len) : NULL;
	struct span part = span_take(s, at ? (size_t)(at - s->at) : s->len);
	span_take(s, 1);
	part.is_short = !at;
	return part;
}

struct span span_line(struct span *s)
{
	struct span line = span_until(s, '\n');
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

uint32_t span_decimal(struct span *s, uint32_t max)
{
	struct span line = span_line(s);
	uint32_t value = 0;
	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] < '0' || line.at[i] > '9' || value > max)
			return 0;
		value = value * 10 + (line.at[i] - '0');
	}
	return value <= max ? value : 0;
}

static bool is_at(const struct span *s, size_t i, const char *text, size_t len)
{
	return i + len <= s->len &&
	       strncasecmp((const char *)s->at + i, text, len) == 0;
}

bool span_is(const struct span *s, const char *text)
{
	return s->len == strlen(text) && is_at(s, 0, text, s->len);
}

bool span_has(const struct span *s, const char *text)
{
	size_t len = strlen(text);
	for (size_t i = 0; i + len <= s->len; i++)
		if (is_at(s, i, text, len))
			return true;
	return false;
}

bool span_has_any(const struct span *s, const char *const texts[3])
{
	for (size_t i = 0; i < 3 && texts[i]; i++)
		if (span_has(s, texts[i]))
			return true;
	return false;
}

bool span_is_printable(const struct span *s)
{
	for (size_t i = 0; i < s->len; i++)
		if (s->at[i] < ' ' || s->at[i] > '~')
			return false;
	return true;
}

enum recognise_result span_begins(const struct span *s, const char *text)
{
	size_t len = strlen(text), both = s->len < len ? s->len : len;
	if (both && memcmp(s->at, text, both) != 0)
		return RECOGNISE_NO;
	return both == len ? RECOGNISE_YES : RECOGNISE_MORE;
}

void span_expect(struct span *s, bool holds)
{
	s->is_other |= !holds && !s->is_short;
}

void span_expect_byte(struct span *s, uint8_t value)
{
	span_expect(s, span_number(s, 1) == value);
}

void span_expect_begin(struct span *s, const struct span *part,
                       const char *text)
{
	enum recognise_result result = span_begins(part, text);
	s->is_other |= result == RECOGNISE_NO;
	s->is_short |= result == RECOGNISE_MORE;
}

enum recognise_result span_result(const struct span *s)
{
	if (s->is_other)
		return RECOGNISE_NO;
	return s->is_short ? RECOGNISE_MORE : RECOGNISE_YES;
}

void detail_text(struct look *l, const char *text)
{
	size_t used = strlen(l->detail);
	if (span_result(&l->s) == RECOGNISE_YES)
		snprintf(l->detail + used, DETAIL_MAX - used, "%s", text);
}

void detail_span(struct look *l, const char *before,
                 const struct span *s)
{
	struct span rest = *s;
	struct glyph g;
	size_t n, len = 0;
	detail_text(l, before);
	while ((n = glyph_next(&g, rest.at, rest.len, GLYPH_ASCII))) {
		len += g.text_len;
		if (len > PART_MAX) {
			detail_text(l, "...");
			return;
		}
		detail_text(l, g.text);
		span_take(&rest, n);
	}
}
