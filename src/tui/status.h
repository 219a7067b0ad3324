/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The line between what was said and what is being said. */

#ifndef TUI_STATUS_H
#define TUI_STATUS_H

#include <stdint.h>

#include <sockchat/chat.h>

#include "pace.h"
#include "keys.h"

struct status {
	const struct chat *chat;
	uint64_t below, hidden; /* entries: new below, not let through */
	int percent;            /* how far down is looked at; 100: the end */
	const char *mode;       /* of the line editor, "" */
	const char *notice;     /* what has to be known right now, "" */
	const char *draft;      /* what Enter would send, "" */
	const struct pace *pace; /* its last sample is what is shown */
	unsigned glyph_flags;
};

/* Draw it into `row`; clicks on its parts go to `spots`. */
void status_draw(const struct status *s, int row, struct spots *spots);

#endif
