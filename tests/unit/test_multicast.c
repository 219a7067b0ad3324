/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which words are multicast groups. */

#include "unit.h"

#include <sockchat/multicast.h>

#include "../fake/fake_transport.h"

static void assert_groups(const char *text, const char *expected)
{
	struct multicast g = { .count = 0 };
	char out[128];
	struct error e;

	assert_int_equal(multicast_parse(&g, text, &e), 0);
	multicast_describe(out, sizeof(out), &g);
	assert_string_equal(out, expected);
}

static void groups_are_addresses_with_an_interface(void **state)
{
	(void)state;
	assert_groups("239.1.2.3", "239.1.2.3");
	assert_groups("ff02::FB", "ff02::fb");
	assert_groups("239.1.2.3@lo", "239.1.2.3@lo");
	assert_groups("ff02::fb%lo", "ff02::fb@lo");
	assert_groups("224.0.0.251, ff02::fb@lo 239.1.1.1",
	              "224.0.0.251 ff02::fb@lo 239.1.1.1");
	assert_groups("239.1.1.1 off", "");
	assert_groups("", "");
}

static void others_are_named(void **state)
{
	static const char *const cases[][2] = {
		{ "192.0.2.1", "192.0.2.1 is not a multicast group: give an "
		               "address like 239.1.2.3 or ff02::fb" },
		{ "fe80::1", "fe80::1 is not a multicast group: give an "
		             "address like 239.1.2.3 or ff02::fb" },
		{ "239.1.2.3@nosuch0", "no such interface: nosuch0, of the "
		                       "group 239.1.2.3" },
		{ "239.1.2.3@", "no such interface: , of the group 239.1.2.3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct multicast g = { .count = 0 };
		struct error e;

		assert_int_equal(multicast_parse(&g, cases[i][0], &e), -1);
		assert_string_equal(e.text, cases[i][1]);
		assert_int_equal(g.count, 0);
	}
}

static void there_are_only_so_many(void **state)
{
	struct multicast g = { .count = 0 };
	struct error e;

	(void)state;
	for (int i = 0; i < MULTICAST_MAX; i++)
		assert_int_equal(multicast_parse(&g, "239.1.2.3", &e), 0);
	assert_int_equal(multicast_parse(&g, "239.1.2.3", &e), -1);
	assert_int_equal(g.count, MULTICAST_MAX);
}

static void an_address_is_a_groups_or_not(void **state)
{
	static const struct {
		const char *where;
		bool is_group;
	} cases[] = {
		{ "223.255.255.255:1", false }, { "224.0.0.0:1", true },
		{ "239.255.255.255:1", true },  { "240.0.0.0:1", false },
		{ "[ff02::1]:1", true },        { "[fe80::1]:1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct address a = fake_address(cases[i].where);

		assert_int_equal(address_is_group(&a), cases[i].is_group);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_addresses_with_an_interface),
		cmocka_unit_test(others_are_named),
		cmocka_unit_test(there_are_only_so_many),
		cmocka_unit_test(an_address_is_a_groups_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
