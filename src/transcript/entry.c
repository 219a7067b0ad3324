/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries: their names, and their form in JSON. */

#include <string.h>

#include <sockchat/entry.h>
#include <sockchat/error.h>
#include <sockchat/json.h>
#include <sockchat/utf8.h>

char entry_mark(const struct entry *e)
{
	switch ((enum entry_kind)e->kind) {
	case ENTRY_MESSAGE:
		return e->dir == ENTRY_OUT ? '>' : '<';
	case ENTRY_ERROR:
		return '!';
	case ENTRY_STATE:
	case ENTRY_NOTE:
		break;
	}
	return '*';
}

const char *entry_state_name(enum entry_state state)
{
	static const char *const names[] = {
		[ENTRY_RESOLVING] = "resolving",
		[ENTRY_CONNECTING] = "connecting",
		[ENTRY_LISTENING] = "listening",
		[ENTRY_OPEN] = "open",
		[ENTRY_HALF_CLOSED] = "half-closed",
		[ENTRY_CLOSED] = "closed",
	};
	return names[state];
}

size_t entry_ending(const struct entry *e)
{
	if (e->kind != ENTRY_MESSAGE || !e->len || e->bytes[e->len - 1] != '\n')
		return 0;
	return e->len > 1 && e->bytes[e->len - 2] == '\r' ? 2 : 1;
}

static void put_message(struct json *j, const struct entry *e, size_t from)
{
	const uint8_t *bytes = e->bytes + from;
	size_t len = e->len - from;
	json_number(j, "len", len);
	if (utf8_is_valid(bytes, len))
		json_bytes(j, "text", bytes, len);
	else
		json_base64(j, "base64", bytes, len);
	json_bool(j, "complete", (e->flags & ENTRY_COMPLETE) != 0);
	if (e->flags & ENTRY_CUT)
		json_bool(j, "cut", true);
}

static void put_text(struct json *j, const char *name, const char *value)
{
	if (*value)
		json_text(j, name, value);
}

static void put_time(struct json *j, const char *name, int64_t us)
{
	if (us >= 0)
		json_milli(j, name, (uint64_t)us);
}

static void put_tick(struct json *j, const struct tick *tick)
{
	put_text(j, "state", tick_name(tick->state));
	if (tick->state == TICK_ACKED)
		put_time(j, "ack_ms", tick->ack_us);
}

static void put_timing(struct json *j, const struct timing *t)
{
	json_begin_object(j, "timing");
	put_time(j, "resolve_ms", t->resolve_us);
	json_begin_list(j, "tried");
	for (size_t i = 0; i < t->try_count; i++) {
		const struct timing_try *try = &t->tries[i];
		json_begin_object(j, "");
		json_text(j, "address", try->where);
		put_time(j, "ms", try->us);
		if (try->errnum)
			json_word(j, "code", error_name(try->errnum));
		json_end_object(j);
	}
	json_end_list(j);
	if (t->total_us >= 0 && t->try_count)
		put_time(j, "connect_ms", t->tries[t->try_count - 1].us);
	put_time(j, "total_ms", t->total_us);
	put_time(j, "first_byte_ms", t->first_byte_us);
	json_end_object(j);
}

/* What all have. */
static void begin(struct json *j, struct bytes *out, const struct entry *e,
                  const char *kind)
{
	char time[STAMP_TEXT_MAX];
	stamp_format_utc(time, e->time.wall_us);
	json_begin(j, out);
	json_number(j, "seq", e->seq);
	json_word(j, "time", time);
	json_number(j, "session", e->session);
	json_word(j, "kind", kind);
	if (e->dir != ENTRY_NO_DIR)
		json_word(j, "dir", e->dir == ENTRY_IN ? "in" : "out");
	put_text(j, "peer", e->peer);
}

int entry_json_ack(struct bytes *out, const struct entry *e)
{
	struct json j;
	begin(&j, out, e, "ack");
	put_tick(&j, e->tick);
	return json_end(&j);
}

int entry_json(struct bytes *out, const struct entry *e, size_t from)
{
	static const char *const kinds[] = {
		[ENTRY_MESSAGE] = "message",
		[ENTRY_STATE] = "state",
		[ENTRY_NOTE] = "note",
		[ENTRY_ERROR] = "error",
	};
	struct json j;
	begin(&j, out, e, kinds[e->kind]);
	if (e->kind == ENTRY_MESSAGE) {
		put_message(&j, e, from);
		if (e->tick)
			put_tick(&j, e->tick);
		if (e->wait_ns)
			put_time(&j, "wait_ms", e->wait_ns / 1000);
		return json_end(&j);
	}
	if (e->kind == ENTRY_STATE) {
		json_word(&j, "state",
		          entry_state_name((enum entry_state)e->state));
		put_text(&j, "local", e->local);
	}
	put_text(&j, "code", e->code);
	json_bytes(&j, "text", e->bytes, e->len);
	put_text(&j, "hint", e->hint);
	if (e->timing)
		put_timing(&j, e->timing);
	return json_end(&j);
}
