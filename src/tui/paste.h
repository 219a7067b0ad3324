/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Text from outside on its way into the input line: a paste, a file that an
 * editor has left.  Pure. */

#ifndef TUI_PASTE_H
#define TUI_PASTE_H

#include <stddef.h>

#include <sockchat/bytes.h>

/* What a terminal puts around a paste. */
#define PASTE_START "\033[200~"
#define PASTE_END   "\033[201~"

/* Keep text, tabs and newlines, however the newlines are written.  How many
 * characters, or bytes that are none, were left out; what terminals put around
 * pastes and between them doesn't count. */
size_t paste_clean(struct bytes *b);

/* How many lines it is; one that has begun is one. */
size_t paste_count_lines(const struct bytes *b);

#endif
