/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session has to say, as entries. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "session_private.h"

static void append(struct session *s, struct entry *draft, const char *text)
{
	draft->session = s->number;
	draft->bytes = (const uint8_t *)text;
	draft->len = strlen(text);
	draft->peer = s->link.where;
	transcript_append(s->transcript, draft);
}

void session_tell_state(struct session *s, enum entry_state state,
                        const char *hint, const char *format, ...)
{
	char text[512];
	va_list args;
	s->phase = state;
	s->since = stamp_now();
	if (state == ENTRY_OPEN)
		s->opened = s->since;
	if (!s->settings->tells_states)
		return;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	append(s, &(struct entry){
		.time = s->since,
		.kind = ENTRY_STATE,
		.state = (uint8_t)state,
		.local = s->local,
		.hint = hint,
		.timing = state == ENTRY_OPEN || state == ENTRY_CLOSED
		              ? session_timing(s) : NULL,
	}, text);
}

void session_tell_open(struct session *s, const struct address *local,
                       const struct address *peer)
{
	char owner[OWNER_TEXT_MAX] = "", hint[OWNER_TEXT_MAX + 32] = "";
	if (s->settings->owners && s->settings->keeps_entries)
		owner_of_peer_within(s->settings->owners, owner, local, peer);
	if (*owner)
		snprintf(hint, sizeof(hint), "the peer is %s", owner);
	if (s->link.is_accepted)
		session_tell_state(s, ENTRY_OPEN, hint, "connection from %s",
		                   s->link.where);
	else
		session_tell_state(s, ENTRY_OPEN, hint,
		                   "connected to %s from %s", s->link.where,
		                   s->local);
}

__attribute__((format(printf, 3, 0))) static void
tell_note(struct session *s, const char *hint, const char *format, va_list args)
{
	char text[512];
	glyph_vformat(text, sizeof(text), format, args);
	append(s, &(struct entry){ .kind = ENTRY_NOTE, .hint = hint }, text);
}

void session_tell_note(struct session *s, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	tell_note(s, "", format, args);
	va_end(args);
}

void session_tell_hint(struct session *s, const char *hint, const char *format,
                       ...)
{
	va_list args;
	va_start(args, format);
	tell_note(s, hint, format, args);
	va_end(args);
}

void session_tell_error(struct session *s, const struct error *e)
{
	append(s, &(struct entry){
		.kind = ENTRY_ERROR,
		.code = e->code,
		.hint = e->hint,
		.timing = s->local[0] ? NULL : session_timing(s),
	}, e->text);
}

void session_tell_sent(struct session *s, const void *bytes, size_t len)
{
	transcript_append(s->transcript, &(struct entry){
		.session = s->number,
		.kind = ENTRY_MESSAGE,
		.dir = ENTRY_OUT,
		.flags = ENTRY_COMPLETE,
		.bytes = bytes,
		.len = len,
		.peer = s->link.where,
	});
}
