/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Curses as a painter: it draws into memory, and gives the bytes that change
 * the screen.  The only file that includes its headers is screen.c. */

#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>

#include "theme.h"

/* Begin on a terminal of this type.  Of an unknown type the longest beginning
 * that is known counts, as xterm of xterm-ghostty.  -1 with a sentence when
 * there is none, or when it can't move the cursor.  One at a time. */
MUST_USE
int screen_open(const char *term, int rows, int columns, bool is_colored,
                struct error *e);
void screen_close(void);
/* The type that the terminal is taken for. */
const char *screen_term(void);

/* Colours or none, and which, from the next drawing on. */
void screen_set_colored(bool is_colored);
void screen_set_theme(enum theme theme);
/* The private modes (modes.h) that terminals of this kind have. */
unsigned screen_modes(void);
/* Whether terminals of a type put brackets around a paste; without a screen. */
bool screen_brackets_pastes(const char *term);
/* Append what brings such a terminal back from any state.  -1 without
 * memory. */
MUST_USE int screen_reset(struct bytes *out);

/* -1 without memory: nothing has changed. */
MUST_USE int screen_resize(int rows, int columns);
int screen_rows(void);
int screen_columns(void);

/* Everything is painted anew by the next screen_finish(). */
void screen_redraw(void);

/* A frame: erase, put, finish. */
void screen_erase(void);
/* Safe text, cut at the right edge; the column behind it. */
int screen_put(int row, int column, const char *text, size_t len,
               enum style style);
/* The columns that safe text takes. */
int screen_width(const char *text);
/* A whole row in one style. */
void screen_fill(int row, enum style style);
/* Append the bytes that bring the terminal to this frame.  -1 without
 * memory. */
MUST_USE
int screen_finish(int cursor_row, int cursor_column, struct bytes *out);

/* Append the bytes that leave the screen for a while.  -1 without memory: then
 * it counts as left, and the caller has to bring the terminal back. */
MUST_USE int screen_leave(struct bytes *out);

#endif
