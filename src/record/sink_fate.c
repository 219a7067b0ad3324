/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What recordings say of messages in the middle that did not go as they
 * came. */

#include <sockchat/escape.h>
#include <sockchat/sink.h>
#include <sockchat/utf8.h>

#define SHOWN_MAX ((size_t)200) /* bytes of a message */

bool sink_is_of_target(const struct entry *e)
{
	bool is_by_hand = e->flags & ENTRY_BY_HAND;
	if (!e->fate)
		return true;
	if (e->dir == ENTRY_IN)
		return !is_by_hand && e->fate != FATE_INJECTED;
	return e->fate == FATE_INJECTED ||
	       (e->fate == FATE_CHANGED && is_by_hand);
}

static const char *name_of(const struct entry *e)
{
	return entry_is_held(e) ? "held" : entry_fate_name(e);
}

int sink_append_fate(struct bytes *out, const struct entry *e, size_t from)
{
	const uint8_t *bytes = e->bytes + from;
	size_t len = e->len - from, shown = len;
	bool replaces = e->flags & ENTRY_BY_HAND &&
	                (e->fate == FATE_CHANGED || e->fate == FATE_REWRITTEN);
	if (len > SHOWN_MAX)
		shown = SHOWN_MAX - utf8_unfinished(bytes, SHOWN_MAX);
	int failed = bytes_append_text(out, name_of(e));
	if (e->held)
		failed |= bytes_printf(out, " %u", e->held);
	failed |= bytes_printf(out, "%s: %c \"", replaces ? " to" : "",
	                       entry_mark(e));
	failed |= escape_append(out, bytes, shown);
	failed |= bytes_append_text(out, "\"");
	if (shown < len)
		failed |= bytes_printf(out, " and so on, %zu bytes", len);
	return failed ? -1 : 0;
}
