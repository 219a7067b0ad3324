/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* From the screen to the editor and back. */

#include "edit.h"
#include "paste.h"
#include "tui.h"

static void come_back(struct frontend *f)
{
	watch_set(&f->in_watch, LOOP_READ);
	tui_come_back(f);
}

/* NULL after a sentence. */
static struct bytes *take_text(struct frontend *f, struct bytes *text,
                               const struct error *e)
{
	come_back(f);
	if (!text) {
		chat_error(f->chat, e);
		return NULL;
	}
	size_t left_out = paste_clean(text);
	if (left_out)
		chat_note(f->chat, "edited: %zu unprintable left out",
		          left_out);
	return text;
}

static void start(struct frontend *f, const void *text, size_t len,
                  editor_fn *on_end)
{
	struct error e;
	f->editor.on_end = on_end;
	f->editor.user = f;
	watch_set(&f->in_watch, 0);
	tui_go_away(f);
	if (editor_start(&f->editor, f->chat->loop, text, len, &e))
		take_text(f, NULL, &e);
}

static void on_draft(void *user, struct bytes *text, const struct error *e)
{
	struct frontend *f = user;
	if (!take_text(f, text, e))
		return;
	input_cancel();
	if (text->len)
		tui_enter(f, bytes_text(text), text->len);
}

void edit_draft(struct frontend *f)
{
	struct input_line line;
	if (tui_mode(f))
		return;
	input_show(&line);
	start(f, line.text, line.len, on_draft);
}

static void on_paste(void *user, struct bytes *text, const struct error *e)
{
	struct frontend *f = user;
	if (!take_text(f, text, e))
		return;
	paste_forget(f);
	input_feed(&(struct token){ KEY_PASTE, text->data, text->len });
}

void edit_paste(struct frontend *f)
{
	size_t len = f->paste.text.len;
	/* the newline at its end is one that the editor shows */
	len -= len && f->paste.text.data[len - 1] == '\n';
	start(f, f->paste.text.data, len, on_paste);
}

bool edit_is_on(const struct frontend *f)
{
	return f->editor.child.pid != 0;
}

void edit_stop(struct frontend *f)
{
	if (!edit_is_on(f))
		return;
	editor_stop(&f->editor);
	come_back(f);
}
