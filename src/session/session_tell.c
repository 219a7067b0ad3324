/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries about a session, and when its phases began. */

#include <stdarg.h>
#include <string.h>

#include <sockchat/fates.h>
#include <sockchat/glyph.h>

#include "session_private.h"

/* The proxy that has named who came to us; or "". */
static const char *proxy_of(const struct session *s)
{
	const struct session *came = s->pair ? s->pair->near : s;
	const char *through = came->link.is_accepted ? session_through(came)
	                                             : "";
	return *through ? through + strlen(TRANSPORT_THROUGH) : "";
}

static uint64_t append_entry(struct session *s, struct entry *draft,
                             const void *bytes, size_t len)
{
	draft->session = s->link.number;
	draft->bytes = bytes;
	draft->len = len;
	draft->peer = s->pair ? s->pair->far->link.where : s->link.where;
	if (s->pair && draft->kind == ENTRY_STATE)
		draft->client = s->pair->near->link.where;
	if (draft->kind == ENTRY_STATE)
		draft->proxy = proxy_of(s);
	return transcript_append(s->settings->transcript, draft);
}

/* Who has ended a connection in order: bits. */
static uint8_t ends_of(const struct session *s)
{
	if (!s->opened_ns)
		return 0;
	return (uint8_t)((s->link.has_peer_ended ? ENTRY_IN : 0) |
	                 (s->link.is_aborted ? 0 : ENTRY_OUT));
}

static uint8_t half_that_ended(const struct session *s)
{
	return halves_is_in_open(s->link.halves) ? ENTRY_OUT : ENTRY_IN;
}

/* Whether rows need not show the states on the way: -v wants all. */
static bool folds_states(const struct session *s)
{
	return !session_flow(s)->tells_steps;
}

/* Half an end that somebody spoke after is a part of the conversation. */
static void keep_passing(struct session *s)
{
	uint64_t said = s->link.bytes_in + session_out_end(s);
	if (s->opened_ns && said != s->passing_said)
		s->passing[0] = s->passing[1] = 0;
	s->passing_said = said;
}

/* What comes now tells all that the states before it told. */
static void fold_passing(struct session *s)
{
	keep_passing(s);
	for (size_t i = 0; i < 2; i++) {
		if (s->passing[i])
			transcript_fold(s->settings->transcript, s->passing[i]);
		s->passing[i] = 0;
	}
}

static unsigned flags_of_state(const struct session *s, enum entry_state state)
{
	bool is_end = state == ENTRY_CLOSED;
	bool is_folded = is_end ? s->is_end_told && folds_states(s)
	                        : s->is_folded;
	return is_folded ? ENTRY_FOLDED : 0;
}

void session_add_sentence(char *hint, size_t size, const char *sentence)
{
	size_t len = strlen(hint);
	if (!*sentence)
		return;
	text_add(hint, size, "%s%s", len ? ". " : "", sentence);
	if (len && len + 2 < size && hint[len + 2] >= 'a')
		hint[len + 2] = (char)(hint[len + 2] - 'a' + 'A');
}

static void append_state(struct session *s, enum entry_state state,
                         const char *text, const char *hint, unsigned flags)
{
	struct moved moved = { s->link.bytes_in, s->link.bytes_out };
	if (state != ENTRY_HALF_CLOSED)
		fold_passing(s);
	struct entry e = {
		.kind = ENTRY_STATE,
		.state = (uint8_t)state,
		.flags = (uint8_t)(flags | flags_of_state(s, state)),
		.time = stamp_at(s->since_ns),
		.ended = state == ENTRY_CLOSED ? ends_of(s)
		                               : half_that_ended(s),
		.moved = state == ENTRY_CLOSED ? &moved : NULL,
		.has_datagrams = link_has_messages(&s->link),
		.local = session_local(s),
		.code = state == ENTRY_CLOSED && session_is_harmless(s)
		            ? "ECONNRESET" : "",
		.hint = hint,
		.timing = state == ENTRY_OPEN || state == ENTRY_CLOSED
		              ? session_timing(s) : NULL,
	};
	uint64_t seq = append_entry(s, &e, text, strlen(text));
	if (state == ENTRY_HALF_CLOSED)
		keep_passing(s);
	if (entry_is_passing(&e) && folds_states(s))
		s->passing[s->passing[0] != 0] = seq;
}

/* False: nobody wants to be told. */
static bool enter_state(struct session *s, enum entry_state state)
{
	s->phase = state;
	s->since_ns = s->is_untold ? s->opened_ns : stamp_mono_ns();
	if (state == ENTRY_OPEN) {
		s->opened_ns = s->since_ns;
		s->is_quiet = false;
	}
	return !s->is_quiet && s->settings->tells_states;
}

void session_tell_state(struct session *s, enum entry_state state,
                        const char *hint, const char *format, ...)
{
	char text[512];
	va_list args;
	if (!enter_state(s, state))
		return;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	append_state(s, state, text, hint, 0);
}

void session_tell_half(struct session *s, const char *text, const char *left,
                       const char *more)
{
	char hint[768] = "";
	if (!enter_state(s, ENTRY_HALF_CLOSED))
		return;
	session_add_sentence(hint, sizeof(hint), left);
	session_add_sentence(hint, sizeof(hint), more);
	append_state(s, ENTRY_HALF_CLOSED, text, hint,
	             *more ? ENTRY_LASTING : 0);
}

static void append_note(struct session *s, unsigned flags, const char *code,
                        const char *hint, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

static void append_note(struct session *s, unsigned flags, const char *code,
                        const char *hint, const char *format, va_list args)
{
	char text[512];
	glyph_vformat(text, sizeof(text), format, args);
	append_entry(s, &(struct entry){
		.kind = ENTRY_NOTE,
		.flags = (uint8_t)flags,
		.code = code,
		.hint = hint,
	}, text, strlen(text));
}

void session_tell_note(struct session *s, const char *code, const char *hint,
                       const char *format, ...)
{
	va_list args;
	va_start(args, format);
	append_note(s, 0, code, hint, format, args);
	va_end(args);
}

void session_tell_step(struct session *s, const char *code, const char *hint,
                       const char *format, ...)
{
	va_list args;
	va_start(args, format);
	append_note(s, folds_states(s) ? ENTRY_FOLDED : 0, code, hint, format,
	            args);
	va_end(args);
}

void session_tell_hint(struct session *s, const char *code, const char *hint,
                       const char *text)
{
	char safe[512];
	glyph_copy(safe, sizeof(safe), text, GLYPH_ANY_WIDTH);
	append_entry(s, &(struct entry){
		.kind = ENTRY_NOTE,
		.role = ROLE_HINT,
		.code = code,
		.hint = hint,
	}, safe, strlen(safe));
}

void session_tell_error(struct session *s, const struct error *e)
{
	if (s->is_quiet)
		return;
	if (!s->opened_ns)
		fold_passing(s);
	append_entry(s, &(struct entry){
		.kind = ENTRY_ERROR,
		.code = e->code,
		.hint = e->hint,
		.timing = s->opened_ns ? NULL : session_timing(s),
	}, e->text, strlen(e->text));
}

void session_tell_sent(struct session *s, const struct framed *m)
{
	struct framing *out = &s->talk->out;
	uint64_t end = session_out_end(s), at = end - m->bytes.len;
	bool jumps = at != out->at; /* a file has gone */
	out->at = end;
	append_entry(s, &(struct entry){
		.kind = ENTRY_MESSAGE,
		.dir = ENTRY_OUT,
		.stream_at = at,
		.jumps = jumps,
		.flags = ENTRY_COMPLETE | ENTRY_BY_HAND,
		.frame = link_has_messages(&s->link) ? frame_datagram.kind
		                                     : m->kind,
		.prefix_at = m->prefix_at,
		.prefix = m->prefix,
		.suffix = m->suffix,
		.fate = s->pair ? FATE_INJECTED : FATE_NONE,
		.share = (uint8_t)s->settings->share,
	}, m->bytes.data, m->bytes.len);
}
