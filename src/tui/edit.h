/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The user's own editor has the terminal for a while; the loop goes on. */

#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct frontend;

/* `text` is what came back, cleaned; borrowed for the call. */
typedef void edit_fn(struct frontend *f, struct bytes *text);

/* Start the editor on `text`.  When it has ended well `on_text` is called. */
void edit_begin(struct frontend *f, const void *text, size_t len,
                edit_fn *on_text);

bool edit_is_on(const struct frontend *f);
/* End the editor: the program leaves. */
void edit_stop(struct frontend *f);

#endif
