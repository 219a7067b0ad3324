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

static void copy_words(struct list *l, char *const *words, size_t count,
                 unsigned glyph_flags)
{
	char safe[WORD_MAX];
	*l = (struct list){ .items = calloc(count, sizeof(*l->items)) };
	for (size_t i = 0; l->items && i < count; i++) {
		glyph_copy(safe, sizeof(safe), words[i], glyph_flags);
		l->items[i] = strdup(safe);
		if (!l->items[i])
			break;
		l->count++;
	}
}

static bool is_same(const struct list *a, const struct list *b)
{
	size_t i = 0;
	if (a->count != b->count)
		return false;
	while (i < a->count && strcmp(a->items[i], b->items[i]) == 0)
		i++;
	return i == a->count;
}

void list_set(struct list *l, char *const *words, size_t count,
              unsigned glyph_flags)
{
	struct list now;
	copy_words(&now, words, count, glyph_flags);
	if (is_same(&now, l) && l->first + l->seen < l->count)
		now.first = l->first + l->seen;
	list_clear(l);
	*l = now;
}

void list_begin_key(struct list *l)
{
	l->is_old = true;
}

void list_end_key(struct list *l)
{
	if (l->is_old)
		list_clear(l);
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

void list_draw(struct list *l, int row, int rows, int columns)
{
	struct place p = { 0 };
	char more[32];
	size_t i = l->first;
	for (; i < l->count; i++) {
		const char *word = l->items[i];
		find_place(&p, screen_width(word), columns);
		if (p.row >= rows)
			break;
		p.column = screen_put(row + p.row, p.column, word,
		                      strlen(word), STYLE_NOTICE) + GAP;
	}
	l->seen = i - l->first;
	if (i == l->count)
		return;
	int len = snprintf(more, sizeof(more), "  %zu more", l->count - i);
	screen_put(row + rows - 1, columns > len ? columns - len : 0, more,
	           (size_t)len, STYLE_WARNING);
}
