/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include <stdio.h>
#include <string.h>

#include <sockchat/audience.h>
#include <sockchat/glyph.h>
#include <sockchat/session_state.h>

#include "sides.h"
#include "window.h"

#define BELL_NS   SECOND_NS
#define NOTICE_NS (10 * SECOND_NS)

static void format_title(char out[WINDOW_TITLE_MAX], const struct chat *c)
{
	const struct session *s = chat_shown(c);
	size_t count = chat_session_count(c);
	char sides[SIDES_MAX];
	if (s)
		sides_format(sides, s, false, GLYPH_ASCII);
	if (s)
		snprintf(out, WINDOW_TITLE_MAX, "sockchat %.110s %s", sides,
		         session_state_text(s));
	else if (count)
		snprintf(out, WINDOW_TITLE_MAX, "sockchat %zu peers", count);
	else if (*c->listening)
		snprintf(out, WINDOW_TITLE_MAX, "sockchat listening on %s",
		         c->listening);
	else
		snprintf(out, WINDOW_TITLE_MAX, "sockchat not connected");
}

/* A string for the terminal: printable ASCII whatever `text` is. */
static bool append_string(struct bytes *out, const char *kind, const char *text)
{
	char safe[WINDOW_TITLE_MAX];
	glyph_copy(safe, sizeof(safe), text, GLYPH_ASCII);
	return bytes_printf(out, "\033]%s%s\033\\", kind, safe) == 0;
}

void window_title(struct window *w, const struct chat *c, struct bytes *out)
{
	char title[WINDOW_TITLE_MAX];
	format_title(title, c);
	if (strcmp(title, w->title) == 0)
		return;
	if (append_string(out, "2;", title))
		snprintf(w->title, sizeof(w->title), "%s", title);
}

void window_hear(struct window *w, const struct chat *c, const struct entry *e,
                 struct bytes *out)
{
	static const char *const kinds[] = {
		[NOTIFY_OSC9] = "9;sockchat: message from ",
		[NOTIFY_OSC777] = "777;notify;sockchat;message from ",
	};
	const struct options *o = c->options;
	int64_t now = loop_now_ns(c->loop);
	bool rings = o->bell == BELL_ALWAYS ||
	             (o->bell == BELL_UNFOCUSED && w->is_unfocused);
	bool tells = o->notify != NOTIFY_OFF && w->is_unfocused;
	if (e->kind != ENTRY_MESSAGE || e->dir != ENTRY_IN || entry_is_old(e))
		return;
	if (rings && now >= w->bell_ns && bytes_append_byte(out, '\a') == 0)
		w->bell_ns = now + BELL_NS;
	if (tells && now >= w->notice_ns &&
	    append_string(out, kinds[o->notify], e->peer))
		w->notice_ns = now + NOTICE_NS;
}
