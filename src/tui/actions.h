/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What keys do, and the commands that the screen does in its own way. */

#ifndef TUI_ACTIONS_H
#define TUI_ACTIONS_H

#include <stddef.h>

#include <sockchat/frontend.h>

#include "keys.h"

/* Take whatever the keyboard brought. */
void actions_take(struct frontend *f, const struct token *t);

/* Take a line that was entered: it is kept in the history, and run. */
void actions_enter(struct frontend *f, const char *line, size_t len);

/* The name of the function `i` that keys do; NULL behind the last. */
const char *actions_name(size_t i);

/* Put the functions on their keys in the line editor. */
void actions_start(void);

/* Run the function `i`; `user` is a frontend. */
void actions_run(void *user, size_t i);

/* For `frontend_ops`. */
extern const struct frontend_command tui_commands[];

#endif
