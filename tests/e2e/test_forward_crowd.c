/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Many clients and their servers, and some that are killed, with a sockchat
 * that forwards between them, by the programs in tests/e2e/middle. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "middle.h"

static void a_thousand_clients_at_once_get_their_own_bytes(void **state)
{
	(void)state;
	run_middle("../middle/crowd.py", "at-once", "1000");
}

static void clients_that_have_gone_leave_no_memory_behind(void **state)
{
	(void)state;
	run_middle("../middle/crowd.py", "in-turn", "500");
}

static void each_end_may_be_killed_at_any_moment(void **state)
{
	(void)state;
	run_middle("../middle/killed.py", NULL, NULL);
}

int main(void)
{
#define T(test) cmocka_unit_test(test)
	const struct CMUnitTest tests[] = {
		T(a_thousand_clients_at_once_get_their_own_bytes),
		T(clients_that_have_gone_leave_no_memory_behind),
		T(each_end_may_be_killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
