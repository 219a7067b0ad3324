/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a command was asked for, over the screen; and how such a page scrolls,
 * as help does. */

#ifndef TUI_ANSWER_H
#define TUI_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/bytes.h>

#include "keys.h"

struct frontend;

/* What the last command was asked for, as lines over the screen. */
struct answer {
	char asked[64];     /* the command, safe */
	struct bytes lines; /* each behind a byte: see mode_answer.c */
	bool is_new;        /* it has to be shown */
	bool is_over;       /* the turn has ended: the next line begins anew */
};

/* The user has entered this line, which is not terminated: forget the answer
 * before. */
void answer_begin(struct frontend *f, const char *line, size_t len);
/* Add a line to the answer: an operation of front ends. */
void answer_take(struct frontend *f, const char *code, const char *text);
/* Show a new answer over the screen, or what has a single row in the status
 * line. */
void answer_work(struct frontend *f);
/* Let PgUp, PgDn, Up and Down scroll the page, and Esc and q end it.  False:
 * it is another key. */
bool page_take_key(struct frontend *f, const struct token *t);
void page_scroll(struct frontend *f, int by);

#endif
