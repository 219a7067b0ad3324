/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The listener and its peers, over the fake transport: what may go wrong, and
 * who has to wait. */

#include <errno.h>

#include <sockchat/stamp.h>

#include "listener_scene.h"

/* A place of the fake transport, at 127.0.0.1:9999. */
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
	assert_string_equal(bytes_text(&s->notes),
	                    "address-left-out: not listening on [::1]:9999: "
	                    "no such address here (IPv6 may be switched "
	                    "off)\n");
}

static void the_first_family_may_be_missing_as_well(void **state)
{
	struct scene *s = *state;

	fake_fail_listen("0.0.0.0:9999", EAFNOSUPPORT, SIZE_MAX);
	listen_on(s, &transport_fake, "*", 9999);
	assert_string_equal(bytes_text(&s->places), "[::]:9999 ");
	assert_string_equal(bytes_text(&s->notes),
	                    "address-left-out: not listening on "
	                    "0.0.0.0:9999: address family not supported\n");
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
	                                   "127.0.0.1:9999 must wait");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
