/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A message that is held is edited in the input line, as /send would have it
 * typed.  Enter changes it, as /edit does; the draft that stood in the line
 * waits, and comes back. */

#include <stdio.h>

#include <sockchat/command.h>
#include <sockchat/middle.h>

#include "tui.h"

static const struct hold *hold_of(const struct frontend *f)
{
	return f->chat->session_settings.hold;
}

void held_end(struct frontend *f)
{
	if (f->mode != &mode_held)
		return;
	draft_take_back();
	f->mode = NULL;
}

static void begin_edit(struct frontend *f, const struct held *m)
{
	struct bytes text = { 0 };
	if (middle_text(f->chat, m, &text) ||
	    draft_put_aside(bytes_text(&text))) {
		tui_no_memory(f, "to edit it");
	} else {
		f->held.number = m->number;
		f->mode = &mode_held;
		f->help = f->panel = NULL;
	}
	bytes_finish(&text);
}

int held_want(struct frontend *f, const char *word)
{
	const struct held *m = middle_find(f->chat, word);
	f->held.wanted = m ? m->number : 0;
	return m ? 0 : -1;
}

void held_work(struct frontend *f)
{
	const struct held *m = hold_find(hold_of(f), f->held.wanted);
	f->held.wanted = 0;
	if (m && !f->mode)
		begin_edit(f, m);
}

/* What cannot be done is told by an entry, and the text stays. */
static void enter_text(struct frontend *f)
{
	struct bytes command = { 0 };
	struct input_line line;
	input_show(&line);
	view_go_end(&f->view);
	if (!line.len)
		tui_set_notice(f, "type what to send instead, or press Esc "
		                  "(/drop drops the message)");
	else if (bytes_printf(&command, "/edit %u ", f->held.number) ||
	         bytes_append(&command, line.text, line.len))
		tui_no_memory(f, "to change it");
	else if (!command_run(f->chat, bytes_text(&command), command.len))
		held_end(f);
	bytes_finish(&command);
}

static bool is_key(const struct token *t, char byte)
{
	return t->key == KEY_NONE && t->len == 1 && *t->bytes == (uint8_t)byte;
}

static bool take_held_key(struct frontend *f, const struct token *t)
{
	if (t->key == KEY_ESCAPE || t->key == KEY_CTRL_C || is_key(t, '\007'))
		held_end(f);
	else if (is_key(t, '\r') || is_key(t, '\n'))
		enter_text(f);
	else if (!draft_edit(t)) /* another key of the editor would leave it */
		return t->key == KEY_NONE;
	return true;
}

static const char *held_prompt(struct frontend *f)
{
	static char text[48];
	bool is_held = hold_find(hold_of(f), f->held.number);
	snprintf(text, sizeof(text), "edit %u%s> ", f->held.number,
	         is_held ? "" : " (not held any more)");
	return text;
}

static const char *const held_keys[] = {
	"Enter Change it (the oldest goes on)", "Esc Leave it", "F1 Help", NULL,
};

const struct mode mode_held = {
	.take = take_held_key, .prompt = held_prompt, .keys = held_keys,
};
