/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files of the layout share: where it is, and how it goes on. */

#ifndef TRANSCRIPT_WRAP_PRIVATE_H
#define TRANSCRIPT_WRAP_PRIVATE_H

#include <sockchat/wrap.h>

#define RUN_MAX 256

/* Where the layout is, and the run of glyphs of one style that it gathers. */
struct layout {
	const struct wrap_settings *settings;
	wrap_fn *fn;
	void *user;
	size_t row, column;
	size_t columns;    /* of the present row */
	bool is_outdented; /* the present row begins in WRAP_DUMP */
	/* Rows from `row_limit` on are not shown; the last one above has
	 * `reserved` columns less, and ended at `last_column`.  It and those
	 * above it show `kept` bytes. */
	size_t row_limit, reserved, last_column, kept;
	bool is_last_outdented, is_over; /* is_over: there was more */
	char run[RUN_MAX];
	size_t run_len, run_column;
	enum wrap_style style;
	enum wrap_style plain; /* of text that is not escaped */
	enum wrap_hit hit;
	const uint8_t *content; /* that hits are in, NULL outside of it */
	size_t next_hit; /* the first hit that ends at or after this place */
	const struct entry *entry;
	const struct entry_part *part; /* of the next run, or NULL */
	const struct entry_part *next_part, *parts_end; /* after this place */
	/* The row that is asked for: of the byte `seek`. */
	size_t seek, found_row;
	/* The content before `seen` has been put; the row `seen_row`, which it
	 * ends in, begins at `row_begin`.  Then the row that is asked for. */
	size_t seen, seen_row, row_begin;
	size_t found_begin, found_end; /* SIZE_MAX: not found yet */
	struct wrap_map *learns; /* it is filled meanwhile, or NULL */
	const struct encoding *encoding; /* of what is put now */
	bool is_around; /* what is put now is no payload: it is dim */
	bool is_length; /* it is a length field, whose LF ends no line */
	/* What follows this byte in the row goes on with a run of escaped
	 * forms. */
	const uint8_t *quiet_end;
	size_t quiet_row;
	bool knows_json; /* what the message is: from a map */
	bool knows_rows; /* from a map: those below the wanted are left out */
	/* JSON: the token that is laid, the places in front of it and behind
	 * it, and what the message is. */
	size_t token;
	struct json_place before, place;
	enum json_verdict json;
	struct json_fault fault;
};

/* Whether the row is one of those that are asked for. */
bool wrap_is_wanted(const struct layout *l);
/* Whether no row below is asked for. */
bool wrap_is_done(const struct layout *l);
/* Give away the glyphs that are gathered. */
void wrap_flush_run(struct layout *l);
void wrap_next_row(struct layout *l);

/* The columns of what is put behind the content. */
static inline size_t wrap_tail_width(const struct wrap_settings *s)
{
	size_t width = 0;
	for (const char *c = s->tail; c && *c; c++)
		width += ((uint8_t)*c & 0xc0) != 0x80;
	return width;
}

/* Put glyphs of one style, at most RUN_MAX bytes, into the row; into the next
 * one if they do not fit. */
void wrap_lay_run(struct layout *l, const char *text, size_t len, size_t width,
                  enum wrap_style style);
/* ASCII that stays together where there is room for it. */
void wrap_lay_word(struct layout *l, const char *text, size_t len,
                   enum wrap_style style);
/* A line's ending of so many bytes, if endings are shown. */
void wrap_lay_ending(struct layout *l, size_t len);
/* Any bytes, made visible. */
void wrap_lay_text(struct layout *l, const uint8_t *bytes, size_t len);

/* How many bytes from here on are plain ASCII that fits into the row. */
size_t wrap_plain_run(const struct layout *l, const uint8_t *bytes, size_t len);
/* How many bytes from `at` on are marked alike, and of one part. */
size_t wrap_marked_len(const struct layout *l, const uint8_t *at, size_t len);
/* How many of the `len` bytes from `offset` on stand before the next part. */
size_t wrap_part_len(const struct layout *l, size_t offset, size_t len);

/* How the byte at `offset` of the content is marked.  Offsets must rise. */
enum wrap_hit wrap_hit_of(struct layout *l, size_t offset);
void wrap_set_hit(struct layout *l, enum wrap_hit hit);
/* The next glyphs stand for the byte `at`. */
void wrap_mark_byte(struct layout *l, const uint8_t *at);
/* The glyphs so far stand for the bytes before `end`. */
void wrap_find_row(struct layout *l, const uint8_t *end);
/* Go to the first part in a row of its own that begins at `offset` or later. */
void wrap_seek_part(struct layout *l, size_t offset);
/* The content's byte at `offset` is next: the parts that have begun get a
 * row. */
void wrap_begin_part(struct layout *l, size_t offset);
/* A row begins with the byte `at`: the map remembers it. */
void wrap_learn_begin(struct layout *l, const uint8_t *at);

#endif
