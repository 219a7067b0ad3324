/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is copied goes to the terminal (OSC 52), which may be far away, and to
 * the program that keeps the clipboard of this machine, if there is one. */

#ifndef TUI_CLIPBOARD_H
#define TUI_CLIPBOARD_H

#include <stdbool.h>

#include <sockchat/bytes.h>
#include <sockchat/child.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/outq.h>

/* All zero is at rest. */
struct clipboard {
	struct child child;
	struct watch input, end;
	struct outq out;
	int fd;
};

#define CLIPBOARD_OSC52_MAX ((size_t)74994) /* of base64: xterm takes no more */

/* Append the sequence that makes the terminal keep these bytes.  They can't
 * end it early: it holds their base64.  -1 without memory, or with EMSGSIZE. */
MUST_USE int clipboard_osc52(struct bytes *out, const void *bytes, size_t len);

/* Give them to wl-copy, xclip, xsel or pbcopy; the loop goes on meanwhile.
 * Takes `bytes`.  False if there is none of them here. */
MUST_USE
bool clipboard_give(struct clipboard *c, struct loop *l, struct bytes *bytes);

/* What is not taken yet is lost. */
void clipboard_stop(struct clipboard *c);

#endif
