/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The part of the transcript that is looked at. */

#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/chat.h>

/* All zero follows the end. */
struct viewport {
	bool is_scrolled;    /* else the newest entry is at the bottom */
	uint64_t top_seq;    /* scrolled: the first entry seen */
	size_t top_row;      /* … and how many of its rows are above */
	uint64_t below_seq;  /* scrolled: entries from here on are unseen */
	unsigned glyph_flags;
};

/* Draw into the rows from `row` on. */
void view_draw(struct viewport *v, const struct chat *c, int row, int rows);

/* Scroll by rows, up when negative.  `rows`: how many are seen. */
void view_scroll(struct viewport *v, const struct chat *c, int by, int rows);
void view_go_top(struct viewport *v, const struct chat *c);
void view_go_end(struct viewport *v);

/* How many entries have come since it was scrolled and not been drawn. */
uint64_t view_below(const struct viewport *v, const struct chat *c);

#endif
