/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Both ends of a TCP connection on loopback. */

#ifndef TESTS_TCP_PAIR_H
#define TESTS_TCP_PAIR_H

#include "unit.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

struct pair {
	int near, far;
};

static inline void pair_open(struct pair *p)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	p->near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(p->near, (struct sockaddr *)&sa, len), 0);
	p->far = accept(fd, NULL, NULL);
	assert_true(p->far >= 0);
	close(fd);
}

static inline void pair_close(const struct pair *p)
{
	close(p->near);
	close(p->far);
}

#endif
