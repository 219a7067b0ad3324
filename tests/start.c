/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Part of every test program, before main(): the locale is the same everywhere,
 * and only the tests run that $TEST_NAME matches, which may have '*' and '?'. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

__attribute__((constructor)) static void start_test(void)
{
	const char *name = getenv("TEST_NAME");

	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	setenv("LANG", "C.UTF-8", 1);
	if (name)
		cmocka_set_test_filter(name);
}
