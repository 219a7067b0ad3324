/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include <sockchat/array.h>
#include <sockchat/glyph.h>
#include <sockchat/utf8.h>

/* Characters that are not seen, or that move others: general categories Cf,
 * Zl, Zp and Co, noncharacters, variation selectors, and the fillers that look
 * like nothing.  What libc does not know is caught by its width of -1. */
static const struct {
	uint32_t first, last;
} hidden[] = {
	{ 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x0600, 0x0605 },
	{ 0x061c, 0x061c },   { 0x06dd, 0x06dd },   { 0x070f, 0x070f },
	{ 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },   { 0x115f, 0x1160 },
	{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
	{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
	{ 0xd800, 0xf8ff },   { 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
	{ 0xfffe, 0xffff },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1345f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff },
};

bool glyph_is_hidden(uint32_t cp)
{
	size_t count = sizeof(hidden) / sizeof(hidden[0]), i;
	ARRAY_FIND(i, count, hidden[i].last >= cp);
	return i < count && hidden[i].first <= cp;
}

/* The character's columns; -1 if it has to be escaped. wcswidth() is libc's;
 * the wcwidth() of this program is made for readline, see src/tui/guest.c. */
static int columns_of(uint32_t cp)
{
	wchar_t wide = (wchar_t)cp;
	if (utf8_is_control(cp) || glyph_is_hidden(cp) ||
	    (cp & 0xfffe) == 0xfffe)
		return -1;
	return cp < 0x7f ? 1 : wcswidth(&wide, 1);
}

/* As columns_of(), for the first character of a glyph. */
static int base_columns(uint32_t cp, unsigned flags)
{
	int width = columns_of(cp);
	if (width > 0 || !(flags & GLYPH_ANY_WIDTH))
		return width;
	return cp < 0xa0 || glyph_is_hidden(cp) ? -1 : 1;
}

/* Finish a glyph: its text is `n` columns of ASCII and stands for `len`
 * bytes. */
static size_t escaped(struct glyph *g, size_t len, int n)
{
	g->text_len = g->width = (uint8_t)n;
	g->len = len;
	g->is_escaped = true;
	return len;
}

static size_t put_control(struct glyph *g, uint8_t byte)
{
	g->text[0] = '^';
	g->text[1] = (char)(byte ^ 0x40);
	g->text[2] = '\0';
	return escaped(g, 1, 2);
}

static size_t put_bad(struct glyph *g, uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	g->text[0] = '\\';
	g->text[1] = 'x';
	g->text[2] = digits[byte >> 4];
	g->text[3] = digits[byte & 15];
	g->text[4] = '\0';
	return escaped(g, 1, 4);
}

static size_t put_hidden(struct glyph *g, size_t len, uint32_t cp)
{
	return escaped(g, len, snprintf(g->text, sizeof(g->text), "<U+%04X>",
	                                cp));
}

static size_t put_plain(struct glyph *g, uint8_t byte)
{
	g->text[0] = (char)byte;
	g->text[1] = '\0';
	g->text_len = g->width = 1;
	g->len = 1;
	g->is_escaped = false;
	return 1;
}

/* Take in the combining marks that follow the base. */
static void add_marks(struct glyph *g, const uint8_t *bytes, size_t len)
{
	uint32_t cp;
	for (int marks = 0; marks < GLYPH_MARKS_MAX && g->len < len; marks++) {
		const uint8_t *at = bytes + g->len;
		int n = *at < 0x80 ? 0 : utf8_decode(at, len - g->len, &cp);
		if (n <= 0 || columns_of(cp) != 0)
			return;
		memcpy(g->text + g->text_len, at, (size_t)n);
		g->text_len = (uint8_t)(g->text_len + n);
		g->len += (size_t)n;
	}
}

size_t glyph_next(struct glyph *g, const uint8_t *bytes, size_t len,
                  unsigned flags)
{
	uint32_t cp;
	if (!len)
		return 0;
	if (bytes[0] < 0x20 || bytes[0] == 0x7f)
		return put_control(g, bytes[0]);
	if (flags & GLYPH_ASCII)
		return bytes[0] < 0x80 ? put_plain(g, bytes[0])
		                       : put_bad(g, bytes[0]);
	if (bytes[0] < 0x80) {
		put_plain(g, bytes[0]);
	} else {
		int n = utf8_decode(bytes, len, &cp);
		if (n < 0)
			return put_bad(g, bytes[0]);
		int width = base_columns(cp, flags);
		if (width <= 0)
			return put_hidden(g, (size_t)n, cp);
		memcpy(g->text, bytes, (size_t)n);
		g->text_len = (uint8_t)n;
		g->width = (uint8_t)width;
		g->len = (size_t)n;
		g->is_escaped = false;
	}
	if (g->len < len && bytes[g->len] >= 0x80)
		add_marks(g, bytes, len);
	g->text[g->text_len] = '\0';
	return g->len;
}

size_t glyph_width(const uint8_t *bytes, size_t len, unsigned flags)
{
	struct glyph g;
	size_t width = 0;
	for (size_t n; (n = glyph_next(&g, bytes, len, flags)); len -= n) {
		width += g.width;
		bytes += n;
	}
	return width;
}

void glyph_copy_bytes(char *out, size_t cap, const uint8_t *bytes, size_t len,
                      unsigned flags)
{
	size_t used = 0, n;
	struct glyph g;
	while ((n = glyph_next(&g, bytes, len, flags))) {
		if (g.text_len >= cap - used)
			break;
		memcpy(out + used, g.text, g.text_len);
		used += g.text_len;
		bytes += n;
		len -= n;
	}
	out[used] = '\0';
}

void glyph_copy(char *out, size_t cap, const char *text, unsigned flags)
{
	glyph_copy_bytes(out, cap, (const uint8_t *)text, strlen(text), flags);
}

/* Drop the first bytes of a character whose last ones were cut off. */
static void drop_unfinished(char *text)
{
	size_t len = strlen(text);
	text[len - utf8_unfinished((const uint8_t *)text, len)] = '\0';
}

void glyph_vformat(char *out, size_t cap, const char *format, va_list args)
{
	char text[GLYPH_SENTENCE_MAX];
	int len = vsnprintf(out, cap, format, args);
	if (len < 0)
		out[0] = '\0';
	size_t used = strlen(out);
	if (utf8_plain((const uint8_t *)out, used, 0, 0) == used)
		return; /* as nearly all sentences are */
	if ((size_t)len >= cap)
		drop_unfinished(out);
	memcpy(text, out, used + 1);
	glyph_copy(out, cap, text, GLYPH_ANY_WIDTH);
}
