/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What is printed as JSON, judged by a program that knows the manual's page. */

#ifndef E2E_ENTRIES_H
#define E2E_ENTRIES_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>

#include <cmocka.h>

#include "peer.h"
#include "proc.h"

/* All that `p` has printed is as promised.  `check` prints the bytes of the
 * messages in the direction `which`, "in" or "out"; NULL: nothing. */
static inline void check_entries(struct proc *check, const struct proc *p,
                                 const char *which)
{
	const char *argv[] = { "python3", peer_path("check_entries.py"), which,
		               NULL };

	proc_start(check, argv, NULL, PROC_PIPE, PROC_PIPE, PROC_PIPE);
	proc_write(check, p->out_text.bytes, p->out_text.len);
	proc_end_in(check);
	proc_expect_exit(check, 0);
	assert_silent(check);
}

/* The same, and these are the bytes of the messages that came in. */
static inline void check_json(const struct proc *p, const void *bytes,
                              size_t len)
{
	struct proc check;

	check_entries(&check, p, "in");
	assert_int_equal(check.out_text.len, len);
	assert_memory_equal(check.out_text.bytes, bytes, len);
	proc_finish(&check);
}

#endif
