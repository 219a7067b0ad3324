/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Whose real sockets of UDP are, as Linux tells it. */

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sockchat/stamp.h>

#include "../../src/net/socket.h"
#include "../../src/net/udp.h"

/* A socket at a free port of this address. */
static int open_at(const char *host, struct address *out)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->sa;

	*out = (struct address){ .sa.ss_family = AF_INET,
		                 .len = sizeof(*v4) };
	assert_true(inet_pton(AF_INET, host, &v4->sin_addr) == 1);
	assert_int_equal(bind(fd, (struct sockaddr *)v4, out->len), 0);
	socket_local(fd, out);
	return fd;
}

static void whoever_gets_a_datagram_is_known(void **state)
{
	struct address any, ours, to;
	int far = open_at("0.0.0.0", &any), near = open_at("127.0.0.1", &ours);
	struct owner_peer peer;
	char owner[OWNER_TEXT_MAX], pid[32];
	int64_t end_ns = stamp_mono_ns() + INT64_C(60000000000);

	(void)state;
	to = ours;
	address_set_port(&to, address_port(&any));
	do { /* the search goes on with each call */
		owner_of_receiver(&peer, owner, &ours, &to);
		assert_true(peer.is_here);
		assert_true(stamp_mono_ns() < end_ns);
	} while (!*owner && !peer.searched_ns);
	snprintf(pid, sizeof(pid), "(pid %d, ", (int)getpid());
	assert_non_null(strstr(owner, pid));
	close(far);
	owner_of_receiver(&peer, owner, &ours, &to);
	assert_false(peer.is_here);
	assert_true(peer.is_missing);
	close(near);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_gets_a_datagram_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
