/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The line between what was said and what is being said. */

#ifndef TUI_STATUS_H
#define TUI_STATUS_H

#include <stdint.h>

#include <sockchat/chat.h>

/* The one conversation the line is about: the one spoken to, or the only one;
 * NULL: there are none or several. */
struct session *status_session(const struct chat *c);

/* Draw it into `row`.  `below`: how many entries are new below; `mode`: of the
 * line editor; `notice`: what has to be known right now; `draft`: what Enter
 * would send; all may be "". */
void status_draw(const struct chat *c, int row, uint64_t below,
                 const char *mode, const char *notice,
                 const char *draft, unsigned glyph_flags);

#endif
