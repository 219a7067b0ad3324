/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which process has a socket: for owner.c alone. */

#ifndef NET_OWNER_SEARCH_H
#define NET_OWNER_SEARCH_H

#include <stdint.h>

/* Returns the process that has the socket; 0 if none is known.  Then a socket
 * that was there at `*searched_ns` (monotonic) has none that we may see.  Takes
 * up to `work_ns` of the processor; if that was too little, `*searched_ns` is
 * 0, and the next call goes on. */
long owner_search(unsigned inode, int64_t work_ns, int64_t *searched_ns);

#endif
