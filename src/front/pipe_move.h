/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes from standard input to the peer and back. */

#ifndef SOCKCHAT_PIPE_MOVE_H
#define SOCKCHAT_PIPE_MOVE_H

#include "pipe_conn.h"

/* As many as go without waiting, from standard input to the peer. */
void conn_move_up(struct conn *c);
/* … from the peer to standard output. */
void conn_move_down(struct conn *c);

/* Standard output takes nothing more. */
void conn_lose_out(struct conn *c, int errnum);

/* The verdict; the caller says why. */
struct error *conn_fail(struct conn *c, enum conn_end end);

#endif
