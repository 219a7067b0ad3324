/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Peers are told apart by where they are, and where they wrote to. */

#include "unit.h"

#include <arpa/inet.h>

#include "../../src/net/udp_table.h"
#include "../fake/fake_transport.h"

static struct udp_table table;
static struct udp_entry room[3000];

/* Who writes from `source` to `here`, an address without a port, or NULL. */
static struct udp_ends ends(const char *source, const char *here)
{
	struct address a = fake_address(source);
	struct in6_addr to;
	struct udp_ends out;

	if (here)
		assert_int_equal(inet_pton(a.sa.ss_family, here, &to), 1);
	udp_ends_set(&out, (const struct sockaddr *)&a.sa, here ? &to : NULL);
	return out;
}

static struct udp_entry *add(size_t i, struct udp_ends e)
{
	room[i].ends = e;
	udp_table_add(&table, &room[i]);
	return &room[i];
}

static struct udp_entry *find(const char *source, const char *here)
{
	struct udp_ends e = ends(source, here);

	return udp_table_find(&table, &e);
}

static int clear(void **state)
{
	(void)state;
	memset(&table, 0, sizeof(table));
	return 0;
}

static void peers_are_told_apart_by_both_ends(void **state)
{
	struct udp_entry *a = add(0, ends("127.0.0.1:4000", "127.0.0.1"));
	struct udp_entry *b = add(1, ends("127.0.0.1:4000", "127.0.0.2"));
	struct udp_entry *c = add(2, ends("127.0.0.1:4001", "127.0.0.1"));
	struct udp_entry *d = add(3, ends("[::1]:4000", "::1"));

	(void)state;
	assert_ptr_equal(find("127.0.0.1:4000", "127.0.0.1"), a);
	assert_ptr_equal(find("127.0.0.1:4000", "127.0.0.2"), b);
	assert_ptr_equal(find("127.0.0.1:4001", "127.0.0.1"), c);
	assert_ptr_equal(find("[::1]:4000", "::1"), d);
	assert_null(find("127.0.0.1:4001", "127.0.0.2"));
	assert_null(find("127.0.0.1:4000", NULL));
}

static void a_removed_peer_is_not_found_any_more(void **state)
{
	struct udp_entry *a = add(0, ends("127.0.0.1:4000", NULL));

	(void)state;
	udp_table_remove(&table, a);
	assert_null(find("127.0.0.1:4000", NULL));
}

static void many_peers_share_the_buckets(void **state)
{
	char source[32];

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		snprintf(source, sizeof(source), "127.0.0.1:%zu", i + 1);
		add(i, ends(source, NULL));
	}
	for (size_t i = 0; i < 3000; i += 2)
		udp_table_remove(&table, &room[i]);
	for (size_t i = 0; i < 3000; i++)
		assert_ptr_equal(udp_table_find(&table, &room[i].ends),
		                 i % 2 ? &room[i] : NULL);
}

static void a_source_is_found_wherever_it_wrote_to(void **state)
{
	struct udp_entry *a = add(0, ends("127.0.0.1:4000", "127.0.0.2"));
	struct udp_ends e = ends("127.0.0.1:4000", NULL);
	struct udp_ends other = ends("127.0.0.1:4001", NULL);

	(void)state;
	assert_ptr_equal(udp_table_find_source(&table, &e), a);
	assert_null(udp_table_find_source(&table, &other));
}

static void both_ends_are_addresses_again(void **state)
{
	static const char *const cases[][3] = {
		{ "127.0.0.1:4000", "127.0.0.2", "127.0.0.2:9" },
		{ "[2001:db8::1]:4000", "::1", "[::1]:9" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct udp_ends e = ends(cases[i][0], cases[i][1]);
		struct address a;
		char text[ADDRESS_TEXT_MAX];

		udp_ends_source(&e, &a);
		address_format(&a, text);
		assert_string_equal(text, cases[i][0]);
		address_set_port(&a, 9);
		udp_ends_here(&e, &a);
		address_format(&a, text);
		assert_string_equal(text, cases[i][2]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(peers_are_told_apart_by_both_ends,
		                       clear),
		cmocka_unit_test_setup(a_removed_peer_is_not_found_any_more,
		                       clear),
		cmocka_unit_test_setup(many_peers_share_the_buckets, clear),
		cmocka_unit_test_setup(a_source_is_found_wherever_it_wrote_to,
		                       clear),
		cmocka_unit_test_setup(both_ends_are_addresses_again, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
