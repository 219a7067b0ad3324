/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A file, or a text, that is read line by line, in bounded memory; and
 * complaints about a place in a line. */

#ifndef RECORD_CHATFILE_LINES_H
#define RECORD_CHATFILE_LINES_H

#include <sockchat/chatfile.h>

#define CHAT_BLOCK_SIZE ((size_t)256 << 10)

struct chat_lines {
	const char *name; /* in sentences; borrowed */
	int fd;           /* -1: all is in the block */
	struct bytes block;
	size_t at;        /* of the next line, in the block */
	size_t number;    /* of the lines before it */
	uint64_t end;     /* of the block, in the file */
	uint64_t size;    /* of the file, as it was at first */
	size_t block_size; /* is read at once */
	size_t max;       /* bytes of a line */
};

/* A line without its ending, borrowed until the next; and a place in it. */
struct chat_line {
	const char *text;
	size_t len, at;
	size_t number; /* from 1 */
	bool is_last;  /* the file ends with it, without an ending of it */
};

/* Where the next line begins. */
struct chat_place {
	uint64_t offset;
	size_t number;
};

/* Open the file of this name, which is borrowed, and read it from the mark of
 * byte order on that editors put in front of UTF-8.  -1 with a sentence: then
 * there is nothing to finish. */
MUST_USE
int chat_lines_open(struct chat_lines *l, const char *name, struct error *e);
/* Read a text, which is borrowed. */
void chat_lines_text(struct chat_lines *l, const char *name, const void *text,
                     size_t len);
void chat_lines_finish(struct chat_lines *l);
/* The next line: 1, 0 at the end, -1 with a sentence. */
MUST_USE
int chat_lines_next(struct chat_lines *l, struct chat_line *line,
                    struct error *e);
struct chat_place chat_lines_place(const struct chat_lines *l);
void chat_lines_go(struct chat_lines *l, struct chat_place place);

/* Whether it has nothing but blanks, or a comment; and begins with a blank. */
bool chat_line_is_empty(const struct chat_line *line);
bool chat_line_is_comment(const struct chat_line *line);
bool chat_line_is_indented(const struct chat_line *line);

/* The character at the place; NUL behind the end, or for a NUL. */
static inline char chat_line_char(const struct chat_line *line)
{
	return (char)(line->at < line->len ? line->text[line->at] : '\0');
}

/* Say what is wrong at the byte `at` of this line: "NAME:7:12: …".  Returns
 * -1. */
int line_refuse(const char *name, const struct chat_line *line, size_t at,
                struct error *e, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same, by a sentence about the text that begins at `at`; if it begins with
 * "column N: ", that counts from there. */
int chat_refuse_part(const char *name, const struct chat_line *line, size_t at,
                     const struct error *why, struct error *e);

#endif
