/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The history of lines: readline's list, and its file. */

#ifndef TUI_HISTFILE_H
#define TUI_HISTFILE_H

#include <sockchat/error.h>

/* Load at most `max` lines from `path`, or save them there (0600; its directory
 * is made with 0700).  A line that begins with a space is not kept, nor one
 * equal to the one before.  A missing file is an empty one.  Saving keeps what
 * others have put there since.  -1 with errno. */
MUST_USE int histfile_load(const char *path, int max);
MUST_USE int histfile_save(const char *path, int max);

/* Remember a line that was entered. */
void histfile_remember(const char *line);

/* Entries point to lists of undo that readline may have freed: drop the
 * pointers. */
void histfile_forget_undo(void);

/* Forget all lines, and which of them were to be saved. */
void histfile_forget(void);

#endif
