/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Keys in the forms of newer terminals: with their code and modifiers in
 * numbers ("CSI u", and xterm's modifyOtherKeys), with locks, with an event.
 * Nobody here asks a terminal for them, but some send them anyway.  Pure. */

#ifndef TUI_KEYCODE_H
#define TUI_KEYCODE_H

#include <stddef.h>
#include <stdint.h>

#define KEYCODE_MAX 24

/* Write to `out` what an older terminal would send in place of this sequence,
 * and return its length, which is less than `len`: 0 for a key that is let go,
 * and for one that an older terminal does not have.  -1 when the sequence is
 * what an older terminal sends. */
int keycode_plain(uint8_t out[KEYCODE_MAX], const uint8_t *bytes, size_t len);

#endif
