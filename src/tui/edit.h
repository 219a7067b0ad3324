/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The program that VISUAL or EDITOR names has the terminal for a while; the
 * loop goes on. */

#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include <sockchat/bytes.h>
#include <sockchat/child.h>
#include <sockchat/loop.h>

struct frontend;

/* `text` is what the editor has left, cleaned; borrowed for the call. */
typedef void edit_fn(struct frontend *f, struct bytes *text);

/* All zero is none. */
struct editor {
	edit_fn *on_text;
	struct child child;
	struct watch watch;
	struct timer ended;
	char path[256];
};

/* Start the editor on `text`.  When it has ended well `on_text` is called. */
void edit_begin(struct frontend *f, const void *text, size_t len,
                edit_fn *on_text);

bool edit_is_on(const struct frontend *f);

/* End the editor, whatever it is doing: `on_text` is not called. */
void edit_stop(struct frontend *f);

#endif
