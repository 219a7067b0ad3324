/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The private modes of terminals, as xterm has them. screen_modes() tells which
 * of them a terminal has: others might print the sequences. */

#ifndef TUI_MODES_H
#define TUI_MODES_H

#include <sockchat/bytes.h>

#define MODE_PASTE 1u  /* pastes come in brackets */
#define MODE_MOUSE 2u  /* buttons are reported; the terminal selects no text */
#define MODE_FOCUS 4u  /* whether somebody looks is reported */
#define MODE_TITLE 8u  /* the title is ours, the former one is kept */
#define MODE_SYNC  16u /* a frame is shown at once: it stands in brackets */

/* Append the sequences that lead from the modes `from` to the modes `to`.  -1
 * without memory. */
MUST_USE int modes_switch(struct bytes *out, unsigned from, unsigned to);

/* Give `put` the sequences that end these modes, one by one.  Safe in a
 * signal's handler. */
void modes_off(unsigned modes, void (*put)(const char *text));

#define MODES_SYNC_BEGIN "\033[?2026h"
#define MODES_SYNC_END   "\033[?2026l"

#endif
