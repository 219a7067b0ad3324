/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the files that read pasted bytes share. */

#ifndef BASE_HEXTEXT_PRIVATE_H
#define BASE_HEXTEXT_PRIVATE_H

#include <stdbool.h>

#include <sockchat/hextext.h>

/* A text that is read from its beginning. */
struct hextext {
	const char *text;
	size_t len, at;
	struct bytes *out;
	struct error *e;
};

/* Say what is wrong with the character at `at`, after its place.  Returns
 * -1. */
int hextext_refuse(const struct hextext *h, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Append a byte, or several.  -1 with a sentence. */
MUST_USE int hextext_put(struct hextext *h, int byte);
MUST_USE int hextext_put_all(struct hextext *h, const uint8_t *bytes,
                             size_t len);

/* The character at `at`; NUL behind the end. */
static inline char hextext_char(const struct hextext *h, size_t at)
{
	return at < h->len ? h->text[at] : '\0';
}

/* How many hex digits stand at `at`. */
size_t hextext_digits(const struct hextext *h, size_t at);

/* Each form has two functions: does the text, whose white space in front is
 * behind us, begin like it; and read it.  -1 with a sentence. */
bool hextext_is_dump(const struct hextext *h);
int hextext_dump(struct hextext *h);
bool hextext_is_list(const struct hextext *h);
int hextext_list(struct hextext *h);
bool hextext_is_quoted(const struct hextext *h);
int hextext_quoted(struct hextext *h);

/* Read the escape whose backslash is at h->at, as C and Python both have it.
 * Returns the byte, -1 with a sentence. */
int hextext_escape(struct hextext *h);

/* Skip white space, comments of C, and a backslash at the end of a line. */
void hextext_skip_space(struct hextext *h);

/* Skip "NAME =", "unsigned char NAME[3] =" and the like.  Returns the length
 * within the brackets, or -1. */
long hextext_skip_name(struct hextext *h);

#endif
