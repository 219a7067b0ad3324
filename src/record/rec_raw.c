/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings of bytes alone: what came, of all peers.  /save writes the
 * messages of both directions, which the filter can choose. */

#include <sockchat/sink.h>

static int write_message(struct sink *s, const struct entry *e, size_t from,
                         struct bytes *out)
{
	if (!s->has_entries_alone || e->kind != ENTRY_MESSAGE ||
	    !sink_is_of_target(e))
		return 0;
	return bytes_append(out, e->bytes + from, e->len - from);
}

static int write_bytes(struct sink *s, const struct wire_news *n,
                       struct bytes *out)
{
	bool comes = n->kind == WIRE_BYTES && n->layers & WIRE_USER &&
	             !n->is_out;
	(void)s;
	return comes ? bytes_append(out, n->bytes, n->len) : 0;
}

const struct sink_ops sink_raw = {
	.name = "raw",
	.suffixes = { ".raw", ".bin" },
	.help = "the bytes that came, and nothing else",
	.hears = SINK_WIRE,
	.size = sizeof(struct sink),
	.entry = write_message,
	.wire = write_bytes,
};
