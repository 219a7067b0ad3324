/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How the input line looks: prompt and text as cells, and where the cursor
 * is. */

#ifndef TUI_LINE_H
#define TUI_LINE_H

#include <stddef.h>

#include "input.h"

struct line_layout {
	int rows;                      /* in all, at least 1 */
	int cursor_row, cursor_column; /* within them */
};

/* Measure `line` behind `prompt` (ours; readline's own goes before it) on so
 * many columns. */
struct line_layout line_measure(const struct input_line *line,
                                const char *prompt, int columns,
                                unsigned glyph_flags);

/* Draw its rows from `first` on, `rows` of them, from the screen's row `row`
 * on. */
void line_draw(const struct input_line *line, const char *prompt, int row,
               int first, int rows, unsigned glyph_flags);

#endif
