/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The line between what was said and what is being said; and how fast bytes
 * move, which it shows. */

#ifndef TUI_STATUS_H
#define TUI_STATUS_H

#include <stdint.h>

#include <sockchat/chat.h>
#include <sockchat/health.h>

#include "keys.h"

/* pace.c: pure, without a clock; looked at when something is shown, and once a
 * second as long as something moves. */

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

struct status {
	const struct chat *chat;
	uint64_t below, hidden; /* entries: new below, not let through */
	int percent;            /* how far down is looked at; 100: the end */
	const char *mode;       /* of the line editor, "" */
	const char *notice;     /* what has to be known right now, "" */
	const char *moment;     /* what has just changed, "" */
	const char *draft;      /* what Enter would send, "" */
	const struct pace *pace; /* its last sample is what is shown */
	unsigned glyph_flags;
};

/* Draw it into `row`; clicks on its parts go to `spots`. */
void status_draw(const struct status *s, int row, struct spots *spots);

#endif
