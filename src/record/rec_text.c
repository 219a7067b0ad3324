/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings as text: entries as the lines front end prints them. */

#include <sockchat/format.h>
#include <sockchat/sink.h>

/* Whoever reads rows needs none of a peer that came and went at once. */
static int write_text(struct sink *s, const struct entry *e, size_t from,
                      struct bytes *out)
{
	if (e->flags & ENTRY_FOLDED)
		return 0;
	return format_entry(out, FORMAT_TEXT, &s->look, e, from);
}

const struct sink_ops sink_text = {
	.name = "text",
	.suffixes = { ".txt", ".log" },
	.help = "lines, as they are printed",
	.hears = SINK_ENTRIES,
	.has_lines = true,
	.size = sizeof(struct sink),
	.entry = write_text,
	.gap = sink_note_gap,
};
