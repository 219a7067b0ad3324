/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Descriptors as endpoints. */

#include "endpoint_rows.h"

static void assert_descriptors(const char *word, unsigned first, unsigned count,
                               const char *shown)
{
	struct endpoint ep;
	struct error e;
	char text[ENDPOINT_TEXT_MAX];
	unsigned found;

	if (endpoint_parse(&ep, ENDPOINT_LISTEN, &word, 1, &e))
		fail_msg("%s: %s", word, e.text);
	assert_int_equal(ep.scheme, ENDPOINT_FD);
	assert_int_equal(endpoint_descriptors(&ep, &found), count);
	assert_int_equal(found, first);
	endpoint_format(&ep, text);
	assert_string_equal(text, shown);
	assert_true(endpoint_knows_port(&ep));
	assert_false(endpoint_has_name(&ep));
}

static void a_descriptor_has_a_number_and_some_have_two(void **state)
{
	(void)state;
	assert_descriptors("fd:0", 0, 1, "fd:0");
	assert_descriptors("fd:3", 3, 1, "fd:3");
	assert_descriptors("FD:12", 12, 1, "fd:12");
	assert_descriptors("fd:003", 3, 1, "fd:3");
	assert_descriptors("fd:3-5", 3, 3, "fd:3-5");
	assert_descriptors("fd:3-3", 3, 1, "fd:3");
	assert_descriptors("fd:3-66", 3, 64, "fd:3-66");
	assert_descriptors("fd://3", 3, 1, "fd:3"); /* dockerd's */
}

static void what_names_no_descriptor_is_refused(void **state)
{
	static const char *const words[] = {
		"fd:", "fd:x", "fd:-1", "fd:3-", "fd:3-2", "fd:3-67", "fd:+3",
		"fd:3,4", "fd:99999999999", "fd:2147483647", "fd:3-x", "fd://",
		"fd:0000000000000000000000000000000000003",
	};
	struct endpoint ep;
	struct error e;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		char text[128];
		if (!endpoint_parse(&ep, ENDPOINT_LISTEN, &words[i], 1, &e))
			fail_msg("%s was taken", words[i]);
		snprintf(text, sizeof(text),
		         "%s is not a descriptor: write fd:3", words[i]);
		assert_string_equal(e.text, text);
	}
}

static void a_descriptor_has_no_port_and_is_no_server(void **state)
{
	static const struct good good[] = {
		{ ENDPOINT_LISTEN, { "fd:3" }, "3", "" },
	};
	static const struct bad rows[] = {
		{ ENDPOINT_LISTEN,
		  { "fd:3", "99" },
		  "99 is one word too many: a descriptor has no port" },
		{ ENDPOINT_CONNECT,
		  { "fd:3" },
		  "fd:3 is already open: there is nothing to connect to" },
	};

	(void)state;
	GOOD(good);
	BAD(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_descriptor_has_a_number_and_some_have_two),
		cmocka_unit_test(what_names_no_descriptor_is_refused),
		cmocka_unit_test(a_descriptor_has_no_port_and_is_no_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
