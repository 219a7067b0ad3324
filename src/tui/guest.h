/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The rules for readline as a guest.  Linking this room also puts functions of
 * ours in the place of those that readline would take from elsewhere. */

#ifndef TUI_GUEST_H
#define TUI_GUEST_H

#include <stdbool.h>
#include <stddef.h>

/* True if there is memory for `len` bytes, and for a reserve beside them.  To
 * be asked before each command, as readline ends the program without memory. */
bool guest_has_memory(size_t len);
/* Free the reserve. */
void guest_release_memory(void);

/* The place in the line that is `count` characters after `from`, their
 * combining marks included; at most the line's end. */
int guest_next(int from, int count);

/* Set the variables that no inputrc may change; after rl_initialize(). */
void guest_set_variables(void);

/* A command for readline's keys that looks at neither count nor key. */
#define COMMAND(name, result)                                              \
	int name(int count, int key)                                       \
	{                                                                  \
		(void)count;                                               \
		(void)key;                                                 \
		return result;                                             \
	}

#endif
