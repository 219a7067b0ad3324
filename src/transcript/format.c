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
	bool has_failed;
};

static void put(struct line *l, const char *text, size_t len)
{
	if (bytes_append(l->out, text, len))
		l->has_failed = true;
}

static void put_color(struct line *l, const char *color)
{
	if (l->is_colored)
		put(l, color, strlen(color));
}

static const char *style_color(enum wrap_style style)
{
	return style == WRAP_ENDING || style == WRAP_MORE ? "\033[2m"
	       : style == WRAP_ESCAPED                    ? "\033[7m"
	                                                  : "";
}

static void put_run(void *user, const struct wrap_run *run)
{
	struct line *l = user;
	const char *color = style_color(run->style);
	for (; l->row < run->row; l->row++)
		if (bytes_printf(l->out, "\n%*s", (int)l->indent, ""))
			l->has_failed = true;
	put_color(l, color);
	put(l, run->text, run->len);
	put_color(l, *color ? "\033[0m" : "");
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

int wrap_line(struct bytes *out, const struct wrap_look *look,
              const struct entry *e, size_t from)
{
	char head[64];
	struct entry part = *e, before;
	size_t head_len = wrap_head(
	    head, look, e,
	    transcript_at(look->transcript, e->seq - 1, &before));
	bool is_text = e->kind != ENTRY_MESSAGE || look->view == VIEW_TEXT;
	struct wrap_settings settings = {
		.look = *look,
		.columns = is_text ? SIZE_MAX : HEX_COLUMNS - head_len,
		.row_count = SIZE_MAX,
	};
	struct line line = {
		.out = out, .indent = head_len, .is_colored = look->is_colored,
	};
	part.bytes += from;
	part.len -= from;
	put_color(&line, mark_color(e));
	put(&line, head, head_len);
	put_color(&line, "\033[0m");
	wrap_entry(&part, &settings, put_run, &line);
	put(&line, "\n", 1);
	return line.has_failed ? -1 : 0;
}
