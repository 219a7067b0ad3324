/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The commands that stand in files of their own, for the table. */

#ifndef CORE_COMMANDS_PRIVATE_H
#define CORE_COMMANDS_PRIVATE_H

#include <sockchat/chat.h>

/* set.c */
void run_set(struct chat *c, char *args);
void run_eol(struct chat *c, char *args);
void run_echo(struct chat *c, char *args);
void run_view(struct chat *c, char *args);
void run_time(struct chat *c, char *args);
void run_endings(struct chat *c, char *args);
void run_bar(struct chat *c, char *args);
void run_mouse(struct chat *c, char *args);

/* seek.c */
void run_find(struct chat *c, char *args);
void run_filter(struct chat *c, char *args);

#endif
