/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The keyboard of the terminal on standard input: read, and cut into tokens;
 * with a clock, for some tokens end by silence. */

#ifndef TUI_KEYBOARD_H
#define TUI_KEYBOARD_H

#include <sockchat/error.h>
#include <sockchat/loop.h>

#include "keys.h"

/* Embedded in a front end.  While `watch` waits for nothing, the keyboard is
 * left to another program. */
struct keyboard {
	struct loop *loop;
	struct keys *keys;
	struct watch watch;
	struct timer silence;
	int64_t read_ns;             /* when it was read last */
	void (*on_gone)(void *user); /* the terminal has gone */
	void *user;
};

/* Begin to read.  -1 with errno. */
MUST_USE
int keyboard_start(struct keyboard *k, struct loop *l, keys_fn *on_key,
                   void (*on_gone)(void *user), void *user);
/* Safe when it was not started. */
void keyboard_stop(struct keyboard *k);

#endif
