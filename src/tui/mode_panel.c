/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The connection panel is over the transcript: the keys that it takes.  All
 * others are for the line below, which goes on. */

#include "tui.h"

/* What is too far is put right when it is drawn. */
static void scroll(struct frontend *f, int by)
{
	f->panel.first = f->panel.first + by > 0 ? f->panel.first + by : 0;
}

void panel_toggle(struct frontend *f)
{
	if (f->mode)
		return;
	f->shows_help = false;
	f->panel.is_open = !f->panel.is_open;
	f->panel.first = 0;
}

/* Up and Down are for the panel only where there is more of it. */
static bool take(struct frontend *f, const struct token *t)
{
	bool is_free = input_is_empty() && !input_asks();
	bool scrolls = is_free && !f->panel.is_whole;
	bool is_q = t->key == KEY_TEXT && t->len == 1 && *t->bytes == 'q';
	if ((is_free && is_q) || (t->key == KEY_ESCAPE && !input_asks()))
		panel_toggle(f);
	else if (scrolls && t->key == KEY_UP)
		scroll(f, -1);
	else if (scrolls && t->key == KEY_DOWN)
		scroll(f, 1);
	else
		return false;
	return true;
}

const struct mode mode_panel = { .take = take, .scroll = scroll };
