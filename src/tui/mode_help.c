/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Help is over the screen: the keys that it takes. */

#include "tui.h"

static void scroll(struct frontend *f, int by)
{
	int most = f->help_lines - f->transcript_rows;
	f->help_first += by;
	if (f->help_first > most)
		f->help_first = most;
	if (f->help_first < 0)
		f->help_first = 0;
}

static void leave(struct frontend *f)
{
	f->shows_help = false;
	f->help_first = 0;
}

static bool take(struct frontend *f, const struct token *t)
{
	bool is_q = t->key == KEY_TEXT && *t->bytes == 'q' &&
	            input_is_empty();
	if (is_q || t->key == KEY_ESCAPE)
		leave(f);
	else if (t->key == KEY_UP)
		scroll(f, -1);
	else if (t->key == KEY_DOWN)
		scroll(f, 1);
	else
		return false;
	if (is_q && t->len > 1) /* the rest of a burst is for the line */
		input_feed(&(struct token){ KEY_TEXT, t->bytes + 1,
		                            t->len - 1 });
	return true;
}

const struct mode mode_help = { .take = take, .scroll = scroll };
