/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the time went until a connection spoke. */

#ifndef SOCKCHAT_TIMING_H
#define SOCKCHAT_TIMING_H

#include <stddef.h>
#include <stdint.h>

#include <sockchat/endpoint.h>

#define TIMING_TRIES 8 /* addresses that are remembered */

/* One address: how it ended, 0 for a connection, and after how long. */
struct timing_try {
	char where[ADDRESS_TEXT_MAX];
	int errnum;
	int64_t us;
};

/* In microseconds; -1 for what has not happened. */
struct timing {
	int64_t resolve_us; /* 0: there was nothing to look up */
	int64_t total_us;   /* from the beginning until it was open */
	int64_t first_byte_us; /* from then until the peer's first byte */
	struct timing_try tries[TIMING_TRIES]; /* in the order they ended */
	size_t try_count;
};

/* Nothing has happened. */
void timing_begin(struct timing *t);
/* An address has been tried. */
void timing_add(struct timing *t, const struct address *a, int errnum,
                int64_t us);

#endif
