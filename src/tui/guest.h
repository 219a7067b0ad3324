/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The rules for readline as a guest, and commands of ours in place of its own.
 * Linking guest.c also puts functions of ours in the place of those that
 * readline would take from elsewhere. */

#ifndef TUI_GUEST_H
#define TUI_GUEST_H

#include <stdbool.h>
#include <stddef.h>

struct input_ops;

/* True if there is memory for `len` bytes, and for a reserve beside them.  To
 * be asked before each command, as readline ends the program without memory. */
bool guest_has_memory(size_t len);
/* Free the reserve. */
void guest_release_memory(void);

/* The place in the line that is `count` characters after `from`, their
 * combining marks included; at most the line's end. */
int guest_next(int from, int count);
/* The place where the character begins that the byte at `at` belongs to. */
int guest_beginning(int at);

/* Set the variables that no inputrc may change; after rl_initialize(). */
void guest_set_variables(void);

/* recall.c.  Recall the line before, or after, that begins as this one does up
 * to the cursor. */
int recall_older(int count, int key);
int recall_newer(int count, int key);

/* Recall the last word of the newest line; pressed again, of the line before
 * it, in place of the former word. */
int recall_last_word(int count, int key);

/* Call it after each key: it keeps what was typed into a line of the
 * history. */
void recall_keep_edit(void);

/* Begin the next search anew: something else has changed the line. */
void recall_forget(void);

/* casing.c: upper and lower case.  The undo of readline's commands forgets that
 * a letter may be longer in the other case, and cuts a character in two; and
 * for each letter they begin at the line's end. */
int casing_upcase_word(int count, int key);
int casing_downcase_word(int count, int key);
int casing_capitalize_word(int count, int key);
int casing_vi_change(int count, int key);

/* Tab: complete the word before the cursor as far as it is certain; show the
 * candidates if there are several. */
int tab_complete(const struct input_ops *ops);

/* Move the cursor by one row of the line, up when negative, in the same column
 * or before; readline knows no rows.  False when there is none. */
bool rows_move(int step);

/* A command for readline's keys that looks at neither count nor key. */
#define COMMAND(name, result)                                              \
	int name(int count, int key)                                       \
	{                                                                  \
		(void)count;                                               \
		(void)key;                                                 \
		return result;                                             \
	}

#endif
