/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A page is over the transcript: help, or the connection panel.  Keys that it
 * does not take are for the line below, which goes on. */

#include <sockchat/audience.h>
#include <sockchat/pair.h>
#include <sockchat/session_state.h>

#include "page.h"
#include "tui.h"

void page_scroll(struct frontend *f, int by)
{
	int most = f->help_lines - f->transcript_rows;
	f->help_first += by;
	if (f->help_first > most)
		f->help_first = most;
	if (f->help_first < 0)
		f->help_first = 0;
}

static void draw_help(struct frontend *f)
{
	f->help_lines = help_draw(f->transcript_rows, f->help_first,
	                          f->help_word);
}

bool page_take_key(struct frontend *f, const struct token *t)
{
	bool is_q = t->key == KEY_TEXT && *t->bytes == 'q' &&
	            input_is_empty();
	int rows = t->key == KEY_UP          ? -1
	           : t->key == KEY_DOWN      ? 1
	           : t->key == KEY_PAGE_UP   ? -tui_page_rows(f)
	           : t->key == KEY_PAGE_DOWN ? tui_page_rows(f)
	                                     : 0;
	if (rows)
		page_scroll(f, rows);
	else if (!is_q && t->key != KEY_ESCAPE)
		return false;
	else
		f->help = NULL;
	if (is_q && t->len > 1) /* the rest of a burst is for the line */
		input_feed(&(struct token){ KEY_TEXT, t->bytes + 1,
		                            t->len - 1 });
	return true;
}

static const char *const page_keys[] = {
	"Esc Back", "F1 Back", "PgUp Up", "PgDn Down", NULL,
};

const struct mode mode_help = {
	.keys = page_keys,
	.take = page_take_key, .scroll = page_scroll, .draw = draw_help,
};

/* A line too far down is corrected when the panel is drawn. */
static void scroll_panel(struct frontend *f, int by)
{
	f->panel_first = f->panel_first + by > 0 ? f->panel_first + by : 0;
}

static void find_names(struct frontend *f, struct session *s)
{
	bool was_known = s->names != NULL;
	session_identify(s, f->chat->options->dial.resolve.is_numeric, false);
	if (!was_known && s->names)
		tui_mark_dirty(f);
}

void panel_work(struct frontend *f)
{
	struct session *s = f->panel ? chat_shown(f->chat) : NULL;
	if (s)
		find_names(f, s);
	if (s && s->pair)
		find_names(f, s->pair->near);
}

static void draw_panel(struct frontend *f)
{
	f->is_panel_whole = panel_draw(f->chat, f->transcript_rows,
	                               &f->panel_first, f->view.glyph_flags);
}

void panel_toggle(struct frontend *f)
{
	if (f->mode)
		return;
	f->help = NULL;
	f->panel = f->panel ? NULL : &mode_panel;
	f->panel_first = 0;
}

/* Up and Down are for the panel only where there is more of it. */
static bool take_panel_key(struct frontend *f, const struct token *t)
{
	bool is_free = input_is_empty() && !input_asks();
	bool is_row = t->key == KEY_UP || t->key == KEY_DOWN;
	bool is_q = t->key == KEY_TEXT && t->len == 1 && *t->bytes == 'q';
	if ((is_free && is_q) || (t->key == KEY_ESCAPE && !input_asks()))
		panel_toggle(f);
	else if (is_row && is_free && !f->is_panel_whole)
		scroll_panel(f, t->key == KEY_UP ? -1 : 1);
	else
		return false;
	return true;
}

static const char *const panel_keys[] = {
	"Esc Back", "PgUp Up", "PgDn Down", "F6 Peer", "F9 Focus", "F1 Help",
	"^C Leave", NULL,
};

const struct mode mode_panel = {
	.keys = panel_keys,
	.take = take_panel_key, .scroll = scroll_panel, .draw = draw_panel,
	.needs_ticks = true,
};
