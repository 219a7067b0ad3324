/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the line editor has to tell the history; users of the history find it
 * in input.h. */

#ifndef TUI_HISTFILE_H
#define TUI_HISTFILE_H

/* Entries point to lists of undo that readline may have freed: let them. */
void forget_history_undo(void);

/* All of it, and what was to be saved. */
void forget_history(void);

#endif
