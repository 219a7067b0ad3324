/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Help and the connection panel: lines of our own words over the transcript, of
 * which some are seen. */

#ifndef TUI_PAGE_H
#define TUI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "theme.h"

/* Where lines are put; those that are not seen are counted as well. */
struct page {
	int line;        /* the present one */
	int first, rows; /* those seen, from the top of the screen on */
};

bool page_is_seen(const struct page *p);

/* Put safe text into the present line.  Returns the column behind it, which is
 * a guess when the line is not seen. */
int page_put(const struct page *p, int column, const char *text, size_t len,
             enum style style);

/* Put ASCII text from `column` to the right edge, on as many lines as it takes;
 * the present one is then the one below. */
void page_wrap(struct page *p, int column, const char *text, enum style style);

#endif
