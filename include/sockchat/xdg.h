/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where our own files are: the XDG base directory specification. */

#ifndef SOCKCHAT_XDG_H
#define SOCKCHAT_XDG_H

#include <stdbool.h>
#include <stddef.h>

/* Write "$VARIABLE/sockchat/NAME", or "$HOME/FALLBACK/sockchat/NAME"; "" when
 * neither is an absolute path, or it is too long for `cap`. */
void xdg_path(char *out, size_t cap, const char *variable,
              const char *fallback, const char *name);

/* True if there is a folder to make that path in: HOME, or, for a variable that
 * names a place outside of HOME, the folder that holds this place. */
bool xdg_has_place(const char *variable);

#endif
