/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* When the peer's system has acknowledged what was written: Linux's
 * SO_TIMESTAMPING (Documentation/networking/timestamping).  Elsewhere it can't
 * be started, and nothing else changes. */

#ifndef SOCKCHAT_TXSTAMP_H
#define SOCKCHAT_TXSTAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>

/* What is written from now on is stamped.  `*unacked`: so many bytes before
 * that count as well in what txstamp_read() tells.  -1 with errno. */
MUST_USE int txstamp_start(int fd, size_t *unacked);
/* Nothing more is; what is on its way still comes. */
void txstamp_stop(int fd);

struct txstamp {
	uint32_t bytes;   /* acknowledged since the start, modulo 2^32 */
	int64_t wall_us;
};

/* The next record; false when there is none.  What else stands in the
 * socket's error queue is thrown away. */
bool txstamp_read(int fd, struct txstamp *out);

#endif
