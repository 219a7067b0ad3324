/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Everything there is to see, from the bottom up. */

#include <stdlib.h>

#include <sockchat/again.h>
#include <sockchat/audience.h>
#include <sockchat/hold.h>

#include "attend.h"
#include "line.h"
#include "modes.h"
#include "page.h"
#include "preview.h"
#include "screen.h"
#include "term.h"
#include "tui.h"

#define RETRY_NS     (100 * MS_NS)
#define BAR_ROWS_MIN 8 /* a smaller screen has no room for the bar */

static int at_most(int value, int limit)
{
	return value < limit ? value : limit;
}

/* Draw what the line would send, and above it what a word may become.  Returns
 * the first of their rows. */
static int draw_above_line(struct frontend *f, const struct preview *p,
                           int row)
{
	int dumped = f->shows_hex ? preview_rows(p, row / 3) : 0;
	row -= dumped;
	preview_draw(p, row, dumped);
	int columns = screen_columns();
	int listed = at_most(list_rows(&f->matches, columns), row / 3);
	row -= listed;
	if (listed > 0)
		list_draw(&f->matches, row, listed, columns);
	return row;
}

/* Count what has come and gone, of the one conversation that is looked at or of
 * all together. */
static void count_bytes(const struct chat *c, struct pace_sample *sum)
{
	const struct session *only = chat_shown(c), *s;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		if (only && s != only)
			continue;
		sum->in += s->link.bytes_in;
		sum->out += s->link.bytes_out;
	}
}

/* There is another frame each second while something moves, or while a page
 * shows what changes by itself. */
static void look_at_pace(struct frontend *f)
{
	const struct chat *c = f->chat;
	const struct session *s = chat_shown(c);
	struct pace_sample now = { .ns = loop_now_ns(c->loop) };
	count_bytes(c, &now);
	size_t waiting =
	    s ? queue_len(s->queue) + queue_has_file(s->queue) : 0;
	bool moves = pace_look(&f->pace, s ? s->link.number : 0, &now, waiting);
	const struct mode *mode = tui_mode(f);
	bool goes_on = moves || chat_counts_down(c) ||
	               (mode && mode->needs_ticks);
	if (goes_on && !f->tick.loop)
		timer_start(c->loop, &f->tick, RATE_STEP_NS);
}

static void draw_status(struct frontend *f, int row, const char *mode,
                        const struct preview *preview)
{
	const struct chat *c = f->chat;
	char count[32];
	preview_count(preview, count);
	look_at_pace(f);
	status_draw(&(struct status){
		.chat = c,
		.below = view_below(&f->view),
		.hidden = view_hidden(&f->view),
		.percent = view_percent(&f->view),
		.mode = mode,
		.notice = *f->notice ? f->notice : preview->error.text,
		.moment = f->moment,
		.draft = count,
		.pace = &f->pace,
		.glyph_flags = f->view.glyph_flags,
	}, row, &f->spots);
}

/* The bar is that of what the keys are for now. */
static void draw_bar(struct frontend *f, int row)
{
	static const char *const bare_keys[] = {
		"Esc Back", "F8 Back", "PgUp Up", "PgDn Down", NULL,
	};
	const struct mode *mode = tui_mode(f);
	const char *first = NULL;
	if (!mode && hold_count(f->chat->session_settings.hold))
		first = "F7 g Pass d Drop e Edit";
	else if (!mode && f->view.is_scrolled)
		first = "Esc Newest";
	help_draw_bar(row, first,
	              mode               ? mode->keys
	              : f->view.is_bare ? bare_keys
	                                 : NULL,
	              &f->spots);
}

/* From the bottom up: bar, input, matches, status, transcript. */
static void draw_frame(struct frontend *f, int *cursor_row, int *cursor_column)
{
	const struct chat *c = f->chat;
	const struct mode *mode = tui_mode(f), *asks = f->mode;
	struct input_line line;
	char own[32];
	screen_set_colored(tui_wants_color(f));
	screen_set_theme(theme_choose((enum theme)c->options->theme,
	                              getenv("COLORFGBG")));
	const char *prompt = asks ? asks->prompt(f) : attend_prompt(c, own);
	input_show(&line);
	if (asks && asks->hides_line)
		line = (struct input_line){ .mode = "", .text = "" };
	int rows = screen_rows();
	bool has_bar = c->options->bar && rows >= BAR_ROWS_MIN;
	int rest = rows - has_bar;
	struct line_layout l = line_measure(&line, prompt, screen_columns(),
	                                    f->view.glyph_flags);
	int shown = at_most(l.rows, rows < 3 ? 1 : (rows + 2) / 3);
	int first = l.cursor_row >= shown ? l.cursor_row - shown + 1 : 0;
	rest -= shown;
	line_draw(&line, prompt, rest, first, shown, f->view.glyph_flags);
	*cursor_row = rest + l.cursor_row - first;
	*cursor_column = l.cursor_column;
	if (has_bar)
		draw_bar(f, rows - 1);
	struct preview preview = { .count = 0 };
	if (!asks && !f->help && !line.prompt)
		preview_make(&preview, c, &line);
	rest = draw_above_line(f, &preview, rest);
	int end = rest > 0 ? rest - 1 : 0;
	f->transcript_rows =
	    end - (mode && mode->draw_foot ? mode->draw_foot(f, end) : 0);
	if (mode && mode->draw)
		mode->draw(f);
	else
		view_draw(&f->view, 0, f->transcript_rows);
	if (rest > 0)
		draw_status(f, rest - 1, line.mode, &preview);
	bytes_finish(&preview.made.bytes);
}

/* Show what differs from the last frame. */
static int show_frame(int cursor_row, int cursor_column)
{
	bool is_synced = screen_modes() & MODE_SYNC;
	struct bytes out = { 0 };
	int failed =
	    bytes_append_text(&out, is_synced ? MODES_SYNC_BEGIN : "");
	size_t before = out.len;
	failed |= screen_finish(cursor_row, cursor_column, &out);
	bool is_new = out.len > before;
	failed |= bytes_append_text(&out, is_synced ? MODES_SYNC_END : "");
	if (!failed && is_new)
		failed = term_show(out.data, out.len);
	bytes_finish(&out);
	return failed ? -1 : 0;
}

/* Without memory for a frame, a whole one is tried a little later. */
void paint_screen(struct frontend *f)
{
	int row = 0, column = 0;
	f->is_dirty = false;
	input_take_dirty();
	screen_erase();
	f->spots.count = 0;
	draw_frame(f, &row, &column);
	if (show_frame(row, column) == 0)
		return;
	screen_redraw();
	f->is_dirty = true;
	timer_start(f->chat->loop, &f->paint, RETRY_NS);
}
