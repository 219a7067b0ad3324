/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* cmocka, and what it lacks or calls by another name in each version. */

#ifndef TESTS_CMOCKA_MORE_H
#define TESTS_CMOCKA_MORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef stop /* cmocka's macro would take the place of members called so */

/* What main() returns when this machine cannot run any of the tests; before, it
 * prints a line "skipped: " with the reason. */
#define SKIPPED 77

/* End a test that this machine cannot run.  The runner shows the reason, and
 * .ci/run does not accept any. */
static inline void skip_because(const char *reason)
{
	print_message("skipped: %s\n", reason);
	skip();
}

/* `value` is at least `low` and at most `high`; none of them is negative. */
#define assert_between(value, low, high)                                  \
	assert_between_at((uintmax_t)(value), (uintmax_t)(low),           \
	                  (uintmax_t)(high), #value, __FILE__, __LINE__)

static inline void assert_between_at(uintmax_t value, uintmax_t low,
                                     uintmax_t high, const char *text,
                                     const char *file, int line)
{
	if (value >= low && value <= high)
		return;
	print_error("%s is %ju, not between %ju and %ju\n", text, value, low,
	            high);
	_fail(file, line);
}

#endif
