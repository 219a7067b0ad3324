/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Pure layout: how an entry looks, as rows of glyphs of a certain width. */

#ifndef SOCKCHAT_WRAP_H
#define SOCKCHAT_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/encoding.h>
#include <sockchat/entry.h>
#include <sockchat/error.h>
#include <sockchat/glyph.h>
#include <sockchat/hits.h>
#include <sockchat/json_cut.h>
#include <sockchat/json_judge.h>
#include <sockchat/options.h>
#include <sockchat/transcript.h>

enum wrap_style {
	WRAP_PLAIN,
	WRAP_ESCAPED, /* the visible form of what is not text */
	WRAP_ENDING,  /* a line ending, shown dim */
	WRAP_MORE,    /* the message goes on: "…" or "..." */
	WRAP_HEX,     /* a row of a hex dump */
	WRAP_FIELDS,  /* a row below a message, shown dim */
	WRAP_QUIET,   /* WRAP_ESCAPED of a long run: it must not glare */
	WRAP_ALERT,   /* the first words of an error */
	WRAP_HINT,    /* the text of a hint */
	WRAP_EXPLAIN, /* what it means and what to do, shown dim */
};

enum wrap_hit {
	WRAP_NO_HIT,
	WRAP_HIT, /* it is part of what was looked for */
	WRAP_HIT_NOW,
};

/* Glyphs of one style, side by side. */
struct wrap_run {
	size_t row, column; /* of the content */
	const char *text;
	size_t len, width;  /* bytes, columns */
	enum wrap_style style;
	enum wrap_hit hit;
	bool is_outdented; /* `column` is counted from WRAP_DUMP on */
	const struct entry_part *part; /* that begins here, or NULL */
};

/* Borrowed for the call. */
typedef void wrap_fn(void *user, const struct wrap_run *run);

/* How entries are shown.  All pointers are borrowed. */
struct wrap_look {
	enum view view; /* of messages */
	bool endings;
	bool indents_json; /* a message that is JSON; one that is broken is
	                    * shown as it came, and where it is stands below */
	bool is_colored;
	unsigned glyph_flags;            /* GLYPH_ASCII */
	const struct encoding *encoding; /* of messages; NULL: UTF-8 */
	enum time_mode time;
	int64_t start_ns;          /* of the program: for TIME_START */
	const struct ticks *ticks; /* of the messages sent: for TIME_ANSWER */
	bool shows_numbers;        /* of the peers */
	bool reserves_numbers;     /* their column is there, and empty */
	uint64_t numbers_since;    /* entries before have no such column */
	bool shows_old; /* which entries were loaded: by a colon */
	/* Of the entries: format_entry() finds there the one before, for
	 * TIME_DELTA. */
	const struct transcript *transcript;
	enum encode encode; /* for JSON */
	bool has_data; /* for JSON: messages are bytes as they moved, cut by
	                * nothing: of the kind "data" */
	enum offsets offsets; /* in hex: of a message, or of its direction */
	/* FORMATs of unpack.h for the payloads of what comes, and of what goes;
	 * "" or NULL: none. */
	const char *unpack[2];
};

/* What the options say of it; their FORMATs are borrowed. */
struct wrap_look wrap_look_of(const struct options *o);

/* The FORMAT by which the fields of this entry are told, or NULL. */
const char *wrap_unpack(const struct wrap_look *look, const struct entry *e);

/* A message and a layout of it; without gaps, for its bytes are compared. */
struct wrap_key {
	uint64_t seq;
	size_t len, columns;
	unsigned view, endings, tail_width, entry_flags, glyph_flags, encoding;
	unsigned unpack, indents_json, fate, part_count;
};

/* Where a row begins.  JSON is cut from the beginning of the token on that is
 * there or begins there. */
struct wrap_begin {
	size_t at, token;
	struct json_place place; /* in front of that token */
};

/* Where the rows of a long message begin, remembered from one call to the next:
 * they are counted once, and drawing begins in the middle.  All zero knows
 * nothing. */
struct wrap_map {
	struct wrap_key key;
	size_t rows;
	struct wrap_begin *begins; /* of each WRAP_MAP_ROWS'th row */
	size_t count, cap;
	enum json_verdict json;
	struct json_fault fault;
};

#define WRAP_DUMP     ((size_t)2) /* the column where rows of a dump begin */
#define WRAP_MAP_ROWS 256
#define WRAP_MAP_MIN  ((size_t)4096) /* a shorter message needs none */

void wrap_map_finish(struct wrap_map *m);

struct wrap_settings {
	struct wrap_look look;
	size_t columns; /* at least 1; SIZE_MAX for one row */
	/* The columns in front of the content: rows of a dump begin among them,
	 * in WRAP_DUMP.  0: they begin where the content does. */
	size_t margin;
	/* Only these rows are given to `fn`. */
	size_t first_row, row_count;
	/* The parts of the content that are marked. */
	struct hit_list hits;
	size_t now; /* where the current one of them begins */
	struct wrap_map *map; /* for this entry, or NULL */
	/* Only the beginning of a long message is shown, and how much there is
	 * more; of what a notice means, what fits beside its text. */
	bool is_folded;
	uint64_t base; /* what offsets in hex count from: wrap_base() */
	/* The entry of which only a piece is laid out, or NULL: it has the
	 * fields. */
	const struct entry *whole;
	/* Is put behind the content, of characters a column wide; or NULL. */
	const char *tail;
};

/* Where the first byte of the entry is, as offsets count. */
uint64_t wrap_base(const struct wrap_look *look, const struct entry *e);

/* Lay out the content of `e`.  Returns how many rows it takes, at least 1; with
 * `fn` NULL they are only counted. */
size_t wrap_entry(const struct entry *e, const struct wrap_settings *settings,
                  wrap_fn *fn, void *user);

/* Whether it takes so many rows that it should be folded; or it is a notice
 * that is explained. */
bool wrap_folds(const struct entry *e, const struct wrap_settings *settings);

/* How many bytes of a message its rows show. */
size_t wrap_kept(const struct entry *e, const struct wrap_settings *settings);

/* The first row that shows the byte `offset` of the content. */
size_t wrap_row_of(const struct entry *e, const struct wrap_settings *settings,
                   size_t offset);

/* The bytes of the content that the same row shows as the byte `offset`: from
 * `*begin` to before `*end`.  In the mixed view, of the dump. */
void wrap_row_bytes(const struct entry *e, const struct wrap_settings *settings,
                    size_t offset, size_t *begin, size_t *end);

/* What stands before the content: "12:34:56 2 < ", of a message that is held
 * "12:34:56 2 ‖3 < ", of an entry that was loaded "12:34:56 :2 < ", without
 * numbers "12:34:56 :< ".  It is equally wide for all entries of a display but
 * for those that are held, and peers' numbers above 9. */
struct wrap_head {
	char text[64]; /* a string */
	size_t len, columns;
	size_t mark; /* where the mark begins, which may be "‖3 <": all before
	              * it is ASCII */
};

/* `before` is the entry before it, or NULL. */
struct wrap_head wrap_head(const struct wrap_look *look, const struct entry *e,
                           const struct entry *before);

#endif
