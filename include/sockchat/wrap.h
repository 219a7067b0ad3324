/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Pure layout: how an entry looks, as rows of glyphs of a certain width. */

#ifndef SOCKCHAT_WRAP_H
#define SOCKCHAT_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/chat.h>
#include <sockchat/entry.h>
#include <sockchat/glyph.h>

enum wrap_style {
	WRAP_PLAIN,
	WRAP_ESCAPED, /* the visible form of what is not text */
	WRAP_ENDING,  /* a line ending, shown dim */
	WRAP_MORE,    /* the message goes on: "…" or "..." */
	WRAP_HEX,     /* a row of a hex dump */
};

/* Called for each run of glyphs at (row, column) of the content. */
typedef void wrap_fn(void *user, size_t row, size_t column, const char *text,
                     size_t len, size_t width, enum wrap_style style);

struct wrap_settings {
	size_t columns; /* at least 1; SIZE_MAX for one row */
	enum view view;
	bool endings;
	unsigned glyph_flags; /* GLYPH_ASCII */
	/* Only these rows are given to `fn`. */
	size_t first_row, row_count;
};

/* Lay out the content of `e`; how many rows it takes in all, at least 1.  `fn`
 * may be NULL, to count. */
size_t wrap_entry(const struct entry *e, const struct wrap_settings *settings,
                  wrap_fn *fn, void *user);

/* What stands before the content: "12:34:56 2 < ".  ASCII; its length, which is
 * the same for all entries of one display but for peers' numbers above 9.
 * `before` is the entry before it, or NULL. */
size_t wrap_head(char out[64], const struct chat *c, const struct entry *e,
                 const struct entry *before);

#endif
