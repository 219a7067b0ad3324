/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Text from outside on its way into the input line: a paste, a file that an
 * editor has left.  Pure. */

#ifndef TUI_PASTE_H
#define TUI_PASTE_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/bytes.h>

/* What a terminal puts around a paste. */
#define PASTE_START "\033[200~"
#define PASTE_END   "\033[201~"

struct cleaned {
	size_t left_out;  /* control characters, and keys with codes */
	size_t lost;      /* bytes, as there was no memory for all of them */
	bool was_doubled; /* CR CR stood for each CR LF */
};

/* Keep text, tabs and newlines, however these are written; drop what terminals
 * put around pastes. */
struct cleaned paste_clean(struct bytes *b);

/* The number of lines; the last one may lack its end. */
size_t paste_count_lines(const struct bytes *b);

#endif
