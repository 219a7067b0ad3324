/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The program that VISUAL or EDITOR names, on a file of its own. */

#ifndef TUI_EDITOR_H
#define TUI_EDITOR_H

#include <sockchat/bytes.h>
#include <sockchat/child.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>

/* `text` is what the file holds in the end, or NULL with a sentence when the
 * editor failed.  Both borrowed for the call. */
typedef void editor_fn(void *user, struct bytes *text, const struct error *e);

/* All zero is none. */
struct editor {
	editor_fn *on_end;
	void *user;
	struct child child; /* the rest is editor.c's */
	struct watch watch;
	struct timer ended;
	char path[256];
};

/* Start it on `text`, on the terminal that is ours; the loop goes on, and calls
 * `on_end`, which is set before.  -1 with a sentence. */
MUST_USE
int editor_start(struct editor *ed, struct loop *l, const void *text,
                 size_t len, struct error *e);
/* End it, whatever it was doing; `on_end` is not called. */
void editor_stop(struct editor *ed);

#endif
