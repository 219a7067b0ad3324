/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What keys do. */

#include <string.h>

#include "edit.h"
#include "screen.h"
#include "tui.h"

#define LEAVE_AGAIN_NS (2000 * MS_NS)
#define WHEEL_ROWS     3
#define FAR            1000000 /* rows */

void actions_scroll(struct frontend *f, int by)
{
	const struct mode *mode = tui_mode(f);
	if (mode && mode->scroll)
		mode->scroll(f, by);
	else
		view_scroll(&f->view, f->chat, by, f->transcript_rows);
}

static int page(const struct frontend *f)
{
	return f->transcript_rows > 2 ? f->transcript_rows - 1 : 1;
}

static void page_up(struct frontend *f)
{
	actions_scroll(f, -page(f));
}

static void page_down(struct frontend *f)
{
	actions_scroll(f, page(f));
}

static void wheel_up(struct frontend *f)
{
	actions_scroll(f, -WHEEL_ROWS);
}

static void wheel_down(struct frontend *f)
{
	actions_scroll(f, WHEEL_ROWS);
}

static void go_top(struct frontend *f)
{
	const struct mode *mode = tui_mode(f);
	if (mode && mode->scroll)
		mode->scroll(f, -FAR);
	else
		view_go_top(&f->view, f->chat);
}

static void go_end(struct frontend *f)
{
	const struct mode *mode = tui_mode(f);
	if (mode && mode->scroll)
		mode->scroll(f, FAR);
	else
		view_go_end(&f->view);
}

static void toggle_help(struct frontend *f)
{
	struct chat_display *d = &f->chat->display;
	d->help = !d->help;
	d->help_word[0] = '\0';
	f->help_first = 0;
}

static void set(struct frontend *f, const char *name, const char *value)
{
	struct error e;
	if (options_set(f->chat->options, name, value, SOURCE_RUN_TIME, &e))
		chat_error(f->chat, &e);
}

static void next_view(struct frontend *f)
{
	int next = (f->chat->options->view + 1) % VIEW_COUNT;
	set(f, "view", choice_name(view_choices, next));
}

static void next_time(struct frontend *f)
{
	int next = (f->chat->options->time + 1) % TIME_COUNT;
	set(f, "time", choice_name(time_choices, next));
}

static void toggle_endings(struct frontend *f)
{
	set(f, "endings", f->chat->options->endings ? "off" : "on");
}

static void next_peer(struct frontend *f)
{
	chat_next_target(f->chat);
}

static void redraw(struct frontend *f)
{
	(void)f;
	screen_redraw();
}

static void clear_or_leave(struct frontend *f)
{
	if (!input_is_empty()) {
		input_cancel();
	} else if (f->leave.loop || chat_is_leaving(f->chat)) {
		chat_leave(f->chat);
	} else {
		tui_set_notice(f, "Ctrl-C again within two seconds leaves");
		timer_start(f->chat->loop, &f->leave, LEAVE_AGAIN_NS);
	}
}

static void find(struct frontend *f)
{
	find_begin(f, "");
}

static void toggle_bare(struct frontend *f)
{
	f->chat->display.is_bare = !f->chat->display.is_bare;
}

/* The name is what an inputrc may call it. */
static const struct {
	enum key key;
	const char *name;
	void (*fn)(struct frontend *f);
} bindings[] = {
	{ KEY_PAGE_UP, "page-up", page_up },
	{ KEY_PAGE_DOWN, "page-down", page_down },
	{ KEY_WHEEL_UP, "wheel-up", wheel_up },
	{ KEY_WHEEL_DOWN, "wheel-down", wheel_down },
	{ KEY_TOP, "oldest", go_top },
	{ KEY_BOTTOM, "newest", go_end },
	{ KEY_F1, "help", toggle_help },
	{ KEY_F2, "next-view", next_view },
	{ KEY_F3, "next-time", next_time },
	{ KEY_F4, "endings", toggle_endings },
	{ KEY_F6, "next-peer", next_peer },
	{ KEY_F8, "bare", toggle_bare },
	{ KEY_CTRL_S, "find", find },
	{ KEY_CTRL_C, "clear-or-leave", clear_or_leave },
	{ KEY_CTRL_L, "redraw", redraw },
	{ KEY_CTRL_Z, "suspend", tui_suspend },
};

/* Ctrl-D on an empty line: FIN, then leave. */
static void finish(struct frontend *f)
{
	if (!chat_shutdown(f->chat))
		chat_leave(f->chat);
}

static bool is_for_line(enum key key)
{
	return key <= KEY_ESCAPE || key == KEY_ALT_ENTER ||
	       key == KEY_CTRL_D || key == KEY_UP || key == KEY_DOWN;
}

void actions_take(struct frontend *f, const struct token *t)
{
	const struct mode *mode = tui_mode(f);
	if (edit_is_on(f)) /* the rest of a burst: for nobody */
		return;
	tui_mark_dirty(f);
	list_clear(&f->matches);
	if (t->key != KEY_CTRL_C && f->leave.loop) {
		timer_stop(&f->leave);
		tui_set_notice(f, "");
	}
	if (mode && mode->take(f, t))
		return;
	if (t->key == KEY_CTRL_S && input_asks()) {
		input_feed(t); /* readline's own search, forward */
		return;
	}
	for (size_t i = 0; i < sizeof(bindings) / sizeof(*bindings); i++)
		if (bindings[i].key == t->key) {
			bindings[i].fn(f);
			return;
		}
	if (t->key == KEY_ESCAPE && f->view.is_scrolled)
		view_go_end(&f->view);
	else if (t->key == KEY_CTRL_D && input_is_empty())
		finish(f);
	else if (t->key == KEY_PASTE)
		paste_take(f, t);
	else if (is_for_line(t->key))
		input_feed(t);
}
