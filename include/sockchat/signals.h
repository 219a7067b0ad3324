/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Signals as events of the loop.  The handlers write one byte to a pipe. */

#ifndef SOCKCHAT_SIGNALS_H
#define SOCKCHAT_SIGNALS_H

#include <sockchat/error.h>
#include <sockchat/loop.h>

typedef void signals_fn(void *user, int signum);

/* Deliver these signals (a list that ends in 0) to `fn` on the loop, and
 * ignore SIGPIPE and SIGXFSZ.  One listener at a time.  -1 with errno. */
MUST_USE
int signals_start(struct loop *l, const int *signums, signals_fn *fn,
                  void *user);

/* Put the former dispositions back. */
void signals_stop(void);

#endif
