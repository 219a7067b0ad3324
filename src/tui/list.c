/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Words side by side, in as many rows as they take. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "list.h"
#include "screen.h"

#define WORD_MAX 256
#define GAP      2

void list_set(struct list *l, char *const *words, size_t count,
              unsigned glyph_flags)
{
	char safe[WORD_MAX];
	list_clear(l);
	l->items = calloc(count, sizeof(*l->items));
	for (size_t i = 0; l->items && i < count; i++) {
		glyph_copy(safe, sizeof(safe), words[i], glyph_flags);
		l->items[i] = strdup(safe);
		if (!l->items[i])
			break;
		l->count++;
	}
}

void list_clear(struct list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i]);
	free(l->items);
	*l = (struct list){ 0 };
}

/* Where words are put one after another. */
struct place {
	int row, column;
};

static void find_place(struct place *p, int width, int columns)
{
	if (p->column && p->column + width > columns)
		*p = (struct place){ .row = p->row + 1 };
}

int list_rows(const struct list *l, int columns)
{
	struct place p = { 0 };
	for (size_t i = 0; i < l->count; i++) {
		int width = screen_width(l->items[i]);
		find_place(&p, width, columns);
		p.column += width + GAP;
	}
	return l->count ? p.row + 1 : 0;
}

void list_draw(const struct list *l, int row, int rows, int columns)
{
	struct place p = { 0 };
	char more[32];
	for (size_t i = 0; i < l->count; i++) {
		const char *word = l->items[i];
		find_place(&p, screen_width(word), columns);
		if (p.row >= rows) {
			int len = snprintf(more, sizeof(more), "  %zu more",
			                   l->count - i);
			screen_put(row + rows - 1,
			           columns > len ? columns - len : 0, more,
			           (size_t)len, STYLE_WARNING);
			return;
		}
		p.column = screen_put(row + p.row, p.column, word,
		                      strlen(word), STYLE_NOTICE) + GAP;
	}
}
