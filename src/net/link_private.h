/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of a link share. */

#ifndef NET_LINK_PRIVATE_H
#define NET_LINK_PRIVATE_H

#include <sockchat/link.h>

/* Wait for `wishes`, LOOP_… as bits, with a transport that lies on another. */
void link_wait_layered(struct link *l, unsigned wishes);

/* The wishes that come true when its descriptor is ready for `ready`. */
unsigned link_come_true(const struct link *l, unsigned ready);

/* Begin to use `t`, which it takes.  -1 if there was no memory: told. */
MUST_USE int link_watch(struct link *l, struct transport *t);

/* Close `t`, and tell the owner that it is over for want of memory. */
void link_fail_without_memory(struct link *l, struct transport *t);

#endif
