/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The terminal itself: its modes, its size, its going; given back on every way
 * out: die(), exit() and all signals that can be caught.  One at a time. */

#ifndef TUI_TERM_H
#define TUI_TERM_H

#include <stdbool.h>

#include <sockchat/bytes.h>
#include <sockchat/error.h>
#include <sockchat/loop.h>

/* Remember the modes of the terminal on descriptors 0 and 1.  -1 with a
 * sentence. */
MUST_USE int term_open(struct loop *l, struct error *e);
void term_close(void);
/* Whether the terminal is ours now, and not the shell's. */
bool term_is_ours(void);

/* Take it over: keys come as they are, and standard error is kept for later. */
enum term_use { TERM_PAINTED, TERM_LINES };
MUST_USE int term_enter(enum term_use use);
/* Give it back: write `bytes` out, within a second, then set the modes as they
 * were.  NULL when there was no memory for them: then what term_set_reset() got
 * is written. */
void term_leave(const struct bytes *bytes);

/* What TERM says of it, or "". */
const char *term_type(void);

/* Lines and columns, at most ROWS_MAX and COLUMNS_MAX (term.c).  False when the
 * terminal doesn't say. */
bool term_size(int *rows, int *columns);

/* Turn on these private modes (modes.h) and no others; they are off again on
 * every way out.  Not to be called while term_is_busy(), or nobody would know
 * which of them are on.  -1 without memory: nothing has changed. */
MUST_USE int term_set_modes(unsigned modes);
/* What else brings the terminal back on an unplanned way out.  Takes
 * `bytes`. */
void term_set_reset(struct bytes *bytes);

/* Queue bytes; never waits.  -1 without memory: none was queued. */
MUST_USE int term_write(const void *bytes, size_t len);
/* The same for a frame: from the first one on, what term_set_reset() got is
 * needed at the end. */
MUST_USE int term_show(const void *frame, size_t len);
/* Whether some of them have not left yet: no new frame then. */
bool term_is_busy(void);

/* What was written to standard error since the last call. */
void term_take_stderr(struct bytes *out);

/* Stop until somebody continues us.  The job is all processes that the terminal
 * itself would stop at Ctrl-Z: a script that waits for us has to stop as well,
 * or the shell behind it would not see that we did. */
void term_suspend(void);
void term_suspend_job(void);

#endif
