/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the commands share; other rooms do not see it. */

#ifndef COMMANDS_PRIVATE_H
#define COMMANDS_PRIVATE_H

#include <sockchat/command.h>

/* The row that `name` means: its whole name, a unique beginning, or what
 * another program calls it; NULL for none.  `*matches`: how many names begin
 * so. */
const struct command_row *command_find(const char *name, size_t len,
                                       size_t *matches);

/* Say why command_find() found none, and what may be meant.  Returns -1. */
int command_refuse_name(struct error *e, const char *name, size_t len,
                        size_t matches);

/* Do the command of this row, in the front end's own way if it has one.  -1
 * after a complaint, as all that follow. */
int command_do(struct chat *c, const struct command_row *row, char *args);

/* How a room above does the command of this name; NULL: it is not there. */
const struct chat_command *command_above(const struct chat *c,
                                         const char *name);

/* names.c */

/* A name that another program has, and ours.  Those that do something come
 * first; the last name is NULL. */
struct alias {
	const char *name, *ours;
	bool does; /* it does the command; else that one is told */
};

extern const struct alias aliases[];

/* NULL for none. */
const struct alias *alias_find(const char *word, size_t len);

/* peers.c */

/* Cut `args` into words where there are spaces; how many, at most `max`. */
size_t command_words(char *args, char *words[], size_t max);

/* Do it to the peer that is named or spoken to, else to all of them. */
int command_for_peers(struct chat *c, char *args, chat_session_fn *fn);
int run_info(struct chat *c, char *args);
int run_peers(struct chat *c, char *args);
int run_to(struct chat *c, char *args);

/* endpoints.c */
int run_connect(struct chat *c, char *args);
int run_listen(struct chat *c, char *args);
int run_forward(struct chat *c, char *args);

/* repeat.c */

int run_repeat(struct chat *c, char *args);

/* why.c */
int run_why(struct chat *c, char *args);

/* seek.c */
int run_find(struct chat *c, char *args);
int run_filter(struct chat *c, char *args);

#endif
