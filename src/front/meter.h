/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* --progress: how far the pipe has got, on one line of a terminal. */

#ifndef SOCKCHAT_METER_H
#define SOCKCHAT_METER_H

#include <sockchat/loop.h>
#include <sockchat/progress.h>

#include "notices.h"
#include "pipe_conn.h"

struct meter {
	struct notices *notices;
	const struct conn *conn;
	struct timer tick;
	struct progress in, out;
};

/* `n`, `c` are borrowed until meter_stop(). */
void meter_init(struct meter *m, struct notices *n, const struct conn *c);
/* A conversation begins.  Nothing happens unless --progress was asked for and
 * standard error is a terminal. */
void meter_start(struct meter *m);
/* It is over: the final figures stay.  Fine when it was not started. */
void meter_stop(struct meter *m);

#endif
