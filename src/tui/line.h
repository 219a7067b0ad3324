/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How the input line looks: prompt and text as cells, and where the cursor
 * is. */

#ifndef TUI_LINE_H
#define TUI_LINE_H

#include "input.h"

struct line_layout {
	int rows;                      /* in all, at least 1 */
	int cursor_row, cursor_column; /* within them */
};

/* Measure `line` with `prompt` before it on so many columns.  A prompt of
 * readline's takes the place of `prompt`. */
struct line_layout line_measure(const struct input_line *line,
                                const char *prompt, int columns,
                                unsigned glyph_flags);

/* Draw `rows` of its rows, from the row `first` on, into the screen from `row`
 * on. */
void line_draw(const struct input_line *line, const char *prompt, int row,
               int first, int rows, unsigned glyph_flags);

#endif
