/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the screen and the prompt do alike for somebody who sits there. */

#ifndef TUI_ATTEND_H
#define TUI_ATTEND_H

#include <stdbool.h>

struct chat;
struct timer;

/* The prompt says whom a line goes to: "> ", "2> ", "only 2> ", "all> ".
 * In the middle: "to 2> " to its target, "to 2< " to its client, "only 2< ". */
#define ATTEND_PROMPT 32
const char *attend_prompt(const struct chat *c, char out[ATTEND_PROMPT]);

/* Ctrl-C: clear the input line or, if it is empty, stop trying to connect, or
 * leave at the second time while `leave` runs, which the first one starts.
 * True: this was the first one, and ATTEND_LEAVES is to be said. */
#define ATTEND_LEAVES "Ctrl-C again within two seconds leaves"
bool attend_interrupt(struct chat *c, struct timer *leave);

/* The terminal has gone: act as on SIGHUP, which may be ignored. */
void attend_lose_terminal(struct chat *c);

/* Say as notes what libraries have said on standard error. */
void attend_stderr(struct chat *c);

/* Open the history of lines, which is kept where the XDG Base Directory
 * Specification says, or say why there is none.  Completion learns the
 * endpoints in it.  `c` is borrowed until the history is closed. */
void attend_open_history(struct chat *c);
/* Remember a line that was entered, and before the first one, as a command,
 * the endpoint that the program was started with. */
void attend_remember(const char *line);
/* Say on standard error if lines are missing in its file. */
void attend_close_history(void);

#endif
