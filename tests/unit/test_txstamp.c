/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Acknowledgements with their time, asked on loopback. */

#include "unit.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockchat/txstamp.h>

#define LIMIT_MS 5000

struct pair {
	int near, far;
};

static int set_up(void **state)
{
	static struct pair p;
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	p.near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(p.near, (struct sockaddr *)&sa, len), 0);
	p.far = accept(fd, NULL, NULL);
	assert_true(p.far >= 0);
	close(fd);
	*state = &p;
	return 0;
}

static int tear_down(void **state)
{
	const struct pair *p = *state;
	close(p->near);
	close(p->far);
	return 0;
}

static void start(const struct pair *p)
{
	size_t unacked;
	if (txstamp_start(p->near, &unacked))
		skip();
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
	struct txstamp stamp;
	start(*state);
	send_bytes(*state, 1000);
	const struct pair *p = *state;
	assert_true(txstamp_read(p->near, &stamp));
	assert_int_equal(stamp.bytes, 1000);
	assert_false(txstamp_read(p->near, &stamp));
}

static void a_new_start_knows_nothing_of_the_one_before(void **state)
{
	const struct pair *p = *state;
	struct txstamp stamp;
	start(p);
	send_bytes(p, 1000);
	txstamp_stop(p->near);
	start(p);
	assert_false(txstamp_read(p->near, &stamp));
	send_bytes(p, 3);
	assert_true(txstamp_read(p->near, &stamp));
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
