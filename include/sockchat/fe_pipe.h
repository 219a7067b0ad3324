/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe: standard input to the peer, the peer to standard output,
 * nothing kept.  A front end of its own, without transcript or session. */

#ifndef SOCKCHAT_FE_PIPE_H
#define SOCKCHAT_FE_PIPE_H

#include <sockchat/error.h>
#include <sockchat/loop.h>
#include <sockchat/options.h>

/* Hold the conversation that `o` asks for; the exit status.  Ends the program
 * itself, in order, when a signal asks for it. */
MUST_USE int fe_pipe_run(struct loop *l, const struct options *o);

/* connect -z: connect, report, close; the exit status.  With -v each step on
 * the way is looked at, and a verdict given. */
MUST_USE int fe_pipe_probe(struct loop *l, const struct options *o);

#endif
