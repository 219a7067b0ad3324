/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The TCP transport, over real sockets on loopback. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sockchat/loop.h>
#include <sockchat/transport.h>

#include "../../src/net/tcp.h"

#define LIMIT_MS 5000

static const struct transport_ops *const tcp = &transport_tcp;
static const struct socket_settings settings = SOCKET_DEFAULTS;

/* The next so many calls of accept4, recv and send fail with this. */
static struct fault {
	int errnum;
	size_t times;
} fault;

static bool strikes(void)
{
	if (fault.times == 0)
		return false;
	fault.times--;
	errno = fault.errnum;
	return true;
}

int accept4(int fd, struct sockaddr *address, socklen_t *len, int flags)
{
	if (strikes())
		return -1;
	return (int)syscall(SYS_accept4, fd, address, len, flags);
}

ssize_t recv(int fd, void *bytes, size_t len, int flags)
{
	if (strikes())
		return -1;
	return syscall(SYS_recvfrom, fd, bytes, len, flags, NULL, NULL);
}

ssize_t send(int fd, const void *bytes, size_t len, int flags)
{
	if (strikes())
		return -1;
	return syscall(SYS_sendto, fd, bytes, len, flags, NULL, 0);
}

/* The two ends of one connection, and where it was accepted. */
struct pair {
	struct transport *listener, *near, *far;
	struct address peer; /* of far, as accept() told */
};

static struct address loopback(unsigned port)
{
	struct address a = { .len = sizeof(struct sockaddr_in) };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&a.sa;

	v4->sin_family = AF_INET;
	v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	v4->sin_port = htons((in_port_t)port);
	return a;
}

static void await(const struct transport *t, short events)
{
	struct pollfd p = { .fd = t->fd, .events = events };

	assert_int_equal(poll(&p, 1, LIMIT_MS), 1);
}

static struct address local_of(const struct transport *t)
{
	struct transport_facts facts;

	transport_facts(t, FACTS_LOCAL, &facts);
	assert_true(facts.local.len > 0);
	return facts.local;
}

static struct transport *open_listener_with(struct address *where,
                                            const struct socket_settings *s)
{
	struct address any = loopback(0);
	struct transport *t = tcp->listen(&any, s);

	assert_non_null(t);
	*where = local_of(t);
	return t;
}

static struct transport *open_listener(struct address *where)
{
	return open_listener_with(where, &settings);
}

static struct transport *dial(const struct address *where)
{
	struct transport *t = tcp->connect(where, &settings);

	assert_non_null(t);
	await(t, POLLOUT);
	return t;
}

/* The listener has the settings. */
static struct pair make_pair_with(const struct socket_settings *s)
{
	struct pair p;
	struct address where;

	p.listener = open_listener_with(&where, s);
	p.near = dial(&where);
	assert_int_equal(tcp->advance(p.near), 0);
	await(p.listener, POLLIN);
	p.far = tcp->accept(p.listener, &p.peer);
	assert_non_null(p.far);
	return p;
}

static struct pair make_pair(void)
{
	return make_pair_with(&settings);
}

static void drop_pair(struct pair *p)
{
	tcp->close(p->listener, false);
	tcp->close(p->near, false);
	if (p->far)
		tcp->close(p->far, false);
}

static int option(const struct transport *t, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(t->fd, level, name, &value, &len), 0);
	return value;
}

static void both_ends_know_each_other(void **state)
{
	struct pair p = make_pair();
	struct address local = local_of(p.near);

	(void)state;
	assert_int_equal(local.len, p.peer.len);
	assert_memory_equal(&local.sa, &p.peer.sa, local.len);
	drop_pair(&p);
}

static void bytes_go_both_ways_and_then_wait(void **state)
{
	struct pair p = make_pair();
	char bytes[16];

	(void)state;
	assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(tcp->write(p.near, "ping", 4), 4);
	await(p.far, POLLIN);
	assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "ping", 4);
	assert_int_equal(tcp->write(p.far, "pong", 4), 4);
	await(p.near, POLLIN);
	assert_int_equal(tcp->read(p.near, bytes, 2), 2);
	assert_int_equal(tcp->read(p.near, bytes + 2, 14), 2);
	assert_memory_equal(bytes, "pong", 4);
	assert_int_equal(tcp->write(p.near, "", 0), 0);
	drop_pair(&p);
}

static void descriptors_are_private_and_never_block(void **state)
{
	struct pair p = make_pair();
	const struct transport *all[] = { p.listener, p.near, p.far };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(fcntl(all[i]->fd, F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(all[i]->fd, F_GETFD) & FD_CLOEXEC);
	}
	drop_pair(&p);
}

static void both_ends_send_at_once_and_watch_for_dead_peers(void **state)
{
	struct pair p = make_pair();
	const struct transport *ends[] = { p.near, p.far };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_int_not_equal(option(ends[i], IPPROTO_TCP, TCP_NODELAY),
		                     0);
		assert_int_not_equal(option(ends[i], SOL_SOCKET, SO_KEEPALIVE),
		                     0);
	}
	assert_int_not_equal(option(p.listener, SOL_SOCKET, SO_REUSEADDR), 0);
	drop_pair(&p);
}

static void what_is_accepted_has_the_settings_of_where_it_was(void **state)
{
	static const int wanted[SOCKET_SETTINGS] = {
		[SOCKET_KEEPALIVE] = 1, [SOCKET_KEEP_IDLE] = 17,
		[SOCKET_KEEP_INTERVAL] = 3, [SOCKET_KEEP_COUNT] = 4,
		[SOCKET_TTL] = 23, [SOCKET_TOS] = 0x20,
		[SOCKET_SNDBUF] = 20000, [SOCKET_RCVBUF] = 30000,
		[SOCKET_USER_TIMEOUT] = 7000,
	};
	struct socket_settings s = { .port = 0 };
	struct transport_facts facts;
	struct pair p;

	(void)state;
	memcpy(s.values, wanted, sizeof(wanted));
	p = make_pair_with(&s);
	transport_facts(p.far, FACTS_SOCKET, &facts);
	assert_true(facts.has_socket);
	for (int i = 0; i < SOCKET_SETTINGS; i++) {
		bool is_doubled = i == SOCKET_SNDBUF || i == SOCKET_RCVBUF;
		if (i != SOCKET_BROADCAST) /* which TCP has not */
			assert_int_equal(facts.socket.of[i],
			                 (is_doubled + 1) * wanted[i]);
	}
	drop_pair(&p);
}

static void a_refusal_is_told_by_advance_and_stays(void **state)
{
	struct address where;
	struct transport *t = open_listener(&where);

	(void)state;
	tcp->close(t, false);
	t = dial(&where);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tcp->advance(t), -1);
		assert_int_equal(errno, ECONNREFUSED);
	}
	tcp->close(t, false);
}

/* A full backlog: the system answers nobody. */
static void a_connect_without_an_answer_is_still_under_way(void **state)
{
	struct address where;
	struct transport *full = open_listener(&where), *clients[4];

	(void)state;
	assert_int_equal(listen(full->fd, 0), 0);
	for (size_t i = 0; i < 4; i++) {
		clients[i] = tcp->connect(&where, &settings);
		assert_non_null(clients[i]);
	}
	assert_int_equal(tcp->advance(clients[3]), LOOP_WRITE);
	assert_int_equal(tcp->advance(clients[0]), 0);
	for (size_t i = 0; i < 4; i++)
		tcp->close(clients[i], false);
	tcp->close(full, false);
}

static void a_connection_to_itself_is_a_refusal(void **state)
{
	struct address where;
	struct transport *t = open_listener(&where);
	int fd;

	(void)state;
	tcp->close(t, false);
	/* A socket that has the address already, and dials it. */
	t = tcp->connect(&where, &settings);
	assert_non_null(t);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&where.sa, where.len), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&where.sa, where.len),
	                 0);
	assert_int_equal(dup2(fd, t->fd), t->fd);
	close(fd);
	assert_int_equal(tcp->advance(t), -1);
	assert_int_equal(errno, ECONNREFUSED);
	tcp->close(t, false);
}

static void accepting_without_a_peer_is_eagain(void **state)
{
	struct address where, peer;
	struct transport *t = open_listener(&where);

	(void)state;
	assert_null(tcp->accept(t, &peer));
	assert_int_equal(errno, EAGAIN);
	tcp->close(t, false);
}

static void a_place_that_is_taken_is_in_use(void **state)
{
	struct address where;
	struct transport *t = open_listener(&where);

	(void)state;
	assert_null(tcp->listen(&where, &settings));
	assert_int_equal(errno, EADDRINUSE);
	tcp->close(t, false);
}

static void a_fin_is_the_end_and_the_other_way_stays_open(void **state)
{
	struct pair p = make_pair();
	char bytes[8];

	(void)state;
	assert_int_equal(tcp->write(p.near, "last", 4), 4);
	assert_int_equal(tcp->shutdown(p.near), 0);
	await(p.far, POLLIN);
	assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), 4);
	assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), 0);
	assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), 0);
	assert_int_equal(tcp->write(p.far, "late", 4), 4);
	await(p.near, POLLIN);
	assert_int_equal(tcp->read(p.near, bytes, sizeof(bytes)), 4);
	drop_pair(&p);
}

static void an_abort_is_a_reset_after_what_was_received(void **state)
{
	struct pair p = make_pair();
	char bytes[16];

	(void)state;
	assert_int_equal(tcp->write(p.far, "0123456789", 10), 10);
	await(p.near, POLLIN);
	tcp->close(p.far, true);
	p.far = NULL;
	await(p.near, POLLERR);
	assert_int_equal(tcp->read(p.near, bytes, sizeof(bytes)), 10);
	assert_int_equal(tcp->read(p.near, bytes, sizeof(bytes)), -1);
	assert_int_equal(errno, ECONNRESET);
	drop_pair(&p);
}

/* The kernel tells of a reset once and pretends an orderly end from then on. */
static void a_reset_is_told_to_everybody_who_asks(void **state)
{
	struct pair p = make_pair();
	char bytes[16];

	(void)state;
	tcp->close(p.far, true);
	p.far = NULL;
	await(p.near, POLLERR);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(tcp->pending(p.near), -1);
		assert_int_equal(errno, ECONNRESET);
		assert_int_equal(tcp->read(p.near, bytes, sizeof(bytes)), -1);
		assert_int_equal(errno, ECONNRESET);
		assert_int_equal(tcp->write(p.near, "x", 1), -1);
		assert_int_equal(errno, ECONNRESET);
		assert_int_equal(tcp->shutdown(p.near), -1);
		assert_int_equal(errno, ECONNRESET);
	}
	drop_pair(&p);
}

static void a_write_that_failed_leaves_no_peaceful_end(void **state)
{
	struct pair p = make_pair();
	char bytes[16];

	(void)state;
	tcp->close(p.far, true);
	p.far = NULL;
	await(p.near, POLLERR);
	assert_int_equal(tcp->write(p.near, "x", 1), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_int_equal(tcp->read(p.near, bytes, sizeof(bytes)), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_int_equal(tcp->pending(p.near), -1);
	drop_pair(&p);
}

static void a_full_connection_takes_no_more_for_now(void **state)
{
	static const char bytes[65536];
	struct pair p = make_pair();
	ssize_t n;

	(void)state;
	do
		n = tcp->write(p.near, bytes, sizeof(bytes));
	while (n > 0);
	assert_int_equal(errno, EAGAIN);
	assert_true(tcp->pending(p.near) > 0);
	drop_pair(&p);
}

/* Wait until `t` has nothing pending: acknowledgements come by themselves. */
static void await_all_acknowledged(struct transport *t)
{
	struct pollfd none = { .fd = -1 };

	for (int ms = 0; tcp->pending(t) > 0 && ms < LIMIT_MS; ms++)
		poll(&none, 1, 1);
	assert_int_equal(tcp->pending(t), 0);
}

static void acknowledged_bytes_are_not_pending(void **state)
{
	struct pair p = make_pair();

	(void)state;
	assert_int_equal(tcp->pending(p.near), 0);
	assert_int_equal(tcp->write(p.near, "ping", 4), 4);
	await_all_acknowledged(p.near);
	assert_int_equal(tcp->shutdown(p.near), 0);
	await_all_acknowledged(p.near);
	drop_pair(&p);
}

static void after_both_ends_nothing_is_pending(void **state)
{
	struct pair p = make_pair();

	(void)state;
	assert_int_equal(tcp->shutdown(p.near), 0);
	await(p.far, POLLIN);
	assert_int_equal(tcp->shutdown(p.far), 0);
	await_all_acknowledged(p.near);
	await_all_acknowledged(p.far);
	assert_int_equal(tcp->pending(p.near), 0);
	drop_pair(&p);
}

static void an_interrupted_call_is_made_again(void **state)
{
	struct pair p = make_pair();
	char bytes[8];

	(void)state;
	fault = (struct fault){ EINTR, 3 };
	assert_int_equal(tcp->write(p.near, "ping", 4), 4);
	await(p.far, POLLIN);
	fault = (struct fault){ EINTR, 3 };
	assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), 4);
	assert_int_equal(fault.times, 0);
	drop_pair(&p);
}

static void a_system_short_of_room_is_not_a_failed_connection(void **state)
{
	static const int numbers[] = { ENOBUFS, ENOMEM };
	struct pair p = make_pair();
	char bytes[8];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		fault = (struct fault){ numbers[i], 1 };
		assert_int_equal(tcp->write(p.near, "ping", 4), -1);
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(tcp->write(p.near, "ping", 4), 4);
		await(p.far, POLLIN);
		fault = (struct fault){ numbers[i], 1 };
		assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), -1);
		assert_int_equal(errno, EAGAIN);
		assert_int_equal(tcp->read(p.far, bytes, sizeof(bytes)), 4);
	}
	drop_pair(&p);
}

static void a_peer_lost_on_the_way_does_not_cost_the_next(void **state)
{
	static const int numbers[] = { EINTR, ECONNABORTED, EPROTO, ENETDOWN,
		                       EPERM };
	struct address where, peer;
	struct transport *listener = open_listener(&where);

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct transport *near = dial(&where), *far;

		await(listener, POLLIN);
		fault = (struct fault){ numbers[i], 2 };
		far = tcp->accept(listener, &peer);
		assert_non_null(far);
		tcp->close(far, false);
		tcp->close(near, false);
	}
	tcp->close(listener, false);
}

static void accepting_that_never_succeeds_gives_way_in_the_end(void **state)
{
	struct address where, peer;
	struct transport *listener = open_listener(&where);

	(void)state;
	fault = (struct fault){ ECONNABORTED, SIZE_MAX };
	assert_null(tcp->accept(listener, &peer));
	assert_int_equal(errno, EAGAIN);
	fault = (struct fault){ EMFILE, SIZE_MAX };
	assert_null(tcp->accept(listener, &peer));
	assert_int_equal(errno, EMFILE);
	fault.times = 0;
	tcp->close(listener, false);
}

static void an_address_without_a_network_is_an_error_at_once(void **state)
{
	struct address a = { .len = sizeof(a.sa) };

	(void)state;
	a.sa.ss_family = AF_MAX;
	assert_null(tcp->connect(&a, &settings));
	assert_int_equal(errno, EAFNOSUPPORT);
	assert_null(tcp->listen(&a, &settings));
	assert_int_equal(errno, EAFNOSUPPORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_know_each_other),
		cmocka_unit_test(bytes_go_both_ways_and_then_wait),
		cmocka_unit_test(descriptors_are_private_and_never_block),
		cmocka_unit_test(
		    both_ends_send_at_once_and_watch_for_dead_peers),
		cmocka_unit_test(
		    what_is_accepted_has_the_settings_of_where_it_was),
		cmocka_unit_test(a_refusal_is_told_by_advance_and_stays),
		cmocka_unit_test(
		    a_connect_without_an_answer_is_still_under_way),
		cmocka_unit_test(a_connection_to_itself_is_a_refusal),
		cmocka_unit_test(accepting_without_a_peer_is_eagain),
		cmocka_unit_test(a_place_that_is_taken_is_in_use),
		cmocka_unit_test(a_fin_is_the_end_and_the_other_way_stays_open),
		cmocka_unit_test(an_abort_is_a_reset_after_what_was_received),
		cmocka_unit_test(a_reset_is_told_to_everybody_who_asks),
		cmocka_unit_test(a_write_that_failed_leaves_no_peaceful_end),
		cmocka_unit_test(a_full_connection_takes_no_more_for_now),
		cmocka_unit_test(acknowledged_bytes_are_not_pending),
		cmocka_unit_test(after_both_ends_nothing_is_pending),
		cmocka_unit_test(an_interrupted_call_is_made_again),
		cmocka_unit_test(
		    a_system_short_of_room_is_not_a_failed_connection),
		cmocka_unit_test(a_peer_lost_on_the_way_does_not_cost_the_next),
		cmocka_unit_test(
		    accepting_that_never_succeeds_gives_way_in_the_end),
		cmocka_unit_test(
		    an_address_without_a_network_is_an_error_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
