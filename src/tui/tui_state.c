/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The state of the screen: what has the keyboard, its notice, its terminal. */

#include <stdio.h>
#include <stdlib.h>

#include "attend.h"
#include "screen.h"
#include "term.h"
#include "tui.h"

#define MOMENT_NS (4 * SECOND_NS) /* time to read a few words */

const struct mode *tui_mode(const struct frontend *f)
{
	if (f->help)
		return f->help;
	return f->mode ? f->mode : f->panel;
}

bool tui_wants_color(const struct frontend *f)
{
	int color = f->chat->options->color;
	const char *no_color = getenv("NO_COLOR");
	if (color != COLOR_AUTO)
		return color == COLOR_ALWAYS;
	return !(no_color && *no_color);
}

int tui_page_rows(const struct frontend *f)
{
	return f->transcript_rows > 1 ? f->transcript_rows - 1 : 1;
}

void tui_mark_dirty(struct frontend *f)
{
	f->is_dirty = true;
}

void tui_set_notice(struct frontend *f, const char *text)
{
	snprintf(f->notice, sizeof(f->notice), "%s", text);
	tui_mark_dirty(f);
}

void tui_set_moment(struct frontend *f, const char *text)
{
	snprintf(f->moment, sizeof(f->moment), "%s", text);
	timer_stop(&f->moment_end);
	if (*text)
		timer_start(f->chat->loop, &f->moment_end, MOMENT_NS);
	tui_mark_dirty(f);
}

void tui_no_memory(struct frontend *f, const char *what)
{
	char notice[64];
	snprintf(notice, sizeof(notice), "no memory %s", what);
	tui_set_notice(f, notice);
}

void tui_resize(struct frontend *f)
{
	int rows, columns;
	if (!term_size(&rows, &columns))
		return;
	f->wants_size = screen_resize(rows, columns) != 0;
	if (f->wants_size) { /* the next frame tries again */
		timer_start(f->chat->loop, &f->paint, TUI_FRAME_NS);
		return;
	}
	input_resize(rows, columns);
	tui_mark_dirty(f);
}

void tui_come_back(struct frontend *f)
{
	if (term_enter(TERM_PAINTED)) {
		attend_lose_terminal(f->chat);
		return;
	}
	f->is_up = true;
	screen_redraw();
	tui_resize(f);
}

void tui_go_away(struct frontend *f)
{
	struct bytes out = { 0 };
	term_leave(screen_leave(&out) == 0 ? &out : NULL);
	bytes_finish(&out);
	f->is_up = false;
	f->window = (struct window){ .is_unfocused = false };
}

void tui_suspend(struct frontend *f)
{
	tui_go_away(f);
	term_suspend_job();
	tui_come_back(f);
}

void tui_suspend_alone(struct frontend *f)
{
	tui_go_away(f);
	term_suspend();
	tui_come_back(f);
}
