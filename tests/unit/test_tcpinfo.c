/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What the system tells of a connection, over real sockets on loopback. */

#include <sockchat/owner.h>
#include <sockchat/stamp.h>

#include "../../src/net/socket.h"
#include "../../src/net/tcp.h"
#include "tcp_pair.h"

#define LIMIT_NS INT64_C(60000000000)

/* Of the near end, once it is in this state. */
static struct tcpinfo await_state(const struct pair *p, enum tcp_state state)
{
	int64_t end = stamp_mono_ns() + LIMIT_NS;
	struct tcpinfo i;

	do {
		assert_true(tcpinfo_read(p->near, &i));
		assert_true(stamp_mono_ns() < end);
	} while (i.state != state);
	return i;
}

static void bytes_are_counted_where_they_are(void **state)
{
	struct pair p;
	struct tcpinfo near, far;

	(void)state;
	pair_open(&p);
	assert_int_equal(write(p.near, "1234567890", 10), 10);
	int64_t end = stamp_mono_ns() + LIMIT_NS;
	do {
		assert_true(tcpinfo_read(p.near, &near));
		assert_true(stamp_mono_ns() < end);
	} while (near.unacked);
	assert_true(tcpinfo_read(p.far, &far));
	assert_int_equal(far.unread, 10);
	assert_int_equal(near.unsent, 0);
	assert_true(near.acked >= 10);
	assert_true(near.rtt_us > 0 && near.cwnd > 0 && near.snd_mss > 0);
	assert_true(near.has_peer_window && near.peer_window > 0);
	pair_close(&p);
}

static void the_states_follow_the_two_ends(void **state)
{
	struct pair p;

	(void)state;
	pair_open(&p);
	await_state(&p, TCP_STATE_ESTABLISHED);
	shutdown(p.far, SHUT_WR);
	await_state(&p, TCP_STATE_CLOSE_WAIT);
	pair_close(&p);
	pair_open(&p);
	shutdown(p.near, SHUT_WR);
	await_state(&p, TCP_STATE_FIN_WAIT_2);
	pair_close(&p);
	assert_string_equal(tcpinfo_state_name(TCP_STATE_FIN_WAIT_2),
	                    "FIN-WAIT-2");
}

static void other_sockets_have_no_tcp_info(void **state)
{
	int fds[2];
	struct tcpinfo i;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_false(tcpinfo_read(fds[0], &i));
	assert_false(tcpinfo_read(-1, &i));
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_false(tcpinfo_read(fds[0], &i));
	close(fds[0]);
	close(fds[1]);
}

static void our_end_is_no_byte_that_lies_unread(void **state)
{
	struct pair p;
	struct address near, far;
	struct owner_peer peer;

	(void)state;
	pair_open(&p);
	socket_local(p.near, &near);
	socket_local(p.far, &far);
	assert_int_equal(write(p.near, "123", 3), 3);
	shutdown(p.near, SHUT_WR);
	await_state(&p, TCP_STATE_FIN_WAIT_2);
	owner_of_peer(&peer, NULL, &near, &far);
	assert_true(peer.is_here);
	assert_int_equal(peer.unread, 3);
	pair_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_counted_where_they_are),
		cmocka_unit_test(the_states_follow_the_two_ends),
		cmocka_unit_test(our_end_is_no_byte_that_lies_unread),
		cmocka_unit_test(other_sockets_have_no_tcp_info),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
