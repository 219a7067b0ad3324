/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe's conversation by datagrams: each line of standard input, or
 * each --datagram-size bytes, is one, and standard output gets what is in those
 * that come.  Nobody tells an end: silence does. */

#ifndef FRONT_PIPE_DATAGRAM_H
#define FRONT_PIPE_DATAGRAM_H

#include "pipe_conn.h"

/* As conn_init(). */
void datagram_init(struct conn *c, struct loop *l);

#endif
