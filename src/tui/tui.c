/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The screen as a front end: keys in, one painter out, at most 60 times a
 * second. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/chat.h>
#include <sockchat/command.h>
#include <sockchat/diag.h>
#include <sockchat/glyph.h>
#include <sockchat/signals.h>

#include "env.h"
#include "help.h"
#include "input.h"
#include "keys.h"
#include "line.h"
#include "list.h"
#include "screen.h"
#include "status.h"
#include "term.h"
#include "view.h"

#define FRAME_NS       (16 * MS_NS)
#define LEAVE_AGAIN_NS (2000 * MS_NS)
#define READ_SIZE      4096 /* what of a burst is done in one turn */
#define HISTORY_MAX    1000
#define BAR_ROWS_MIN   8 /* a smaller screen has no room for the bar */

struct frontend {
	struct chat *chat;
	struct keys *keys;
	struct viewport view;
	struct input_ops input_ops;
	struct watch in_watch;
	struct timer paint, escape, leave;
	int64_t painted_ns;
	bool is_dirty, is_up;
	int rows, columns, transcript_rows;
	unsigned glyph_flags;
	int help_first, help_lines;
	char notice[80];
	struct list matches;
	char history[512];
};

static void mark_dirty(struct frontend *f)
{
	f->is_dirty = true;
}

static void set_notice(struct frontend *f, const char *text)
{
	snprintf(f->notice, sizeof(f->notice), "%s", text);
	mark_dirty(f);
}

/* Painting */

static const char *make_prompt(const struct chat *c, char out[32])
{
	if (chat_target(c))
		snprintf(out, 32, "%u> ", chat_target(c));
	else
		snprintf(out, 32, "%s> ",
		         chat_session_count(c) > 1 ? "all" : "");
	return out;
}

static int at_most(int value, int limit)
{
	return value < limit ? value : limit;
}

/* From the bottom up: bar, input, matches, status, transcript. */
static void draw_frame(struct frontend *f, int *cursor_row, int *cursor_column)
{
	const struct chat *c = f->chat;
	struct input_line line;
	char prompt[32];
	input_show(&line);
	make_prompt(c, prompt);
	bool has_bar = c->display.bar && f->rows >= BAR_ROWS_MIN;
	int rest = f->rows - has_bar;
	struct line_layout l = line_measure(&line, prompt, f->columns,
	                                    f->glyph_flags);
	int shown = at_most(l.rows, f->rows < 3 ? 1 : (f->rows + 2) / 3);
	int first = l.cursor_row >= shown ? l.cursor_row - shown + 1 : 0;
	rest -= shown;
	line_draw(&line, prompt, rest, first, shown, f->glyph_flags);
	*cursor_row = rest + l.cursor_row - first;
	*cursor_column = l.cursor_column;
	if (has_bar)
		help_draw_bar(f->rows - 1);
	int listed = at_most(list_rows(&f->matches, f->columns), rest / 3);
	rest -= listed;
	if (listed > 0)
		list_draw(&f->matches, rest, listed, f->columns);
	f->transcript_rows = rest > 0 ? rest - 1 : 0;
	if (c->display.help)
		f->help_lines = help_draw(f->transcript_rows, f->help_first,
		                          c->display.help_word);
	else
		view_draw(&f->view, c, 0, f->transcript_rows);
	if (rest > 0)
		status_draw(c, rest - 1, view_below(&f->view, c), line.mode,
		            f->notice, f->glyph_flags);
}

static void paint(struct frontend *f)
{
	static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
	struct bytes out = { 0 };
	int row = 0, column = 0;
	f->painted_ns = loop_now_ns(f->chat->loop);
	f->is_dirty = false;
	input_take_dirty();
	screen_erase();
	draw_frame(f, &row, &column);
	if (bytes_append(&out, begin, sizeof(begin) - 1) ||
	    screen_finish(row, column, &out) ||
	    bytes_append(&out, end, sizeof(end) - 1))
		die("no memory for the screen");
	if (out.len > sizeof(begin) + sizeof(end) - 2)
		term_write(out.data, out.len);
	bytes_finish(&out);
}

/* At once after a rest, else when the frame's time has come; not before the
 * last frame is out, which is a turn of the loop as well. */
static void draw(struct frontend *f)
{
	int64_t rest = f->painted_ns + FRAME_NS - loop_now_ns(f->chat->loop);
	if (input_take_dirty())
		f->is_dirty = true;
	if (!f->is_dirty || !f->is_up || f->paint.loop || term_is_busy())
		return;
	if (rest > 0)
		timer_start(f->chat->loop, &f->paint, rest);
	else
		paint(f);
}

/* The turn that ends now draws. */
static void on_paint_time(struct timer *t)
{
	(void)t;
}

static void show(struct frontend *f, const struct entry *e)
{
	(void)e;
	mark_dirty(f);
}

/* Entering and leaving the screen */

static void resize(struct frontend *f)
{
	int rows, columns;
	if (!term_size(&rows, &columns))
		return;
	f->rows = rows;
	f->columns = columns;
	screen_resize(rows, columns);
	input_resize(rows, columns);
	mark_dirty(f);
}

/* As if its signal had come, which somebody may have had ignored. */
static void terminal_has_gone(struct frontend *f)
{
	if (!f->chat->signum)
		f->chat->signum = SIGHUP;
	if (!chat_is_leaving(f->chat))
		chat_leave(f->chat);
}

static void come_back(struct frontend *f)
{
	if (term_enter())
		terminal_has_gone(f);
	term_write(TERM_MODES_ON, sizeof(TERM_MODES_ON) - 1);
	f->is_up = true;
	screen_redraw();
	resize(f);
}

static void go_away(struct frontend *f)
{
	struct bytes out = { 0 };
	screen_leave(&out);
	term_leave(&out);
	bytes_finish(&out);
	f->is_up = false;
}

static void suspend(struct frontend *f)
{
	go_away(f);
	term_suspend();
	come_back(f);
}

/* What libraries have said on standard error is said on the screen. */
static void take_stderr(struct frontend *f)
{
	struct bytes text = { 0 };
	term_take_stderr(&text);
	char *rest = text.len ? (char *)(uintptr_t)bytes_text(&text) : NULL;
	char *line;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			chat_note(f->chat, "%s", line);
	bytes_finish(&text);
}

static void on_signal(void *user, int signum)
{
	struct frontend *f = user;
	switch (signum) {
	case SIGWINCH:
		resize(f);
		break;
	case SIGTSTP:
		suspend(f);
		break;
	case SIGCONT: /* not ours: the shell has set its own modes */
		go_away(f);
		come_back(f);
		break;
	case SIGUSR1:
		command_run(f->chat, "/peers", strlen("/peers"));
		break;
	default:
		f->chat->signum = signum;
		chat_leave(f->chat);
	}
}

/* Keys */

static void scroll(struct frontend *f, int by)
{
	if (!f->chat->display.help) {
		view_scroll(&f->view, f->chat, by, f->transcript_rows);
		return;
	}
	int most = f->help_lines - f->transcript_rows;
	f->help_first = at_most(f->help_first + by, most > 0 ? most : 0);
	if (f->help_first < 0)
		f->help_first = 0;
}

static int page(const struct frontend *f)
{
	return f->transcript_rows > 2 ? f->transcript_rows - 1 : 1;
}

static void page_up(struct frontend *f)
{
	scroll(f, -page(f));
}

static void page_down(struct frontend *f)
{
	scroll(f, page(f));
}

static void wheel_up(struct frontend *f)
{
	scroll(f, -3);
}

static void wheel_down(struct frontend *f)
{
	scroll(f, 3);
}

static void go_top(struct frontend *f)
{
	f->help_first = 0;
	if (!f->chat->display.help)
		view_go_top(&f->view, f->chat);
}

static void go_end(struct frontend *f)
{
	if (f->chat->display.help)
		scroll(f, f->help_lines);
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

static void next_view(struct frontend *f)
{
	struct chat_display *d = &f->chat->display;
	d->view = (enum view)((d->view + 1) % VIEW_COUNT);
}

static void next_time(struct frontend *f)
{
	struct chat_display *d = &f->chat->display;
	d->time = (enum time_mode)((d->time + 1) % TIME_COUNT);
}

static void toggle_endings(struct frontend *f)
{
	f->chat->display.endings = !f->chat->display.endings;
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

static void on_leave_time(struct timer *t)
{
	set_notice(t->user, "");
}

static void clear_or_leave(struct frontend *f)
{
	if (!input_is_empty()) {
		input_cancel();
	} else if (f->leave.loop || chat_is_leaving(f->chat)) {
		chat_leave(f->chat);
	} else {
		set_notice(f, "Ctrl-C again within two seconds leaves");
		timer_start(f->chat->loop, &f->leave, LEAVE_AGAIN_NS);
	}
}

static const struct {
	enum key key;
	void (*fn)(struct frontend *f);
} bindings[] = {
	{ KEY_PAGE_UP, page_up },
	{ KEY_PAGE_DOWN, page_down },
	{ KEY_WHEEL_UP, wheel_up },
	{ KEY_WHEEL_DOWN, wheel_down },
	{ KEY_TOP, go_top },
	{ KEY_BOTTOM, go_end },
	{ KEY_F1, toggle_help },
	{ KEY_F2, next_view },
	{ KEY_F3, next_time },
	{ KEY_F4, toggle_endings },
	{ KEY_F6, next_peer },
	{ KEY_CTRL_C, clear_or_leave },
	{ KEY_CTRL_L, redraw },
	{ KEY_CTRL_Z, suspend },
};

/* Keys that help takes while it is over the screen. */
static bool take_for_help(struct frontend *f, const struct token *t)
{
	bool is_q = t->key == KEY_TEXT && *t->bytes == 'q' &&
	            input_is_empty();
	if (!f->chat->display.help)
		return false;
	if (is_q || t->key == KEY_ESCAPE)
		toggle_help(f);
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

/* Ctrl-D on an empty line: FIN, then leave. */
static void finish(struct frontend *f)
{
	if (!chat_shutdown(f->chat))
		chat_leave(f->chat);
}

static void on_key(void *user, const struct token *t)
{
	struct frontend *f = user;
	mark_dirty(f);
	list_clear(&f->matches);
	if (t->key != KEY_CTRL_C && f->leave.loop) {
		timer_stop(&f->leave);
		set_notice(f, "");
	}
	if (take_for_help(f, t))
		return;
	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
		if (bindings[i].key == t->key) {
			bindings[i].fn(f);
			return;
		}
	if (t->key == KEY_ESCAPE && f->view.is_scrolled)
		view_go_end(&f->view);
	else if (t->key == KEY_CTRL_D && input_is_empty())
		finish(f);
	else if (t->key <= KEY_ESCAPE || t->key == KEY_ALT_ENTER ||
	         t->key == KEY_CTRL_D || t->key == KEY_UP ||
	         t->key == KEY_DOWN)
		input_feed(t);
}

static void on_escape_time(struct timer *t)
{
	struct frontend *f = t->user;
	keys_timeout(f->keys);
}

static void on_readable(struct watch *w, unsigned ready)
{
	struct frontend *f = w->user;
	uint8_t bytes[READ_SIZE];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));
	(void)ready;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		watch_remove(&f->in_watch);
		terminal_has_gone(f);
		return;
	}
	if (n < 0)
		return;
	timer_stop(&f->escape);
	keys_feed(f->keys, bytes, (size_t)n);
	if (keys_is_waiting(f->keys))
		timer_start(f->chat->loop, &f->escape, KEYS_ESCAPE_MS * MS_NS);
}

/* The input line */

static void on_line(void *user, const char *line, size_t len)
{
	struct frontend *f = user;
	input_remember(line);
	view_go_end(&f->view);
	f->chat->display.help = false;
	f->help_first = 0;
	command_run(f->chat, line, len);
}

static char **complete(void *user, const char *line, size_t point,
                       size_t *start)
{
	struct frontend *f = user;
	return command_complete(f->chat, line, point, start);
}

static void show_matches(void *user, char *const *matches, size_t count)
{
	struct frontend *f = user;
	list_set(&f->matches, matches, count, f->glyph_flags);
	mark_dirty(f);
}

static void load_history(struct frontend *f)
{
	struct error e;
	env_history_path(f->history, sizeof(f->history));
	if (!*f->history || !input_load_history(f->history, HISTORY_MAX))
		return;
	error_set_errno(&e, errno, "history is not kept: %s", f->history);
	chat_error(f->chat, &e);
	f->history[0] = '\0';
}

/* Life */

static int open_screen(struct frontend *f, struct error *e)
{
	const char *term = getenv("TERM");
	enum color color = (enum color)f->chat->options->color;
	f->rows = 24;
	f->columns = 80;
	term_size(&f->rows, &f->columns);
	if (term_open(f->chat->loop, e))
		return -1;
	if (screen_open(term ? term : "", f->rows, f->columns,
	                env_wants_color(color), e)) {
		term_close();
		return -1;
	}
	return 0;
}

static void init(struct frontend *f, struct chat *c)
{
	f->input_ops = (struct input_ops){
		.on_line = on_line,
		.complete = complete,
		.show_matches = show_matches,
		.user = f,
	};
	f->in_watch = (struct watch){ .on_ready = on_readable, .user = f };
	f->paint = (struct timer){ .on_time = on_paint_time, .user = f };
	f->escape = (struct timer){ .on_time = on_escape_time, .user = f };
	f->leave = (struct timer){ .on_time = on_leave_time, .user = f };
	f->keys = keys_new(on_key, f);
	c->display.has_screen = true;
}

static struct frontend *start(struct chat *c, struct error *e)
{
	static const int signums[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT,
		                       SIGQUIT, SIGTSTP, SIGCONT, SIGUSR1,
		                       0 };
	struct frontend *f = calloc(1, sizeof(*f));
	if (!f)
		die("no memory for the screen");
	f->chat = c;
	bool has_helped = env_set_locale(&f->glyph_flags);
	f->view.glyph_flags = f->glyph_flags;
	if (open_screen(f, e)) {
		free(f);
		return NULL;
	}
	init(f, c);
	if (input_start(&f->input_ops) ||
	    signals_start(c->loop, signums, on_signal, f) ||
	    watch_add(c->loop, &f->in_watch, STDIN_FILENO, LOOP_READ))
		die("cannot start the screen: %s", error_name(errno));
	come_back(f);
	load_history(f);
	if (has_helped)
		chat_note(c, "the locale is not UTF-8, text is taken for it%s",
		          f->glyph_flags ? ", and shown in ASCII" : "");
	return f;
}

static void stop(struct frontend *f)
{
	take_stderr(f);
	go_away(f);
	if (*f->history)
		input_save_history(f->history, HISTORY_MAX);
	watch_remove(&f->in_watch);
	timer_stop(&f->paint);
	timer_stop(&f->escape);
	timer_stop(&f->leave);
	signals_stop();
	list_clear(&f->matches);
	input_stop();
	screen_close();
	term_close();
	keys_free(f->keys);
	f->chat->display.has_screen = false;
	free(f);
}

static void draw_turn(struct frontend *f)
{
	take_stderr(f);
	draw(f);
}

const struct frontend_ops frontend_tui = {
	.stays = true,
	.start = start,
	.show = show,
	.draw = draw_turn,
	.stop = stop,
};
