/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A listener whose peers have a layer to open before they are peers. */

#include "unit.h"

#include <string.h>

#include <sockchat/listener.h>
#include <sockchat/openings.h>

#include "../fake/fake_transport.h"
#include "made_clock.h"

static struct scene {
	struct loop *loop;
	struct listener *listener;
	struct transport *peers[4];
	struct address last_peer;
	size_t count, unopened;
	bool listens, pauses, frees; /* in on_peer */
	struct error error;
} now;

static void on_listening(void *user, const struct address *list, size_t count)
{
	(void)user;
	(void)list;
	now.listens = count == 1;
}

static void on_peer(void *user, struct transport *t, const struct address *peer)
{
	(void)user;
	now.peers[now.count++] = t;
	now.last_peer = *peer;
	if (now.pauses)
		listener_pause(now.listener);
	if (now.frees) {
		listener_free(now.listener);
		now.listener = NULL;
	}
}

static void on_unopened(void *user, const struct error *e)
{
	(void)user;
	now.unopened++;
	now.error = *e;
}

static void on_note(void *user, const char *code, const char *text)
{
	(void)user;
	assert_true(*code && *text);
}

static const struct listener_ops ops = {
	.on_note = on_note,
	.on_listening = on_listening,
	.on_peer = on_peer,
	.on_unopened = on_unopened,
};

/* Let all that is ready happen. */
static void settle(void)
{
	for (int i = 0; i < 8; i++)
		loop_turn(now.loop, 0);
}

static struct dial_settings settings;

static int start_listening(void **state)
{
	struct endpoint ep = { .host = "127.0.0.1", .port = "9999" };

	(void)state;
	memset(&now, 0, sizeof(now));
	clock_ns = 1000000 * MS_NS;
	fake_start();
	ep.is_tls = true;
	now.loop = loop_new(LOOP_AUTO);
	settings.timeout_ms = 50;
	now.listener = listener_new(now.loop, &transport_fake, &ep, &settings,
	                            &ops, NULL);
	settle();
	return now.listens ? 0 : -1;
}

static int finish(void **state)
{
	(void)state;
	listener_free(now.listener);
	for (size_t i = 0; i < now.count; i++)
		now.peers[i]->ops->close(now.peers[i], false);
	loop_free(now.loop);
	return fake_finish() == 0 ? 0 : -1;
}

static struct fake *knock_at(const char *peer)
{
	fake_knock(fake_at(0), peer);
	settle();
	return fake_last();
}

static void a_peer_is_told_when_its_handshake_is_done(void **state)
{
	(void)state;
	struct fake *f;

	f = knock_at("127.0.0.1:1");
	assert_int_equal(now.count, 0);
	fake_feed(f, "1");
	settle();
	assert_int_equal(now.count, 1);
	assert_true(now.peers[0]->is_open);
	assert_int_equal(address_port(&now.last_peer), 1);
}

static void a_handshake_that_hangs_is_in_nobodys_way(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		knock_at("127.0.0.1:1");
	fake_feed(knock_at("127.0.0.1:2"), "1");
	settle();
	assert_int_equal(now.count, 1);
	assert_int_equal(address_port(&now.last_peer), 2);
	assert_int_equal(now.unopened, 0);
}

static void a_handshake_that_fails_is_told(void **state)
{
	(void)state;

	fake_feed(knock_at("127.0.0.1:1"), "!");
	settle();
	assert_int_equal(now.count, 0);
	assert_int_equal(now.unopened, 1);
	assert_string_equal(now.error.text,
	                    "127.0.0.1:1: the layer did not open");
}

static void a_handshake_has_its_time(void **state)
{
	(void)state;
	struct fake *f;

	f = knock_at("127.0.0.1:1");
	clock_ns += 49 * MS_NS;
	settle();
	assert_int_equal(now.unopened, 0);
	clock_ns += MS_NS;
	settle();
	assert_int_equal(now.unopened, 1);
	assert_string_equal(now.error.code, "ETIMEDOUT");
	assert_int_equal(fake_end(f), FAKE_CLOSED);
}

static void a_paused_listener_keeps_those_whose_handshake_is_done(void **state)
{
	(void)state;
	struct fake *f, *g;

	now.pauses = true;
	f = knock_at("127.0.0.1:1");
	g = knock_at("127.0.0.1:2");
	fake_feed(f, "1");
	fake_feed(g, "1");
	settle();
	assert_int_equal(now.count, 1);
	listener_resume(now.listener);
	settle();
	assert_int_equal(now.count, 2);
}

static void a_listener_that_is_freed_ends_its_handshakes(void **state)
{
	(void)state;
	struct fake *f, *g, *h;

	now.frees = true;
	f = knock_at("127.0.0.1:1");
	g = knock_at("127.0.0.1:2");
	h = knock_at("127.0.0.1:3");
	fake_feed(f, "1");
	fake_feed(g, "1");
	settle();
	assert_int_equal(now.count, 1);
	assert_null(now.listener);
	assert_true(fake_end(g) != FAKE_IN_USE);
	assert_int_equal(fake_end(h), FAKE_CLOSED);
}

static void failures_are_counted_when_they_are_many(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * OPENINGS_TOLD; i++)
		fake_feed(knock_at("127.0.0.1:1"), "!");
	settle();
	settle();
	assert_int_equal(now.unopened, OPENINGS_TOLD);
	clock_ns += SECOND_NS;
	settle();
	assert_int_equal(now.unopened, OPENINGS_TOLD + 1);
	assert_string_equal(now.error.text,
	                    "16 more connections did not open");
	clock_ns += SECOND_NS;
	settle();
	assert_int_equal(now.unopened, OPENINGS_TOLD + 1);
}

static void the_oldest_gives_way_when_there_are_too_many(void **state)
{
	struct fake *f;

	(void)state;
	f = knock_at("127.0.0.1:1");
	for (int i = 0; i < OPENINGS_MAX; i++)
		knock_at("127.0.0.1:2");
	assert_int_equal(fake_end(f), FAKE_CLOSED);
	assert_int_equal(fake_end(fake_at(2)), FAKE_IN_USE);
}

#define TEST(name)                                                            \
	cmocka_unit_test_setup_teardown(name, start_listening, finish)

/* TLS and plain clients both */

static int start_for_both(void **state)
{
	static const struct tls_settings both = { .takes_plain = true };

	settings.tls = tls_new(&both);
	return start_listening(state);
}

static int finish_for_both(void **state)
{
	int failed = finish(state);

	tls_free(settings.tls);
	settings.tls = NULL;
	return failed;
}

static void a_client_that_begins_in_plain_is_plain(void **state)
{
	struct fake *f = knock_at("127.0.0.1:1");

	(void)state;
	assert_int_equal(now.count, 0);
	fake_feed(f, "GET /");
	settle();
	assert_int_equal(now.count, 1);
	assert_null(now.peers[0]->lower);
	assert_int_equal(fake_unread(f), 5);
}

static void a_client_that_begins_tls_gets_it(void **state)
{
	struct fake *f = knock_at("127.0.0.1:1");

	(void)state;
	fake_feed(f, "\x16");
	settle();
	assert_int_equal(now.count, 1);
	assert_non_null(now.peers[0]->lower);
}

static void wait_until_silent(void)
{
	clock_ns += OPENINGS_SILENT_MS * MS_NS;
	settle();
}

static void a_client_that_is_silent_is_plain(void **state)
{
	(void)state;
	knock_at("127.0.0.1:1");
	clock_ns += OPENINGS_SILENT_MS * MS_NS / 2;
	settle();
	assert_int_equal(now.count, 0);
	wait_until_silent();
	assert_int_equal(now.count, 1);
	assert_null(now.peers[0]->lower);
}

static void a_client_that_ends_at_once_is_a_plain_peer(void **state)
{
	(void)state;
	fake_feed_end(knock_at("127.0.0.1:1"));
	settle();
	assert_int_equal(now.count, 1);
	assert_int_equal(now.unopened, 0);
}

static void a_silent_client_is_closed_with_its_listener(void **state)
{
	(void)state;
	knock_at("127.0.0.1:1");
	listener_free(now.listener);
	now.listener = NULL;
	assert_int_equal(fake_end(fake_last()), FAKE_RESET);
}

#define BOTH(name) \
	cmocka_unit_test_setup_teardown(name, start_for_both, finish_for_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_peer_is_told_when_its_handshake_is_done),
		TEST(a_handshake_that_hangs_is_in_nobodys_way),
		TEST(a_handshake_that_fails_is_told),
		TEST(a_handshake_has_its_time),
		TEST(a_paused_listener_keeps_those_whose_handshake_is_done),
		TEST(a_listener_that_is_freed_ends_its_handshakes),
		TEST(failures_are_counted_when_they_are_many),
		TEST(the_oldest_gives_way_when_there_are_too_many),
		BOTH(a_client_that_begins_in_plain_is_plain),
		BOTH(a_client_that_begins_tls_gets_it),
		BOTH(a_client_that_is_silent_is_plain),
		BOTH(a_client_that_ends_at_once_is_a_plain_peer),
		BOTH(a_silent_client_is_closed_with_its_listener),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
