/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The part of the transcript that is looked at. */

#ifndef TUI_VIEW_H
#define TUI_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/chat.h>
#include <sockchat/hits.h>
#include <sockchat/lens.h>

#include "fold.h"

/* All zero follows the end. */
struct viewport {
	bool is_scrolled;    /* else the newest entry is at the bottom */
	uint64_t top_seq;    /* scrolled: the first entry seen */
	size_t top_row;      /* … and how many of its rows are above */
	size_t top_offset;   /* … and bytes, while it is cut anew */
	uint64_t below_seq;  /* scrolled: entries from here on are unseen */
	unsigned glyph_flags;
	uint64_t cleared_seq; /* entries before it are cleared away */
	bool is_bare;        /* content only, to be copied from the screen */
	/* The entries that are chosen; both 0: none. */
	uint64_t picked_first, picked_last;
	struct lens *shown;  /* the entries that are not hidden; NULL: all */
	struct chat *chat;   /* whose they are; borrowed */
	unsigned hiding;     /* another number when something else is hidden */
	/* What is marked, NULL for nothing, in the entries that `found` has
	 * (NULL: in all), and which hit is the present one. */
	struct hits *hits;
	const struct lens *found;
	uint64_t hit_seq;
	size_t hit_offset;
	/* Is marked in the entry hit_seq, in place of hits; none: nothing. */
	struct hit_list marked;
	struct view_maps *maps; /* of long messages that are or were seen */
	struct folds *folds;    /* what the user said of entries; or NULL */
	/* The newest message when the end was last seen, and the newest entry
	 * then: notices above a message are folded. */
	uint64_t newest_message, newest_seen;
	int rows; /* that were drawn last */
};

void view_finish(struct viewport *v);

/* Look for about `ns` for entries that are not hidden.  True if there is more
 * to do. */
bool view_work(struct viewport *v, int64_t ns);
/* The message `seq` has grown. */
void view_touch(struct viewport *v, uint64_t seq);

/* The transcript is about to be cut anew (NULL), or has been: the same bytes
 * stay at the top. */
void view_recut(struct viewport *v, const struct recut *r);

/* Draw into the rows from `row` on. */
void view_draw(struct viewport *v, int row, int rows);

/* Scroll by rows, up when negative.  `rows`: how many are seen. */
void view_scroll(struct viewport *v, int by, int rows);
void view_go_top(struct viewport *v);
void view_go_end(struct viewport *v);
/* Let the byte `offset` of an entry be seen, in the middle if it was not. */
void view_show(struct viewport *v, uint64_t seq, size_t offset, int rows);

/* Whether an entry is folded: FOLD_SHUT, or could be: FOLD_OPEN; else there is
 * no more of it. */
enum fold_word view_fold(struct viewport *v, uint64_t seq);

/* The bytes of an entry that the same row shows as the byte `offset`: from
 * `*begin` to before `*end`.  False when the entry is not there any more. */
bool view_row_bytes(struct viewport *v, uint64_t seq, size_t offset,
                    size_t *begin, size_t *end);

/* The first entry below what is seen. */
uint64_t view_end(struct viewport *v, int rows);

/* How many entries have come since it was scrolled and not been drawn. */
uint64_t view_below(const struct viewport *v);
/* How many entries the filter hides, as far as it has come. */
uint64_t view_hidden(const struct viewport *v);
/* How far down the top is among all entries: 0 to 100. */
int view_percent(const struct viewport *v);

/* How many entries there are from `first` to `last`. */
uint64_t view_count(const struct viewport *v, uint64_t first, uint64_t last);

/* The nearest entry below or above `seq` that is not hidden; 0: none. */
uint64_t view_next(const struct viewport *v, uint64_t seq);
uint64_t view_before(const struct viewport *v, uint64_t seq);

#endif
