/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is copied goes to tmux, if we are in one, and to the program that keeps
 * the clipboard of this machine, if there is one.  These say whether they have
 * it; a terminal (OSC 52), which may be far away, does not. */

#ifndef TUI_CLIPBOARD_H
#define TUI_CLIPBOARD_H

#include <stdbool.h>

#include <sockchat/bytes.h>
#include <sockchat/child.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/outq.h>

/* True if we are in tmux: it passes on what it gets to its own terminal. */
bool clipboard_has_tmux(void);

#define CLIPBOARD_OSC52_MAX ((size_t)74994) /* of base64: xterm takes no more */

/* Append the sequence that makes the terminal keep these bytes.  They can't
 * end it early: it holds their base64.  -1 without memory, or with EMSGSIZE. */
MUST_USE int clipboard_osc52(struct bytes *out, const void *bytes, size_t len);

struct clipboard;

/* All programs have ended, or were too slow.  `copied`: one of them has it.
 * `trouble`: why tmux has not, or "".  Both are borrowed for the call. */
typedef void clipboard_fn(void *user, bool copied, const struct bytes *bytes,
                          const char *trouble);

/* All zero is at rest. */
struct clipboard {
	clipboard_fn *on_end;
	void *user;
	struct loop *loop;
	struct bytes bytes;
	size_t row; /* of the program that is asked now */
	bool copied;
	char trouble[80];
	/* while a program runs */
	struct child child;
	struct watch input, end;
	struct timer limit;
	struct outq out;
	bool has_all; /* it was given all of the bytes */
	int fd;
};

/* Give them to the programs, one after another: tmux, and the first of wl-copy,
 * xclip, xsel and pbcopy that takes them.  Takes `bytes`.  `on_end` is called
 * once, perhaps before this returns, unless clipboard_stop() is. */
void clipboard_give(struct clipboard *c, struct loop *l, struct bytes *bytes,
                    clipboard_fn *on_end, void *user);

/* What is not taken yet is lost. */
void clipboard_stop(struct clipboard *c);

#endif
