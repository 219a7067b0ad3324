/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The one place where a stranger's bytes become something to look at.  Every
 * text from outside goes through here before it reaches a terminal: peers,
 * resolver answers, file names, the input line. */

#ifndef SOCKCHAT_GLYPH_H
#define SOCKCHAT_GLYPH_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>

#define GLYPH_TEXT_MAX 24
#define GLYPH_MARKS_MAX 4

/* A glyph fills one place on the screen: a character with its combining marks,
 * or the visible form of a byte that is not text. */
struct glyph {
	char text[GLYPH_TEXT_MAX]; /* UTF-8, printable, NUL-terminated */
	uint8_t text_len;
	uint8_t width;   /* columns, at least 1 */
	size_t len;      /* how many bytes it stands for, at least 1 */
	bool is_escaped; /* a visible form: to be shown apart from real text */
};

/* ASCII only: everything else is shown as `\xNN`.  For terminals and logs that
 * are not UTF-8. */
#define GLYPH_ASCII 1u
/* Characters whose width libc does not know are text too, so that the result
 * does not depend on the locale.  For what is not shown on a screen. */
#define GLYPH_ANY_WIDTH 2u

/* Put the first glyph of `bytes` into `*g`.  Returns how many bytes it stands
 * for, 0 at the end.  A bad byte becomes `\xNN`, C0 and DEL `^G`, a format,
 * bidi, private or unassigned character and a combining mark without a base
 * `<U+202E>`.  Widths are libc's, as curses has them: LC_CTYPE has to be a
 * UTF-8 locale, else GLYPH_ASCII has to be given. */
size_t glyph_next(struct glyph *g, const uint8_t *bytes, size_t len,
                  unsigned flags);

/* True for a character that is not seen, or that moves others, in any locale:
 * formats, directions, private ones, fillers. */
bool glyph_is_hidden(uint32_t cp);

/* The columns of all glyphs of `bytes`. */
size_t glyph_width(const uint8_t *bytes, size_t len, unsigned flags);

/* Copy the text of all glyphs into a small buffer.  It is cut between two
 * glyphs, and ends in NUL.  `cap` is at least 1. */
void glyph_copy(char *out, size_t cap, const char *text, unsigned flags);
/* The same for a stranger's bytes, which may have a NUL among them. */
void glyph_copy_bytes(char *out, size_t cap, const uint8_t *bytes, size_t len,
                      unsigned flags);

/* Format a sentence of ours, which may have a stranger's words in it: as
 * vsnprintf(), then as glyph_copy() with GLYPH_ANY_WIDTH.  Words that were made
 * visible before stay as they are.  `cap` is at most GLYPH_SENTENCE_MAX. */
#define GLYPH_SENTENCE_MAX 1024
void glyph_vformat(char *out, size_t cap, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

#endif
