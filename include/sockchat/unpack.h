/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The fields of binary data, in the notation of Python's struct with names:
 * ">H:type 16s:name *:rest".  A FORMAT is read as it is walked, so its length
 * and its counts cost no memory. */

#ifndef SOCKCHAT_UNPACK_H
#define SOCKCHAT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/bytes.h>
#include <sockchat/encoding.h>
#include <sockchat/error.h>

#define UNPACK_FORMAT_MAX 1024 /* of an option, with the NUL */
#define UNPACK_NAME_MAX   64   /* with the NUL */
#define UNPACK_ROW_MAX    4096 /* of unpack_text() */

enum unpack_kind {
	UNPACK_NOTHING, /* bytes without a value, or no bytes: only a place */
	UNPACK_INTEGER,
	UNPACK_BOOL,
	UNPACK_REAL,
	UNPACK_CHAR,    /* one byte */
	UNPACK_STRING,
	UNPACK_PASCAL,  /* a byte that tells the length, and so many bytes */
	UNPACK_REST,    /* all bytes that are left */
};

/* An item of a FORMAT: `count` values of `size` bytes each.  A string is one
 * value. */
struct unpack_field {
	enum unpack_kind kind;
	char letter;              /* 'H' */
	bool is_signed, is_little, has_name;
	uint64_t at, size, count; /* `at`: where its first byte is */
	size_t column;            /* where it stands in FORMAT, from 1 */
	char name[UNPACK_NAME_MAX]; /* "field3" if it has none */
};

/* Where a walk through a FORMAT is, which is borrowed. */
struct unpack {
	const char *format;
	size_t len, pos;
	bool is_native, is_little, has_rest;
	uint64_t end;  /* of the items so far, in bytes */
	size_t number; /* of the items so far that have a value */
};

struct unpack_value {
	enum unpack_kind kind; /* INTEGER, BOOL, REAL, or CHAR for bytes */
	bool is_negative;
	bool is_single;        /* it is no more exact than a float of C */
	uint64_t number;       /* how far from 0; of a BOOL 0 or 1 */
	double real;
	const uint8_t *bytes;  /* borrowed from the payload */
	size_t len;
};

void unpack_begin(struct unpack *u, const char *format, size_t len);

/* Find the next item.  1, 0 behind the last, or -1 with a sentence that names
 * the column. */
MUST_USE
int unpack_next(struct unpack *u, struct unpack_field *f, struct error *e);

/* How many values FORMAT has, as far as it can be walked. */
uint64_t unpack_values(const char *format, size_t len);

/* Check that FORMAT can be walked and that no two names are the same.  -1 with
 * a sentence that names the column. */
MUST_USE int unpack_check(const char *format, size_t len, struct error *e);

/* Find the next item that has a value, in a payload of `len` bytes.  False
 * behind the last: then the sentence is "", or it says at which byte FORMAT
 * and the payload part. */
bool unpack_read(struct unpack *u, size_t len, struct unpack_field *f,
                 struct error *e);

/* Value `i` of a field that unpack_read() has found. */
struct unpack_value unpack_value(const struct unpack_field *f,
                                 const uint8_t *payload, uint64_t i);

/* Write a value that has no bytes: "-3", "true", "0.5", "nan", as Python tells
 * numbers. */
#define UNPACK_NUMBER_MAX 32
void unpack_number(char out[UNPACK_NUMBER_MAX], const struct unpack_value *v);

/* Append a row for people: `type=3 name="abc"`, and what does not fit.  It is
 * printable, has no more than UNPACK_ROW_MAX bytes, and ends in "..." when that
 * is not all.  Strings are in this encoding; NULL is UTF-8.  -1 without
 * memory. */
MUST_USE
int unpack_text(struct bytes *out, const char *format, const uint8_t *payload,
                size_t len, const struct encoding *enc);

/* pack.c: append the bytes that "FORMAT VALUE..." stands for.  A word with
 * spaces is in quotes; strings have /send's escapes.  -1 with a sentence that
 * names the value; then nothing is added. */
#define PACK_MAX ((size_t)16 << 20)
MUST_USE
int pack_parse(struct bytes *out, const char *text, size_t len,
               struct error *e);

#endif
