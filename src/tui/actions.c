/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What keys do, and commands on the screen. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/bytes.h>
#include <sockchat/command.h>
#include <sockchat/focus.h>
#include <sockchat/glyph.h>
#include <sockchat/hold.h>
#include <sockchat/record.h>

#include "actions.h"
#include "attend.h"
#include "bind.h"
#include "edit.h"
#include "page.h"
#include "screen.h"
#include "tui.h"

#define WHEEL_ROWS 3
#define FAR        1000000 /* rows */

static void scroll_by(struct frontend *f, int by)
{
	const struct mode *mode = tui_mode(f);
	if (mode && mode->scroll)
		mode->scroll(f, by);
	else
		view_scroll(&f->view, by, f->transcript_rows);
}

static void page_up(struct frontend *f)
{
	scroll_by(f, -tui_page_rows(f));
}

static void page_down(struct frontend *f)
{
	scroll_by(f, tui_page_rows(f));
}

static void wheel_up(struct frontend *f)
{
	scroll_by(f, -WHEEL_ROWS);
}

static void wheel_down(struct frontend *f)
{
	scroll_by(f, WHEEL_ROWS);
}

static void go_top(struct frontend *f)
{
	const struct mode *mode = tui_mode(f);
	if (mode && mode->scroll)
		mode->scroll(f, -FAR);
	else
		view_go_top(&f->view);
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
	f->help = f->help == &mode_help ? NULL : &mode_help;
	f->help_word[0] = '\0';
	f->help_first = 0;
}

/* Set it, and name it for a moment. */
static void change_option(struct frontend *f, const char *name,
                          const char *value)
{
	char text[64];
	struct error e;
	if (options_set(f->chat->options, name, value, SOURCE_RUN_TIME, &e)) {
		chat_error(f->chat, &e);
		return;
	}
	snprintf(text, sizeof(text), "%s: %s", name, value);
	tui_set_moment(f, text);
}

static void next_view(struct frontend *f)
{
	int next = (f->chat->options->view + 1) % VIEW_COUNT;
	change_option(f, "view", choice_name(view_choices, next));
}

static void next_time(struct frontend *f)
{
	static const char *const words[TIME_COUNT] = {
		[TIME_CLOCK] = "time: clock",
		[TIME_START] = "time: since the start",
		[TIME_DELTA] = "time: since the entry before",
		[TIME_OFF] = "time: off",
		[TIME_ANSWER] = "time: until the answer",
	};
	int next = f->chat->options->time + 1;
	if (next >= TIME_DATE) /* which is wide, and for files */
		next = TIME_CLOCK;
	change_option(f, "time", choice_name(time_choices, next));
	tui_set_moment(f, words[next]);
}

static void toggle_endings(struct frontend *f)
{
	change_option(f, "endings", f->chat->options->endings ? "off" : "on");
}

static void next_eol(struct frontend *f)
{
	int next = (f->chat->options->eol + 1) % (EOL_NONE + 1);
	change_option(f, "eol", choice_name(eol_choices, next));
}

static void next_peer(struct frontend *f)
{
	chat_next_target(f->chat);
}

static void toggle_focus(struct frontend *f)
{
	if (!chat_toggle_focus(f->chat))
		tui_set_notice(f, "nobody is connected: there is no peer to "
		                  "show alone");
}

static void redraw_screen(struct frontend *f)
{
	(void)f;
	screen_redraw();
}

static void clear_or_leave(struct frontend *f)
{
	if (attend_interrupt(f->chat, &f->leave))
		tui_set_notice(f, ATTEND_LEAVES);
}

static void begin_find(struct frontend *f)
{
	find_begin(f, "");
}

static void toggle_bare(struct frontend *f)
{
	f->view.is_bare = !f->view.is_bare;
	tui_set_moment(f, f->view.is_bare ? "bare view: Esc leaves"
	                                  : "bare view: off");
}

static void toggle_preview(struct frontend *f)
{
	f->shows_hex = !f->shows_hex;
}

static void put_newline(struct frontend *f)
{
	(void)f;
	input_feed(&(struct token){ KEY_ALT_ENTER, (const uint8_t *)"\n",
	                             1 });
}

/* True if the program itself has said something since the entry `seq`. */
static bool has_answer(const struct frontend *f, uint64_t seq)
{
	struct entry room;
	const struct entry *e;
	for (; (e = transcript_at(f->chat->transcript, seq, &room)); seq++)
		if (!e->session)
			return true;
	return false;
}

void actions_enter(struct frontend *f, const char *line, size_t len)
{
	uint64_t seq = transcript_end(f->chat->transcript);
	attend_remember(line);
	view_go_end(&f->view);
	f->help = NULL;
	f->help_first = 0;
	answer_begin(f, line, len);
	command_run(f->chat, line, len);
	if (has_answer(f, seq)) /* the answer has to be seen */
		f->panel = NULL;
}

static void on_draft(struct frontend *f, struct bytes *text)
{
	input_cancel();
	if (text->len)
		actions_enter(f, bytes_text(text), text->len);
}

/* Edit the input line in the user's editor; the result is sent as by Enter. */
static void edit_draft(struct frontend *f)
{
	struct input_line line;
	if (tui_mode(f))
		return;
	input_show(&line);
	edit_begin(f, line.text, line.len, on_draft);
}

/* An inputrc calls a function "sockchat-" and its name.  KEY_NONE: only
 * readline knows its keys. */
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
	{ KEY_F5, "panel", panel_toggle },
	{ KEY_F6, "next-peer", next_peer },
	{ KEY_NEXT_EOL, "next-eol", next_eol },
	{ KEY_F7, "select", pick_begin },
	{ KEY_F8, "bare", toggle_bare },
	{ KEY_F9, "focus", toggle_focus },
	{ KEY_CTRL_S, "find", begin_find },
	{ KEY_CTRL_C, "clear-or-leave", clear_or_leave },
	{ KEY_CTRL_L, "redraw", redraw_screen },
	{ KEY_CTRL_Z, "suspend", tui_suspend },
	{ KEY_ALT_ENTER, "newline", put_newline },
	{ KEY_NONE, "edit", edit_draft },
	{ KEY_NONE, "preview", toggle_preview },
};

#define COUNT (sizeof(bindings) / sizeof(*bindings))

/* Keys in readline's notation, which are used if they are free. */
static const struct {
	const char *name, *keys;
	bool is_vi;
} defaults[] = {
	{ "edit", "\\C-x\\C-e", false },
	{ "edit", "v", true },
	{ "preview", "\\eh", false },
};

const char *actions_name(size_t i)
{
	return i < COUNT ? bindings[i].name : NULL;
}

void actions_start(void)
{
	for (size_t d = 0; d < sizeof(defaults) / sizeof(*defaults); d++)
		for (size_t i = 0; i < COUNT; i++)
			if (!strcmp(bindings[i].name, defaults[d].name))
				bind_default(i, defaults[d].keys,
				             defaults[d].is_vi);
}

void actions_run(void *user, size_t i)
{
	bindings[i].fn(user);
}

/* The function that the inputrc has put on the key, else the key's own; -1 for
 * none.  A paste is not a key. */
static int find_action(const struct token *t)
{
	int found = t->key == KEY_PASTE ? -1 : bind_find(t->bytes, t->len);
	for (size_t i = 0; found < 0 && i < COUNT; i++)
		if (bindings[i].key == t->key && t->key != KEY_NONE)
			found = (int)i;
	return found;
}

#define KEYS_MAX 400

/* Names of keys.  The forms of a key have one name. */
struct key_list {
	char text[KEYS_MAX];
	char taken[KEYS_MAX]; /* names that are not to be listed */
};

static void list_key(void *user, const uint8_t *bytes, size_t len)
{
	struct key_list *l = user;
	struct bytes name = { 0 };
	int failed = keyname_append(&name, bytes, len);
	const char *text = failed ? "..." : bytes_text(&name);
	if (!strstr(l->text, text) && !strstr(l->taken, text))
		text_add(l->text, KEYS_MAX, "%s%s", *l->text ? ", " : "",
		         text);
	bytes_finish(&name);
}

/* List the forms of the key that the inputrc has put to another use, or the
 * other forms. */
static void list_forms(struct key_list *l, enum key key, bool is_taken)
{
	const char *form;
	for (size_t n = 0; (form = keys_form(key, n)); n++)
		if ((bind_find(form, strlen(form)) >= 0) == is_taken)
			list_key(l, (const uint8_t *)form, strlen(form));
}

static void list_keys_of(struct chat *c, size_t i)
{
	struct key_list taken = { "", "" }, l = taken;
	list_forms(&taken, bindings[i].key, true);
	memcpy(l.taken, taken.text, KEYS_MAX);
	list_forms(&l, bindings[i].key, false);
	l.taken[0] = '\0'; /* perhaps by this very function */
	bind_each_key(i, list_key, &l);
	chat_answer(c, "key", "sockchat-%s%s%s", bindings[i].name,
	            *l.text ? ": " : "", l.text);
}

static int list_keys(struct frontend *f, char *args)
{
	(void)args;
	for (size_t i = 0; i < COUNT; i++)
		list_keys_of(f->chat, i);
	if (hold_count(f->chat->session_settings.hold))
		chat_answer(f->chat, "key", "after F7, on what is held: g "
		            "passes it, d drops it, e edits it");
	return 0;
}

/* The commands that the screen does in its own way; the table of all commands
 * has their arguments and their help. */

static int show_help(struct frontend *f, char *args)
{
	const char *word = *args == '/' ? args + 1 : args;
	const struct command_row *row;
	size_t i = 0;
	while ((row = command_row(i)) &&
	       strncmp(row->name, word, strlen(word)) != 0)
		i++;
	if (!row && !help_has_key(word)) /* a slip, or another program's word */
		return command_help(f->chat, args);
	f->help = &mode_help;
	glyph_copy(f->help_word, sizeof(f->help_word), word, GLYPH_ASCII);
	return 0;
}

/* The search takes the place of the input line, which is in use until the turn
 * ends. */
static int search_later(struct frontend *f, char *args)
{
	struct error e;
	free(f->wanted);
	f->wanted = strdup(args);
	if (f->wanted)
		return 0;
	error_set_errno(&e, ENOMEM, "cannot search");
	return chat_error(f->chat, &e);
}

/* Let the command of this name do it as it does it without a screen. */
static int do_plainly(struct frontend *f, const char *name, char *args)
{
	size_t i = 0;
	while (strcmp(command_row(i)->name, name) != 0)
		i++;
	return command_row(i)->run(f->chat, args);
}

/* A new text may stand behind the number: then the command does it all. */
static int edit_held(struct frontend *f, char *args)
{
	size_t len = strcspn(args, " ");
	bool has_text = args[len + strspn(args + len, " ")];
	args[len] = has_text ? args[len] : '\0';
	return has_text ? do_plainly(f, "edit", args) : held_want(f, args);
}

/* The panel shows the peer spoken to, as it does from second to second. */
static int show_info(struct frontend *f, char *args)
{
	if (*args)
		return do_plainly(f, "info", args);
	if (!f->panel)
		panel_toggle(f);
	return 0;
}

static int save_picked(struct frontend *f, char *args)
{
	return record_save(f->chat, args, f->view.picked_first,
	                   f->view.picked_last);
}

static int clear_away(struct frontend *f, char *args)
{
	(void)args;
	f->view.cleared_seq = transcript_end(f->chat->transcript);
	return 0;
}

const struct frontend_command tui_commands[] = {
	{ "help", show_help },   { "find", search_later },
	{ "keys", list_keys },   { "save", save_picked },
	{ "clear", clear_away }, { "edit", edit_held },
	{ "info", show_info },   { NULL, NULL },
};

/* Ctrl-D on an empty line sends FIN; once more, it leaves. */
static void finish_or_leave(struct frontend *f)
{
	if (!chat_shutdown(f->chat))
		chat_leave(f->chat);
}

/* Take a key that no mode, command or function wants. */
static void take_plain(struct frontend *f, const struct token *t)
{
	if (t->key == KEY_ESCAPE && f->view.is_bare)
		toggle_bare(f);
	else if (t->key == KEY_ESCAPE && f->view.is_scrolled)
		view_go_end(&f->view);
	else if (t->key == KEY_CTRL_D && input_is_empty())
		finish_or_leave(f);
	else if (t->key == KEY_PASTE)
		paste_take(f, t);
	else if (input_takes(t->key))
		input_feed(t);
}

/* The wheel is no key that could be quoted. */
static bool is_quoted(const struct token *t)
{
	return input_quotes() && t->key != KEY_WHEEL_UP &&
	       t->key != KEY_WHEEL_DOWN;
}

static void take_token(struct frontend *f, const struct token *t)
{
	const struct mode *mode = tui_mode(f);
	int action = find_action(t);
	bool leaves = action >= 0 && bindings[action].fn == clear_or_leave;
	if (!leaves && *f->notice) { /* it has been read */
		timer_stop(&f->leave);
		tui_set_notice(f, "");
	}
	if (is_quoted(t)) {
		input_feed(t);
		return;
	}
	if (mode && mode->take(f, t))
		return;
	if (f->mode && f->mode != mode && f->mode->take(f, t))
		return; /* help was over it */
	bool is_awaited = input_awaits(t) && !leaves && t->key != KEY_CTRL_Z;
	if (is_awaited)
		input_feed(t);
	else if (action >= 0)
		bindings[action].fn(f);
	else
		take_plain(f, t);
}

void actions_take(struct frontend *f, const struct token *t)
{
	if (edit_is_on(f)) /* nobody gets the rest of a burst */
		return;
	tui_mark_dirty(f);
	list_begin_key(&f->matches);
	take_token(f, t);
	held_work(f); /* what comes in the same burst is for its text */
	list_end_key(&f->matches);
}
