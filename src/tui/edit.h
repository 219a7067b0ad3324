/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The user's own editor has the terminal for a while; the loop goes on. */

#ifndef TUI_EDIT_H
#define TUI_EDIT_H

#include <stdbool.h>

struct frontend;

/* The input line; what comes back is sent as by Enter. */
void edit_draft(struct frontend *f);
/* The paste that is asked about; what comes back goes into the input line. */
void edit_paste(struct frontend *f);

bool edit_is_on(const struct frontend *f);
/* End the editor: the program leaves. */
void edit_stop(struct frontend *f);

#endif
