/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The faults that end something, a direction or the connection: when they
 * strike, and what a link does then. */

#ifndef LINK_FAULT_STRIKE_H
#define LINK_FAULT_STRIKE_H

#include "link_fault_tell.h"

/* Let strike what has to. */
void fault_strike(struct link_fault *f, enum fault_dir dir);

/* With both ends gone nothing more can be done: note that. */
void fault_join_ends(struct link *l);

/* Break the link of a reset, as soon as the peer's system has what was sent
 * before. */
void fault_reset_if_due(struct link_fault *f);

#endif
