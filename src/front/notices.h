/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Sentences on standard error, a line each. */

#ifndef SOCKCHAT_NOTICES_H
#define SOCKCHAT_NOTICES_H

#include <stdbool.h>

#include <sockchat/error.h>

#include "pipe_io.h"

struct notices {
	struct outlet outlet;
	bool is_stuck; /* nobody reads: no more waiting */
	int status_len; /* columns of an unfinished line */
};

/* Write to standard error from now on. */
void notices_open(struct notices *n);
void notices_close(struct notices *n);
/* Write the sentence, behind "sockchat: ". */
void notices_print(struct notices *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Write the sentence, and the hint on a line of its own. */
void notices_error(struct notices *n, const struct error *e);
/* Write that we cannot do `what`, because of errno. */
void notices_errno(struct notices *n, const char *what);
/* Write a step of a dial: on_step of struct dial_steps, with `n` as `user`. */
void notices_step(void *n, const char *code, const char *text);

/* Write a line, in ASCII, over the one before; it stays until the next one or
 * a notice.  A terminal that is not ready misses it. */
void notices_status(struct notices *n, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* End the line, so that it stays. */
void notices_end_status(struct notices *n);

#endif
