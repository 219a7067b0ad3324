/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* epoll(7). */

#include <errno.h>

#include "epoll_set.h"

#ifdef __linux__

#include <poll.h>
#include <sys/epoll.h>

int epoll_set_open(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

int epoll_set_change(int set, struct watch *w, unsigned before)
{
	struct epoll_event ev = {
		.events = (w->events & LOOP_READ ? (unsigned)EPOLLIN : 0) |
		          (w->events & LOOP_WRITE ? (unsigned)EPOLLOUT : 0),
		.data.ptr = w,
	};
	int op = !before      ? EPOLL_CTL_ADD
	         : !w->events ? EPOLL_CTL_DEL
	                      : EPOLL_CTL_MOD;
	return before == w->events ? 0 : epoll_ctl(set, op, w->fd, &ev);
}

/* epoll_wait(2) counts in milliseconds alone. */
static int wait_in_two_calls(int set, struct epoll_event *events,
                             const struct timespec *timeout)
{
	struct pollfd p = { .fd = set, .events = POLLIN };
	int n = ppoll(&p, 1, timeout, NULL);
	return n > 0 ? epoll_wait(set, events, EPOLL_SET_BATCH, 0) : n;
}

static int wait_for_events(int set, struct epoll_event *events,
                           const struct timespec *timeout)
{
#if __GLIBC_PREREQ(2, 35)
	static bool is_missing; /* from this kernel, or forbidden */
	if (!is_missing) {
		int n = epoll_pwait2(set, events, EPOLL_SET_BATCH, timeout,
		                     NULL);
		is_missing = n < 0 && (errno == ENOSYS || errno == EPERM);
		if (!is_missing)
			return n;
	}
#endif
	return wait_in_two_calls(set, events, timeout);
}

int epoll_set_wait(int set, struct epoll_told told[EPOLL_SET_BATCH],
                   const struct timespec *timeout)
{
	struct epoll_event events[EPOLL_SET_BATCH];
	int n = wait_for_events(set, events, timeout);
	for (int i = 0; i < n; i++)
		told[i] = (struct epoll_told){
			.watch = events[i].data.ptr,
			.can_read = events[i].events & EPOLLIN,
			.can_write = events[i].events & EPOLLOUT,
			.is_gone = events[i].events & (EPOLLERR | EPOLLHUP),
		};
	return n;
}

#else

int epoll_set_open(void)
{
	return errno = ENOSYS, -1;
}

int epoll_set_change(int set, struct watch *w, unsigned before)
{
	(void)set, (void)w, (void)before;
	return errno = ENOSYS, -1;
}

int epoll_set_wait(int set, struct epoll_told told[EPOLL_SET_BATCH],
                   const struct timespec *timeout)
{
	(void)set, (void)told, (void)timeout;
	return errno = ENOSYS, -1;
}

#endif
