/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The lines of standard input, each taken in its turn.  A line for a peer that
 * takes nothing waits, and so do those behind it, in bounded memory.  When the
 * peer does not read at all, commands that look or end may pass. */

#ifndef FRONT_INTAKE_H
#define FRONT_INTAKE_H

#include <sockchat/bytes.h>
#include <sockchat/chat.h>
#include <sockchat/loop.h>

#include "pipe_io.h"

/* Embedded in a front end. */
struct intake {
	struct chat *chat;
	struct source source;
	struct watch watch;
	struct later resume;
	struct bytes lines; /* read, and not yet taken */
	size_t tail;        /* where the last line begins, whose end … */
	size_t scanned;     /* … is not before here */
	size_t looked;      /* no line before here may pass */
	bool waits;         /* the first line waits */
	bool is_stopped;    /* nobody reads what we write */
	bool skips_line;    /* until its end: it could not be taken */
	bool has_ended;     /* standard input */
	bool is_over;       /* it has ended, and all lines are taken */
};

void intake_init(struct intake *in, struct chat *c);
/* Begin to read.  -1 with errno. */
MUST_USE int intake_start(struct intake *in);
/* Take a line that was entered elsewhere; or let standard input count as
 * ended. */
void intake_take(struct intake *in, const char *line, size_t len);
void intake_end(struct intake *in);
/* To be called at the end of each turn: go on if that is possible again.
 * `is_stopped`: nobody reads what we write, so a script has to wait. */
void intake_turn(struct intake *in, bool is_stopped);
/* The chat is over: refuse the lines that still wait, with an ERROR entry. */
void intake_tell_rest(struct intake *in);
void intake_finish(struct intake *in);

#endif
