/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Addresses as they are shown, and what is known of them. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <stdio.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sockchat/address.h>

static struct address v4(const char *host, unsigned port)
{
	struct address a = { .len = sizeof(struct sockaddr_in) };

	a.sa.ss_family = AF_INET;
	inet_pton(AF_INET, host, &((struct sockaddr_in *)&a.sa)->sin_addr);
	address_set_port(&a, port);
	return a;
}

static struct address v6(const char *host, unsigned port)
{
	struct address a = { .len = sizeof(struct sockaddr_in6) };

	a.sa.ss_family = AF_INET6;
	inet_pton(AF_INET6, host, &((struct sockaddr_in6 *)&a.sa)->sin6_addr);
	address_set_port(&a, port);
	return a;
}

static void an_address_is_shown_with_its_port(void **state)
{
	struct address a = v4("127.0.0.1", 9999), b = v6("::1", 80);
	struct address c = v6("fe80::1", 7), none = { 0 };
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	address_format(&a, text);
	assert_string_equal(text, "127.0.0.1:9999");
	address_format(&b, text);
	assert_string_equal(text, "[::1]:80");
	((struct sockaddr_in6 *)&c.sa)->sin6_scope_id = 1;
	address_format(&c, text);
	assert_string_equal(text, "[fe80::1%lo]:7");
	address_format(&none, text);
	assert_string_equal(text, "unknown");
}

static struct address on_unix(const char *host)
{
	struct address a;

	address_set_unix(&a, host);
	return a;
}

static void assert_shown(const char *host, const char *text)
{
	struct address a = on_unix(host);
	char shown[ADDRESS_TEXT_MAX];

	address_format(&a, shown);
	assert_string_equal(shown, text);
}

static void a_unix_socket_is_shown_by_its_path_or_name(void **state)
{
	char host[108], text[ADDRESS_TEXT_MAX];

	(void)state;
	assert_shown("/tmp/x", "unix:/tmp/x");
	assert_shown("@x", "unix:@x");
	assert_shown("/tmp/\033]0;x\a\377", "unix:/tmp/^[]0;x^G\\xff");
	memset(host, 'a', 107);
	host[107] = '\0';
	snprintf(text, sizeof(text), "unix:%s", host);
	assert_shown(host, text);
	/* what does not fit is whole up to where it ends */
	memset(host, '\001', 107);
	struct address a = on_unix(host);
	address_format(&a, text);
	assert_int_equal(strlen(text) % 2, strlen("unix:") % 2);
}

static void a_name_may_have_any_bytes(void **state)
{
	struct address a = on_unix("@a.b"), none = on_unix("x");
	struct sockaddr_un *un = (struct sockaddr_un *)&a.sa;
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	un->sun_path[2] = '\0';
	address_format(&a, text);
	assert_string_equal(text, "unix:@a^@b");
	none.len = sizeof(sa_family_t);
	address_format(&none, text);
	assert_string_equal(text, "unix:");
}

static void assert_reach(const struct address *a, bool is_exposed,
                         const char *text)
{
	bool found;

	assert_string_equal(address_reach(a, &found), text);
	assert_int_equal(found, is_exposed);
}

static void who_may_connect_is_said(void **state)
{
	struct address own = v4("127.0.0.1", 1), any = v6("::", 1);
	struct address name = on_unix("@x"), path = on_unix("/x");

	(void)state;
	assert_reach(&own, false, "this machine only");
	assert_reach(&any, true, "open to other machines");
	assert_reach(&name, true, "open to every user of this machine");
	path.mode = 0600;
	assert_reach(&path, false, "this user only");
	path.mode = 0664;
	assert_reach(&path, false, "this user and group only");
	path.mode = 0666;
	assert_reach(&path, true, "open to every user of this machine");
	path.mode = 0444;
	assert_reach(&path, false, "root only");
}

static void a_port_can_be_read_and_set(void **state)
{
	struct address a = v4("127.0.0.1", 65535), b = v6("::1", 1);
	struct address none = { 0 };

	(void)state;
	assert_int_equal(address_port(&a), 65535);
	assert_int_equal(address_port(&b), 1);
	address_set_port(&b, 256);
	assert_int_equal(address_port(&b), 256);
	address_set_port(&none, 1);
	assert_int_equal(address_port(&none), 0);
}

static void only_this_machine_is_loopback(void **state)
{
	struct address own[] = { v4("127.0.0.1", 1), v4("127.9.9.9", 1),
		                 v6("::1", 1), v6("::ffff:127.0.0.1", 1) };
	struct address others[] = { v4("128.0.0.1", 1),
		                    v4("0.0.0.0", 1),
		                    v6("::", 1),
		                    v6("::ffff:10.0.0.1", 1),
		                    { 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		assert_true(address_is_loopback(&own[i]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(address_is_loopback(&others[i]));
}

static void an_address_of_this_machine_is_local(void **state)
{
	struct address a = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *in = (struct sockaddr_in *)&a.sa;

	(void)state;
	in->sin_family = AF_INET;
	assert_int_equal(inet_pton(AF_INET, "127.3.2.1", &in->sin_addr), 1);
	assert_true(address_is_local(&a));
	/* for documentation: RFC 5737 */
	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &in->sin_addr), 1);
	assert_false(address_is_local(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_shown_with_its_port),
		cmocka_unit_test(a_unix_socket_is_shown_by_its_path_or_name),
		cmocka_unit_test(a_name_may_have_any_bytes),
		cmocka_unit_test(who_may_connect_is_said),
		cmocka_unit_test(a_port_can_be_read_and_set),
		cmocka_unit_test(only_this_machine_is_loopback),
		cmocka_unit_test(an_address_of_this_machine_is_local),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
