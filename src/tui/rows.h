/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Up and down within an input line of several rows, which readline doesn't
 * know. */

#ifndef TUI_ROWS_H
#define TUI_ROWS_H

#include <stdbool.h>

/* Move the cursor by one row, up when negative, in the same column or before.
 * False when there is none. */
bool rows_move(int step);

#endif
