/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* GNU readline as a guest: it edits, we read the keys and paint the line.  Its
 * headers are included by the rooms around this one alone. */

#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "keys.h"

#define INPUT_NO_MEMORY "no memory for what was typed: it is not taken"

struct input_ops {
	/* Enter: the line without an ending.  Borrowed for the call. */
	void (*on_line)(void *user, const char *line, size_t len);
	/* Candidates for the word that ends at `point` of `line`: set `*start`
	 * to where the word begins; a malloc'ed array of malloc'ed strings that
	 * ends in NULL, or NULL.  input.c frees it. */
	char **(*complete)(void *user, const char *line, size_t point,
	                   size_t *start);
	/* More than one candidate: to be shown as a list. */
	void (*show_matches)(void *user, char *const *matches, size_t count);
	/* Something was not done: a sentence for the user. */
	void (*refuse)(void *user, const char *text);
	/* The names of the program's own functions (see bind.h), or NULL. */
	const char *(*name)(size_t i);
	/* Keys that the line editor knows ran function `i`. */
	void (*run)(void *user, size_t i);
	void *user;
};

/* Start readline: needs setlocale() done and curses not yet up.  `ops` is
 * borrowed until input_stop().  One at a time.  -1 with errno. */
MUST_USE int input_start(const struct input_ops *ops);
void input_stop(void);

/* A whole token from the keyboard that is for the line: KEY_NONE, KEY_TEXT,
 * KEY_PASTE, KEY_ESCAPE, KEY_ALT_ENTER (puts in a newline), KEY_CTRL_D (deletes
 * ahead), KEY_UP, KEY_DOWN. */
void input_feed(const struct token *t);

/* Whether the line editor has half of a key, of which this is the rest, so that
 * no other use of it is meant. */
bool input_awaits(const struct token *t);

/* Ctrl-C: an empty line again, from whatever state. */
void input_cancel(void);

/* Put this in place of the line; undo brings the former one back. */
void input_replace(const char *text);

/* What is to be painted.  All borrowed until the next call into this room. */
struct input_line {
	const char *prompt; /* readline's own, while it asks; NULL otherwise */
	const char *mode;   /* "vi", "vi:cmd", "ovr", or "" */
	const char *text;
	size_t len, point; /* bytes */
};
void input_show(struct input_line *line);

bool input_is_empty(void);
/* Whether readline asks something, with a prompt of its own. */
bool input_asks(void);
/* An incremental search is ended where it is, any other question dropped. */
void input_leave_command(void);
/* Whether anything may look different since the last call. */
bool input_take_dirty(void);
void input_resize(int rows, int columns);
/* How often readline wanted a key that was not there: never, say the tests. */
unsigned input_missed_keys(void);

#endif
