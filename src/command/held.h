/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* In middle.c: the commands about what is held, and what is said in the
 * middle.  Each returns -1 after a complaint. */

#ifndef COMMAND_HELD_H
#define COMMAND_HELD_H

#include <sockchat/chat.h>

int run_hold(struct chat *c, char *args);
int run_pass(struct chat *c, char *args);
int run_drop(struct chat *c, char *args);
int run_edit(struct chat *c, char *args);
int run_inject(struct chat *c, char *args);

#endif
