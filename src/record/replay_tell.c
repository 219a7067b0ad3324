/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a replay has to say, as entries. */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/charset.h>
#include <sockchat/glyph.h>
#include <sockchat/number.h>

#include "replay_private.h"

#define PLACE_MAX (REPLAY_NAME_MAX + 24)

static void append(const struct play *p, struct entry *draft, const void *text,
                   size_t len)
{
	const struct session *s = play_session(p);
	draft->session = p->session;
	draft->peer = s ? s->link.where : "";
	draft->bytes = text;
	draft->len = len;
	transcript_append(p->replay->chat->transcript, draft);
}

static void tell_note(const struct play *p, const char *code,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell_note(const struct play *p, const char *code,
                      const char *format, ...)
{
	char text[256];
	va_list args;
	va_start(args, format);
	glyph_vformat(text, sizeof(text), format, args);
	va_end(args);
	append(p, &(struct entry){ .kind = ENTRY_NOTE, .code = code }, text,
	       strlen(text));
}

/* "talk.chat:7", where it is. */
static const char *name_place(const struct play *p, char out[PLACE_MAX])
{
	snprintf(out, PLACE_MAX, "%s:%zu", p->replay->name,
	         player_wants(p->player).line);
	return out;
}

void replay_tell_begin(const struct play *p)
{
	char mark = p->side == CHAT_OUT ? '>' : '<';
	tell_note(p, "replay", "playing %s: we are the side that %s, '%c' in "
	          "the file", p->replay->name,
	          p->connects ? "connects" : "listens", mark);
}

void replay_tell_success(const struct play *p)
{
	uint64_t steps = player_wants(p->player).step - 1;
	int64_t ns = loop_now_ns(p->replay->chat->loop) - p->begun_ns;
	tell_note(p, "replayed", "%s: all is as written (%llu step%s, %.3f s)",
	          p->replay->name, (unsigned long long)steps, plural(steps),
	          (double)ns / SECOND_NS);
}

void replay_tell_stop(const struct play *p)
{
	char place[PLACE_MAX];
	tell_note(p, "replay-stopped", "%s: the replay was stopped before this "
	          "step", name_place(p, place));
}

void replay_tell_step(const struct play *p)
{
	const struct player_want w = player_wants(p->player);
	static const char *const names[] = {
		[PLAYER_TO_END] = "our FIN",
		[PLAYER_TO_RESET] = "our RST",
		[PLAYER_TO_SECURE] = "TLS",
	};
	char place[PLACE_MAX], bytes[40];
	snprintf(bytes, sizeof(bytes), "%zu byte%s to be sent", w.len,
	         plural(w.len));
	tell_note(p, "replay-step", "%s: next: %s", name_place(p, place),
	          w.what == PLAYER_TO_SEND ? bytes : names[w.what]);
}

/* As much of it as an entry keeps. */
static size_t kept(size_t len)
{
	return len < MISMATCH_MAX ? len : MISMATCH_MAX;
}

static void tell_error(const struct play *p, const struct error *e,
                       const struct mismatch *m)
{
	append(p, &(struct entry){
		.kind = ENTRY_ERROR,
		.code = *e->code ? e->code : "REPLAY_FAILED",
		.hint = e->hint,
		.mismatch = m,
	}, e->text, strlen(e->text));
}

static void tell_rows(const struct play *p, const struct player_failure *f)
{
	bool is_hex = p->replay->chat->options->view == VIEW_HEX;
	struct bytes rows = { 0 };
	const char *at, *end;
	if (player_rows(f, is_hex, charset_choose(), &rows) == 0)
		for (at = bytes_text(&rows); (end = strchr(at, '\n'));
		     at = end + 1)
			append(p, &(struct entry){
				.kind = ENTRY_NOTE, .code = "replay-row",
			}, at, (size_t)(end - at));
	bytes_finish(&rows);
}

void replay_tell_failure(const struct play *p)
{
	const struct player_failure *f = player_failure(p->player);
	tell_error(p, &f->error, &(struct mismatch){
		.line = f->line,
		.awaited = f->awaited,
		.came = f->came,
		.awaited_len = kept(f->awaited_len),
		.came_len = kept(f->came_len),
		.from = f->from,
		.at = f->from + f->at,
	});
	tell_rows(p, f);
}

void replay_tell_absent(const struct replay *r, uint32_t peer, size_t line)
{
	const struct chat *c = r->chat;
	struct error e;
	error_set(&e, "%s:%zu: no peer has come for [%u] within %g s", r->name,
	          line, peer, (double)c->options->step_timeout_ms / 1000);
	error_set_hint(&e, "--step-timeout sets how long a step may take");
	error_set_word(&e, "REPLAY_LATE");
	transcript_append(c->transcript, &(struct entry){
		.kind = ENTRY_ERROR,
		.code = e.code,
		.peer = "",
		.hint = e.hint,
		.bytes = (const uint8_t *)e.text,
		.len = strlen(e.text),
		.mismatch = &(struct mismatch){ .line = line },
	});
}

void replay_tell_error(const struct play *p, const struct error *why)
{
	char place[PLACE_MAX];
	struct error e = *why;
	error_set(&e, "%s: %s", name_place(p, place), why->text);
	error_set_hint(&e, "%s", why->hint);
	error_set_word(&e, *why->code ? why->code : "REPLAY_FAILED");
	tell_error(p, &e, &(struct mismatch){
		.line = player_wants(p->player).line,
	});
}
