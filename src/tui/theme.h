/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What each thing on the screen looks like: themes, for terminals of any number
 * of colours and on any background. */

#ifndef TUI_THEME_H
#define TUI_THEME_H

#include <stdint.h>

#include <sockchat/options.h>

#define THEME_PEERS 6 /* peers that look different */

enum style {
	STYLE_PLAIN,
	STYLE_DIM,     /* times, line endings */
	STYLE_ESCAPED, /* the visible form of what is not text */
	STYLE_QUIET,   /* the same in a long run */
	STYLE_IN,
	STYLE_OUT,
	STYLE_NOTICE,
	STYLE_HINT,    /* what may help */
	STYLE_ERROR,
	STYLE_HELD,    /* what waits for the user's word */
	STYLE_STATUS,
	STYLE_WARNING, /* in the status line */
	STYLE_MOMENT,  /* there, what has just changed */
	STYLE_BAR,
	STYLE_BAR_KEY,
	STYLE_PROMPT,
	STYLE_HIT,     /* what was looked for */
	STYLE_HIT_NOW,
	STYLE_PICK,    /* an entry that has been chosen */
	STYLE_PEER,    /* the first of THEME_PEERS: theme_peer() */
	STYLE_COUNT = STYLE_PEER + THEME_PEERS,
};

#define LOOK_BOLD    1u
#define LOOK_DIM     2u
#define LOOK_REVERSE 4u
#define LOOK_LINE    8u /* underlined */

struct look {
	short color;   /* in the terminal's palette; -1: its own */
	unsigned bits; /* LOOK_… */
};

/* `colors`: how many the terminal has, 0 for none.  THEME_AUTO is readable on
 * any background.  With fewer than 256 colours all themes are THEME_16. */
struct look theme_look(enum style style, enum theme theme, int colors);

/* The theme that was asked for; instead of THEME_AUTO that of the background,
 * if COLORFGBG says that it is light (else, or NULL: THEME_AUTO). */
enum theme theme_choose(enum theme wanted, const char *colorfgbg);

/* The style of a peer's number. */
enum style theme_peer(uint32_t number);

#endif
