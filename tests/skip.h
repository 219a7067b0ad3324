/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Tests that this machine cannot run.  The runner shows the reason, and .ci/run
 * does not accept any.  Include it after <cmocka.h>. */

#ifndef TESTS_SKIP_H
#define TESTS_SKIP_H

/* What main() returns when the whole program is skipped. */
#define SKIPPED 77

/* End this test. */
static inline void skip_because(const char *reason)
{
	print_message("skipped: %s\n", reason);
	skip();
}

#endif
