/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* epoll(7), for the loop alone.  Where there is none, no set opens. */

#ifndef IO_EPOLL_SET_H
#define IO_EPOLL_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <sockchat/error.h>
#include <sockchat/loop.h>

#define EPOLL_SET_BATCH 256 /* events taken at once */

/* What a set says of a watch. */
struct epoll_told {
	struct watch *watch;
	bool can_read, can_write, is_gone;
};

/* The set's descriptor; -1 with errno. */
MUST_USE int epoll_set_open(void);

/* The set knows `w` as watched for `before`, and learns what it is watched for
 * now.  -1 with errno; EPERM: a file or a device, which is always ready. */
MUST_USE int epoll_set_change(int set, struct watch *w, unsigned before);

/* Wait at most that long (NULL: for ever) until something is ready: how many
 * are told, -1 with errno. */
MUST_USE
int epoll_set_wait(int set, struct epoll_told told[EPOLL_SET_BATCH],
                   const struct timespec *timeout);

#endif
