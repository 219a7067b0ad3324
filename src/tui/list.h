/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Candidates of a completion, shown until the next key. */

#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stddef.h>

/* All zero is empty. */
struct list {
	char **items; /* safe to show */
	size_t count;
};

/* Make it a copy of these words.  Without memory it is shorter. */
void list_set(struct list *l, char *const *words, size_t count,
              unsigned glyph_flags);
void list_clear(struct list *l);

/* How many rows it takes on so many columns. */
int list_rows(const struct list *l, int columns);

/* Draw as much of it as `rows` rows from `row` on take, and say how many words
 * are left out. */
void list_draw(const struct list *l, int row, int rows, int columns);

#endif
