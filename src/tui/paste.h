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

/* Keep text, tabs and newlines, however the newlines are written.  Returns how
 * many characters and stray bytes were left out, without those that terminals
 * put around pastes. */
size_t paste_clean(struct bytes *b);

/* The number of lines; the last one may lack its end. */
size_t paste_count_lines(const struct bytes *b);

#endif
