/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes that go from one connection to another without a look at them: the
 * system moves them through a pipe.  What is not taken at once stays in the
 * pipe, which is the lane's own until it is empty. */

#ifndef CONDUIT_H
#define CONDUIT_H

#include <sys/types.h>

#include <sockchat/lane.h>

/* Move what comes from `from` now, if nobody wants to see it.  Returns how much
 * it was; 0: it has to be read. */
ssize_t conduit_pass(struct lane *l);
/* Go on with what is left in the lane's own pipe. */
void conduit_write(struct lane *l);
/* Queue what is left in it, for something goes behind it that does not come
 * through it. */
void conduit_queue(struct lane *l);
/* Lose what is left in it. */
void conduit_close(struct lane *l);

/* Queue `len` bytes that are left in a pipe.  -1 if some of them are lost. */
MUST_USE
int conduit_empty(struct session *to, int pipe_fd, size_t len);

#endif
