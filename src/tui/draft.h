/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The line being typed is put aside while the same line editor edits a
 * pattern. */

#ifndef TUI_DRAFT_H
#define TUI_DRAFT_H

#include <stdbool.h>

#include <sockchat/error.h>

#include "keys.h"

/* Put the draft aside with its undo, and edit an empty line.  -1 without
 * memory: nothing has changed. */
MUST_USE int draft_put_aside(void);
/* Bring the draft back as it was. */
void draft_take_back(void);

/* Put this into the empty line. */
void draft_set(const char *text);

/* Take a key that only edits the line: it does not send, complete, search or
 * leave it.  False: the key was not taken. */
bool draft_edit(const struct token *t);

#endif
