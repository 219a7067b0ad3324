/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What went wrong, said to the user: one sentence that names the thing, the
 * errno's name for programs, and what it most likely means.  Words of users and
 * peers may stand in it as they are: glyph_vformat() makes them visible. */

#ifndef SOCKCHAT_ERROR_H
#define SOCKCHAT_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

/* Marks every function whose result tells that it has failed: its caller has to
 * look.  Bytes are lost by failures that nobody sees. */
#define MUST_USE __attribute__((warn_unused_result))

struct error {
	char text[256]; /* lower case, no full stop */
	char hint[512]; /* what to look at next, or "" */
	char code[40];  /* "ECONNREFUSED", or "" */
	bool is_found;  /* the hint names the program that it is about */
	bool is_lasting; /* it is about an option: waiting does not help */
};

/* Write the sentence; the hint and the code become empty.  Returns -1, so that
 * a caller can return it on. */
int error_set(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void error_vset(struct error *e, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* As error_set(), followed by ": " and what the errno means; sets the code. */
int error_set_errno(struct error *e, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void error_set_hint(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void error_set_code(struct error *e, int errnum);
/* The code of what no errno tells, as "TLS_EXPIRED". */
void error_set_word(struct error *e, const char *code);

/* "ECONNREFUSED" for its number; "EUNKNOWN" for one that has no name. */
const char *error_name(int errnum);

#endif
