/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Lines on a terminal: what arrives is printed above the line that is typed. */

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/charset.h>
#include <sockchat/chat.h>
#include <sockchat/command.h>
#include <sockchat/focus.h>
#include <sockchat/frontend.h>
#include <sockchat/glyph.h>

#include "attend.h"
#include "bind.h"
#include "input.h"
#include "keyboard.h"
#include "modes.h"
#include "screen.h"
#include "strip.h"
#include "term.h"

#define WORD_CAP  256
#define WORDS_MAX 100 /* of a list of what a word may become */
#define GAP       2

/* There is one terminal, and one line editor. */
static struct {
	struct chat *chat;      /* NULL: nobody sits there */
	struct frontend *lines; /* what prints */
	struct keyboard keyboard;
	struct timer leave; /* runs while a Ctrl-C would leave */
	struct strip strip;
	char prompt[ATTEND_PROMPT]; /* as it is shown */
	unsigned glyph_flags;
	int columns;
	unsigned modes; /* of the terminal, beside those of termios(3) */
	bool is_up;     /* the terminal is ours, and not the shell's */
	bool has_ended; /* Ctrl-D was pressed on an empty line */
} state;

/* The typed line on the terminal */

static int hide_line(struct bytes *out)
{
	return strip_hide(&state.strip, out, state.columns, state.glyph_flags);
}

static int show_line(struct bytes *out)
{
	char prompt[ATTEND_PROMPT];
	struct input_line line;
	bool is_same = strcmp(attend_prompt(state.chat, prompt),
	                      state.prompt) == 0;
	if (!state.is_up ||
	    (!input_take_dirty() && is_same && state.strip.text.len))
		return 0;
	if (term_set_modes(state.modes))
		return -1;
	snprintf(state.prompt, sizeof(state.prompt), "%s", prompt);
	input_show(&line);
	return strip_show(&state.strip, out, state.prompt, &line, state.columns,
	                  state.glyph_flags);
}

static void print_line(const char *text)
{
	fe_lines_print(state.lines, text);
}

/* The terminal */

static void follow_size(void)
{
	int rows = 24;
	state.columns = 80;
	term_size(&rows, &state.columns);
	input_resize(rows, state.columns);
}

/* -1 with errno. */
static int take_terminal(void)
{
	if (term_enter(TERM_LINES))
		return -1;
	state.is_up = true;
	follow_size();
	return 0;
}

static void give_terminal_back(void)
{
	struct bytes nothing = { 0 };
	if (state.lines)
		fe_lines_hide(state.lines);
	if (state.is_up)
		term_leave(&nothing);
	state.is_up = false;
}

/* The row may have become two: what is not erased of it stays above. */
static void resize_line(void)
{
	follow_size();
	fe_lines_hide(state.lines);
}

static void suspend_by(void (*stop)(void))
{
	give_terminal_back();
	stop();
	if (take_terminal())
		attend_lose_terminal(state.chat);
}

static void do_nothing(void)
{
}

static void on_prompt_signal(int signum)
{
	if (signum == SIGTSTP)
		suspend_by(term_suspend);
	else if (signum == SIGCONT) /* the shell has set modes of its own */
		suspend_by(do_nothing);
	else
		resize_line();
}

/* Keys */

static void prompt_clear_or_leave(void)
{
	if (attend_interrupt(state.chat, &state.leave))
		print_line("(" ATTEND_LEAVES ")");
}

static void end_or_leave(void)
{
	if (state.has_ended)
		chat_leave(state.chat);
	else
		fe_lines_end_input(state.lines);
	state.has_ended = true;
}

static void suspend_job(void)
{
	suspend_by(term_suspend_job);
}

static void redraw_line(void)
{
	fe_lines_hide(state.lines);
}

static void prompt_next_peer(void)
{
	chat_next_target(state.chat);
}

/* An inputrc knows them by the names that they have on the screen too. */
static const struct {
	enum key key;
	const char *name;
	void (*fn)(void);
} bindings[] = {
	{ KEY_CTRL_C, "clear-or-leave", prompt_clear_or_leave },
	{ KEY_CTRL_L, "redraw", redraw_line },
	{ KEY_CTRL_Z, "suspend", suspend_job },
	{ KEY_F6, "next-peer", prompt_next_peer },
};

#define COUNT (sizeof(bindings) / sizeof(*bindings))

static const char *binding_name(size_t i)
{
	return i < COUNT ? bindings[i].name : NULL;
}

static void run_binding(void *user, size_t i)
{
	(void)user;
	bindings[i].fn();
}

static int find_binding(const struct token *t)
{
	int found = t->key == KEY_PASTE ? -1 : bind_find(t->bytes, t->len);
	for (size_t i = 0; found < 0 && i < COUNT; i++)
		if (bindings[i].key == t->key)
			found = (int)i;
	return found;
}

/* A paste goes into the line; what is left out of it is told. */
static void take_pasted(const struct token *t)
{
	const struct cleaned *c = keys_cleaned(state.keyboard.keys);
	char text[64];
	if (c->lost) {
		print_line(INPUT_NO_MEMORY);
		return;
	}
	input_feed(t);
	if (!c->left_out)
		return;
	snprintf(text, sizeof(text), "(pasted: %zu unprintable left out)",
	         c->left_out);
	print_line(text);
}

static void on_prompt_key(void *user, const struct token *t)
{
	int i = find_binding(t);
	bool leaves = i >= 0 && bindings[i].fn == prompt_clear_or_leave;
	bool stops = i >= 0 && bindings[i].fn == suspend_job;
	if (!leaves)
		timer_stop(&state.leave);
	bool is_data = input_quotes() ||
	               (input_awaits(t) && !leaves && !stops);
	if (t->key == KEY_PASTE)
		take_pasted(t);
	else if (!is_data && i >= 0)
		run_binding(user, (size_t)i);
	else if (!is_data && t->key == KEY_CTRL_D && input_is_empty())
		end_or_leave();
	else if (is_data || input_takes(t->key))
		input_feed(t);
}

static void on_prompt_gone(void *user)
{
	(void)user;
	attend_lose_terminal(state.chat);
}

static void on_prompt_leave_time(struct timer *t)
{
	(void)t;
}

/* The line editor */

static void on_prompt_line(void *user, const char *line, size_t len)
{
	(void)user;
	attend_remember(line);
	fe_lines_enter(state.lines, line, len);
}

static char **complete_word(void *user, const char *line, size_t point,
                            size_t *start)
{
	(void)user;
	return command_complete(state.chat, line, point, start);
}

/* Words side by side in rows of the terminal, and how many more there are. */
static int append_words(struct bytes *out, char *const *words, size_t count)
{
	char safe[WORD_CAP];
	size_t used = 0;
	int failed = 0;
	for (size_t i = 0; i < count && i < WORDS_MAX; i++) {
		glyph_copy(safe, sizeof(safe), words[i], state.glyph_flags);
		size_t width = glyph_width((uint8_t *)safe, strlen(safe),
		                           state.glyph_flags);
		bool fits = used + GAP + width < (size_t)state.columns;
		failed |= bytes_printf(out, "%s%s",
		                       !i ? "" : fits ? "  " : "\n", safe);
		used = i && fits ? used + GAP + width : width;
	}
	if (count > WORDS_MAX)
		failed |= bytes_printf(out, "  %zu more", count - WORDS_MAX);
	return failed;
}

static void print_words(void *user, char *const *words, size_t count)
{
	struct bytes text = { 0 };
	(void)user;
	if (append_words(&text, words, count) == 0)
		print_line(bytes_text(&text));
	bytes_finish(&text);
}

static void print_refusal(void *user, const char *text)
{
	(void)user;
	print_line(text);
}

static const struct input_ops input_ops = {
	.on_line = on_prompt_line,
	.complete = complete_word,
	.show_matches = print_words,
	.refuse = print_refusal,
	.name = binding_name,
	.run = run_binding,
};

/* Life */

/* In the background the terminal is the shell's. */
static bool is_attended(const struct chat *c)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	       !c->options->recv_only && term_is_ours();
}

static void close_prompt(void)
{
	state.lines = NULL;
	give_terminal_back();
	keyboard_stop(&state.keyboard);
	timer_stop(&state.leave);
	input_stop();
	term_close();
	strip_finish(&state.strip);
	state.chat = NULL;
}

/* -1: lines go on without a line editor. */
static int open_prompt(struct chat *c)
{
	struct error e;
	memset(&state, 0, sizeof(state));
	state.glyph_flags = charset_choose();
	state.leave = (struct timer){ .on_time = on_prompt_leave_time };
	state.modes = screen_brackets_pastes(term_type()) ? MODE_PASTE : 0;
	if (term_open(c->loop, &e))
		return -1;
	state.chat = c;
	if (input_start(&input_ops) == 0 &&
	    keyboard_start(&state.keyboard, c->loop, on_prompt_key,
	                   on_prompt_gone, NULL) == 0 &&
	    take_terminal() == 0)
		return 0;
	close_prompt();
	return -1;
}

static struct frontend *start_prompt(struct chat *c, struct error *e)
{
	static const struct typed_line typed = {
		.hide = hide_line,
		.show = show_line,
		.on_signal = on_prompt_signal,
	};
	if (!is_attended(c) || open_prompt(c))
		return fe_lines_start(c, NULL, e);
	state.lines = fe_lines_start(c, &typed, e);
	if (state.lines)
		attend_open_history(c);
	else
		close_prompt();
	return state.lines;
}

static void draw_prompt(struct frontend *f)
{
	if (state.chat)
		attend_stderr(state.chat);
	fe_lines_draw(f);
}

/* The terminal is given back first, so that Ctrl-C ends what is still to be
 * written, and a hang-up does. */
static void stop_prompt(struct frontend *f)
{
	if (!state.chat) {
		fe_lines_stop(f);
		return;
	}
	attend_stderr(state.chat);
	give_terminal_back();
	fe_lines_stop(f);
	attend_close_history();
	close_prompt();
}

const struct frontend_ops frontend_prompt = {
	.folds = true,
	.start = start_prompt,
	.show = fe_lines_show,
	.recut = fe_lines_recut,
	.draw = draw_prompt,
	.stop = stop_prompt,
};
