/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Part of every test program: runs only the tests that $TEST_NAME matches, which
 * may have '*' and '?'. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

__attribute__((constructor)) static void run_only_the_named(void)
{
	const char *name = getenv("TEST_NAME");

	if (name)
		cmocka_set_test_filter(name);
}
