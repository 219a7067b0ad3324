/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The rules for readline as a guest.  Linking this room also puts functions of
 * ours in the place of those that readline would take from elsewhere. */

#ifndef TUI_GUEST_H
#define TUI_GUEST_H

/* Set the variables that no inputrc may change; after rl_initialize(). */
void guest_set_variables(void);

#endif
