/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What takes the keyboard for a while: a search, a choice of entries, a
 * question, or a page over the transcript.  The screen calls a mode through its
 * table; a mode calls only what is below it: tui.h, the view, the input. */

#ifndef TUI_MODE_H
#define TUI_MODE_H

#include <stdbool.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/loop.h>

#include "beside.h"
#include "keys.h"
#include "view.h"

struct frontend;

struct mode {
	/* Take a key.  False: it is not for this mode. */
	bool (*take)(struct frontend *f, const struct token *t);
	/* Scroll what the mode shows; NULL: the transcript scrolls. */
	void (*scroll)(struct frontend *f, int by);
	/* Draw in place of the transcript; NULL: the transcript is seen. */
	void (*draw)(struct frontend *f);
	/* Draw into rows that end before `end`, below what is seen of the
	 * transcript; NULL: nothing.  How many rows that takes. */
	int (*draw_foot)(struct frontend *f, int end);
	/* The prompt before the input line, ASCII; it stays while help is over
	 * the mode.  Pages have none: they leave the line alone. */
	const char *(*prompt)(struct frontend *f);
	/* For the bar of keys: "Esc Back" and so on, and NULL; NULL: the bar of
	 * the input line. */
	const char *const *keys;
	bool hides_line;  /* the input line is not seen */
	bool needs_ticks; /* it shows something else each second */
};

extern const struct mode mode_help, mode_answer, mode_panel, mode_paste,
    mode_find, mode_pick, mode_within, mode_compare, mode_held;

/* The search, and where the view stood when it began. */
struct find {
	/* All three are there, or none: NULL while there is no search. */
	struct pattern *pattern;
	struct hits *hits;
	struct lens *lens;   /* the entries with hits */
	uint64_t newest;     /* the newest entry that has been looked at */
	bool is_typed;       /* it is typed now; else n and N go on */
	uint64_t start_seq;  /* entries above it are searched first */
	struct viewport start; /* the view, as it was then */
	char trouble[80];    /* why it is no pattern */
};

/* The entries that are chosen: from the cursor to the anchor. */
struct pick {
	uint64_t cursor, anchor; /* anchor 0: the cursor's entry alone */
	bool was_scrolled;
	bool is_whole; /* copies have a message's prefix and its end, too */
};

/* The held message that is edited in the input line. */
struct held_edit {
	uint32_t number;
	uint32_t wanted; /* the one that /edit has named; 0: none */
};

/* The bytes within a message that are chosen. */
struct within {
	const struct mode *before; /* to which Esc goes back */
	uint64_t seq;
	size_t cursor;
	size_t anchor; /* SIZE_MAX: the byte at the cursor is chosen alone */
	struct hit marked[3];
	int value;     /* the row of values that is shown first */
	int rows_seen; /* of values */
};

/* Two messages that are compared. */
struct compare {
	const struct mode *before; /* to which Esc goes back */
	struct beside beside;
	size_t first;  /* the row that is seen first */
};

/* What was copied last. */
struct copy {
	char what[48]; /* "2 (13 B) as text" */
	bool is_on_terminal;
};

/* A paste of several lines, which asks what is to be done with it. */
struct paste {
	struct bytes text; /* empty: nothing is asked */
	size_t sent;       /* how many of its bytes are sent */
	struct later send; /* sends the next part */
	struct cleaned cleaned;
	char prompt[128];
};

/* Open the connection panel, or close it. */
void panel_toggle(struct frontend *f);
/* Find out who is at both ends of what the panel shows.  The first look takes
 * up to about 50 ms, so this is no part of drawing it. */
void panel_work(struct frontend *f);

/* Begin to choose entries. */
void pick_begin(struct frontend *f);

/* Begin to choose bytes within the message `seq`; then the present mode goes
 * on. */
void within_begin(struct frontend *f, uint64_t seq);

/* Compare two messages over the screen; then the present mode goes on. */
void compare_begin(struct frontend *f, uint64_t left, uint64_t right);
void compare_end(struct frontend *f);

/* Edit a held message when the turn ends: the one of this number, "" for the
 * oldest.  -1 after a complaint. */
int held_want(struct frontend *f, const char *word);
/* Begin to edit the one that is wanted. */
void held_work(struct frontend *f);
/* Give up the edit. */
void held_end(struct frontend *f);

/* Search for `text`, or for what is going to be typed: "". */
void find_begin(struct frontend *f, const char *text);
void find_end(struct frontend *f);
/* Search on for about `ns`.  True: there is more to do. */
bool find_work(struct frontend *f, int64_t ns);
/* The message `seq` has grown: search it again. */
void find_touch(struct frontend *f, uint64_t seq);

/* The transcript is about to be cut anew (NULL), or has been. */
void find_recut(struct frontend *f, const struct recut *r);
void pick_recut(struct frontend *f, const struct recut *r);

/* Take what was pasted: one line goes into the input line, several ask. */
void paste_take(struct frontend *f, const struct token *t);
/* Say that there is no memory for a paste of this size. */
void paste_refuse(struct frontend *f, size_t len);
/* Forget the paste that asks. */
void paste_forget(struct frontend *f);

#endif
