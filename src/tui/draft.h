/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The line being typed, put aside while the same editor asks for something
 * else: a pattern. */

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

/* Edit the line with this key if it only edits: nothing that would send,
 * complete, search or leave it.  False: it was not taken. */
bool draft_edit(const struct token *t);

#endif
