/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What some bytes could mean, on the screen. */

#ifndef TUI_VALUES_H
#define TUI_VALUES_H

#include <stddef.h>
#include <stdint.h>

/* How many rows it takes on a screen of this width. */
int values_rows(void);

/* Draw the rows from `first` on into `rows` rows of the screen from `row`
 * on. */
void values_draw(int row, int rows, int first, const uint8_t *bytes, size_t len,
                 unsigned glyph_flags);

#endif
