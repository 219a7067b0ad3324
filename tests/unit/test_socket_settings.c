/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The settings of real sockets, and what is said of them. */

#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <sockchat/bytes.h>
#include <sockchat/transport.h>

#include "../../src/net/tcp.h"
#include "../../src/net/unix.h"
#include "../fake/fake_transport.h"

static const struct socket_settings usual = SOCKET_DEFAULTS;

/* One that listens on a free port there; NULL if this machine has no such
 * address. */
static struct transport *listen_on(const char *where,
                                   const struct socket_settings *s)
{
	struct address a = fake_address(where);
	return transport_tcp.listen(&a, s);
}

static struct socket_values values_of(const struct transport *t)
{
	struct transport_facts facts;
	transport_facts(t, FACTS_SOCKET, &facts);
	assert_true(facts.has_socket);
	return facts.socket;
}

static void what_is_asked_for_is_what_the_system_has(void **state)
{
	static const char *const places[] = { "127.0.0.1:0", "[::1]:0" };
	struct socket_settings s = usual;
	(void)state;
	s.values[SOCKET_TTL] = 5;
	s.values[SOCKET_TOS] = 0x10;
	for (size_t i = 0; i < 2; i++) {
		struct transport *t = listen_on(places[i], &s);
		if (!t) {
			assert_int_equal(errno, i ? EADDRNOTAVAIL : 0);
			continue;
		}
		struct socket_values v = values_of(t);
		assert_int_equal(v.of[SOCKET_TTL], 5);
		assert_int_equal(v.of[SOCKET_TOS], 0x10);
		assert_int_equal(v.of[SOCKET_NODELAY], 1);
		assert_int_equal(v.of[SOCKET_KEEP_IDLE], 60);
		transport_close(t, false);
	}
}

static void open_sockets_follow_and_get_back_what_the_system_had(void **state)
{
	struct transport *t = listen_on("127.0.0.1:0", &usual);
	int before = values_of(t).of[SOCKET_TTL];
	struct socket_settings s = usual;
	(void)state;
	s.values[SOCKET_TTL] = before == 9 ? 8 : 9;
	s.values[SOCKET_NODELAY] = 0;
	s.values[SOCKET_KEEPALIVE] = 0;
	s.values[SOCKET_USER_TIMEOUT] = 3000;
	transport_apply(t, &s);
	struct socket_values v = values_of(t);
	assert_int_equal(v.of[SOCKET_TTL], s.values[SOCKET_TTL]);
	assert_int_equal(v.of[SOCKET_NODELAY], 0);
	assert_int_equal(v.of[SOCKET_KEEPALIVE], 0);
	assert_int_equal(v.of[SOCKET_USER_TIMEOUT], 3000);
	transport_apply(t, &usual);
	v = values_of(t);
	assert_int_equal(v.of[SOCKET_TTL], before);
	assert_int_equal(v.of[SOCKET_NODELAY], 1);
	assert_int_equal(v.of[SOCKET_KEEPALIVE], 1);
	assert_int_equal(v.of[SOCKET_USER_TIMEOUT], 0);
	transport_close(t, false);
}

static void a_refused_setting_is_noted_with_its_reason(void **state)
{
	struct socket_refusals refused = { { 0 } };
	struct socket_settings s = usual;
	char text[SOCKET_TEXT_MAX];
	(void)state;
	s.refused = &refused;
	s.values[SOCKET_TTL] = 300;
	struct transport *t = listen_on("127.0.0.1:0", &s);
	assert_non_null(t);
	assert_int_equal(refused.errnum[SOCKET_TTL], EINVAL);
	assert_true(socket_take_refusal(&s, text));
	assert_string_equal(text, "--ttl was not set: the system refuses 300 "
	                          "(Invalid argument)");
	assert_false(socket_take_refusal(&s, text));
	transport_close(t, false);
}

static void without_the_device_there_is_no_socket(void **state)
{
	struct socket_refusals refused = { { 0 } };
	struct socket_settings s = { .device = "no-such-one",
		                     .refused = &refused };
	(void)state;
	assert_null(listen_on("127.0.0.1:0", &s));
	assert_int_equal(errno, ENODEV);
	assert_int_equal(refused.errnum[SOCKET_DEVICE], ENODEV);
}

/* A port that the system has just given; others may take it meanwhile. */
static unsigned port_to(const struct address *peer)
{
	struct transport *t = transport_tcp.connect(peer, &usual);
	struct transport_facts own;
	assert_non_null(t);
	transport_facts(t, FACTS_LOCAL, &own);
	transport_close(t, true);
	return address_port(&own.local);
}

static bool connects_from_one_port(const struct address *four,
                                   const struct address *six)
{
	struct socket_settings s = usual;
	s.port = port_to(four);
	struct transport *a = transport_tcp.connect(four, &s);
	struct transport *b = transport_tcp.connect(six, &s);
	if (a)
		transport_close(a, true);
	if (b)
		transport_close(b, true);
	return a && b;
}

/* Two families are told apart, or the second could not have the port. */
static void each_family_may_come_from_the_same_port(void **state)
{
	struct transport *four = listen_on("127.0.0.1:0", &usual);
	struct transport *six = listen_on("[::1]:0", &usual);
	struct transport_facts at, at_six;
	bool is_done = !six;
	(void)state;
	transport_facts(four, FACTS_LOCAL, &at);
	if (six)
		transport_facts(six, FACTS_LOCAL, &at_six);
	for (int i = 0; i < 8 && !is_done; i++)
		is_done = connects_from_one_port(&at.local, &at_six.local);
	assert_true(is_done);
	if (six)
		transport_close(six, false);
	transport_close(four, false);
}

static void a_unix_socket_has_buffers_alone(void **state)
{
	struct socket_settings s = { .values[SOCKET_SNDBUF] = 10000,
		                     .values[SOCKET_TTL] = 4 };
	struct address a;
	(void)state;
	address_set_unix(&a, "@sockchat-test-settings");
	struct transport *t = transport_unix.listen(&a, &s);
	assert_non_null(t);
	struct socket_values v = values_of(t);
	assert_int_equal(v.of[SOCKET_SNDBUF], 20000);
	assert_int_equal(v.of[SOCKET_TTL], -1);
	assert_int_equal(v.of[SOCKET_KEEPALIVE], -1);
	t->ops->close(t, false);
}

static void put_row(void *user, const char *label, const char *text)
{
	assert_int_equal(bytes_printf(user, "%s: %s\n", label, text), 0);
}

static void values_are_told_as_rows(void **state)
{
	static const struct socket_values tcp = {
		.of = { 1, 60, 10, 6, 1, 64, 16, 46080, 131072, 0, 1500 },
		.device = "eth0",
	};
	static const struct socket_values bare = {
		.of = { 0, -1, -1, -1, -1, -1, -1, 20000, 30000, -1, -1 },
	};
	struct bytes out;
	(void)state;
	bytes_init(&out, 4096);
	socket_rows(&tcp, false, put_row, &out);
	assert_string_equal(bytes_text(&out),
	                    "keepalive: after 60 s of silence, every 10 s, 6 "
	                    "times\n"
	                    "socket: nodelay on, TTL 64, TOS 16 (0x10), user "
	                    "timeout 1.5 s, device eth0\n"
	                    "buffers: 46080 bytes to send, 131072 to "
	                    "receive\n");
	bytes_finish(&out);
	bytes_init(&out, 4096);
	socket_rows(&bare, true, put_row, &out);
	assert_string_equal(bytes_text(&out),
	                    "keepalive: off\n"
	                    "buffers: 20000 bytes to send, 30000 to "
	                    "receive\n");
	bytes_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_is_what_the_system_has),
		cmocka_unit_test(
		    open_sockets_follow_and_get_back_what_the_system_had),
		cmocka_unit_test(a_refused_setting_is_noted_with_its_reason),
		cmocka_unit_test(without_the_device_there_is_no_socket),
		cmocka_unit_test(each_family_may_come_from_the_same_port),
		cmocka_unit_test(a_unix_socket_has_buffers_alone),
		cmocka_unit_test(values_are_told_as_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
