/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The programs in tests/e2e/middle, which put a sockchat between others. */

#ifndef TESTS_MIDDLE_H
#define TESTS_MIDDLE_H

#include <stdlib.h>

#include "peer.h"

/* Run one of them to its end: it says nothing if all is well. */
static inline void run_middle(const char *program, const char *word,
                              const char *other)
{
	const char *argv[] = { "python3", peer_path(program),
		               getenv("SOCKCHAT_BIN"), word, other, NULL };
	struct proc p;

	proc_start(&p, argv, NULL, PROC_CLOSED, PROC_PIPE, PROC_PIPE);
	proc_expect_exit(&p, 0);
	assert_silent(&p);
	proc_finish(&p);
}

#endif
