/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the doctor makes of failures, word for word. */

#include "golden.h"

#include <sockchat/bytes.h>

#include "../../src/front/doctor.h"

static void every_remedy_is_the_one_in_the_golden_file(void **state)
{
	struct bytes all = { 0 };
	const struct remedy *r = doctor_remedies;
	(void)state;
	do {
		bytes_printf(&all, "%s\n  verdict: %s\n  try next: %s\n",
		             *r->code ? r->code : "any other", r->verdict,
		             r->next);
	} while (*r++->code);
	assert_golden("tests/golden/doctor.txt", bytes_text(&all));
	bytes_finish(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_remedy_is_the_one_in_the_golden_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
