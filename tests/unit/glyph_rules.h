/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What holds for every glyph of any bytes: for the unit test, which tries
 * random ones, and for the fuzzer. */

#ifndef TESTS_GLYPH_RULES_H
#define TESTS_GLYPH_RULES_H

#include <string.h>
#include <wchar.h>

#include <sockchat/glyph.h>
#include <sockchat/utf8.h>

/* Written down again, apart from the table that is tested. */
static inline int glyph_rules_forbid(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0xad ||
	       cp == 0x61c || cp == 0x115f || cp == 0x1160 || cp == 0x180e ||
	       (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0x3164 ||
	       (cp >= 0xd800 && cp <= 0xf8ff) ||
	       (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff ||
	       cp == 0xffa0 || (cp >= 0xfff0 && cp <= 0xfffb) ||
	       (cp & 0xfffe) == 0xfffe || cp >= 0xe0000;
}

/* The text of all glyphs.  -1 without memory. */
static inline int glyph_rules_append(struct bytes *out, const uint8_t *bytes,
                                     size_t len, unsigned flags)
{
	struct glyph g;

	for (size_t n; (n = glyph_next(&g, bytes, len, flags)); len -= n) {
		if (bytes_append(out, g.text, g.text_len))
			return -1;
		bytes += n;
	}
	return 0;
}

/* NULL, or the rule that is broken by the text. */
static inline const char *glyph_rules_text(const struct glyph *g,
                                           unsigned flags)
{
	const uint8_t *text = (const uint8_t *)g->text;
	size_t marks = 0, width = 0;
	uint32_t cp = 0;

	for (size_t i = 0; i < g->text_len; i += utf8_encode((uint8_t[4]){ 0 },
	                                                     cp)) {
		if (utf8_decode(text + i, g->text_len - i, &cp) <= 0)
			return "a text is UTF-8";
		if (glyph_rules_forbid(cp) || wcwidth((wchar_t)cp) < 0)
			return "a text is printable";
		if (cp >= 0x80 && (flags & GLYPH_ASCII || g->is_escaped))
			return "a visible form is ASCII";
		width += (size_t)wcwidth((wchar_t)cp);
		marks += wcwidth((wchar_t)cp) == 0;
		if (width == 0)
			return "a mark has a base";
	}
	if (marks > GLYPH_MARKS_MAX)
		return "a base has few marks";
	return width == g->width && width ? NULL
	                                  : "the width is that of the text";
}

static inline const char *glyph_rules_glyph(const struct glyph *g, size_t n,
                                            const uint8_t *bytes, size_t len,
                                            unsigned flags)
{
	if (n != g->len || n > len)
		return "a glyph stands for bytes that are there";
	if (!memchr(g->text, '\0', sizeof(g->text)) ||
	    strlen(g->text) != g->text_len)
		return "a text ends in NUL";
	if (!g->is_escaped &&
	    (g->text_len != n || memcmp(g->text, bytes, n) != 0))
		return "what is not escaped is as it came";
	return glyph_rules_text(g, flags);
}

/* NULL, or the rule that the glyphs of `bytes` break. */
static inline const char *glyph_rules_broken(const uint8_t *bytes, size_t len,
                                             unsigned flags)
{
	struct glyph g;
	size_t n;

	while ((n = glyph_next(&g, bytes, len, flags))) {
		const char *rule = glyph_rules_glyph(&g, n, bytes, len, flags);
		if (rule)
			return rule;
		bytes += n;
		len -= n;
	}
	return len ? "nothing is left" : NULL;
}

#endif
