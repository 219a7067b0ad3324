/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Ends of the program that nobody planned. */

#ifndef SOCKCHAT_DIAG_H
#define SOCKCHAT_DIAG_H

typedef void diag_last_words_fn(void);

/* Who has something to put in order. */
enum diag_room { DIAG_TERMINAL, DIAG_FILES, DIAG_ROOMS };

/* Call `fn` once before the program ends by die(), by exit(), or by a signal
 * whose default is to end it; it still ends by that signal.  A signal that is
 * ignored stays so, and one that the program catches itself, before or later,
 * does not call `fn`.  `fn` must be async-signal-safe; NULL for nothing. */
void diag_set_last_words(enum diag_room room, diag_last_words_fn *fn);

/* Print "sockchat: …" on standard error and exit 1.  For what cannot be: no
 * memory at the start, a broken invariant. */
_Noreturn void die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* End the program by `signum` as if it had never been caught, so that a shell
 * sees 128 + signum. */
_Noreturn void die_by_signal(int signum);

#endif
