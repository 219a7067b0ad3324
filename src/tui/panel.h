/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The connection panel: what is known of a connection, over the transcript. */

#ifndef TUI_PANEL_H
#define TUI_PANEL_H

#include <sockchat/chat.h>

/* Draw it into the rows from 0 on, from its line `*first`, which becomes an
 * earlier one when rows would be left empty.  True: all of it is seen. */
bool panel_draw(const struct chat *c, int rows, int *first,
                unsigned glyph_flags);

#endif
