/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of a link share. */

#ifndef NET_LINK_PRIVATE_H
#define NET_LINK_PRIVATE_H

#include <sockchat/link.h>

/* Begin to use `t`, which it takes.  -1 if there was no memory: told. */
MUST_USE int link_watch(struct link *l, struct transport *t);

/* Close `t`, and tell the owner that it is over for want of memory. */
void link_fail_without_memory(struct link *l, struct transport *t);

#endif
