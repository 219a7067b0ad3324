/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The two directions of a connection: four states, each half ends once. */

#ifndef SOCKCHAT_HALVES_H
#define SOCKCHAT_HALVES_H

#include <stdbool.h>

/* in: from the peer; out: to the peer (RFC 9293, 3.6). */
enum halves {
	HALVES_OPEN = 0,
	HALVES_IN_CLOSED = 1,  /* the peer's FIN has come */
	HALVES_OUT_CLOSED = 2, /* our FIN has gone */
	HALVES_CLOSED = 3,
};

static inline enum halves halves_end_in(enum halves h)
{
	return (enum halves)(h | HALVES_IN_CLOSED);
}

static inline enum halves halves_end_out(enum halves h)
{
	return (enum halves)(h | HALVES_OUT_CLOSED);
}

static inline bool halves_is_in_open(enum halves h)
{
	return !(h & HALVES_IN_CLOSED);
}

static inline bool halves_is_out_open(enum halves h)
{
	return !(h & HALVES_OUT_CLOSED);
}

#endif
