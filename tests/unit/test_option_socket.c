/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Options about our end of a connection. */

#include "option_scene.h"

#include <sys/socket.h>

static struct options o;
static struct error e;

/* Parse words that stand behind the program's name. */
static int parse(const char *line)
{
	char *argv[WORDS_MAX];
	int argc = split_words(argv, line);

	if (options_parse(&o, argc, argv, &e))
		return -1;
	return options_take_operands(&o, &e);
}

static void refuse(const char *line, const char *sentence)
{
	assert_int_equal(parse(line), -1);
	assert_string_equal(e.text, sentence);
}

static int value(enum socket_setting which)
{
	return o.dial.socket.values[which];
}

static void assert_told(const char *name, const char *wanted)
{
	char told[64];
	options_value(&o, (size_t)options_find(name), told, sizeof(told));
	assert_string_equal(told, wanted);
}

static void our_address_and_port_can_be_chosen(void **state)
{
	(void)state;
	assert_int_equal(parse("connect -s [fe80::1%lo] -p 5000 h 1"), 0);
	assert_string_equal(o.dial.socket.source, "fe80::1%lo");
	assert_int_equal(o.dial.socket.port, 5000);
	assert_told("source-port", "5000");
	assert_int_equal(parse("connect --source=a.test -p http h 1"), 0);
	assert_int_equal(o.dial.socket.port, 80);
	refuse("connect -p 65536 h 1", "option -p, --source-port: '65536' is "
	       "not a port: a number from 0 to 65535, or a service's name");
	refuse("connect -p x! h 1", "option -p, --source-port: 'x!' is not a "
	       "port: a number from 0 to 65535, or a service's name");
	refuse("connect -s 10.0.0.1:80 h 1", "option -s, --source: "
	       "'10.0.0.1:80' is not an address of this machine, or a name of "
	       "one");
	assert_string_equal(e.hint, "our port is -p, --source-port");
}

static void who_listens_has_no_source_but_for_a_target(void **state)
{
	(void)state;
	refuse("listen -p 9999", "option -p, --source-port is for 'sockchat "
	       "connect'");
	assert_string_equal(e.hint, "write the port without an option: "
	                            "sockchat listen 9999");
	refuse("listen -s 127.0.0.1 9", "option -s, --source is for 'sockchat "
	       "connect'");
	assert_int_equal(parse("listen 9 --forward h:1 -s 127.0.0.1 -p 5"), 0);
}

static void a_group_has_to_be_of_a_family_that_is_spoken(void **state)
{
	(void)state;
	refuse("listen -u --join ff02::fb 0.0.0.0 9", "option --join: "
	       "ff02::fb is not of IPv4, and nothing else is spoken here");
	refuse("connect -6u --join 239.1.2.3 h 9", "option --join: 239.1.2.3 "
	       "is not of IPv6, and nothing else is spoken here");
	assert_int_equal(parse("listen -u --join ff02::fb * 9"), 0);
	assert_int_equal(parse("listen -4u --join 239.1.2.3,ff02::fb * 9"), 0);
}

static void both_ends_have_to_be_of_one_family(void **state)
{
	(void)state;
	refuse("connect -s 127.0.0.1 ::1 9", "--source 127.0.0.1 is an IPv4 "
	                                     "address, and ::1 is of the "
	                                     "other family: both ends of a "
	                                     "connection need the same");
	refuse("connect -4 -s ::1 h 9", "--source ::1 is an IPv6 address, and "
	       "-4 wants the other family: leave out one of them");
	refuse("listen 9 --forward [::1]:9 -s 127.0.0.1", "--source 127.0.0.1 "
	                                                  "is an IPv4 address, "
	                                                  "and ::1 is of the "
	                                                  "other family: both "
	                                                  "ends of a "
	                                                  "connection need the "
	                                                  "same");
	assert_int_equal(parse("connect -s ::1 --proxy socks5://[::1]:1 "
	                       "127.0.0.1 9"), 0);
	assert_int_equal(parse("connect -s name.test ::1 9"), 0);
}

static void keepalive_takes_a_word_or_up_to_three_numbers(void **state)
{
	static const char *const wrong[] = {
		"0", "60,", ",10", "1.5", "60,10,6,1", "60,10,128", "32768",
		"x", "",
	};
	char line[64];
	(void)state;
	assert_int_equal(parse("connect h 1"), 0);
	assert_told("keepalive", "60,10,6");
	assert_int_equal(parse("connect --keepalive=30 h 1"), 0);
	assert_told("keepalive", "30,10,6");
	assert_int_equal(parse("connect --keepalive=2m,5s,3 h 1"), 0);
	assert_told("keepalive", "120,5,3");
	assert_int_equal(parse("connect --keepalive=off h 1"), 0);
	assert_int_equal(value(SOCKET_KEEPALIVE), 0);
	assert_told("keepalive", "off");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		snprintf(line, sizeof(line), "connect --keepalive=%s h 1",
		         wrong[i]);
		assert_int_equal(parse(line), -1);
	}
}

static void a_pipe_keeps_alive_only_if_it_is_asked_to(void **state)
{
	(void)state;
	assert_int_equal(parse("connect h 1"), 0);
	assert_int_equal(value(SOCKET_KEEPALIVE), 1);
	assert_int_equal(options_check_pipe(&o, &e), 0);
	assert_int_equal(value(SOCKET_KEEPALIVE), 0);
	assert_int_equal(parse("connect --keepalive h 1"), 0);
	assert_int_equal(options_check_pipe(&o, &e), 0);
	assert_int_equal(value(SOCKET_KEEPALIVE), 1);
}

static void small_writes_go_at_once_unless_they_are_to_be_collected(
    void **state)
{
	(void)state;
	assert_int_equal(parse("connect h 1"), 0);
	assert_int_equal(value(SOCKET_NODELAY), 1);
	assert_told("no-nodelay", "off");
	assert_int_equal(parse("connect --no-nodelay h 1"), 0);
	assert_int_equal(value(SOCKET_NODELAY), 0);
	assert_told("no-nodelay", "on");
}

static void a_type_of_service_is_a_number_or_a_word(void **state)
{
	static const struct {
		const char *line;
		int wanted;
	} rows[] = {
		{ "connect --tos 16 h 1", 16 },
		{ "connect --tos 0x20 h 1", 32 },
		{ "connect --tos lowdelay h 1", 16 },
		{ "connect --tos ef h 1", 0xb8 },
		{ "connect --tos AF41 h 1", 0x88 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(parse(rows[i].line), 0);
		assert_int_equal(value(SOCKET_TOS), rows[i].wanted);
	}
	assert_int_equal(parse("connect --tos 256 h 1"), -1);
	assert_int_equal(parse("connect --tos -1 h 1"), -1);
	assert_int_equal(parse("connect --tos cs h 1"), -1);
}

static void sizes_and_times_are_read_and_told(void **state)
{
	(void)state;
	assert_int_equal(parse("listen --sndbuf 64k --rcvbuf 5000 --ttl 255 "
	                       "--user-timeout 1.5 9"), 0);
	assert_int_equal(value(SOCKET_SNDBUF), 65536);
	assert_told("rcvbuf", "5000");
	assert_told("ttl", "255");
	assert_int_equal(value(SOCKET_USER_TIMEOUT), 1500);
	assert_told("user-timeout", "1500ms");
	assert_int_equal(parse("connect --sndbuf 0 h 1"), -1);
	assert_int_equal(parse("connect --sndbuf 3G h 1"), -1);
	assert_int_equal(parse("connect --ttl 0 h 1"), -1);
	assert_int_equal(parse("connect --ttl 256 h 1"), -1);
	assert_int_equal(parse("connect --bind-device a/b h 1"), -1);
	assert_int_equal(parse("connect --bind-device sixteen-letters. h 1"),
	                 -1);
}

static void what_a_socket_has_not_is_refused(void **state)
{
	(void)state;
	refuse("connect --ttl 3 unix:/x", "option --ttl is for IP addresses, "
	       "and unix:/x has none");
	refuse("connect -s 127.0.0.1 unix:/x", "option -s, --source is for IP "
	       "addresses, and unix:/x has none");
	refuse("connect --keepalive unix:/x", "option --keepalive is for TCP, "
	       "and unix:/x is a unix socket");
	refuse("connect --user-timeout 3 udp://h:1", "option --user-timeout is "
	       "for TCP, and udp://h:1 is UDP");
	assert_int_equal(parse("connect --sndbuf 9000 unix:/x"), 0);
	assert_int_equal(parse("connect --keepalive=off unix:/x"), 0);
	assert_int_equal(parse("connect --ttl 3 udp://h:1"), 0);
	assert_int_equal(parse("listen --ttl 3 unix:/x --forward h:1"), 0);
}

static void what_is_for_the_next_connection_is_known(void **state)
{
	(void)state;
	assert_int_equal(options_life((size_t)options_find("source")),
	                 OPTION_FOR_NEXT);
	assert_int_equal(options_life((size_t)options_find("ttl")),
	                 OPTION_LIVE);
	assert_int_equal(options_life((size_t)options_find("proxy")),
	                 OPTION_FIXED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_address_and_port_can_be_chosen),
		cmocka_unit_test(who_listens_has_no_source_but_for_a_target),
		cmocka_unit_test(a_group_has_to_be_of_a_family_that_is_spoken),
		cmocka_unit_test(both_ends_have_to_be_of_one_family),
		cmocka_unit_test(keepalive_takes_a_word_or_up_to_three_numbers),
		cmocka_unit_test(a_pipe_keeps_alive_only_if_it_is_asked_to),
		cmocka_unit_test(
		    small_writes_go_at_once_unless_they_are_to_be_collected),
		cmocka_unit_test(a_type_of_service_is_a_number_or_a_word),
		cmocka_unit_test(sizes_and_times_are_read_and_told),
		cmocka_unit_test(what_a_socket_has_not_is_refused),
		cmocka_unit_test(what_is_for_the_next_connection_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
