/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Help and the connection panel: lines of our own words over the transcript, of
 * which some are seen; and the bar of keys. */

#ifndef TUI_PAGE_H
#define TUI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/chat.h>

#include "keys.h"
#include "theme.h"

/* Where lines are put; those that are not seen are counted as well. */
struct page {
	int line;        /* the present one */
	int first, rows; /* those seen, from the top of the screen on */
	int right;       /* the column behind it; 0: the screen's edge */
};

bool page_is_seen(const struct page *p);

/* Put safe text into the present line.  Returns the column behind it, which is
 * a guess when the line is not seen. */
int page_put(const struct page *p, int column, const char *text, size_t len,
             enum style style);

int page_right(const struct page *p);

/* Put safe text from `column` to the right edge, on as many lines as it takes;
 * the present one is then the one below. */
void page_wrap(struct page *p, int column, const char *text, enum style style);

/* What the keys of the screen do, for help and for the manual's check. */
struct key_row {
	const char *keys; /* "PgUp PgDn" */
	const char *help;
	const char *bar;  /* for the bar of keys, or NULL */
};

/* Row `i`, or NULL behind the last. */
const struct key_row *help_key(size_t i);

/* Draw help into the rows from 0 on, from its line `first`; about the keys or
 * else the commands that begin with `word`, all of it for "".  How many lines
 * it has. */
int help_draw(int rows, int first, const char *word);
/* Whether keys begin so. */
bool help_has_key(const char *word);

/* The bar of keys, as many as fit: `first` if it is not NULL, then `keys` up to
 * its NULL, or those of the input line if it is NULL; clicks go to `spots`. */
void help_draw_bar(int row, const char *first, const char *const *keys,
                   struct spots *spots);

/* Draw the connection panel into the rows from 0 on, from its line `*first`,
 * which becomes an earlier one when rows would be left empty.  True: all of it
 * is seen. */
bool panel_draw(const struct chat *c, int rows, int *first,
                unsigned glyph_flags);

#endif
