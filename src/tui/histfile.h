/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The history of lines: readline's list, and its file. */

#ifndef TUI_HISTFILE_H
#define TUI_HISTFILE_H

#include <sockchat/error.h>

/* Load at most `max` lines from `path`.  From now on each line is appended to
 * that file when it is entered (0600; its directory is made with 0700), also
 * while other programs do the same.  A missing file is an empty one; one with
 * many more lines is shortened.  -1 with errno when it can't be read. */
MUST_USE int histfile_open(const char *path, int max);

/* Remember a line that was entered, unless it begins with a space or is equal
 * to the one before.  What the file doesn't take is tried again each time. */
void histfile_remember(const char *line);

/* Line `i` of those remembered, 0 is the oldest; NULL behind the last. */
const char *histfile_line(int i);

/* Try a last time.  -1 with a sentence if lines are missing in the file. */
MUST_USE int histfile_close(struct error *e);

/* Entries point to lists of undo that readline may have freed: drop the
 * pointers. */
void histfile_forget_undo(void);

/* Forget all lines, and the file. */
void histfile_forget(void);

#endif
