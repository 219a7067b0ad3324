/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "format_text.h"

#include <string.h>

#include <sockchat/transcript.h>
#include <sockchat/utf8.h>

#define HEX_COLUMNS 78
#define DIM         "\033[2m"

struct line {
	struct bytes *out;
	size_t row, indent;
	bool is_old;
	bool is_colored;
	bool has_failed;
};

static void append_part(struct line *l, const char *text, size_t len)
{
	if (bytes_append(l->out, text, len))
		l->has_failed = true;
}

static void put_color(struct line *l, const char *color)
{
	if (l->is_colored)
		append_part(l, color, strlen(color));
}

static const char *style_color(const struct line *l, enum wrap_style style)
{
	static const char *const colors[] = {
		[WRAP_PLAIN] = "",        [WRAP_ESCAPED] = "\033[4;35m",
		[WRAP_ENDING] = DIM,      [WRAP_MORE] = DIM,
		[WRAP_HEX] = "",          [WRAP_FIELDS] = DIM,
		[WRAP_QUIET] = "\033[35m", [WRAP_ALERT] = "\033[31m",
		[WRAP_HINT] = DIM,        [WRAP_EXPLAIN] = DIM,
	};
	bool is_dim = l->is_old && (style == WRAP_ALERT || !*colors[style]);
	return is_dim ? DIM : colors[style];
}

static void put_line_run(void *user, const struct wrap_run *run)
{
	struct line *l = user;
	const char *color = style_color(l, run->style);
	size_t indent = run->is_outdented ? WRAP_DUMP : l->indent;
	for (; l->row < run->row; l->row++)
		if (bytes_printf(l->out, "\n%*s", (int)indent, ""))
			l->has_failed = true;
	put_color(l, color);
	append_part(l, run->text, run->len);
	put_color(l, *color ? "\033[0m" : "");
}

static const char *mark_color(const struct entry *e)
{
	return entry_is_old(e)            ? DIM
	       : e->kind == ENTRY_ERROR   ? "\033[1;31m"
	       : e->kind != ENTRY_MESSAGE ? DIM
	       : e->dir == ENTRY_OUT      ? "\033[32m"
	                                  : "\033[36m";
}

/* What stands before this piece: the entry before it, or the piece before. */
static const struct entry *find_before(struct entry *before,
                                       const struct wrap_look *look,
                                       const struct entry *e, size_t from)
{
	const struct entry *found = transcript_at(
	    look->transcript, from ? e->seq : e->seq - 1, before);
	if (found && found->part_count)
		*before = entry_since(before, (from ? from : before->len) - 1);
	return found;
}

static struct wrap_head head_of(const struct wrap_look *look,
                                const struct entry *e, size_t from)
{
	struct entry room;
	return wrap_head(look, e, look->time == TIME_DELTA
	                              ? find_before(&room, look, e, from)
	                              : NULL);
}

/* Whether the row is its head, its bytes and the mark of its ending, as of most
 * lines of a flood: it needs no layout. */
static bool is_plain(const struct wrap_look *look, const struct entry *e,
                     size_t from, size_t ending)
{
	size_t len = e->len - from - ending;
	return e->kind == ENTRY_MESSAGE && e->len &&
	       e->flags & ENTRY_COMPLETE && !(e->flags & ENTRY_CUT) &&
	       !e->fate && !e->prefix && !*e->hint &&
	       look->view == VIEW_TEXT && !look->is_colored &&
	       !look->indents_json && !wrap_unpack(look, e) &&
	       utf8_plain(e->bytes + from, len, 0, 0) == len;
}

/* What the head of a message is made of when it tells no span of time: those of
 * one read have the same. */
struct plain_head {
	int64_t wall_us;
	uint32_t session;
	uint8_t dir;
	bool shows_numbers, shows_old, has_column;
	enum time_mode time;
	struct wrap_head head; /* empty: none is kept */
};

static const struct wrap_head *plain_head(const struct wrap_look *look,
                                          const struct entry *e, size_t from)
{
	static struct plain_head last;
	bool has_span = look->time == TIME_START || look->time == TIME_DELTA ||
	                look->time == TIME_ANSWER;
	bool has_column = e->seq >= look->numbers_since;
	if (last.head.len && !has_span && last.time == look->time &&
	    last.wall_us == e->time.wall_us && last.session == e->session &&
	    last.dir == e->dir && last.shows_numbers == look->shows_numbers &&
	    last.shows_old == look->shows_old &&
	    last.has_column == has_column)
		return &last.head;
	last = (struct plain_head){
		.wall_us = e->time.wall_us,
		.session = e->session,
		.dir = e->dir,
		.shows_numbers = look->shows_numbers,
		.shows_old = look->shows_old,
		.has_column = has_column,
		.time = look->time,
		.head = head_of(look, e, from),
	};
	return &last.head;
}

static int append_plain(struct bytes *out, const struct wrap_look *look,
                        const struct entry *e, size_t from, size_t ending)
{
	static const char *const marks[] = { "\n", "\\n\n", "\\r\\n\n" };
	const struct wrap_head *head = plain_head(look, e, from);
	const char *mark = marks[look->endings ? ending : 0];
	size_t len = e->len - from - ending, mark_len = strlen(mark);
	if (bytes_reserve(out, head->len + len + mark_len))
		return -1;
	uint8_t *at = out->data + out->len;
	memcpy(at, head->text, head->len);
	if (len) /* no bytes may be NULL */
		memcpy(at + head->len, e->bytes + from, len);
	memcpy(at + head->len + len, mark, mark_len);
	out->len += head->len + len + mark_len;
	return 0;
}

static int append_laid(struct bytes *out, const struct wrap_look *look,
                       const struct entry *e, size_t from)
{
	struct entry part = *e;
	struct wrap_head head = head_of(look, e, from);
	bool is_text = e->kind != ENTRY_MESSAGE || look->view == VIEW_TEXT;
	struct wrap_settings settings = {
		.look = *look,
		.columns = is_text ? SIZE_MAX : HEX_COLUMNS - head.columns,
		.margin = is_text ? 0 : head.columns,
		.row_count = SIZE_MAX,
		.base = wrap_base(look, e),
		.whole = e,
	};
	struct line line = {
		.out = out,
		.indent = head.columns,
		.is_colored = look->is_colored,
		.is_old = entry_is_old(e),
	};
	settings.base += settings.base ? from : 0;
	part.bytes += from;
	part.len -= from;
	part.part_count = 0;
	settings.look.indents_json &= !from;
	put_color(&line, mark_color(e));
	append_part(&line, head.text, head.len);
	put_color(&line, "\033[0m");
	wrap_entry(&part, &settings, put_line_run, &line);
	append_part(&line, "\n", 1);
	return line.has_failed ? -1 : 0;
}

int format_text(struct bytes *out, const struct wrap_look *look,
                const struct entry *e, size_t from)
{
	size_t ending = entry_ending(e), len = e->len - from;
	ending = ending < len ? ending : len;
	return is_plain(look, e, from, ending)
	           ? append_plain(out, look, e, from, ending)
	           : append_laid(out, look, e, from);
}
