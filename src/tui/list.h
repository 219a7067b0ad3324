/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Candidates of a completion, shown until the next key; asked for again, the
 * next page of them. */

#ifndef TUI_LIST_H
#define TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is empty. */
struct list {
	char **items; /* safe to show */
	size_t count;
	size_t first, seen; /* the page: where it begins, how many are on it */
	bool is_old;        /* to be cleared, unless it is set again */
};

/* Make it a copy of these words; if it is that already, turn to its next page,
 * behind the last one to the first.  Without memory it is shorter. */
void list_set(struct list *l, char *const *words, size_t count,
              unsigned glyph_flags);
void list_clear(struct list *l);
/* A key comes: list_end_key() clears what list_set() has not set since. */
void list_begin_key(struct list *l);
void list_end_key(struct list *l);

/* How many rows all of it takes on so many columns. */
int list_rows(const struct list *l, int columns);

/* Draw as much of the page as `rows` rows from `row` on take, and say how many
 * words come behind it. */
void list_draw(struct list *l, int row, int rows, int columns);

#endif
