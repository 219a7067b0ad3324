/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Peers whose proxy has to name them first, over the fake transport. */

#include <errno.h>

#include "listener_scene.h"

#define PROXY  "10.0.0.1:5555"
#define HEADER "PROXY TCP4 203.0.113.7 198.51.100.1 40000 443\r\n"

static int listen_for_headers(void **state)
{
	if (set_up(state))
		return -1;
	struct scene *s = *state;

	s->settings.proxy_protocol = PROXY_HEADER_READ;
	listen_on(s, &transport_fake, "127.0.0.1", 9999);
	return 0;
}

/* Somebody has come, and has not been told of. */
static struct fake *come(struct scene *s)
{
	fake_knock(fake_at(0), PROXY);
	settle(s);
	return fake_last();
}

static void assert_peer(const struct scene *s, const char *where)
{
	char text[ADDRESS_TEXT_MAX];

	address_format(&s->last_peer, text);
	assert_string_equal(text, where);
}

static void assert_unopened(const struct scene *s, const char *text)
{
	assert_int_equal(s->count, 0);
	assert_int_equal(s->unopened, 1);
	assert_string_equal(s->error.text, text);
	assert_string_equal(s->error.code, "PROXY_HEADER");
}

static void a_peer_is_told_of_when_its_header_is_whole(void **state)
{
	struct scene *s = *state;
	struct fake *f = come(s);
	char one[2] = "", through[TRANSPORT_THROUGH_MAX], next[6];

	for (const char *c = HEADER; *c; c++) {
		assert_int_equal(s->count, 0);
		*one = *c;
		fake_feed(f, one);
		settle(s);
	}
	assert_int_equal(s->count, 1);
	assert_peer(s, "203.0.113.7:40000");
	fake_feed(f, "hello");
	assert_int_equal(transport_read(s->peers[0], next, 6), 5);
	fake_facts(f)->peer = fake_address(PROXY);
	transport_through(s->peers[0], through);
	assert_string_equal(through, " through the proxy " PROXY);
}

static void what_stands_behind_a_header_stays(void **state)
{
	struct scene *s = *state;
	struct fake *f = come(s);

	fake_feed(f, HEADER "PROXY hello");
	settle(s);
	assert_int_equal(s->count, 1);
	assert_int_equal(fake_unread(f), strlen("PROXY hello"));
}

static void a_header_for_nobody_leaves_the_address(void **state)
{
	struct scene *s = *state;
	char through[TRANSPORT_THROUGH_MAX];

	fake_feed(come(s), "PROXY UNKNOWN\r\n");
	settle(s);
	assert_int_equal(s->count, 1);
	assert_peer(s, PROXY);
	transport_through(s->peers[0], through);
	assert_string_equal(through, "");
}

static void who_sends_something_else_is_sent_away(void **state)
{
	struct scene *s = *state;
	struct fake *f = come(s);

	fake_feed(f, "GET / HTTP/1.1\r\n\r\n");
	settle(s);
	assert_unopened(s, PROXY " sent no PROXY header: it began with "
	                   "\"GET / HTTP/1.1^M^J\"");
	assert_int_equal(fake_end(f), FAKE_CLOSED);
}

static void who_sends_a_wrong_header_is_told_why(void **state)
{
	struct scene *s = *state;

	fake_feed(come(s), "PROXY TCP4 1.2.3.4 5.6.7.8 70000 1\r\n");
	settle(s);
	assert_unopened(s, PROXY " sent a wrong PROXY header: \"70000\" in its "
	                   "line is not a valid port (0 to 65535)");
}

static void who_ends_before_his_header_is_told_of(void **state)
{
	struct scene *s = *state;
	struct fake *f = come(s);

	fake_feed(f, "PROXY T");
	fake_feed_end(f);
	settle(s);
	assert_unopened(s, PROXY " sent 7 bytes of a PROXY header, and has "
	                   "ended");
}

static void who_resets_before_his_header_is_told_of_as_ever(void **state)
{
	struct scene *s = *state;

	fake_feed_error(come(s), ECONNRESET);
	settle(s);
	assert_int_equal(s->unopened, 1);
	assert_string_equal(s->error.code, "ECONNRESET");
}

static void who_is_silent_is_in_nobodys_way_and_has_half_a_minute(void **state)
{
	struct scene *s = *state;

	(void)come(s);
	fake_feed(come(s), HEADER);
	settle(s);
	assert_int_equal(s->count, 1);
	ahead_s += 29;
	settle(s);
	assert_int_equal(s->unopened, 0);
	ahead_s += 2;
	settle(s);
	assert_int_equal(s->unopened, 1);
	assert_string_equal(s->error.text, PROXY " sent no PROXY header within "
	                                   "30 s");
}

static void a_header_that_comes_in_a_pause_waits(void **state)
{
	struct scene *s = *state;
	struct fake *f = come(s);

	listener_pause(s->listener);
	fake_feed(f, HEADER);
	settle(s);
	assert_int_equal(s->count, 0);
	listener_resume(s->listener);
	settle(s);
	assert_int_equal(s->count, 1);
}

static void a_listener_may_be_freed_by_a_peer_with_a_header(void **state)
{
	struct scene *s = *state;
	struct fake *first = come(s), *second = come(s);

	s->frees = true;
	fake_feed(first, HEADER);
	fake_feed(second, HEADER);
	settle(s);
	assert_int_equal(s->count, 1);
}

#undef TEST
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, listen_for_headers, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_peer_is_told_of_when_its_header_is_whole),
		TEST(what_stands_behind_a_header_stays),
		TEST(a_header_for_nobody_leaves_the_address),
		TEST(who_sends_something_else_is_sent_away),
		TEST(who_sends_a_wrong_header_is_told_why),
		TEST(who_ends_before_his_header_is_told_of),
		TEST(who_resets_before_his_header_is_told_of_as_ever),
		TEST(who_is_silent_is_in_nobodys_way_and_has_half_a_minute),
		TEST(a_header_that_comes_in_a_pause_waits),
		TEST(a_listener_may_be_freed_by_a_peer_with_a_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
