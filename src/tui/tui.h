/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The state of the screen, which its files share, and the functions that all of
 * them may call. */

#ifndef TUI_TUI_H
#define TUI_TUI_H

#include <sockchat/chat.h>
#include <sockchat/frontend.h>

#include "answer.h"
#include "clipboard.h"
#include "edit.h"
#include "input.h"
#include "keyboard.h"
#include "list.h"
#include "mode.h"
#include "status.h"
#include "view.h"
#include "window.h"

#define TUI_FRAME_NS (SECOND_NS / 60)

struct frontend {
	struct chat *chat;
	struct ticks_listener ticks;
	struct transcript_listener fates;
	/* Keys go to help if it is there (not NULL), else to the mode, else to
	 * the connection panel, else to the input line. */
	const struct mode *help, *mode, *panel;
	struct keyboard keyboard;
	struct viewport view;
	struct find find;
	struct pick pick;
	struct answer answer;
	struct within within;
	struct held_edit held;
	struct compare compare;
	struct clipboard clipboard;
	struct copy copy;
	struct later work; /* pending while there is more to search */
	struct input_ops input_ops;
	struct timer paint, leave, tick, moment_end;
	struct pace pace;
	struct spots spots;
	int64_t painted_ns; /* when a frame was painted */
	int64_t unfocused_ns; /* when the loss of the focus was read */
	uint64_t painted_end; /* of the transcript then */
	struct window window;
	bool shows_hex; /* as hex, what Enter would send */
	bool is_dirty, is_up, wants_size;
	bool has_key; /* a key has come: paint at once */
	int transcript_rows;
	char help_word[32]; /* help is about the commands that begin so */
	int help_first, help_lines; /* also of an answer */
	char *wanted; /* what /find is to look for when the turn ends */
	int panel_first;     /* its line that is seen first */
	bool is_panel_whole; /* all of it is seen */
	char notice[112];
	char moment[112]; /* until moment_end */
	struct list matches;
	struct editor editor;
	struct paste paste;
};

/* The mode that has the keyboard; NULL: the input line. */
const struct mode *tui_mode(const struct frontend *f);

/* Whether the options and the environment want colours. */
bool tui_wants_color(const struct frontend *f);

/* The rows that PgUp and PgDn scroll by. */
int tui_page_rows(const struct frontend *f);

/* Have a frame painted when the turn ends. */
void tui_mark_dirty(struct frontend *f);

/* Paint the screen now: paint.c. */
void paint_screen(struct frontend *f);

/* Show a notice in the status line; "" takes it away. */
void tui_set_notice(struct frontend *f, const char *text);

/* Show what has just changed at the right end of the status line, for a few
 * seconds or until the next such text; "" takes it away.  No key does. */
void tui_set_moment(struct frontend *f, const char *text);

/* Show the notice that there is no memory; `what` is "to search". */
void tui_no_memory(struct frontend *f, const char *what);

/* Follow the size of the terminal. */
void tui_resize(struct frontend *f);

/* Give the terminal to another program, and take it back. */
void tui_go_away(struct frontend *f);
void tui_come_back(struct frontend *f);
/* Ctrl-Z: stop our whole job until somebody continues it. */
void tui_suspend(struct frontend *f);
/* SIGTSTP: who sent it has chosen whom to stop. */
void tui_suspend_alone(struct frontend *f);

#endif
