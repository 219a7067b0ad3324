/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* From the screen to the editor and back. */

#include "edit.h"
#include "paste.h"
#include "tui.h"

static void take_back(struct frontend *f)
{
	watch_set(&f->in_watch, LOOP_READ);
	tui_come_back(f);
}

static void on_end(void *user, struct bytes *text, const struct error *e)
{
	struct frontend *f = user;
	take_back(f);
	if (!text) {
		chat_error(f->chat, e);
		return;
	}
	size_t left_out = paste_clean(text);
	if (left_out)
		chat_note(f->chat, "edited: %zu unprintable left out",
		          left_out);
	f->on_edited(f, text);
}

void edit_begin(struct frontend *f, const void *text, size_t len,
                edit_fn *on_text)
{
	struct error e;
	f->on_edited = on_text;
	f->editor.on_end = on_end;
	f->editor.user = f;
	watch_set(&f->in_watch, 0);
	tui_go_away(f);
	if (editor_start(&f->editor, f->chat->loop, text, len, &e))
		on_end(f, NULL, &e);
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
	take_back(f);
}
