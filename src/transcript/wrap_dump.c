/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The bytes of a message as rows of a hex dump. */

#include <stdio.h>

#include <sockchat/hexdump.h>
#include <sockchat/transcript.h>

#include "wrap_rows.h"

/* The rows of one message's dump. */
struct dump {
	size_t per_row;
	size_t skip; /* digits of the offset */
};

uint64_t wrap_base(const struct wrap_look *look, const struct entry *e)
{
	bool counts = look->offsets == OFFSETS_DIRECTION &&
	              look->view != VIEW_TEXT && e->kind == ENTRY_MESSAGE;
	return counts ? transcript_offset(look->transcript, e->seq) : 0;
}

static struct dump dump_of(const struct layout *l, const struct entry *e)
{
	uint64_t last = l->settings->base + (e->len ? e->len - 1 : 0);
	size_t skip = hexdump_skip(last);
	return (struct dump){
		.per_row = hexdump_bytes_per_row(l->columns + skip),
		.skip = skip,
	};
}

/* Each byte is seen twice. */
static void lay_marked_row(struct layout *l, const char *text, size_t len,
                           size_t offset, size_t end, const struct dump *d)
{
	enum wrap_hit hits[HEXDUMP_PER_ROW_MAX];
	for (size_t i = 0; i < end - offset; i++)
		hits[i] = wrap_hit_of(l, offset + i);
	for (size_t i = d->skip; i < len; i++) {
		size_t at = hexdump_byte_at(i, d->per_row);
		wrap_set_hit(l, at < end - offset ? hits[at] : WRAP_NO_HIT);
		wrap_lay_run(l, text + i, 1, 1, WRAP_HEX);
	}
	wrap_set_hit(l, WRAP_NO_HIT);
}

static void lay_row(struct layout *l, const struct entry *e, size_t offset,
                    size_t end, const struct dump *d)
{
	char text[HEXDUMP_ROW_MAX];
	if (d->per_row > 1 && !wrap_is_wanted(l)) {
		l->column = 1; /* whatever it is: it fits */
		l->part = NULL;
		return;
	}
	size_t len = hexdump_row(text, e->bytes, end, offset, d->per_row);
	if (l->settings->base)
		hexdump_set_offset(text, l->settings->base + offset);
	if (l->settings->hits.count)
		lay_marked_row(l, text, len, offset, end, d);
	else
		wrap_lay_word(l, text + d->skip, len - d->skip, WRAP_HEX);
}

static void lay_count(struct layout *l, size_t bytes, const char *more)
{
	char text[48];
	int len = snprintf(text, sizeof(text), "%zu %sbyte%s", bytes, more,
	                   bytes == 1 ? "" : "s");
	wrap_lay_word(l, text, (size_t)len, WRAP_FIELDS);
}

void wrap_lay_size(struct layout *l, const struct entry *e)
{
	if (e->len)
		lay_count(l, e->len, "");
}

/* Rows of the dump begin further to the left than what else is shown. */
static void set_outdented(struct layout *l, bool is_outdented)
{
	size_t margin = l->settings->margin, columns = l->settings->columns;
	wrap_flush_run(l);
	l->is_outdented = is_outdented && margin > WRAP_DUMP;
	l->columns = columns + (l->is_outdented ? margin - WRAP_DUMP : 0);
}

/* A part that came later has its time, and so a row, above its bytes. */
static void begin_part(struct layout *l, size_t offset, size_t left)
{
	const struct entry_part *before = l->next_part;
	if (before == l->parts_end || before->at > offset)
		return;
	if (l->column)
		wrap_next_row(l);
	set_outdented(l, false);
	wrap_begin_part(l, offset);
	lay_count(l, wrap_part_len(l, offset, left), "more ");
}

void wrap_lay_dump(struct layout *l, const struct entry *e)
{
	wrap_seek_part(l, 0);
	if (l->row + 1 < l->row_limit && l->row_limit != SIZE_MAX &&
	    l->reserved) {
		l->reserved = 0;
		l->row_limit--; /* the mark has a row of its own */
	}
	l->kept = 0;
	set_outdented(l, true);
	struct dump d = dump_of(l, e);
	set_outdented(l, false);
	for (size_t at = 0, end; at < e->len && !wrap_is_done(l); at = end) {
		begin_part(l, at, e->len - at);
		wrap_next_row(l);
		set_outdented(l, true);
		end = at + wrap_part_len(l, at, e->len - at);
		if (end > at + d.per_row)
			end = at + d.per_row;
		lay_row(l, e, at, end, &d);
		wrap_find_row(l, e->bytes + end);
	}
	set_outdented(l, false);
	if (e->flags & ENTRY_CUT && l->settings->look.view == VIEW_HEX) {
		wrap_next_row(l);
		wrap_lay_cut(l);
	}
}
