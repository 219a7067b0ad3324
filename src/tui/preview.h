/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What Enter would send of the line that is being typed. */

#ifndef TUI_PREVIEW_H
#define TUI_PREVIEW_H

#include <sockchat/chat.h>

#include "input.h"

struct preview {
	size_t count;       /* bytes, all of them */
	struct framed made; /* of the first of them: the caller finishes it */
	struct error error; /* why there are none; its text is "" otherwise */
};

/* Of a line too long to be looked at for each frame the text is counted, and a
 * command is not. */
void preview_make(struct preview *p, const struct chat *c,
                  const struct input_line *line);

/* "7 bytes", or "" for none. */
void preview_count(const struct preview *p, char out[32]);

/* How many rows its bytes take, at most `max`; draw so many from `row` on. */
int preview_rows(const struct preview *p, int max);
void preview_draw(const struct preview *p, int row, int rows);

#endif
