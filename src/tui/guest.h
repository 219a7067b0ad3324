/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The rules for readline as a guest.  Linking this room also puts functions of
 * ours in the place of those that readline would take from elsewhere. */

#ifndef TUI_GUEST_H
#define TUI_GUEST_H

#include <stdbool.h>
#include <stddef.h>

/* Readline ends the program when it finds no memory: whether there is so much,
 * and a reserve for what it may want beside.  Ask before each command. */
bool guest_has_memory(size_t len);
void guest_release_memory(void);

/* From each character to the next readline counts from the beginning of the
 * line, unless characters are bytes to it: so they are where that is the same
 * and there are many.  Before each of its commands. */
void guest_count_bytes(bool can);

/* Set the variables that no inputrc may change; after rl_initialize(). */
void guest_set_variables(void);

#endif
