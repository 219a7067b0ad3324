/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the commands share, and nobody else sees. */

#ifndef COMMANDS_PRIVATE_H
#define COMMANDS_PRIVATE_H

#include <sockchat/command.h>

/* The row that `name` means: the whole name, or a unique beginning of it; NULL
 * for none, and how many begin so. */
const struct command_row *command_find(const char *name, size_t len,
                                       size_t *matches);

/* The session a command is about: the number given, else, with NULL, the one
 * spoken to.  NULL after a complaint. */
struct session *command_peer(struct chat *c, const char *word);

/* When the command of this row is to be done. */
enum command_turn command_row_turn(const struct command_row *row);

/* set.c */
void run_set(struct chat *c, char *args);
void run_eol(struct chat *c, char *args);
void run_echo(struct chat *c, char *args);
void run_view(struct chat *c, char *args);
void run_time(struct chat *c, char *args);
void run_encoding(struct chat *c, char *args);
void run_endings(struct chat *c, char *args);
void run_bar(struct chat *c, char *args);
void run_mouse(struct chat *c, char *args);

/* limits.c */
void run_limits(struct chat *c, char *args);

/* seek.c */
void run_find(struct chat *c, char *args);
void run_filter(struct chat *c, char *args);

/* info.c */
void run_info(struct chat *c, char *args);

#endif
