/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How fast bytes move, and whether they do.  Pure: no clock; looked at when
 * something is shown, and once a second as long as something moves. */

#ifndef TUI_PACE_H
#define TUI_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/health.h>

struct pace_sample {
	int64_t ns; /* monotonic */
	uint64_t in, out;
};

/* All zero has seen nothing. */
struct pace {
	uint64_t in_rate, out_rate; /* bytes a second; 0: nothing moves */
	bool is_stuck;              /* a queue, and nothing of it leaves */
	struct pace_sample last;
	/* The rest is pace.c's. */
	uint32_t subject;
	struct rate in, out; /* both with marks of the same times */
	struct stall stall; /* of the queue */
};

/* The counters now, of whom (another one begins anew), and what waits to
 * leave.  True: look again RATE_STEP_NS later, even if nothing happens. */
bool pace_look(struct pace *p, uint32_t subject,
               const struct pace_sample *sample, size_t queued);

#endif
