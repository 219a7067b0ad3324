/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Commands for readline's keys that recall earlier lines, and their words. */

#ifndef TUI_RECALL_H
#define TUI_RECALL_H

/* Recall the line before, or after, that begins as this one does up to the
 * cursor. */
int recall_older(int count, int key);
int recall_newer(int count, int key);

/* Recall the last word of the newest line; pressed again, of the line before
 * it, in place of the former word. */
int recall_last_word(int count, int key);

/* Call it after each key: it keeps what was typed into a line of the
 * history. */
void recall_keep_edit(void);

/* Begin the next search anew: something else has changed the line. */
void recall_forget(void);

#endif
