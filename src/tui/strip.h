/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The input line on one row of a terminal that scrolls: CR, backspaces, blanks
 * and text bring the row from one look to the next, so any terminal will do,
 * and a screen reader hears what changes alone.  Of a line that is too long the
 * part around the cursor is shown, between < and >.  Pure. */

#ifndef TUI_STRIP_H
#define TUI_STRIP_H

#include "input.h"

/* What the row shows; all zero: nothing. */
struct strip {
	struct bytes text; /* printable */
	size_t cursor;     /* bytes of it before the cursor */
	size_t first;      /* the column of the line that is shown first */
};

/* Append the bytes that make the row show `line` with `prompt` before it.  A
 * prompt of readline's takes the place of `prompt`.  -1 without memory: then
 * nothing has changed. */
MUST_USE
int strip_show(struct strip *s, struct bytes *out, const char *prompt,
               const struct input_line *line, int columns,
               unsigned glyph_flags);

/* Append the bytes that make the row empty, with the cursor at its beginning.
 * -1 without memory. */
MUST_USE
int strip_hide(struct strip *s, struct bytes *out, int columns,
               unsigned glyph_flags);

void strip_finish(struct strip *s);

#endif
