/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The screen as a front end: how it begins and ends, what the loop calls, and
 * when a frame is painted. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/charset.h>
#include <sockchat/chat.h>
#include <sockchat/command.h>
#include <sockchat/explain.h>

#include "actions.h"
#include "attend.h"
#include "edit.h"
#include "modes.h"
#include "screen.h"
#include "term.h"
#include "tui.h"

#define PROGRESS_NS    (100 * MS_NS) /* between frames of a file sent */
#define WORK_NS        (4 * MS_NS)

/* What the terminal is told beside frames */

/* Bring the terminal's modes and title to what is wanted now.  Without memory
 * that is tried again before the next frame. */
static void set_modes(struct frontend *f)
{
	const struct options *o = f->chat->options;
	struct bytes out = { 0 };
	unsigned modes = screen_modes();
	if (!o->mouse || f->view.is_bare)
		modes &= ~MODE_MOUSE;
	if (!o->title)
		modes &= ~MODE_TITLE;
	if (term_set_modes(modes))
		return;
	if (modes & MODE_TITLE)
		window_title(&f->window, f->chat, &out);
	if (!(modes & MODE_TITLE) || (out.len && term_write(out.data, out.len)))
		f->window.title[0] = '\0';
	bytes_finish(&out);
}

/* When it is painted */

/* When more comes than the screen holds, nobody can read it: half as many
 * frames look the same. */
static int64_t frame_ns(const struct frontend *f)
{
	uint64_t news = transcript_end(f->chat->transcript) - f->painted_end;
	bool is_flood = news > (uint64_t)screen_rows() && !f->view.is_scrolled;
	return is_flood ? 2 * TUI_FRAME_NS : TUI_FRAME_NS;
}

/* Paint at once on a key or after a rest, else when the frame's time has come;
 * but not before the terminal has taken the last frame, which makes another
 * turn. */
static void draw_when_due(struct frontend *f)
{
	int64_t now = loop_now_ns(f->chat->loop);
	int64_t rest = f->painted_ns + frame_ns(f) - now;
	if (input_take_dirty() ||
	    (now - f->painted_ns >= PROGRESS_NS && chat_has_file(f->chat)))
		f->is_dirty = true;
	if (!f->is_dirty || !f->is_up || term_is_busy())
		return;
	bool is_early = f->has_key && f->painted_ns <= now;
	if (rest > 0 && !is_early) {
		if (!f->paint.loop)
			timer_start(f->chat->loop, &f->paint, rest);
		return;
	}
	timer_stop(&f->paint);
	f->has_key = false;
	/* a frame before its time takes the place of the next one */
	f->painted_ns = rest > 0 ? f->painted_ns + TUI_FRAME_NS : now;
	f->painted_end = transcript_end(f->chat->transcript);
	attend_stderr(f->chat);
	set_modes(f);
	paint_screen(f);
}

/* Search and filter go on a little in each turn; what takes long is begun here
 * and not while a frame is drawn. */
static void search_and_filter(struct frontend *f)
{
	answer_work(f);
	panel_work(f);
	held_work(f);
	char *text = f->wanted;
	f->wanted = NULL;
	if (text)
		find_begin(f, text);
	free(text);
	bool goes_on = view_work(&f->view, WORK_NS);
	goes_on |= find_work(f, WORK_NS);
	if (goes_on) {
		loop_later(f->chat->loop, &f->work);
		tui_mark_dirty(f);
	}
}

/* The call makes the loop turn once more; it has nothing to do itself. */
static void on_work(struct later *l)
{
	(void)l;
}

/* A frame's time has come, or a second in which something moved is over. */
static void on_frame_time(struct timer *t)
{
	tui_mark_dirty(t->user);
}

/* The first entry stands for all.  Entries that are new together are of one
 * kind and have not been searched; one that has grown may have been. */
static void note_entries(struct frontend *f, uint64_t first, uint64_t end)
{
	struct bytes out = { 0 };
	struct entry e;
	(void)end;
	view_touch(&f->view, first);
	find_touch(f, first);
	tui_mark_dirty(f);
	if (!f->is_up || term_is_busy() ||
	    !transcript_at(f->chat->transcript, first, &e))
		return;
	window_hear(&f->window, f->chat, &e, &out);
	if (out.len && term_write(out.data, out.len))
		f->window.bell_ns = f->window.notice_ns = 0; /* the next one */
	bytes_finish(&out);
}

static void follow_recut(struct frontend *f, const struct recut *r)
{
	view_recut(&f->view, r);
	find_recut(f, r);
	pick_recut(f, r);
	if (r)
		f->painted_end = transcript_end(f->chat->transcript);
	tui_mark_dirty(f);
}

/* While an editor has the terminal, the signals of keys are for the editor.
 * When it stops we stop too. */
static bool signal_of_editor(int signum)
{
	if (signum == SIGTSTP)
		term_suspend();
	return signum == SIGTSTP || signum == SIGCONT || signum == SIGINT ||
	       signum == SIGQUIT;
}

static void on_screen_signal(void *user, int signum)
{
	struct frontend *f = user;
	if (edit_is_on(f) && signal_of_editor(signum))
		return;
	switch (signum) {
	case SIGWINCH:
		tui_resize(f);
		break;
	case SIGTSTP:
		tui_suspend_alone(f);
		break;
	case SIGCONT: /* somebody else stopped us, and the shell set modes */
		tui_go_away(f);
		tui_come_back(f);
		break;
	case SIGUSR1:
		answer_begin(f, "/peers", strlen("/peers"));
		command_run(f->chat, "/peers", strlen("/peers"));
		break;
	default:
		f->chat->signum = signum;
		chat_leave(f->chat);
	}
}

/* The keyboard */

static void on_notice_time(struct timer *t)
{
	tui_set_notice(t->user, "");
}

static void on_moment_end(struct timer *t)
{
	tui_set_moment(t->user, "");
}

/* A click on something that has a key presses the key. */
static void press_clicked(struct frontend *f, const struct token *t)
{
	int row, column;
	keys_place(t, &row, &column);
	enum key key = spots_find(&f->spots, row, column);
	if (key != KEY_NONE)
		keys_press(f->keyboard.keys, key);
}

/* Who presses keys looks, even if the terminal forgets to say so.  What came in
 * one read with the focus' loss may have been pressed before. */
static void note_focus(struct frontend *f, enum key key)
{
	bool is_wheel = key == KEY_WHEEL_UP || key == KEY_WHEEL_DOWN;
	if (key == KEY_FOCUS_OUT) {
		f->window.is_unfocused = true;
		f->unfocused_ns = f->keyboard.read_ns;
	} else if (key == KEY_FOCUS_IN ||
	           (!is_wheel && f->keyboard.read_ns != f->unfocused_ns)) {
		f->window.is_unfocused = false;
	}
}

static void on_key(void *user, const struct token *t)
{
	struct frontend *f = user;
	f->has_key = true;
	note_focus(f, t->key);
	if (t->key == KEY_PASTE && keys_cleaned(f->keyboard.keys)->lost)
		paste_refuse(f, keys_cleaned(f->keyboard.keys)->lost);
	else if (t->key == KEY_FOCUS_IN || t->key == KEY_FOCUS_OUT)
		return;
	else if (t->key == KEY_CLICK)
		press_clicked(f, t);
	else
		actions_take(f, t);
}

static void on_terminal_gone(void *user)
{
	struct frontend *f = user;
	attend_lose_terminal(f->chat);
}

/* The input line */

static void on_entered_line(void *user, const char *line, size_t len)
{
	actions_enter(user, line, len);
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
	list_set(&f->matches, matches, count, f->view.glyph_flags);
	tui_mark_dirty(f);
}

static void refuse_key(void *user, const char *text)
{
	tui_set_notice(user, text);
}

/* Life */

static int open_terminal(struct frontend *f, struct error *e)
{
	int rows = 24, columns = 80;
	term_size(&rows, &columns);
	if (term_open(f->chat->loop, e))
		return -1;
	if (screen_open(term_type(), rows, columns,
	                tui_wants_color(f), e)) {
		term_close();
		return -1;
	}
	return 0;
}

/* Say what we take the terminal for: with -v, or when that may be wrong. */
static void tell_terminal_type(struct chat *c)
{
	const char *note = charset_note(c->options->verbose);
	if (note)
		chat_note(c, "locale", "%s", note);
	if (c->options->verbose && strcmp(term_type(), screen_term()) != 0)
		chat_note(c, "terminal", "the terminal type '%s' is unknown "
		          "here: using '%s'",
		          term_type(), screen_term());
}

static void init_frontend(struct frontend *f)
{
	f->input_ops = (struct input_ops){
		.on_line = on_entered_line,
		.complete = complete,
		.show_matches = show_matches,
		.refuse = refuse_key,
		.name = actions_name,
		.run = actions_run,
		.user = f,
	};
	f->paint = (struct timer){ .on_time = on_frame_time, .user = f };
	f->work = (struct later){ .on_call = on_work, .user = f };
	f->leave = (struct timer){ .on_time = on_notice_time, .user = f };
	f->tick = (struct timer){ .on_time = on_frame_time, .user = f };
	f->moment_end = (struct timer){ .on_time = on_moment_end, .user = f };
}

/* An entry looks otherwise: its bytes have arrived, or its fate is known. */
static void on_other_look(void *user, uint64_t seq)
{
	(void)seq;
	tui_mark_dirty(user);
}

/* It has no row any more. */
static void on_fold(void *user, uint64_t seq)
{
	struct frontend *f = user;
	view_touch(&f->view, seq);
	find_touch(f, seq);
	tui_mark_dirty(f);
}

/* Give up all that start_screen() has got so far.  The screen itself stays
 * until the process ends, for curses needs memory to free it, and crashes
 * without. */
static void close_all(struct frontend *f)
{
	keyboard_stop(&f->keyboard);
	signals_stop();
	input_stop();
	term_close();
	free(f->wanted);
	free(f);
}

static int open_input(struct frontend *f, struct error *e)
{
	static const int signums[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT,
		                       SIGQUIT, SIGTSTP, SIGCONT, SIGUSR1,
		                       0 };
	struct loop *l = f->chat->loop;
	struct bytes reset = { 0 };
	bool is_open = !screen_reset(&reset) &&
	               !input_start(&f->input_ops) &&
	               !signals_start(l, signums, on_screen_signal, f) &&
	               !keyboard_start(&f->keyboard, l, on_key,
	                               on_terminal_gone, f);
	term_set_reset(&reset);
	return is_open ? 0 : error_set_errno(e, errno,
	                                     "cannot start the screen");
}

static struct frontend *start_screen(struct chat *c, struct error *e)
{
	struct frontend *f = calloc(1, sizeof(*f));
	if (!f) {
		error_set_errno(e, errno, "cannot start the screen");
		return NULL;
	}
	f->chat = f->view.chat = c;
	f->view.glyph_flags = charset_choose();
	if (open_terminal(f, e)) {
		free(f);
		return NULL;
	}
	init_frontend(f);
	if (open_input(f, e)) {
		close_all(f);
		return NULL;
	}
	f->ticks.on_tick = f->fates.on_fate = on_other_look;
	f->fates.on_fold = on_fold;
	f->ticks.user = f->fates.user = f;
	ticks_listen(c->ticks, &f->ticks);
	transcript_listen(c->transcript, &f->fates);
	actions_start();
	tui_come_back(f);
	attend_open_history(c);
	tell_terminal_type(c);
	return f;
}

static void stop_screen(struct frontend *f)
{
	const struct chat *c = f->chat;
	uint64_t undelivered = chat_undelivered(c);
	struct error e;
	ticks_unlisten(f->chat->ticks, &f->ticks);
	transcript_unlisten(f->chat->transcript, &f->fates);
	edit_stop(f);
	clipboard_stop(&f->clipboard);
	attend_stderr(f->chat);
	tui_go_away(f);
	attend_close_history();
	timer_stop(&f->paint);
	timer_stop(&f->leave);
	timer_stop(&f->tick);
	timer_stop(&f->moment_end);
	later_cancel(&f->work);
	find_end(f);
	held_end(f);
	compare_end(f);
	view_finish(&f->view);
	list_clear(&f->matches);
	paste_forget(f);
	bytes_finish(&f->answer.lines);
	close_all(f);
	if (c->is_timed_out) {
		explain_run_timeout(&e, c->options->run_timeout_ms);
		fprintf(stderr, "sockchat: %s\n", e.text);
	}
	if (undelivered)
		fprintf(stderr, "sockchat: left before %llu bytes were "
		        "delivered\n", (unsigned long long)undelivered);
}

/* A key is answered before anything is searched for.  What the search then
 * finds in this turn needs another frame. */
static void draw_turn(struct frontend *f)
{
	bool is_early = f->has_key;
	if (!f->is_dirty) /* else the frame to come does it */
		attend_stderr(f->chat);
	if (is_early)
		draw_when_due(f);
	search_and_filter(f);
	if (is_early && (f->find.lens || f->view.shown))
		tui_mark_dirty(f);
	if (f->wants_size)
		tui_resize(f);
	draw_when_due(f);
}

const struct frontend_ops frontend_tui = {
	.stays = true,
	.folds = true,
	.has_ticks = true,
	.commands = tui_commands,
	.start = start_screen,
	.show = note_entries,
	.answer = answer_take,
	.moment = tui_set_moment,
	.recut = follow_recut,
	.draw = draw_turn,
	.stop = stop_screen,
};
