/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines of our own words over the screen, of which a part is seen: help, the
 * connection panel. */

#ifndef TUI_PAGE_H
#define TUI_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "theme.h"

/* Lines are counted whether they are seen or not. */
struct page {
	int line;        /* the present one */
	int first, rows; /* those seen, from the top of the screen on */
};

bool page_is_seen(const struct page *p);

/* Put safe text into the present line; the column behind it, which is a guess
 * when the line is not seen. */
int page_put(const struct page *p, int column, const char *text, size_t len,
             enum style style);

/* Put ASCII text from `column` to the right edge, on as many lines as it takes;
 * the present one is then the one below. */
void page_wrap(struct page *p, int column, const char *text, enum style style);

#endif
