/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The commands for trouble on purpose. */

#ifndef TROUBLE_H
#define TROUBLE_H

#include <sockchat/chat.h>

/* Have other faults on all connections; alone: list what is on, and how often
 * each has struck. */
int run_fault(struct chat *c, char *args);
/* out:slice=N,DELAY, and nothing else of the faults. */
int run_drip(struct chat *c, char *args);

#endif
