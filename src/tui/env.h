/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the environment says about the screen: the locale, and colours. */

#ifndef TUI_ENV_H
#define TUI_ENV_H

#include <stdbool.h>

#include <sockchat/options.h>

/* Set the locale of characters.  Text is UTF-8 whatever it says; who asks for C
 * by name sees ASCII: then GLYPH_ASCII goes into `*glyph_flags`.  True if the
 * locale had to be helped. */
bool env_set_locale(unsigned *glyph_flags);

bool env_wants_color(enum color color);

#endif
