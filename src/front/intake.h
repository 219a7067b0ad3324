/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The lines of standard input.  Each is taken in its turn; one for peers that
 * take nothing waits, and those behind it do too, in bounded memory.  Commands
 * that look or end pass it when those peers do not read at all. */

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
	size_t tail;        /* where the last of them begins, which has not
	                       ended, as far as is known */
	size_t scanned;     /* how far its end has been looked for */
	size_t looked;      /* before it is nothing that may pass */
	bool waits;         /* the first line has to */
	bool is_stopped;    /* nobody reads what we write */
	bool skips_line;    /* the line is too long to be taken */
	bool has_ended, is_over; /* and all of it is taken */
};

void intake_init(struct intake *in, struct chat *c);
/* Begin to read.  -1 with errno. */
int intake_start(struct intake *in);
/* At the end of each turn: go on where that is possible again.  While nobody
 * reads what we write, nothing is taken but from somebody who types. */
void intake_turn(struct intake *in, bool is_stopped);
/* It is over: an ERROR entry tells of lines that still wait. */
void intake_tell_rest(struct intake *in);
void intake_finish(struct intake *in);

#endif
