/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The last safeguard: no fault of the line editor may send a character that it
 * has cut in two.  Bytes that are not UTF-8 are a line's good right if somebody
 * put them in, by a paste or an earlier line. */

#ifndef TUI_WHOLE_H
#define TUI_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/* Note that this text is put into the line. */
void whole_note(const char *text, size_t len);

/* Put text, and more behind it, in place of a part of the line, in one step for
 * undo.  For commands of readline's: its keys are read while there is memory
 * for what they do. */
void whole_edit(int start, int end, const char *text, const char *more);

/* Whether the line has a part of a character that nobody put in so. */
bool whole_is_cut(const char *line);

/* In place of readline's "." of vi, which may repeat half of a character, or a
 * d without a motion, and then damages the line: the line is put back as it
 * was, without its undo. */
int whole_vi_redo(int count, int key);

#endif
