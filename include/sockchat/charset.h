/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which characters the terminal shows and its keyboard sends: UTF-8, or, as far
 * as we can tell, ASCII alone.  The locale's name decides, once, for all front
 * ends; what a library sets later changes nothing. */

#ifndef SOCKCHAT_CHARSET_H
#define SOCKCHAT_CHARSET_H

#include <stdbool.h>

/* Set the locale of characters, LC_CTYPE.  The flags for glyph_next() that
 * follow from it: GLYPH_ASCII or none.
 *
 * A locale that this system does not have, as macOS's LC_CTYPE=UTF-8, and no
 * locale at all mean UTF-8, unless the name says another character set. */
unsigned charset_choose(void);

/* What charset_choose() has set, for libraries that set LC_CTYPE too; "" before
 * it was called. */
const char *charset_locale(void);

/* A sentence about it that the user should know, NULL for none; `is_verbose`:
 * also where all is as it should be.  Borrowed until the next call. */
const char *charset_note(bool is_verbose);

#endif
