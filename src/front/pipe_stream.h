/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The byte pipe's conversation over a stream, in which each half has an end. */

#ifndef FRONT_PIPE_STREAM_H
#define FRONT_PIPE_STREAM_H

#include "pipe_conn.h"

/* As conn_init(). */
void stream_init(struct conn *c, struct loop *l);

#endif
