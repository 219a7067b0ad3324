/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An entry as it is drawn. */

#ifndef TUI_PIECE_H
#define TUI_PIECE_H

#include <sockchat/wrap.h>

#include "view.h"

/* An entry as the view lays it out. */
struct piece {
	const struct entry *entry;
	struct entry own; /* what `entry` points to */
	struct wrap_head head; /* of no columns: there is none */
	char dropped[128], tail[48];
	size_t lead, rows; /* lead: for dropped entries */
	bool has_number; /* of a peer that has a colour */
	struct wrap_settings settings;
};

/* Write the head of the entry, or of a part of it, for a screen of so many
 * columns.  `before` is what stands before it, or NULL. */
void piece_write_head(struct piece *p, const struct entry *part,
                      const struct entry *before, size_t columns);

/* Draw its rows from `skip` on into the `rows` rows of the screen from `row`
 * on.  Returns how many there was room for. */
int piece_draw(struct piece *p, const struct viewport *v, size_t skip, int row,
               int rows);

#endif
