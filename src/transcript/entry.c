/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries: what is told from them alone. */

#include <string.h>

#include <sockchat/array.h>
#include <sockchat/entry.h>
#include <sockchat/frame.h>

bool entry_is_reset(const struct entry *e)
{
	return strcmp(e->code, "ECONNRESET") == 0 ||
	       strcmp(e->code, "EPIPE") == 0;
}

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

const char *entry_fate_name(const struct entry *e)
{
	static const char *const names[] = {
		[FATE_NONE] = "",
		[FATE_HELD] = "",
		[FATE_REWRITTEN] = "changed",
		[FATE_CHANGED] = "changed",
		[FATE_DROPPED] = "dropped",
		[FATE_INJECTED] = "injected",
	};
	return names[e->fate];
}

const char *entry_state_name(enum entry_state state)
{
	static const char *const names[] = {
		[ENTRY_RESOLVING] = "resolving",
		[ENTRY_CONNECTING] = "connecting",
		[ENTRY_HANDSHAKING] = "handshaking",
		[ENTRY_LISTENING] = "listening",
		[ENTRY_OPEN] = "open",
		[ENTRY_HALF_CLOSED] = "half-closed",
		[ENTRY_CLOSED] = "closed",
	};
	return names[state];
}

struct entry entry_since(const struct entry *e, size_t at)
{
	struct entry since = *e;
	size_t i;
	ARRAY_FIND(i, e->part_count, e->parts[i].at > at);
	while (i && !e->parts[i - 1].is_late)
		i--;
	int64_t after_ns = i ? entry_part_ns(&e->parts[i - 1]) : 0;
	since.time.mono_ns += after_ns;
	since.time.wall_us += after_ns / 1000;
	since.part_count = 0;
	if (e->wait_ns)
		since.wait_ns += after_ns;
	return since;
}

bool entry_is_awaited(const struct entry *e)
{
	return e->frame && !(e->frame->traits & FRAME_PIECES) &&
	       !(e->flags & (ENTRY_COMPLETE | ENTRY_BROKEN));
}

/* The payload as it stands in the message. */
static const uint8_t *plain_payload(const struct entry *e, struct bytes *room,
                                    size_t *len)
{
	size_t at = e->prefix_at < e->len ? e->prefix_at : e->len;
	*len = e->len - e->prefix - e->suffix;
	if (!at || !e->prefix)
		return e->bytes + e->prefix;
	bytes_clear(room);
	if (bytes_append(room, e->bytes, at) ||
	    bytes_append(room, e->bytes + at + e->prefix, *len - at))
		return NULL;
	return room->data;
}

const uint8_t *entry_payload(const struct entry *e, struct bytes *room,
                             size_t *len)
{
	const uint8_t *payload = plain_payload(e, room, len);
	if (!e->frame || !e->frame->unwrap || !*len)
		return payload;
	bytes_clear(room); /* such a kind has nothing before its prefix */
	if (e->frame->unwrap(payload, *len, room))
		return NULL;
	*len = room->len;
	return room->data;
}

#define IN_MS UINT32_C(0x80000000)

uint32_t entry_part_after(int64_t ns)
{
	int64_t us = ns > 0 ? ns / 1000 : 0, ms = us / 1000;
	if (us < IN_MS)
		return (uint32_t)us;
	return IN_MS | (ms < IN_MS ? (uint32_t)ms : IN_MS - 1);
}

int64_t entry_part_ns(const struct entry_part *p)
{
	return p->after & IN_MS ? (p->after & ~IN_MS) * MS_NS
	                        : p->after * INT64_C(1000);
}

int64_t entry_pause_ns(const struct entry *e, size_t i)
{
	int64_t before_ns = i ? entry_part_ns(&e->parts[i - 1]) : 0;
	return entry_part_ns(&e->parts[i]) - before_ns;
}

size_t entry_ending(const struct entry *e)
{
	if (e->kind != ENTRY_MESSAGE || !e->len || e->bytes[e->len - 1] != '\n')
		return 0;
	return e->len > 1 && e->bytes[e->len - 2] == '\r' ? 2 : 1;
}
