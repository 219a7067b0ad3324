/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Options at run time: the commands that tell and change them.  Each returns
 * -1 after a complaint, and 1 when something has changed. */

#ifndef COMMAND_SET_H
#define COMMAND_SET_H

#include <sockchat/chat.h>

/* Tell an option or, if there are `args`, change it. */
int set_option(struct chat *c, const char *name, char *args);
/* The same, and tell what it is now. */
int set_and_tell(struct chat *c, const char *name, char *args);

int run_set(struct chat *c, char *args);
int run_eol(struct chat *c, char *args);
int run_echo(struct chat *c, char *args);
int run_encoding(struct chat *c, char *args);
int run_limits(struct chat *c, char *args);
int run_unpack(struct chat *c, char *args);

#endif
