/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings as JSON: what --json prints. */

#include <sockchat/format.h>
#include <sockchat/sink.h>

static int write_json(struct sink *s, const struct entry *e, size_t from,
                      struct bytes *out)
{
	return format_entry(out, FORMAT_JSON, &s->look, e, from);
}

static int write_ack(struct sink *s, const struct entry *e, struct bytes *out)
{
	return format_entry(out, FORMAT_ACK, &s->look, e, 0);
}

const struct sink_ops sink_jsonl = {
	.name = "jsonl",
	.suffixes = { ".jsonl" },
	.help = "a JSON object a line, as --json prints them",
	.hears = SINK_ENTRIES,
	.has_lines = true,
	.size = sizeof(struct sink),
	.entry = write_json,
	.ack = write_ack,
	.gap = sink_note_gap,
};
