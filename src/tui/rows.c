/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The rows of readline's line: what is between two newlines. */

#include <limits.h>
#include <stdio.h>

#include <readline/readline.h>

#include <sockchat/glyph.h>

#include "guest.h"

/* Where the cursor was put, and the column it would be in if there was room. */
static struct {
	int point, column;
} last = { -1, 0 };

static int row_start(int at)
{
	while (at > 0 && rl_line_buffer[at - 1] != '\n')
		at--;
	return at;
}

static int row_end(int at)
{
	while (at < rl_end && rl_line_buffer[at] != '\n')
		at++;
	return at;
}

/* How far one gets from `at` within `limit` bytes and `columns`. */
static int walk_columns(int at, int limit, int columns, int *walked)
{
	const uint8_t *bytes = (const uint8_t *)rl_line_buffer;
	struct glyph g;
	*walked = 0;
	while (at < limit) {
		int n = (int)glyph_next(&g, bytes + at, (size_t)(limit - at),
		                        0);
		if (g.width > columns - *walked)
			break;
		*walked += g.width;
		at += n;
	}
	return at;
}

bool rows_move(int step)
{
	int start = row_start(rl_point), end = row_end(rl_point);
	int to = step < 0 ? start - 1 : end + 1, walked;
	if (to < 0 || to > rl_end)
		return false;
	to = row_start(to);
	if (rl_point != last.point)
		walk_columns(start, rl_point, INT_MAX, &last.column);
	rl_point = walk_columns(to, row_end(to), last.column, &walked);
	last.point = rl_point;
	return true;
}
