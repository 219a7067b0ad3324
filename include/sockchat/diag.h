/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The end of the program when it is not the one that was planned. */

#ifndef SOCKCHAT_DIAG_H
#define SOCKCHAT_DIAG_H

typedef void diag_last_words_fn(void);

/* Call `fn` once before the program ends, whichever way: die(), exit(), or a
 * signal whose default is to end it.  The program still ends by that signal.
 * Those that are ignored stay so, and who catches some of them later has them.
 * `fn` must be async-signal-safe.  NULL for nothing. */
void diag_set_last_words(diag_last_words_fn *fn);

/* Print "sockchat: …" on standard error and exit 1.  For what cannot be: no
 * memory at the start, a broken invariant. */
_Noreturn void die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* End the program by `signum` as if it had never been caught, so that a shell
 * sees 128 + signum. */
_Noreturn void die_by_signal(int signum);

#endif
