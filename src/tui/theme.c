/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Colours are never the only signal.  Of 256 only those are used that stand
 * out from black and from white alike; the first 16 are anybody's choice, so
 * they are not.  With fewer, whole sentences are red or magenta, which is
 * readable on both, and bold goes with no colour: many terminals make it a
 * bright one, which is lost on white. */

#include "theme.h"

#define LEVELS 3 /* 8, 16 and 256 colours */

enum { OWN = -1, RED = 1, GREEN = 2, MAGENTA = 5, CYAN = 6 };

static const struct {
	short colors[LEVELS];
	unsigned bits;
} roles[STYLE_PEER] = {
	[STYLE_PLAIN] = { { OWN, OWN, OWN }, 0 },
	[STYLE_DIM] = { { OWN, OWN, OWN }, LOOK_DIM },
	[STYLE_ESCAPED] = { { MAGENTA, MAGENTA, 133 }, LOOK_LINE },
	[STYLE_QUIET] = { { MAGENTA, MAGENTA, 133 }, LOOK_DIM },
	[STYLE_IN] = { { CYAN, CYAN, 31 }, LOOK_BOLD },
	[STYLE_OUT] = { { GREEN, GREEN, 28 }, LOOK_BOLD },
	[STYLE_NOTICE] = { { OWN, OWN, OWN }, LOOK_DIM },
	[STYLE_HINT] = { { OWN, OWN, OWN }, LOOK_DIM },
	[STYLE_ERROR] = { { RED, RED, 160 }, LOOK_BOLD },
	[STYLE_HELD] = { { MAGENTA, MAGENTA, 166 }, LOOK_BOLD },
	[STYLE_STATUS] = { { OWN, OWN, OWN }, LOOK_REVERSE },
	[STYLE_WARNING] = { { RED, RED, 160 }, LOOK_REVERSE | LOOK_BOLD },
	[STYLE_MOMENT] = { { OWN, OWN, OWN }, LOOK_REVERSE | LOOK_BOLD },
	[STYLE_BAR] = { { OWN, OWN, OWN }, 0 },
	[STYLE_BAR_KEY] = { { OWN, OWN, OWN }, LOOK_REVERSE },
	[STYLE_PROMPT] = { { GREEN, GREEN, 28 }, LOOK_BOLD },
	[STYLE_HIT] = { { OWN, OWN, 136 }, LOOK_REVERSE },
	[STYLE_HIT_NOW] = { { RED, RED, 166 }, LOOK_REVERSE | LOOK_BOLD },
	[STYLE_PICK] = { { OWN, OWN, OWN }, LOOK_REVERSE },
};

/* Blue, orange, violet, teal, ochre, pink; with 8 there are four. */
static const short peers[THEME_PEERS][LEVELS] = {
	{ CYAN, 12, 32 },     { MAGENTA, MAGENTA, 166 }, { GREEN, GREEN, 134 },
	{ RED, CYAN, 29 },    { CYAN, RED, 136 },        { MAGENTA, 9, 168 },
};

struct look theme_look(enum style style, int colors)
{
	int level = colors >= 256 ? 2 : colors >= 16 ? 1 : 0;
	struct look look = { .color = OWN, .bits = 0 };
	if (style < STYLE_PEER)
		look = (struct look){ roles[style].colors[level],
			              roles[style].bits };
	else
		look.color = peers[style - STYLE_PEER][level];
	if (colors < 8)
		look.color = OWN;
	if (look.color != OWN && level < 2)
		look.bits &= ~LOOK_BOLD;
	return look;
}

enum style theme_peer(uint32_t number)
{
	return (enum style)(STYLE_PEER + (number + THEME_PEERS - 1) %
	                                     THEME_PEERS);
}
