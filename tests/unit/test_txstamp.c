/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Acknowledgements with their time, over real sockets on loopback. */

#include <poll.h>

#include "../../src/net/tcp.h"
#include "tcp_pair.h"

#define LIMIT_MS 5000

static int set_up(void **state)
{
	static struct pair p;
	pair_open(&p);
	*state = &p;
	return 0;
}

static int tear_down(void **state)
{
	pair_close(*state);
	return 0;
}

static void start(const struct pair *p)
{
	size_t unacked;
	if (txstamp_acks.start(&(struct transport){ .fd = p->near }, &unacked))
		skip_because("this system does not stamp what is sent");
}

static bool read_stamp(const struct pair *p, struct ack *out)
{
	return txstamp_acks.read(&(struct transport){ .fd = p->near }, out);
}

/* Returns once the record is there to be read. */
static void send_bytes(const struct pair *p, size_t len)
{
	static const char bytes[1000];
	struct pollfd wait = { .fd = p->near };
	assert_int_equal(write(p->near, bytes, len), len);
	assert_int_equal(poll(&wait, 1, LIMIT_MS), 1);
	assert_true(wait.revents & POLLERR);
}

static void bytes_are_counted_from_the_start(void **state)
{
	struct ack stamp;
	start(*state);
	send_bytes(*state, 1000);
	const struct pair *p = *state;
	assert_true(read_stamp(p, &stamp));
	assert_int_equal(stamp.bytes, 1000);
	assert_false(read_stamp(p, &stamp));
}

static void a_new_start_knows_nothing_of_the_one_before(void **state)
{
	const struct pair *p = *state;
	struct ack stamp;
	start(p);
	send_bytes(p, 1000);
	txstamp_acks.stop(&(struct transport){ .fd = p->near });
	start(p);
	assert_false(read_stamp(p, &stamp));
	send_bytes(p, 3);
	assert_true(read_stamp(p, &stamp));
	assert_int_equal(stamp.bytes, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bytes_are_counted_from_the_start),
		TEST(a_new_start_knows_nothing_of_the_one_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
