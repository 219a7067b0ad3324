/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* GNU readline as a guest: it edits, we read the keys and paint the line.  Only
 * the rooms around this one include its headers. */

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
	/* Show several candidates as a list. */
	void (*show_matches)(void *user, char *const *matches, size_t count);
	/* Tell the user in a sentence that something was not done. */
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

/* Take a whole token from the keyboard: KEY_NONE, KEY_TEXT, KEY_PASTE,
 * KEY_ESCAPE, KEY_ALT_ENTER (puts in a newline), KEY_CTRL_D (deletes ahead),
 * KEY_UP, KEY_DOWN. */
void input_feed(const struct token *t);
bool input_takes(enum key key); /* whether it is one of these */

/* True if the line editor waits for the rest of a key, and this is it. */
bool input_awaits(const struct token *t);

/* True if the next key is quoted, as by Ctrl-V: its bytes are data, whatever it
 * does otherwise. */
bool input_quotes(void);

/* Ctrl-C: make the line empty, from whatever state. */
void input_cancel(void);

/* Put a text in place of the line; undo brings the line back. */
void input_replace(const char *text);

/* What has to be painted.  All borrowed until the next call into this room. */
struct input_line {
	const char *prompt; /* readline's own, while it asks; NULL otherwise */
	const char *mode;   /* "vi", "vi:cmd", "ovr", or "" */
	const char *text;
	size_t len, point; /* bytes */
};
void input_show(struct input_line *line);

bool input_is_empty(void);
/* True if readline asks something, with a prompt of its own. */
bool input_asks(void);
/* End an incremental search where it is; drop any other question. */
void input_leave_command(void);
/* True if anything may look different since the last call. */
bool input_take_dirty(void);
void input_resize(int rows, int columns);
/* How often readline wanted a key that was not there; tests check that it never
 * does. */
unsigned input_missed_keys(void);

/* draft.c.  Put the line that is typed aside with its undo, and edit this text
 * instead: a pattern.  -1 without memory: nothing has changed. */
MUST_USE int draft_put_aside(const char *text);
/* Bring the draft back as it was. */
void draft_take_back(void);
/* Take a key that only edits the line: it does not send, complete, search or
 * leave it.  False: the key was not taken. */
bool draft_edit(const struct token *t);

#endif
