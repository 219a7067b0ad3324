/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Where the listener listens: real sockets on loopback. */

#include <errno.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "../../src/net/tcp.h"
#include "listener_scene.h"

static const struct socket_settings no_settings;

static void await_peers(struct scene *s, size_t count)
{
	for (int i = 0; s->count < count && i < 1000; i++)
		loop_turn(s->loop, 10000);
	assert_int_equal(s->count, count);
}

/* A client of our own. */
static int knock(const struct address *where)
{
	int fd = socket(where->sa.ss_family,
	                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&where->sa, where->len) < 0)
		assert_int_equal(errno, EINPROGRESS);
	return fd;
}

/* Whether sockets with an address of this family can be had here. */
static bool has_v6(void)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		                  .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	bool has =
	    fd >= 0 && bind(fd, (const struct sockaddr *)&a, sizeof(a)) == 0;

	if (fd >= 0)
		close(fd);
	return has;
}

static void without_a_host_it_listens_on_both_loopback_addresses(void **state)
{
	struct scene *s = *state;
	char expected[64];
	unsigned port;

	listen_on(s, &transport_tcp, "", 0);
	port = address_port(&s->first);
	assert_true(port > 0);
	snprintf(expected, sizeof(expected),
	         has_v6() ? "127.0.0.1:%u [::1]:%u " : "127.0.0.1:%u ", port,
	         port);
	assert_string_equal(bytes_text(&s->places), expected);
}

static void a_star_is_all_addresses(void **state)
{
	struct scene *s = *state;

	listen_on(s, &transport_tcp, "*", 0);
	assert_memory_equal(s->places.data, "0.0.0.0:", 8);
}

static void a_peer_is_handed_over_with_its_address(void **state)
{
	struct scene *s = *state;
	struct sockaddr_in own;
	socklen_t len = sizeof(own);
	int fd;

	listen_on(s, &transport_tcp, "127.0.0.1", 0);
	fd = knock(&s->first);
	await_peers(s, 1);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &len), 0);
	assert_int_equal(address_port(&s->last_peer), ntohs(own.sin_port));
	close(fd);
}

static void hundreds_of_peers_at_once_are_all_taken(void **state)
{
	struct scene *s = *state;
	int fds[200];

	listen_on(s, &transport_tcp, "127.0.0.1", 0);
	for (size_t i = 0; i < 200; i++)
		fds[i] = knock(&s->first);
	await_peers(s, 200);
	for (size_t i = 0; i < 200; i++)
		close(fds[i]);
}

static void a_place_that_is_taken_is_named(void **state)
{
	struct scene *s = *state;
	char expected[128];
	struct address any = fake_address("127.0.0.1:0");
	struct transport_facts facts;
	struct transport *other = transport_tcp.listen(&any, &no_settings);

	assert_non_null(other);
	transport_facts(other, FACTS_LOCAL, &facts);
	listen_on(s, &transport_tcp, "", address_port(&facts.local));
	assert_int_equal(s->failed, 1);
	snprintf(expected, sizeof(expected),
	         "address in use: 127.0.0.1:%u already has a listener",
	         address_port(&facts.local));
	assert_string_equal(s->error.text, expected);
	assert_string_equal(s->error.code, "EADDRINUSE");
	transport_tcp.close(other, false);
}

/* Listen on ::1, at a port that nobody has got on 127.0.0.1; that is `v4`. */
static struct transport *listen_v6(struct address *v4)
{
	struct address any = fake_address("[::1]:0");
	struct transport_facts facts;
	struct transport *six, *four = NULL;

	*v4 = fake_address("127.0.0.1:0");
	for (int tries = 0; !four && tries < 50; tries++) {
		six = transport_tcp.listen(&any, &no_settings);
		assert_non_null(six);
		transport_facts(six, FACTS_LOCAL, &facts);
		address_set_port(v4, address_port(&facts.local));
		four = transport_tcp.listen(v4, &no_settings);
		if (!four)
			transport_tcp.close(six, false);
	}
	assert_non_null(four);
	transport_tcp.close(four, false);
	return six;
}

static void one_taken_address_of_two_frees_the_other(void **state)
{
	struct scene *s = *state;
	struct address v4;
	struct transport *other, *again;

	if (!has_v6())
		skip_because("this system has no IPv6");
	other = listen_v6(&v4);
	listen_on(s, &transport_tcp, "", address_port(&v4));
	assert_int_equal(s->failed, 1);
	assert_non_null(strstr(s->error.text, "[::1]:"));
	again = transport_tcp.listen(&v4, &no_settings);
	assert_non_null(again);
	transport_tcp.close(again, false);
	transport_tcp.close(other, false);
}

static void an_address_of_another_machine_is_refused(void **state)
{
	struct scene *s = *state;

	listen_on(s, &transport_tcp, "192.0.2.1", 9999);
	assert_int_equal(s->failed, 1);
	assert_string_equal(s->error.text,
	                    "no such address here: this machine does not "
	                    "have 192.0.2.1:9999");
}

static void a_freed_listener_refuses_peers(void **state)
{
	struct scene *s = *state;
	int fd;

	listen_on(s, &transport_tcp, "127.0.0.1", 0);
	listener_free(s->listener);
	s->listener = NULL;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&s->first.sa, s->first.len), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(fd);
}

static void a_listener_may_be_freed_before_it_listens(void **state)
{
	struct scene *s = *state;
	const struct dial_settings settings = { 0 };
	const struct endpoint ep = { .port = "0" };

	listener_free(
	    listener_new(s->loop, &transport_tcp, &ep, &settings, &ops, s));
	listener_free(NULL);
	settle(s);
	assert_int_equal(s->places.len, 0);
}

static void descriptors_may_be_as_many_as_the_system_allows(void **state)
{
	struct scene *s = *state;
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max < 128 ? limit.rlim_max : 128;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	listen_on(s, &transport_tcp, "127.0.0.1", 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(limit.rlim_cur == limit.rlim_max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_host_it_listens_on_both_loopback_addresses),
		TEST(a_star_is_all_addresses),
		TEST(a_peer_is_handed_over_with_its_address),
		TEST(hundreds_of_peers_at_once_are_all_taken),
		TEST(a_place_that_is_taken_is_named),
		TEST(one_taken_address_of_two_frees_the_other),
		TEST(an_address_of_another_machine_is_refused),
		TEST(a_freed_listener_refuses_peers),
		TEST(a_listener_may_be_freed_before_it_listens),
		TEST(descriptors_may_be_as_many_as_the_system_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
