/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the chat itself has to say, as entries. */

#include <stdarg.h>
#include <string.h>

#include <sockchat/glyph.h>

#include "chat_private.h"

#define ANSWER_MAX 1024

/* Behind "; " stands what it means. */
static void append_note(struct chat *c, enum entry_role role, const char *code,
                        char *text)
{
	char *hint = role == ROLE_EVENT ? strstr(text, "; ") : NULL;
	if (hint)
		*hint = '\0';
	transcript_append(c->transcript, &(struct entry){
		.kind = ENTRY_NOTE,
		.role = (uint8_t)role,
		.code = code,
		.bytes = (const uint8_t *)text,
		.len = strlen(text),
		.hint = hint ? hint + 2 : "",
	});
}

void chat_note(struct chat *c, const char *code, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	append_note(c, ROLE_EVENT, code, text);
}

static void answer(struct chat *c, const char *code, char *text)
{
	if (c->frontend && c->ops->answer)
		c->ops->answer(c->frontend, code, text);
	else
		append_note(c, ROLE_ANSWER, code, text);
}

void chat_answer(struct chat *c, const char *code, const char *format, ...)
{
	char text[ANSWER_MAX];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	answer(c, code, text);
}

void chat_moment(struct chat *c, const char *code, const char *format, ...)
{
	char text[ANSWER_MAX];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	if (c->frontend && c->ops->moment)
		c->ops->moment(c->frontend, text);
	else
		answer(c, code, text);
}

/* A sentence of ours that no errno stands behind is about what was asked. */
void chat_tell(struct chat *c, const struct session *s, enum entry_kind kind,
               const struct error *e)
{
	transcript_append(c->transcript, &(struct entry){
		.session = s ? s->link.number : 0,
		.kind = (uint8_t)kind,
		.bytes = (const uint8_t *)e->text,
		.len = strlen(e->text),
		.peer = s ? s->link.where : "",
		.code = *e->code ? e->code : "EINVAL",
		.hint = e->hint,
	});
}

int chat_error(struct chat *c, const struct error *e)
{
	c->own->has_refused = true;
	chat_tell(c, NULL, ENTRY_ERROR, e);
	return -1;
}

int chat_refuse(struct chat *c, const char *hint, const char *format, ...)
{
	struct error e;
	va_list args;
	va_start(args, format);
	error_vset(&e, format, args);
	va_end(args);
	error_set_hint(&e, "%s", hint);
	return chat_error(c, &e);
}
