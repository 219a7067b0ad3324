/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Entries: what is told from them alone. */

#include <sockchat/array.h>
#include <sockchat/entry.h>

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
	if (i)
		since.time = e->parts[i - 1].time;
	since.part_count = 0;
	if (e->wait_ns)
		since.wait_ns += since.time.mono_ns - e->time.mono_ns;
	return since;
}

const uint8_t *entry_payload(const struct entry *e, struct bytes *room,
                             size_t *len)
{
	size_t behind = (size_t)e->prefix_at + e->prefix;
	*len = e->len - e->prefix - e->suffix;
	if (!e->prefix_at)
		return e->bytes + e->prefix;
	bytes_clear(room);
	if (bytes_append(room, e->bytes, e->prefix_at) ||
	    bytes_append(room, e->bytes + behind, *len - e->prefix_at))
		return NULL;
	return room->data;
}

size_t entry_ending(const struct entry *e)
{
	if (e->kind != ENTRY_MESSAGE || !e->len || e->bytes[e->len - 1] != '\n')
		return 0;
	return e->len > 1 && e->bytes[e->len - 2] == '\r' ? 2 : 1;
}
