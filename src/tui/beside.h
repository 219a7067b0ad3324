/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Two messages beside each other, as rows of the screen: text, a dump, or one
 * below the other.  On a narrow screen each row has the one message above the
 * other.  Each place has one column of text, so what is the same stands in the
 * same columns. */

#ifndef TUI_BESIDE_H
#define TUI_BESIDE_H

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/bytes.h>
#include <sockchat/compare.h>
#include <sockchat/options.h>

/* All zero compares nothing. */
struct beside {
	struct bytes a, b; /* copies of the messages */
	struct comparison places;
	size_t now, now_end; /* the difference that is looked at */
	size_t *begins;      /* the place at which each row of text begins */
	size_t count, cap;   /* of them */
	int columns;         /* of the screen for which this is */
	enum view view;
	bool is_stacked;     /* one message above the other */
	int side;            /* columns for a message */
	size_t per_row;      /* places in a row of the dump */
	int digits;          /* of an offset in it */
};

/* Compare them.  -1 without memory: then there is nothing to be seen. */
MUST_USE
int beside_begin(struct beside *b, const uint8_t *left, size_t left_len,
                 const uint8_t *right, size_t right_len);
void beside_finish(struct beside *b);

/* Follow the width of the screen and the view.  -1 without memory. */
MUST_USE int beside_lay_out(struct beside *b, int columns, enum view view);

/* How many rows there are, and of how many of the screen's each is made. */
size_t beside_rows(const struct beside *b);
int beside_height(const struct beside *b);

/* Go to the next difference, or to the one before.  False if there is none. */
bool beside_go(struct beside *b, bool goes_up);
/* The row of the difference that is looked at. */
size_t beside_row_now(const struct beside *b);

/* Draw a row into the rows of the screen from `at` on that are before `end`. */
void beside_draw(const struct beside *b, size_t row, int at, int end,
                 unsigned glyph_flags);

#endif
