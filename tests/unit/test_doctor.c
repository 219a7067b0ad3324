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
		bytes_printf(&all, "%s, %s\n  verdict: %s\n  try next: %s\n",
		             *r->code ? r->code : "any other", r->fault,
		             r->verdict, r->next);
	} while (*r++->code);
	assert_golden("tests/golden/doctor.txt", bytes_text(&all));
	bytes_finish(&all);
}

static void assert_remedy(const char *step, const char *code,
                          const char *wanted)
{
	assert_string_equal(doctor_remedy(step, code)->code, wanted);
}

static void the_step_tells_what_a_code_means(void **state)
{
	(void)state;
	assert_remedy("connect", "ETIMEDOUT", "ETIMEDOUT");
	assert_remedy("proxy", "ETIMEDOUT", "PROXY_TIMEOUT");
	assert_remedy("handshake", "ETIMEDOUT", "TLS_TIMEOUT");
	assert_remedy("handshake", "ECONNRESET", "TLS_RESET");
	assert_remedy("certificate", "TLS_EXPIRED", "TLS_EXPIRED");
	assert_remedy("handshake", "TLS_ALERT_DECODE_ERROR", "TLS_ALERT");
	assert_remedy("handshake", "TLS_NEW", "TLS_PROTOCOL");
	assert_remedy("connect", "ENEW", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_step_tells_what_a_code_means),
		cmocka_unit_test(every_remedy_is_the_one_in_the_golden_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
