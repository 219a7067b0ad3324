/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Commands for upper and lower case, in place of readline's.  Their undo
 * forgets that a letter may be longer in the other case, and cuts a character
 * in two; and for each letter they begin at the line's end. */

#ifndef TUI_CASING_H
#define TUI_CASING_H

int casing_upcase_word(int count, int key);
int casing_downcase_word(int count, int key);
int casing_capitalize_word(int count, int key);
int casing_vi_change(int count, int key);

#endif
