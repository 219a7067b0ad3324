/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One UDP socket for many peers: real sockets on loopback. */

#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockchat/loop.h>
#include <sockchat/transport.h>

#include "../../src/net/inbox.h"
#include "../../src/net/udp.h"
#include "../fake/fake_transport.h"

#define PEERS 4

/* Who was accepted, and what he has said. */
struct heard {
	struct transport *transport;
	struct watch watch;
	char text[256]; /* a bar behind each datagram */
	size_t count, len;
	int errnum;
	bool closes; /* when called */
};

static struct loop *loop;
static struct transport *hub;
static struct watch knocks;
static struct heard heard[PEERS];
static size_t accepted;
static bool refuses, closes_hub;
static struct address place;
static int clients[PEERS];

static void close_peer(struct heard *h)
{
	watch_remove(&h->watch);
	if (h->transport)
		transport_close(h->transport, false);
	h->transport = NULL;
}

static void close_hub(void)
{
	watch_remove(&knocks);
	if (hub)
		transport_close(hub, false);
	hub = NULL;
}

static void on_datagram(struct watch *w, unsigned ready)
{
	static uint8_t bytes[65536];
	struct heard *h = w->user;
	ssize_t n;

	if (h->closes || closes_hub) {
		if (closes_hub)
			close_hub();
		for (size_t i = 0; i < PEERS; i++)
			close_peer(&heard[i]);
		return;
	}
	if (!(ready & LOOP_READ))
		return;
	n = transport_read(h->transport, bytes, sizeof(bytes));
	if (n < 0) {
		h->errnum = errno;
		return;
	}
	h->count++;
	h->len += (size_t)n;
	size_t used = strlen(h->text);
	if (n < 64 && used < 128)
		snprintf(h->text + used, sizeof(h->text) - used, "%.*s|",
		         (int)n, (char *)bytes);
}

static void on_knock(struct watch *w, unsigned ready)
{
	struct address peer;
	struct transport *t = hub->ops->accept(hub, &peer);

	(void)w;
	(void)ready;
	assert_non_null(t);
	assert_null(hub->ops->accept(hub, &peer));
	assert_int_equal(errno, EAGAIN);
	if (refuses || accepted == PEERS) {
		transport_close(t, true);
		return;
	}
	struct heard *h = &heard[accepted++];
	*h = (struct heard){ .transport = t };
	h->watch = (struct watch){ .on_ready = on_datagram, .user = h };
	assert_int_equal(transport_watch(t, loop, &h->watch, LOOP_READ), 0);
}

static void turn(void)
{
	for (int i = 0; i < 20; i++)
		assert_int_equal(loop_turn(loop, 1), 0);
}

static void open_hub(const char *where)
{
	struct address a = fake_address(where);
	struct transport_facts facts;

	hub = transport_udp.listen(&a, &(struct socket_settings){ .port = 0 });
	assert_non_null(hub);
	transport_facts(hub, FACTS_LOCAL, &facts);
	place = facts.local;
	knocks = (struct watch){ .on_ready = on_knock };
	assert_int_equal(transport_watch(hub, loop, &knocks, LOOP_READ), 0);
}

static int set_up(void **state)
{
	(void)state;
	loop = loop_new(LOOP_AUTO);
	accepted = 0;
	refuses = closes_hub = false;
	memset(heard, 0, sizeof(heard));
	for (size_t i = 0; i < PEERS; i++)
		clients[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return loop ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < PEERS; i++) {
		close_peer(&heard[i]);
		close(clients[i]);
	}
	close_hub();
	loop_free(loop);
	return 0;
}

static void say_bytes(int client, const void *bytes, size_t len)
{
	assert_int_equal(sendto(client, bytes, len, 0,
	                        (struct sockaddr *)&place.sa, place.len),
	                 (ssize_t)len);
}

static void say(int client, const char *text)
{
	say_bytes(client, text, strlen(text));
}

static void each_source_is_a_peer_with_its_datagrams(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	say(clients[0], "a");
	say(clients[1], "b");
	say(clients[0], "");
	say(clients[0], "c");
	turn();
	assert_int_equal(accepted, 2);
	assert_string_equal(heard[0].text, "a||c|");
	assert_string_equal(heard[1].text, "b|");
}

static void assert_answer(int client, const char *text, const char *from)
{
	struct address a = { .len = sizeof(a.sa) }, expected;
	char bytes[64];
	ssize_t n = recvfrom(client, bytes, sizeof(bytes), 0,
	                     (struct sockaddr *)&a.sa, &a.len);

	expected = fake_address(from);
	address_set_port(&expected, address_port(&place));
	assert_int_equal(n, strlen(text));
	assert_memory_equal(bytes, text, strlen(text));
	assert_memory_equal(&a.sa, &expected.sa, a.len);
}

static void answers_come_from_where_they_wrote_to(void **state)
{
	(void)state;
	open_hub("0.0.0.0:0");
	struct sockaddr_in *to = (struct sockaddr_in *)&place.sa;
	to->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 4);
	say(clients[0], "a");
	turn();
	assert_int_equal(accepted, 1);
	assert_int_equal(transport_write(heard[0].transport, "yes", 3), 3);
	assert_answer(clients[0], "yes", "127.0.0.5:0");
	assert_int_equal(transport_write(heard[0].transport, "", 0), 0);
	assert_answer(clients[0], "", "127.0.0.5:0");
}

static void a_peer_tells_both_addresses(void **state)
{
	struct transport_facts facts;
	struct address own = { .len = sizeof(own.sa) };

	(void)state;
	open_hub("0.0.0.0:0");
	struct sockaddr_in *to = (struct sockaddr_in *)&place.sa;
	to->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 4);
	say(clients[0], "a");
	turn();
	assert_int_equal(getsockname(clients[0], (struct sockaddr *)&own.sa,
	                             &own.len), 0);
	transport_facts(heard[0].transport, FACTS_LOCAL | FACTS_PEER, &facts);
	assert_memory_equal(&facts.local.sa, &place.sa, place.len);
	assert_int_equal(address_port(&facts.peer), address_port(&own));
}

static void who_is_refused_is_not_kept(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	refuses = true;
	say(clients[0], "a");
	turn();
	refuses = false;
	say(clients[0], "b");
	turn();
	assert_int_equal(accepted, 1);
	assert_string_equal(heard[0].text, "b|");
}

static void what_a_peer_does_not_read_waits(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	say(clients[0], "a");
	turn();
	watch_set(&heard[0].watch, 0);
	say(clients[0], "b");
	say(clients[0], "c");
	say(clients[1], "other");
	turn();
	assert_string_equal(heard[0].text, "a|");
	assert_string_equal(heard[1].text, "other|");
	watch_set(&heard[0].watch, LOOP_READ);
	turn();
	assert_string_equal(heard[0].text, "a|b|c|");
}

static void say_much(int client, size_t count)
{
	static const uint8_t bytes[1000];

	for (size_t i = 0; i < count; i++) {
		say_bytes(client, bytes, sizeof(bytes));
		if (i % 20 == 0)
			assert_int_equal(loop_turn(loop, 0), 0);
	}
	turn();
}

static void what_is_over_the_inbox_is_dropped_and_told(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	say(clients[0], "a");
	say(clients[1], "b");
	turn();
	watch_set(&heard[0].watch, 0);
	say_much(clients[0], 200);
	say(clients[1], "c");
	turn();
	assert_string_equal(heard[1].text, "b|c|");
	watch_set(&heard[0].watch, LOOP_READ);
	turn();
	assert_int_equal(heard[0].errnum, ENOBUFS);
	assert_true(heard[0].len > INBOX_MAX - 2000 &&
	            heard[0].len < INBOX_MAX + 1000);
}

static void while_nobody_reads_the_system_keeps_what_comes(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	say(clients[0], "a");
	turn();
	watch_set(&heard[0].watch, 0);
	say_much(clients[0], 100);
	watch_set(&heard[0].watch, LOOP_READ);
	for (int i = 0; i < 100 && heard[0].count < 101; i++)
		turn();
	assert_int_equal(heard[0].count, 101);
	assert_int_equal(heard[0].errnum, 0);
}

static void the_hub_outlives_its_listener(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	say(clients[0], "a");
	turn();
	close_hub();
	say(clients[0], "b");
	say(clients[1], "stranger");
	turn();
	assert_int_equal(accepted, 1);
	assert_string_equal(heard[0].text, "a|b|");
	assert_int_equal(transport_write(heard[0].transport, "yes", 3), 3);
	assert_answer(clients[0], "yes", "127.0.0.1:0");
}

static void a_datagram_may_end_all_of_them(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	say(clients[0], "a");
	say(clients[1], "b");
	turn();
	closes_hub = true;
	say(clients[0], "c");
	say(clients[1], "d");
	say(clients[2], "e");
	turn();
	assert_null(hub);
	assert_int_equal(accepted, 2);
}

static void a_peer_may_go_while_others_wait_their_turn(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	for (size_t i = 0; i < 3; i++)
		say(clients[i], "a");
	turn();
	for (size_t i = 0; i < 3; i++)
		watch_set(&heard[i].watch, 0);
	for (size_t i = 0; i < 3; i++)
		say(clients[i], "b");
	turn();
	heard[1].closes = true;
	for (size_t i = 0; i < 3; i++)
		watch_set(&heard[i].watch, LOOP_READ);
	turn();
	assert_string_equal(heard[0].text, "a|b|");
	assert_null(heard[2].transport);
	say(clients[2], "again");
	turn();
	assert_int_equal(accepted, 4);
	assert_string_equal(heard[3].text, "again|");
}

static void the_peer_whose_port_is_gone_is_told(void **state)
{
	(void)state;
	open_hub("127.0.0.1:0");
	say(clients[0], "a");
	say(clients[1], "b");
	turn();
	close(clients[0]);
	clients[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(transport_write(heard[0].transport, "x", 1), 1);
	assert_int_equal(transport_write(heard[1].transport, "y", 1), 1);
	turn();
	assert_int_equal(heard[0].errnum, ECONNREFUSED);
	assert_int_equal(heard[1].errnum, 0);
	assert_answer(clients[1], "y", "127.0.0.1:0");
	uint64_t turns = loop_turns(loop);
	assert_int_equal(loop_turn(loop, 50), 0);
	assert_int_equal(loop_turns(loop), turns + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_source_is_a_peer_with_its_datagrams),
		TEST(answers_come_from_where_they_wrote_to),
		TEST(a_peer_tells_both_addresses),
		TEST(who_is_refused_is_not_kept),
		TEST(what_a_peer_does_not_read_waits),
		TEST(what_is_over_the_inbox_is_dropped_and_told),
		TEST(while_nobody_reads_the_system_keeps_what_comes),
		TEST(the_hub_outlives_its_listener),
		TEST(a_datagram_may_end_all_of_them),
		TEST(a_peer_may_go_while_others_wait_their_turn),
		TEST(the_peer_whose_port_is_gone_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
