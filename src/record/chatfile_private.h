/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files that read steps share, be they of a .chat file or another. */

#ifndef RECORD_CHATFILE_PRIVATE_H
#define RECORD_CHATFILE_PRIVATE_H

#include "chatfile_lines.h"

/* chatfile_items.c */

/* What lines are read into. */
struct chat_reader {
	const char *name; /* of the file, in sentences; borrowed */
	int folder;       /* for `file "NAME"`, borrowed; -1: it has none */
	struct chat_line line; /* the one that is read */
	struct chat_step step;
	bool has_item;    /* the step has one already */
	struct chat_fill *fills;
	size_t fill_cap;
	struct bytes name_room; /* of a file's name */
};

void chat_reader_finish(struct chat_reader *r);
/* Say what is wrong at the byte `at` of its line.  Returns -1. */
int chat_reader_refuse(const struct chat_reader *r, size_t at, struct error *e,
                       const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void chat_reader_skip_blanks(struct chat_reader *r);
/* Whether only blanks or a comment follow. */
bool chat_reader_is_at_end(struct chat_reader *r);
/* The length of the word at the place, up to a blank or a quote. */
size_t chat_reader_word(const struct chat_reader *r);
/* Whether the next `len` bytes are this word. */
bool chat_reader_is_at(const struct chat_reader *r, const char *word,
                       size_t len);

/* Add the text in quotes at the place to the step, and go behind it. */
MUST_USE int chat_read_string(struct chat_reader *r, struct error *e);
/* Set the step to the /EXPRESSION/ at the place, and go behind it. */
MUST_USE int chat_read_expression(struct chat_reader *r, struct error *e);
/* Add all items up to the end of the line. */
MUST_USE int chat_read_items(struct chat_reader *r, struct error *e);

/* chatfile_step.c */

/* Begin a step with the line at the place, and read the items on it. */
MUST_USE int chat_step_begin(struct chat_reader *r, struct error *e);
/* Begin a step of this side with the items at the place. */
MUST_USE
int chat_step_begin_items(struct chat_reader *r, enum chat_side side,
                          struct error *e);
/* Add the items of the line, which is indented. */
MUST_USE int chat_step_go_on(struct chat_reader *r, struct error *e);
/* The step is over: it has to have an item. */
MUST_USE int chat_step_end(struct chat_reader *r, struct error *e);

/* chatfile.c */

struct chatfile {
	char *name;
	int folder;
	struct chat_lines lines;
	struct chat_reader reader;
	struct chat_head head;
	struct chat_place first; /* of its steps */
	bool wants_comments;
	bool has_datagrams;
	uint64_t most; /* bytes in all steps */
	struct chat_facts facts;
	uint32_t *peers; /* of the facts */
};

/* chatfile_beneath.c */

/* Open the folder that a path is in.  -1 with errno. */
MUST_USE int chat_open_folder(const char *path);
/* Append a file in or below the folder, but nothing that links lead to.  -1
 * with a sentence. */
MUST_USE
int chat_read_beneath(struct bytes *out, int folder, const char *name,
                      struct error *e);

#endif
