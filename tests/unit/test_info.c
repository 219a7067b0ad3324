/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* /info, and which connection it is about. */

#include <sockchat/focus.h>
#include <sockchat/pair.h>

#include "chat_scene.h"

/* What the line has been answered with, one note a line. */
static const char *answer(const char *line)
{
	static char page[4000];
	uint64_t seq = transcript_end(c->transcript);
	const struct entry *e;
	page[0] = '\0';
	command_run(c, line, strlen(line));
	for (; (e = entry_at(c->transcript, seq)); seq++) {
		size_t len = strlen(page);
		snprintf(page + len, sizeof(page) - len, "%c %.*s\n",
		         entry_mark(e), (int)e->len, (const char *)e->bytes);
	}
	return page;
}

#define assert_has(page, text)                                                \
	do {                                                                  \
		const char *got = page;                                       \
		if (!strstr(got, text))                                       \
			fail_msg("no '%s' in:\n%s", text, got);               \
	} while (0)

static void without_a_peer_it_says_who_could_come(void **state)
{
	(void)state;
	assert_string_equal(answer("/info"), "* nobody is connected\n");
	snprintf(c->own->listening, sizeof(c->own->listening), "[::1]:9");
	c->reach = "this machine only";
	assert_string_equal(answer("/info"),
	                    "* listening on [::1]:9 (this machine only)\n"
	                    "* nobody is connected\n");
	c->is_exposed = true;
	c->reach = "open to other machines";
	assert_has(answer("/info"), "[::1]:9 (open to other machines)");
}

static void a_connection_tells_how_it_does(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	fake_feed(f, "a\nb\nc");
	turn();
	command_run(c, "hello", 5);
	const char *page = answer("/info");
	assert_has(page, "* 127.0.0.1:9: healthy\n* peer: 127.0.0.1:9\n");
	assert_has(page, "* state: ESTABLISHED, open both ways, since ");
	assert_has(page, "* received: 5 B in 3 messages, 1 B/s, last 0 s");
	assert_has(page, "* sent: 6 B in 1 message, 2 B/s, last 0 s ago\n");
	assert_has(page, "* waiting: 0 B queued\n");
	assert_has(page, "* TCP: this system does not tell more\n");
	assert_has(answer("/info 1"), "* 127.0.0.1:9: healthy\n");
	assert_string_equal(answer("/info 7"), "! there is no peer 7\n");
}

static void of_several_peers_each_has_its_sentence(void **state)
{
	struct fake *first = connect_one();
	(void)state;
	connect_one();
	command_run(c, "/pause 2", 8);
	assert_string_equal(answer("/info"),
	                    "* peer 1, 127.0.0.1:9: healthy\n* peer 2, "
	                    "127.0.0.1:9: paused by us (/resume continues)\n* "
	                    "/info PEER shows more about one of them\n");
	fake_feed(first, "abc\n");
	turn();
	command_run(c, "/to 1", 5);
	assert_has(answer("/info"), "received: 4 B in 1 message, ");
	assert_has(answer("/info 2"), "received: 0 B in 0 messages, ");
}

static void in_the_middle_both_sides_are_told(void **state)
{
	struct address client = fake_address("127.0.0.1:50000");
	struct address target = fake_address("127.0.0.1:9");
	struct session *far = chat_add_session(c);
	(void)state;
	assert_int_equal(pair_begin(far, &c->own->near_settings,
	                            fake_transport(fake_open()), &client), 0);
	session_adopt(far, fake_transport(fake_open()), &target);
	const char *page = answer("/info");
	assert_has(page, "* client 127.0.0.1:50000: healthy\n"
	                 "* client peer: 127.0.0.1:50000\n");
	assert_has(page, "* target 127.0.0.1:9: healthy\n"
	                 "* target peer: 127.0.0.1:9\n");
	session_reset(far->pair->near);
	session_reset(far);
	turn();
	page = answer("/info");
	assert_has(page, "* client 127.0.0.1:50000: closed 0 s ago\n");
	assert_has(page, "* target 127.0.0.1:9: closed 0 s ago\n");
}

static void the_last_one_is_remembered_when_it_is_gone(void **state)
{
	struct tls_facts tls = { .version = "TLSv1.3", .cipher = "X" };
	struct fake *f = connect_one();
	(void)state;
	fake_facts(f)->tls = &tls;
	fake_feed(f, "abc\n");
	turn();
	command_run(c, "/reset", 6);
	turn();
	memset(&tls, 0, sizeof(tls)); /* it is gone with the connection */
	const char *page = answer("/info");
	assert_has(page, "* TLS: TLSv1.3 with X\n");
	assert_has(page, "* 127.0.0.1:9: closed 0 s ago\n");
	assert_has(page, "* state: CLOSED, no connection, since ");
	assert_has(page, "* received: 4 B in 1 message, ");
	assert_has(page, "* opening: open in ");
}

static void a_few_are_watched_and_of_many_the_one_that_is_shown(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	fake_feed(f, "abc\n");
	turn();
	assert_int_equal(chat_health(c, 1)->number, 1);
	assert_int_equal(chat_health(c, 2)->counters[HEALTH_IN].count, 0);
	assert_non_null(c->own->look.loop);
	for (int i = 1; i < WATCH_MAX; i++)
		connect_one();
	c->own->look.on_time(&c->own->look);
	for (uint32_t i = 1; i <= WATCH_MAX; i++)
		assert_int_equal(chat_health(c, i)->number, i);
	timer_stop(&c->own->look);
	connect_one();
	fake_feed(f, "abc\n");
	turn();
	assert_null(c->own->look.loop);
	c->target = WATCH_MAX + 1; /* it takes a place */
	turn();
	assert_int_equal(chat_health(c, WATCH_MAX + 1)->number, WATCH_MAX + 1);
	assert_int_equal(chat_health(c, 2)->number, 0); /* from another */
}

static void a_quiet_connection_wakes_nobody(void **state)
{
	(void)state;
	connect_one();
	for (int i = 0; i < HEALTH_COUNTERS; i++) {
		struct rate *r = &c->own->health[0].counters[i];
		r->marks[r->count - 1].ns -= HEALTH_STEP_NS;
	}
	timer_stop(&c->own->look);
	c->own->look.on_time(&c->own->look);
	assert_null(c->own->look.loop);
	turn();
	assert_null(c->own->look.loop);
	fake_feed(fake_last(), "abc\n");
	turn();
	assert_non_null(c->own->look.loop);
}

/* However much comes, the next look is not put off. */
static void there_is_a_look_each_second(void **state)
{
	struct fake *f = connect_one();
	(void)state;
	fake_feed(f, "abc\n");
	turn();
	int64_t due_ns = c->own->look.due_ns;
	fake_feed(f, "abc\n");
	turn();
	assert_int_equal(c->own->look.due_ns, due_ns);
}

/* Nobody reads what is sent to a socket without a program. */
static void a_peer_that_is_gone_is_left_out_unless_it_is_chosen(void **state)
{
	struct fake *gone = connect_one();
	(void)state;
	struct fake *other = connect_one();
	fake_facts(gone)->far = (struct owner_peer){ .is_here = true,
		                                     .is_gone = true };
	assert_int_equal(chat_audience(c), 2);
	fake_feed_end(gone);
	turn();
	assert_int_equal(chat_audience(c), 1);
	assert_int_equal(chat_shown(c)->link.number, 2);
	chat_next_target(c);
	assert_int_equal(c->target, 2);
	chat_next_target(c);
	assert_int_equal(c->target, 0);
	type("a");
	SENT(gone, "");
	SENT(other, "a\n");
	type("/to 1");
	type("b");
	SENT(gone, "b\n");
	type("/to all");
	type("/reset 2");
	turn();
	type("c");
	assert_last(ENTRY_ERROR, "not sent: the peer is gone, no program would "
	                         "read it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_peer_it_says_who_could_come),
		TEST(a_connection_tells_how_it_does),
		TEST(of_several_peers_each_has_its_sentence),
		TEST(in_the_middle_both_sides_are_told),
		TEST(the_last_one_is_remembered_when_it_is_gone),
		TEST(a_few_are_watched_and_of_many_the_one_that_is_shown),
		TEST(a_peer_that_is_gone_is_left_out_unless_it_is_chosen),
		TEST(a_quiet_connection_wakes_nobody),
		TEST(there_is_a_look_each_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
