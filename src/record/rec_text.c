/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Recordings as text: entries as the lines front end prints them, below a head
 * that says when, between whom, and with which sockchat. */

#include <string.h>

#include <sockchat/format.h>
#include <sockchat/options.h>
#include <sockchat/sink.h>

static int write_head(struct sink *s, struct bytes *out)
{
	char date[STAMP_TEXT_MAX];
	const char *local = s->local ? s->local : "";
	stamp_format_date(date, stamp_now().wall_us);
	if (bytes_printf(out, "# sockchat " SOCKCHAT_VERSION ", %s\n", date) ||
	    !s->endpoint)
		return bytes_append_text(out, "");
	return bytes_printf(out, "# %s %s%s%s\n",
	                    s->mode == ENDPOINT_LISTEN ? "listen" : "connect",
	                    s->endpoint, *local ? ", our end is " : "", local);
}

/* Whoever reads rows needs none of a peer that came and went at once. */
static bool has_no_row(const struct entry *e)
{
	return e->flags & ENTRY_FOLDED;
}

/* A command that could not be done. */
static bool is_complaint(const struct entry *e)
{
	return e->kind == ENTRY_ERROR && !e->session &&
	       strcmp(e->code, "EINVAL") == 0;
}

/* It is for what was said, and what became of the connection; a note without a
 * number is about the file itself. */
static bool is_aside(const struct entry *e)
{
	return has_no_row(e) || (e->kind == ENTRY_NOTE && e->seq) ||
	       is_complaint(e);
}

static int write_full(struct sink *s, const struct entry *e, size_t from,
                      struct bytes *out)
{
	return has_no_row(e) ? 0 : format_entry(out, FORMAT_TEXT, &s->look, e,
	                                        from);
}

static int write_text(struct sink *s, const struct entry *e, size_t from,
                      struct bytes *out)
{
	return is_aside(e) ? 0 : write_full(s, e, from, out);
}

const struct sink_ops sink_text = {
	.name = "text",
	.suffixes = { ".txt", ".log" },
	.help = "lines, as they are printed, without notices",
	.hears = SINK_ENTRIES,
	.has_lines = true,
	.is_text = true,
	.size = sizeof(struct sink),
	.open = write_head,
	.leaves_out = is_aside,
	.entry = write_text,
	.gap = sink_note_gap,
};

const struct sink_ops sink_full = {
	.name = "full",
	.help = "the same with notices and hints",
	.hears = SINK_ENTRIES,
	.has_lines = true,
	.is_text = true,
	.size = sizeof(struct sink),
	.open = write_head,
	.leaves_out = has_no_row,
	.entry = write_full,
	.gap = sink_note_gap,
};
