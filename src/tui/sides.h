/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is at the other end of a session; in the middle, at both ends. */

#ifndef TUI_SIDES_H
#define TUI_SIDES_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/session.h>

#define SIDES_MAX 160

/* ":9999 local" for an address of this machine alone, ":9999" for all of its
 * addresses, "b.sock" for "/a/b.sock"; what else there is stays as it is. */
void sides_shorten(char out[SIDES_MAX], const char *where);

/* "127.0.0.1:9999", and in the middle "127.0.0.1:50000 → 127.0.0.1:9999";
 * `is_brief`: ":9999 local" or ":50000 → :9999". */
void sides_format(char out[SIDES_MAX], const struct session *s, bool is_brief,
                  unsigned glyph_flags);

#endif
