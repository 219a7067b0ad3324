/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines of our own words, cut at spaces. */

#include <string.h>

#include <sockchat/glyph.h>

#include "page.h"
#include "screen.h"

bool page_is_seen(const struct page *p)
{
	return p->line >= p->first && p->line < p->first + p->rows;
}

int page_put(const struct page *p, int column, const char *text, size_t len,
             enum style style)
{
	if (!page_is_seen(p))
		return column + (int)len;
	return screen_put(p->line - p->first, column, text, len, style);
}

int page_right(const struct page *p)
{
	return p->right ? p->right : screen_columns();
}

/* How many bytes fit so many columns: cut at a space if there is one.  All of
 * them where there is no room at all. */
static size_t fitting_len(const char *text, int room)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t len = strlen(text), end = 0, space = 0, n;
	struct glyph g;
	int width = 0;
	if (room < 1)
		return len;
	for (; (n = glyph_next(&g, bytes + end, len - end, 0)); end += n) {
		if (text[end] == ' ')
			space = end;
		width += g.width;
		if (end && width > room)
			return space ? space : end;
	}
	return len;
}

void page_wrap(struct page *p, int column, const char *text, enum style style)
{
	do {
		size_t n = fitting_len(text, page_right(p) - column);
		page_put(p, column, text, n, style);
		p->line++;
		text += n;
		text += *text == ' ';
	} while (*text);
}
