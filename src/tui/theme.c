/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Colours are never the only signal.  Of 256 only those above the first 16 are
 * used, which look alike everywhere.  Of 16, blue, yellow and white are not
 * used: each is lost on some background; and bold goes with none, for many
 * terminals make it a bright one, which is lost on white. */

#include <stdlib.h>
#include <string.h>

#include "theme.h"

enum { OWN = -1, RED = 1, GREEN = 2, MAGENTA = 5, CYAN = 6 };

/* What colours are for. */
enum color_of {
	OF_TEXT, OF_GRAY, OF_IN, OF_OUT, OF_ERROR, OF_ODD, OF_HELD, OF_HIT,
	OF_HINT, OF_COUNT,
};

/* A theme: its colours in the order of enum color_of, and those of peers. */
struct palette {
	short of[OF_COUNT];
	short peers[THEME_PEERS];
};

enum palette_name { ON_DARK, ON_LIGHT, ON_ANY, OF_16, OF_8, PALETTES };

static const struct palette palettes[PALETTES] = {
	[ON_DARK] = {
		{ OWN, 246, 81, 114, 203, 176, 215, 220, 110 },
		{ 75, 215, 176, 79, 179, 211 },
	},
	[ON_LIGHT] = {
		{ OWN, 241, 24, 22, 124, 90, 94, 94, 60 },
		{ 25, 94, 91, 23, 58, 125 },
	},
	[ON_ANY] = { /* readable on black and on white */
		{ OWN, 243, 31, 28, 160, 133, 166, 130, 243 },
		{ 32, 166, 134, 29, 130, 163 },
	},
	[OF_16] = {
		{ OWN, OWN, CYAN, GREEN, RED, MAGENTA, MAGENTA, OWN, OWN },
		{ 12, MAGENTA, GREEN, CYAN, RED, 9 },
	},
	[OF_8] = {
		{ OWN, OWN, CYAN, GREEN, RED, MAGENTA, MAGENTA, OWN, OWN },
		{ CYAN, MAGENTA, GREEN, RED, CYAN, MAGENTA },
	},
};

static const struct {
	enum color_of color;
	unsigned bits;
} roles[STYLE_PEER] = {
	[STYLE_PLAIN] = { OF_TEXT, 0 },
	[STYLE_DIM] = { OF_GRAY, LOOK_DIM },
	[STYLE_ESCAPED] = { OF_ODD, LOOK_LINE },
	[STYLE_QUIET] = { OF_ODD, LOOK_DIM },
	[STYLE_IN] = { OF_IN, LOOK_BOLD },
	[STYLE_OUT] = { OF_OUT, LOOK_BOLD },
	[STYLE_NOTICE] = { OF_GRAY, LOOK_DIM },
	[STYLE_HINT] = { OF_HINT, LOOK_DIM },
	[STYLE_ERROR] = { OF_ERROR, LOOK_BOLD },
	[STYLE_HELD] = { OF_HELD, LOOK_BOLD },
	[STYLE_STATUS] = { OF_TEXT, LOOK_REVERSE },
	[STYLE_WARNING] = { OF_ERROR, LOOK_REVERSE | LOOK_BOLD },
	[STYLE_MOMENT] = { OF_TEXT, LOOK_REVERSE | LOOK_BOLD },
	[STYLE_BAR] = { OF_TEXT, 0 },
	[STYLE_BAR_KEY] = { OF_TEXT, LOOK_REVERSE },
	[STYLE_PROMPT] = { OF_OUT, LOOK_BOLD },
	[STYLE_HIT] = { OF_HIT, LOOK_REVERSE },
	[STYLE_HIT_NOW] = { OF_HELD, LOOK_REVERSE | LOOK_BOLD },
	[STYLE_PICK] = { OF_TEXT, LOOK_REVERSE },
};

static enum palette_name palette_for(enum theme theme, int colors)
{
	if (colors < 16)
		return OF_8;
	if (colors < 256 || theme == THEME_16)
		return OF_16;
	return theme == THEME_DARK    ? ON_DARK
	       : theme == THEME_LIGHT ? ON_LIGHT
	                              : ON_ANY;
}

struct look theme_look(enum style style, enum theme theme, int colors)
{
	enum palette_name name = palette_for(theme, colors);
	const struct palette *p = &palettes[name];
	struct look look = { .color = OWN, .bits = 0 };
	if (style < STYLE_PEER)
		look = (struct look){ p->of[roles[style].color],
			              roles[style].bits };
	else
		look.color = p->peers[style - STYLE_PEER];
	if (colors < 8)
		look.color = OWN;
	if (look.color != OWN && name >= OF_16)
		look.bits &= ~LOOK_BOLD;
	if (look.color != OWN && name < OF_16) /* the colour does it */
		look.bits &= ~LOOK_DIM;
	return look;
}

/* The number behind the last semicolon is the background's: rxvt(1). */
enum theme theme_choose(enum theme wanted, const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
	if (wanted != THEME_AUTO || !last)
		return wanted;
	return strcmp(last, ";7") == 0 || strcmp(last, ";15") == 0
	           ? THEME_LIGHT
	           : THEME_AUTO;
}

enum style theme_peer(uint32_t number)
{
	return (enum style)(STYLE_PEER + (number + THEME_PEERS - 1) %
	                                     THEME_PEERS);
}
