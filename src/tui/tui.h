/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the screen share, and nobody else sees: tui.c is its life,
 * frame.c what it looks like, actions.c what keys do, mode_*.c what takes the
 * keyboard for a while. */

#ifndef TUI_TUI_H
#define TUI_TUI_H

#include <sockchat/chat.h>
#include <sockchat/frontend.h>

#include "clipboard.h"
#include "editor.h"
#include "input.h"
#include "keys.h"
#include "list.h"
#include "pace.h"
#include "spots.h"
#include "view.h"
#include "window.h"

struct frontend;

/* What takes the keyboard for a while: help, a search, a question. */
struct mode {
	/* False: the key is not for it. */
	bool (*take)(struct frontend *f, const struct token *t);
	/* Keys scroll something else than the transcript; NULL: they don't. */
	void (*scroll)(struct frontend *f, int by);
	/* The prompt before the input line, ASCII; it stays while help is over
	 * the mode.  NULL for help and the panel: they leave the line alone. */
	const char *(*prompt)(struct frontend *f);
	bool hides_line; /* and the line is not seen */
};

extern const struct mode mode_help, mode_panel, mode_paste, mode_find,
    mode_pick;

/* The search, and where the view stood when it began. */
struct find {
	/* All three are there, or none: NULL while there is no search. */
	struct pattern *pattern;
	struct hits *hits;
	struct lens *lens;   /* the entries with hits */
	bool is_typed;       /* the pattern is; else hits are walked through */
	uint64_t start_seq;  /* what is above it is looked at first */
	bool was_scrolled;
	uint64_t top_seq, below_seq;
	size_t top_row;
	char trouble[80];    /* why it is no pattern */
};

/* Entries being chosen: those between the two. */
struct pick {
	uint64_t cursor, anchor; /* anchor 0: the cursor's alone */
	bool was_scrolled;
};

struct frontend {
	struct chat *chat;
	/* NULL: the input line.  Help may be over it. */
	const struct mode *mode;
	struct keys *keys;
	struct viewport view;
	struct find find;
	struct pick pick;
	struct clipboard clipboard;
	struct later work; /* there is more to look through */
	struct input_ops input_ops;
	struct watch in_watch;
	struct timer paint, escape, leave, tick;
	struct pace pace;
	struct spots spots;
	int64_t painted_ns, read_ns; /* when the last frame, the last keys */
	struct window window;
	bool shows_hex; /* of what Enter would send */
	bool is_dirty, is_up, wants_size;
	bool has_key; /* that is to be seen at once */
	int rows, columns, transcript_rows;
	unsigned glyph_flags;
	bool shows_help; /* over the screen */
	char help_word[32]; /* about the commands that begin so */
	int help_first, help_lines;
	char *wanted; /* what /find is to look for when the turn ends */
	struct {
		bool is_open, is_whole;
		int first; /* line seen */
	} panel;
	char notice[80];
	struct list matches;
	char history[512];
	struct editor editor;
	struct {
		struct bytes text; /* empty: nothing is asked */
		size_t sent;       /* … of it, so far */
		struct later send; /* the next part */
		size_t left_out;
		char prompt[128];
	} paste;
};

/* The commands that the screen does in its own way. */
extern const struct frontend_command tui_commands[];

/* The mode that has the keyboard; NULL: the input line. */
const struct mode *tui_mode(const struct frontend *f);

void tui_mark_dirty(struct frontend *f);
/* A word in the status line; "" takes it away. */
void tui_set_notice(struct frontend *f, const char *text);

/* Say there that there is no memory: `what` is "to search". */
void tui_no_memory(struct frontend *f, const char *what);

/* Give the terminal to somebody else for a while, and take it back. */
void tui_go_away(struct frontend *f);
void tui_come_back(struct frontend *f);
/* Ctrl-Z. */
void tui_suspend(struct frontend *f);

/* A line that was entered: kept in the history, and run. */
void tui_enter(struct frontend *f, const char *line, size_t len);

/* What was pasted: a line goes into the input line, several are asked about. */
void paste_take(struct frontend *f, const struct token *t);
/* There is no memory for a paste of this size: say so. */
void paste_refuse(struct frontend *f, size_t len);
/* The paste is dealt with: forget it. */
void paste_forget(struct frontend *f);

/* Paint now. */
void frame_paint(struct frontend *f);

/* Search for `text`, or for what is going to be typed: "". */
void find_begin(struct frontend *f, const char *text);
void find_end(struct frontend *f);
/* Look on for about `ns`.  True: there is more to do. */
bool find_work(struct frontend *f, int64_t ns);
/* The message `seq` has grown. */
void find_touch(struct frontend *f, uint64_t seq);

void pick_begin(struct frontend *f);

/* The connection panel comes or goes. */
void panel_toggle(struct frontend *f);

/* Whatever the keyboard brought. */
void actions_take(struct frontend *f, const struct token *t);
/* The functions that keys do, by index; NULL behind the last.  Give them their
 * keys in the line editor; run one; list them with their keys. */
const char *actions_name(size_t i);
void actions_start(void);
void actions_run(void *user, size_t i);
void actions_list_keys(struct frontend *f);
/* Scroll what is seen by rows, up when negative. */
void actions_scroll(struct frontend *f, int by);

#endif
