/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The end of the program when nobody can do anything about it. */

#ifndef SOCKCHAT_DIAG_H
#define SOCKCHAT_DIAG_H

typedef void diag_last_words_fn(void);

/* Call `fn` before the program dies, to give the terminal back.  It must be
 * async-signal-safe.  NULL for nothing. */
void diag_set_last_words(diag_last_words_fn *fn);

/* Give the terminal back without ending; what a crash handler calls. */
void diag_last_words(void);

/* Print "sockchat: …" on standard error and exit 1.  For what cannot be: no
 * memory at the start, a broken invariant. */
_Noreturn void die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

#endif
