/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session has to say, as entries. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "session_private.h"

void session_tell_state(struct session *s, enum entry_state state,
                        const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	s->phase = state;
	transcript_append(s->transcript, &(struct entry){
		.session = s->number,
		.kind = ENTRY_STATE,
		.state = (uint8_t)state,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.peer = s->peer,
		.local = s->local,
	});
}

__attribute__((format(printf, 3, 0))) static void
tell_note(struct session *s, const char *hint, const char *format, va_list args)
{
	char text[512];
	vsnprintf(text, sizeof(text), format, args);
	transcript_append(s->transcript, &(struct entry){
		.session = s->number,
		.kind = ENTRY_NOTE,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.peer = s->peer,
		.hint = hint,
	});
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
	transcript_append(s->transcript, &(struct entry){
		.session = s->number,
		.kind = ENTRY_ERROR,
		.bytes = (const uint8_t *)e->text,
		.len = strlen(e->text),
		.peer = s->peer,
		.code = e->code,
		.hint = e->hint,
	});
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
		.peer = s->peer,
	});
}
