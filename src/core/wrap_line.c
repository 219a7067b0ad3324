/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* An entry as a line of text, for terminals that only scroll, and for files. */

#include <string.h>

#include <sockchat/wrap.h>

#define HEX_COLUMNS 78

struct line {
	struct bytes *out;
	size_t row, indent;
	bool is_colored;
};

static const char *style_color(enum wrap_style style)
{
	return style == WRAP_ENDING || style == WRAP_MORE ? "\033[2m"
	       : style == WRAP_ESCAPED                    ? "\033[7m"
	                                                  : "";
}

static void put_run(void *user, const struct wrap_run *run)
{
	struct line *l = user;
	const char *color = l->is_colored ? style_color(run->style) : "";
	for (; l->row < run->row; l->row++)
		bytes_printf(l->out, "\n%*s", (int)l->indent, "");
	if (*color)
		bytes_append_text(l->out, color);
	bytes_append(l->out, run->text, run->len);
	if (*color)
		bytes_append_text(l->out, "\033[0m");
}

static const char *mark_color(const struct entry *e)
{
	switch (entry_mark(e)) {
	case '>':
		return "\033[32m";
	case '<':
		return "\033[36m";
	case '!':
		return "\033[1;31m";
	default:
		return "\033[2m";
	}
}

int wrap_line(struct bytes *out, const struct chat *c, const struct entry *e,
              size_t from, bool is_colored, unsigned glyph_flags)
{
	char head[64];
	struct entry part = *e, before;
	size_t head_len = wrap_head(
	    head, c, e, transcript_at(c->transcript, e->seq - 1, &before));
	bool is_text = e->kind != ENTRY_MESSAGE ||
	               c->options->view == VIEW_TEXT;
	struct wrap_settings settings = {
		.columns = is_text ? SIZE_MAX : HEX_COLUMNS - head_len,
		.view = (enum view)c->options->view,
		.endings = c->options->endings,
		.glyph_flags = glyph_flags,
		.row_count = SIZE_MAX,
		.encoding = c->encoding,
	};
	struct line line = {
		.out = out, .indent = head_len, .is_colored = is_colored,
	};
	part.bytes += from;
	part.len -= from;
	bytes_append_text(out, is_colored ? mark_color(e) : "");
	bytes_append(out, head, head_len);
	bytes_append_text(out, is_colored ? "\033[0m" : "");
	wrap_entry(&part, &settings, put_run, &line);
	return bytes_append_byte(out, '\n');
}
