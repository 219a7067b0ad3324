/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The private modes of terminals, as xterm has them.  Which ones a terminal
 * has is screen_modes()'s to say: one that has none may print them. */

#ifndef TUI_MODES_H
#define TUI_MODES_H

#include <sockchat/bytes.h>

#define MODE_PASTE 1u  /* pastes come in brackets */
#define MODE_MOUSE 2u  /* buttons are reported; the terminal selects nothing */
#define MODE_FOCUS 4u  /* whether somebody looks is reported */
#define MODE_TITLE 8u  /* the title is ours, the former one is kept */
#define MODE_SYNC  16u /* a frame is shown at once: it stands in brackets */

/* Append what leads from these modes to those.  -1 without memory. */
MUST_USE int modes_switch(struct bytes *out, unsigned from, unsigned to);

/* Give `put`, piece by piece, what ends these modes.  Safe in a signal's
 * handler. */
void modes_off(unsigned modes, void (*put)(const char *text));

#define MODES_SYNC_BEGIN "\033[?2026h"
#define MODES_SYNC_END   "\033[?2026l"

#endif
