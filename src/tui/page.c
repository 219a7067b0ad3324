/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines of our own words, cut at spaces. */

#include <string.h>

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

/* How many bytes fit so many columns: cut at a space if there is one. */
static int fitting_len(const char *text, int room)
{
	int len = (int)strlen(text), n = room;
	if (len <= room || room < 1)
		return len;
	while (n > 0 && text[n] != ' ')
		n--;
	return n > 0 ? n : room;
}

void page_wrap(struct page *p, int column, const char *text, enum style style)
{
	do {
		int n = fitting_len(text, screen_columns() - column);
		page_put(p, column, text, (size_t)n, style);
		p->line++;
		text += n;
		text += *text == ' ';
	} while (*text);
}
