/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the environment says about the screen: the locale, colours, where the
 * history is kept. */

#ifndef TUI_ENV_H
#define TUI_ENV_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/options.h>

/* Set the locale of characters.  Text is UTF-8 whatever it says; who asks for C
 * by name sees ASCII: then GLYPH_ASCII goes into `*glyph_flags`.  True if the
 * locale had to be helped. */
bool env_set_locale(unsigned *glyph_flags);

bool env_wants_color(enum color color);

/* The file of the history (XDG Base Directory Specification), "" if there can
 * be none.  False if the folder that it would be made in is not there. */
bool env_history_path(char *out, size_t cap);

#endif
