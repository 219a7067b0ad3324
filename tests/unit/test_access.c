/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Which peers the lists of --allow and --deny let come. */

#include <arpa/inet.h>

#include <sockchat/access.h>

#include "unit.h"

static struct access_list allow, deny;

static int begin(void **state)
{
	(void)state;
	memset(&allow, 0, sizeof(allow));
	memset(&deny, 0, sizeof(deny));
	return 0;
}

static void take(struct access_list *list, const char *text)
{
	struct error e;
	if (access_parse(list, text, &e))
		fail_msg("\"%s\" was not taken: %s", text, e.text);
}

/* Why it is refused; "" if it may come. */
static const char *ask(const char *host)
{
	struct in6_addr bytes;
	int family = strchr(host, ':') ? AF_INET6 : AF_INET;
	struct address a;
	assert_int_equal(inet_pton(family, host, &bytes), 1);
	address_set_host(&a, family, &bytes);
	address_set_port(&a, 4711);
	const char *why = access_refuses(&allow, &deny, &a);
	return why ? why : "";
}

static void assert_comes(const char *host)
{
	if (*ask(host))
		fail_msg("%s is refused: %s", host, ask(host));
}

static void assert_refused(const char *host)
{
	if (!*ask(host))
		fail_msg("%s comes in", host);
}

static void without_lists_everybody_comes(void **state)
{
	(void)state;
	assert_comes("127.0.0.1");
	assert_comes("fe80::1");
	assert_comes("::ffff:10.0.0.1");
}

static void those_alone_come_whom_allow_names(void **state)
{
	(void)state;
	take(&allow, "10.0.0.0/8,192.168.1.7 fd00::/8\n::1");
	assert_comes("10.0.0.0");
	assert_comes("10.255.255.255");
	assert_comes("192.168.1.7");
	assert_comes("fdff::1");
	assert_comes("::1");
	assert_refused("9.255.255.255");
	assert_refused("11.0.0.0");
	assert_refused("192.168.1.6");
	assert_refused("fe00::1");
	assert_refused("::2");
	assert_refused("a00::"); /* as bytes it begins like 10.0.0.0 */
	assert_string_equal(ask("1.2.3.4"), "it is not in --allow");
}

static void what_deny_names_is_refused_also_when_allowed(void **state)
{
	(void)state;
	take(&deny, "10.0.0.7");
	assert_refused("10.0.0.7");
	assert_comes("10.0.0.8");
	take(&allow, "10.0.0.0/24 10.0.0.7");
	assert_refused("10.0.0.7");
	assert_string_equal(ask("10.0.0.7"), "it is in --deny");
	assert_comes("10.0.0.8");
	assert_refused("10.0.1.8");
}

static void a_mapped_address_is_the_ipv4_address(void **state)
{
	(void)state;
	take(&allow, "127.0.0.1");
	assert_comes("::ffff:127.0.0.1");
	assert_refused("::ffff:127.0.0.2");
	assert_refused("::127.0.0.1");
	begin(state);
	take(&allow, "::ffff:127.0.0.1");
	assert_comes("127.0.0.1");
	assert_comes("::ffff:127.0.0.1");
	assert_refused("127.0.0.2");
	begin(state);
	take(&deny, "::ffff:10.0.0.0/104");
	assert_refused("10.1.2.3");
	assert_comes("11.1.2.3");
	begin(state);
	take(&allow, "::ffff:0:0/96");
	assert_comes("10.1.2.3");
	assert_comes("::ffff:10.1.2.3");
	assert_refused("::1");
}

static void every_ipv6_address_is_no_ipv4_address(void **state)
{
	(void)state;
	take(&allow, "::/0");
	assert_comes("2001:db8::1");
	assert_refused("10.0.0.1");
	assert_refused("::ffff:10.0.0.1");
	take(&allow, "0.0.0.0/0");
	assert_comes("10.0.0.1");
	assert_comes("::ffff:10.0.0.1");
}

static void each_bit_of_a_network_counts(void **state)
{
	char text[32], other[32];
	struct in_addr host;
	(void)state;
	for (unsigned bits = 1; bits <= 32; bits++) {
		begin(state);
		snprintf(text, sizeof(text), "170.170.170.170/%u", bits);
		take(&allow, text);
		host.s_addr = htonl(0xaaaaaaaa ^ (UINT32_C(1) << (32 - bits)));
		assert_refused(inet_ntop(AF_INET, &host, other, sizeof(other)));
		host.s_addr = htonl(0xaaaaaaaa ^
		                    ((UINT32_C(1) << (32 - bits)) - 1));
		assert_comes(inet_ntop(AF_INET, &host, other, sizeof(other)));
	}
}

static void a_host_in_a_network_stands_for_the_network(void **state)
{
	char text[200];
	(void)state;
	take(&allow, "10.1.2.3/8 , ,fd12::1/7,::ffff:1.2.3.4/120,10.9.9.9/8");
	assert_int_equal(access_format(text, sizeof(text), &allow, 0), 3);
	assert_string_equal(text, "10.0.0.0/8, fc00::/7, 1.2.3.0/24");
}

static void unix_sockets_are_not_judged(void **state)
{
	struct address a;
	(void)state;
	take(&allow, "10.0.0.1");
	address_set_unix(&a, "/tmp/x");
	assert_null(access_refuses(&allow, &deny, &a));
}

static void a_wrong_word_is_named_and_changes_nothing(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "localhost", "'localhost' is not an address or a network" },
		{ "::1,10.0.0", "'10.0.0' is not an address or a network" },
		{ "1.2.3.4:80", "'1.2.3.4:80' is not an address or a network" },
		{ "010.0.0.1", "'010.0.0.1' is not an address or a network" },
		{ "all", "'all' is not an address or a network" },
		{ "fe80::1%lo", "'fe80::1%lo' is not an address or a network" },
		{ "\033[2J", "'^[[2J' is not an address or a network" },
		{ "10.0.0.0/33", "'10.0.0.0/33': the length after / must be a "
		  "number from 0 to 32" },
		{ "10.0.0.0/", "'10.0.0.0/': the length after / must be a "
		  "number from 0 to 32" },
		{ "::/129", "'::/129': the length after / must be a number "
		  "from 0 to 128" },
		{ "", "the list is empty: write 'off' for no list" },
		{ " , ", "the list is empty: write 'off' for no list" },
	};
	struct error e;
	(void)state;
	take(&allow, "::1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(access_parse(&allow, rows[i].text, &e), -1);
		assert_string_equal(e.text, rows[i].says);
		assert_int_equal(allow.count, 1);
	}
	char longer[400];
	memset(longer, '1', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(access_parse(&allow, longer, &e), -1);
	assert_true(strlen(e.text) < 120);
}

static void a_list_is_bounded_and_told_to_its_end(void **state)
{
	char text[64], more[40];
	struct error e;
	(void)state;
	for (unsigned i = 0; i < ACCESS_MAX; i++) {
		snprintf(text, sizeof(text), "2001:db8::%x/127", 2 * i);
		take(&deny, text);
		take(&deny, text); /* the same again takes no room */
	}
	assert_int_equal(deny.count, ACCESS_MAX);
	assert_int_equal(access_parse(&deny, "::1", &e), -1);
	assert_string_equal(e.text, "more than 256 networks: combine some into "
	                            "larger ones");
	size_t next = 0, rounds = 0;
	for (; next < deny.count; rounds++)
		next = access_format(text, sizeof(text), &deny, next);
	assert_true(rounds >= ACCESS_MAX / 3);
	access_describe(more, sizeof(more), &deny);
	assert_string_equal(more, "2001:db8::/127 and 255 more");
	access_describe(more, 8, &deny);
	assert_true(strlen(more) < 8);
	take(&deny, "off");
	assert_int_equal(deny.count, 0);
	assert_comes("2001:db8::1");
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_lists_everybody_comes),
		TEST(those_alone_come_whom_allow_names),
		TEST(what_deny_names_is_refused_also_when_allowed),
		TEST(a_mapped_address_is_the_ipv4_address),
		TEST(every_ipv6_address_is_no_ipv4_address),
		TEST(each_bit_of_a_network_counts),
		TEST(a_host_in_a_network_stands_for_the_network),
		TEST(unix_sockets_are_not_judged),
		TEST(a_wrong_word_is_named_and_changes_nothing),
		TEST(a_list_is_bounded_and_told_to_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
