/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Part of every test program, before main(): the locale is the same everywhere,
 * no signal is ignored, as SIGINT is in the background of a script, and only the
 * tests run that $TEST_NAME matches, which may have '*' and '?'. */

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void ignore_no_signal(void)
{
	for (int signum = 1; signum < NSIG; signum++) {
		struct sigaction action;
		if (!sigaction(signum, NULL, &action) &&
		    action.sa_handler == SIG_IGN)
			signal(signum, SIG_DFL);
	}
}

__attribute__((constructor)) static void start_test(void)
{
	const char *name = getenv("TEST_NAME");

	ignore_no_signal();
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	setenv("LANG", "C.UTF-8", 1);
	if (name)
		cmocka_set_test_filter(name);
}
