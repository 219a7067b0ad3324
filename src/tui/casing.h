/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Upper case and lower: commands in place of readline's, whose undo forgets
 * that a letter may be longer in the other case, and then takes the half of a
 * character away; and which begin at the line's end for each letter. */

#ifndef TUI_CASING_H
#define TUI_CASING_H

int casing_upcase_word(int count, int key);
int casing_downcase_word(int count, int key);
int casing_capitalize_word(int count, int key);
int casing_vi_change(int count, int key);

#endif
