/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Earlier lines, and their words, had again: commands for readline's keys. */

#ifndef TUI_RECALL_H
#define TUI_RECALL_H

/* The line before or after that begins as this one does up to the cursor. */
int recall_older(int count, int key);
int recall_newer(int count, int key);

/* The last word of the newest line, then of the one before, each in the place
 * of the other. */
int recall_last_word(int count, int key);

/* After each key: what was typed into a line of the history is in it. */
void recall_keep_edit(void);

/* The line has been changed otherwise: the next search begins anew. */
void recall_forget(void);

#endif
