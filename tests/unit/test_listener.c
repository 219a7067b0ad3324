/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The listener: real sockets on loopback for where it listens, the fake
 * transport for what may go wrong with peers. */

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sockchat/bytes.h>
#include <sockchat/listener.h>
#include <sockchat/stamp.h>

#include "../../src/net/tcp.h"
#include "../fake/fake_transport.h"
#include "../cmocka_more.h"

#define PEERS_MAX 256

static int ahead_s; /* of the real clock */

int clock_gettime(clockid_t id, struct timespec *time)
{
	int failed = (int)syscall(SYS_clock_gettime, id, time);

	time->tv_sec += ahead_s;
	return failed;
}

struct scene {
	struct loop *loop;
	struct listener *listener;
	struct bytes places; /* with a space behind each */
	struct address first;
	struct transport *peers[PEERS_MAX];
	struct address last_peer;
	struct bytes left_out; /* one a line */
	size_t count, failed, unopened, troubles, reliefs;
	struct error error;
	bool pauses, frees; /* in on_peer */
};

static void on_listening(void *user, const struct address *list, size_t count)
{
	struct scene *s = user;

	assert_int_equal(s->places.len, 0);
	s->first = list[0];
	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_MAX];

		address_format(&list[i], text);
		assert_int_equal(bytes_printf(&s->places, "%s ", text), 0);
	}
}

static void on_left_out(void *user, const char *text)
{
	struct scene *s = user;

	assert_int_equal(bytes_printf(&s->left_out, "%s\n", text), 0);
}

static void on_peer(void *user, struct transport *t, const struct address *peer)
{
	struct scene *s = user;

	assert_true(s->count < PEERS_MAX);
	s->peers[s->count++] = t;
	s->last_peer = *peer;
	if (s->pauses)
		listener_pause(s->listener);
	if (s->frees) {
		listener_free(s->listener);
		s->listener = NULL;
	}
}

static void on_trouble(void *user, const struct error *e)
{
	struct scene *s = user;

	s->troubles++;
	s->error = *e;
}

static void on_relief(void *user, const char *where)
{
	struct scene *s = user;

	s->reliefs++;
	assert_string_equal(where, "127.0.0.1:9999");
}

static void on_failed(void *user, const struct error *e)
{
	struct scene *s = user;
	s->failed++;
	s->error = *e;
}

static void on_unopened(void *user, const struct error *e)
{
	struct scene *s = user;

	s->unopened++;
	s->error = *e;
}

static const struct listener_ops ops = {
	.on_unopened = on_unopened,
	.on_listening = on_listening,
	.on_left_out = on_left_out,
	.on_peer = on_peer,
	.on_trouble = on_trouble,
	.on_relief = on_relief,
	.on_failed = on_failed,
};

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));
	fake_start();
	s->loop = loop_new(LOOP_AUTO);
	*state = s;
	return s->loop ? 0 : -1;
}

static int tear_down(void **state)
{
	struct scene *s = *state;
	listener_free(s->listener);
	for (size_t i = 0; i < s->count; i++)
		s->peers[i]->ops->close(s->peers[i], false);
	bytes_finish(&s->places);
	bytes_finish(&s->left_out);
	loop_free(s->loop);
	free(s);
	return fake_finish() == 0 ? 0 : -1;
}

static void listen_on(struct scene *s, const struct transport_ops *transport,
                      const char *host, unsigned port)
{
	static const struct dial_settings settings = { 0 };
	struct endpoint ep = { 0 };

	snprintf(ep.host, sizeof(ep.host), "%s", host);
	snprintf(ep.port, sizeof(ep.port), "%u", port);
	s->listener = listener_new(s->loop, transport, &ep, &settings, &ops, s);
	assert_non_null(s->listener);
	assert_int_equal(s->places.len, 0);
	for (int i = 0; !s->places.len && !s->failed && i < 100; i++)
		loop_turn(s->loop, 10000);
	assert_true(s->places.len || s->failed);
}

static void await_peers(struct scene *s, size_t count)
{
	for (int i = 0; s->count < count && i < 1000; i++)
		loop_turn(s->loop, 10000);
	assert_int_equal(s->count, count);
}

/* Let all that is ready happen. */
static void settle(struct scene *s)
{
	for (int i = 0; i < 5; i++)
		loop_turn(s->loop, 0);
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
	struct transport *other = transport_tcp.listen(&any);

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

static void one_taken_address_of_two_frees_the_other(void **state)
{
	struct scene *s = *state;
	struct address any = fake_address("[::1]:0"), v4;
	struct transport_facts facts;
	struct transport *other, *again;

	if (!has_v6())
		skip_because("this system has no IPv6");
	other = transport_tcp.listen(&any);
	assert_non_null(other);
	transport_facts(other, FACTS_LOCAL, &facts);
	listen_on(s, &transport_tcp, "", address_port(&facts.local));
	assert_int_equal(s->failed, 1);
	assert_non_null(strstr(s->error.text, "[::1]:"));
	v4 = fake_address("127.0.0.1:0");
	address_set_port(&v4, address_port(&facts.local));
	again = transport_tcp.listen(&v4);
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

/* From here on the places are fakes: one at 127.0.0.1:9999. */
static struct fake *listen_fake(struct scene *s)
{
	listen_on(s, &transport_fake, "127.0.0.1", 9999);
	assert_string_equal(bytes_text(&s->places), "127.0.0.1:9999 ");
	return fake_at(0);
}

static void a_paused_listener_lets_peers_wait(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	listener_pause(s->listener);
	fake_knock(place, "127.0.0.1:1");
	settle(s);
	assert_int_equal(s->count, 0);
	listener_resume(s->listener);
	settle(s);
	assert_int_equal(s->count, 1);
}

static void a_paused_listener_costs_nothing(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);
	int64_t start_ns;

	listener_pause(s->listener);
	fake_knock(place, "127.0.0.1:1");
	start_ns = stamp_mono_ns();
	loop_turn(s->loop, 20);
	assert_true(stamp_mono_ns() - start_ns >= 20 * MS_NS);
}

static void a_missing_family_is_passed_over(void **state)
{
	struct scene *s = *state;

	fake_fail_listen("[::1]:9999", EADDRNOTAVAIL, SIZE_MAX);
	listen_on(s, &transport_fake, "", 9999);
	assert_string_equal(bytes_text(&s->places), "127.0.0.1:9999 ");
	assert_string_equal(bytes_text(&s->left_out),
	                    "not listening on [::1]:9999: no such address "
	                    "here (IPv6 may be switched off)\n");
}

static void the_first_family_may_be_missing_as_well(void **state)
{
	struct scene *s = *state;

	fake_fail_listen("0.0.0.0:9999", EAFNOSUPPORT, SIZE_MAX);
	listen_on(s, &transport_fake, "*", 9999);
	assert_string_equal(bytes_text(&s->places), "[::]:9999 ");
	assert_string_equal(bytes_text(&s->left_out),
	                    "not listening on 0.0.0.0:9999: address family not "
	                    "supported\n");
}

static void without_any_family_it_fails(void **state)
{
	struct scene *s = *state;

	fake_fail_listen("127.0.0.1:9999", EAFNOSUPPORT, SIZE_MAX);
	fake_fail_listen("[::1]:9999", EAFNOSUPPORT, SIZE_MAX);
	listen_on(s, &transport_fake, "", 9999);
	assert_int_equal(s->failed, 1);
	assert_string_equal(s->error.code, "EAFNOSUPPORT");
}

static void an_address_that_was_named_is_not_passed_over(void **state)
{
	struct scene *s = *state;

	fake_fail_listen("[::1]:9999", EADDRNOTAVAIL, SIZE_MAX);
	listen_on(s, &transport_fake, "::1", 9999);
	assert_int_equal(s->failed, 1);
}

static void a_free_port_taken_elsewhere_is_given_up_for_another(void **state)
{
	struct scene *s = *state;

	fake_fail_listen("[::1]:0", EADDRINUSE, 31);
	listen_on(s, &transport_fake, "", 0);
	assert_string_equal(bytes_text(&s->places), "127.0.0.1:0 [::1]:0 ");
	/* 31 first places were closed again. */
	assert_int_equal(fake_count(), 33);
	assert_int_equal(fake_end(fake_at(30)), FAKE_CLOSED);
}

static void the_search_for_a_free_port_ends(void **state)
{
	struct scene *s = *state;

	fake_fail_listen("[::1]:0", EADDRINUSE, SIZE_MAX);
	listen_on(s, &transport_fake, "", 0);
	assert_int_equal(s->failed, 1);
	assert_int_equal(fake_count(), 32);
}

static void a_pause_from_within_keeps_the_next_peer_waiting(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	s->pauses = true;
	fake_knock(place, "127.0.0.1:1");
	fake_knock(place, "127.0.0.1:2");
	settle(s);
	assert_int_equal(s->count, 1);
	listener_resume(s->listener);
	settle(s);
	assert_int_equal(s->count, 2);
}

static void a_listener_may_be_freed_by_its_own_peer(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	s->frees = true;
	fake_knock(place, "127.0.0.1:1");
	fake_knock(place, "127.0.0.1:2");
	settle(s);
	assert_int_equal(s->count, 1);
	assert_int_equal(fake_end(place), FAKE_CLOSED);
}

static void one_wake_up_takes_a_bounded_batch(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	size_t turns = 0;

	for (int i = 0; i < 200; i++)
		fake_knock(place, "127.0.0.1:1");
	for (; s->count < 200; turns++) {
		size_t before = s->count;
		loop_turn(s->loop, 0);
		assert_true(s->count - before <= 64);
	}
	assert_true(turns >= 4 && turns <= 9);
}

static void at_a_limit_it_tells_once_and_asks_the_system_no_more(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	fake_fail_accept(place, EMFILE, SIZE_MAX);
	fake_knock(place, "127.0.0.1:1");
	settle(s);
	assert_int_equal(s->troubles, 1);
	assert_string_equal(s->error.text, "out of descriptors: new peers of "
	                                   "127.0.0.1:9999 have to wait");
	for (int i = 0; i < 4; i++) {
		ahead_s++;
		settle(s);
	}
	assert_int_equal(fake_accept_failures(place), SIZE_MAX - 1);
	for (int i = 0; i < 3; i++) {
		listener_retry(s->listener);
		settle(s);
	}
	assert_int_equal(fake_accept_failures(place), SIZE_MAX - 4);
	assert_int_equal(s->troubles, 1);
	fake_fail_accept(place, ENFILE, 1); /* another reason is news */
	listener_retry(s->listener);
	settle(s);
	assert_int_equal(s->troubles, 2);
	ahead_s++; /* the system may be well again by itself */
	settle(s);
	assert_int_equal(s->count, 1);
}

static void the_end_of_the_waiting_is_told_later_and_once(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	for (int i = 0; i < 3; i++) { /* to and fro */
		fake_fail_accept(place, EMFILE, 1);
		fake_knock(place, "127.0.0.1:1");
		settle(s);
		listener_retry(s->listener);
		settle(s);
	}
	assert_int_equal(s->count, 3);
	assert_int_equal(s->troubles, 1);
	assert_int_equal(s->reliefs, 0);
	ahead_s += 5;
	settle(s);
	ahead_s += 5;
	settle(s);
	assert_int_equal(s->reliefs, 1);
	fake_fail_accept(place, EMFILE, 1);
	fake_knock(place, "127.0.0.1:1");
	settle(s);
	assert_int_equal(s->troubles, 2);
}

static void a_freed_descriptor_ends_the_waiting_at_once(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	listener_retry(s->listener); /* when nothing waits: nothing */
	fake_fail_accept(place, ENFILE, 1);
	fake_knock(place, "127.0.0.1:1");
	settle(s);
	assert_int_equal(s->count, 0);
	listener_retry(s->listener);
	settle(s);
	assert_int_equal(s->count, 1);
}

static void a_retry_does_not_undo_a_pause(void **state)
{
	struct scene *s = *state;
	struct fake *place = listen_fake(s);

	fake_fail_accept(place, ENOMEM, 1);
	fake_knock(place, "127.0.0.1:1");
	settle(s);
	listener_pause(s->listener);
	listener_retry(s->listener);
	settle(s);
	assert_int_equal(s->count, 0);
	listener_resume(s->listener);
	settle(s);
	assert_int_equal(s->count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		TEST(a_paused_listener_lets_peers_wait),
		TEST(a_paused_listener_costs_nothing),
		TEST(a_missing_family_is_passed_over),
		TEST(the_first_family_may_be_missing_as_well),
		TEST(without_any_family_it_fails),
		TEST(an_address_that_was_named_is_not_passed_over),
		TEST(a_free_port_taken_elsewhere_is_given_up_for_another),
		TEST(the_search_for_a_free_port_ends),
		TEST(a_pause_from_within_keeps_the_next_peer_waiting),
		TEST(a_listener_may_be_freed_by_its_own_peer),
		TEST(one_wake_up_takes_a_bounded_batch),
		TEST(at_a_limit_it_tells_once_and_asks_the_system_no_more),
		TEST(the_end_of_the_waiting_is_told_later_and_once),
		TEST(a_freed_descriptor_ends_the_waiting_at_once),
		TEST(a_retry_does_not_undo_a_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
