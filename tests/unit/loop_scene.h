/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A loop on either backend, and probes to watch with it.  The clock is made
 * here, and a sleep only moves it.  For one program of tests each. */

#ifndef TESTS_LOOP_SCENE_H
#define TESTS_LOOP_SCENE_H

#undef _FORTIFY_SOURCE /* its inline ppoll() is not ours */

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unit.h"

#include <sockchat/loop.h>
#include <sockchat/stamp.h>

#define MANY      300 /* more than the loop takes from epoll at once */

static enum loop_backend backend;

/* The system of this program: the next call of that kind fails with this. */
static int poll_error, epoll_error, wait_error;
static bool has_no_pwait2; /* a kernel before 5.11 */
static bool has_no_memory;
static int64_t clock_ns;
static void (*on_sleep_for_ever)(void);
static size_t sleeps, polls, poll_count;
static int the_set; /* of epoll */

int64_t stamp_mono_ns(void)
{
	return ++clock_ns;
}

static bool strikes(int *error)
{
	errno = *error;
	*error = 0;
	return errno != 0;
}

/* The outcome of a wait, which would take its time. */
static int wait_here(int (*ask)(void *list, int count), void *list, int count,
                     const struct timespec *timeout)
{
	int ready = ask(list, count);
	int64_t ns =
	    timeout ? timeout->tv_sec * SECOND_NS + timeout->tv_nsec : -1;
	if (ready || !ns)
		return ready;
	sleeps++;
	if (ns > 0) {
		clock_ns += ns;
		return 0;
	}
	if (!on_sleep_for_ever)
		fail_msg("it would sleep for ever");
	on_sleep_for_ever();
	return ask(list, count);
}

static int poll_now(void *fds, int count)
{
	static const struct timespec zero;
	return (int)syscall(SYS_ppoll, fds, count, &zero, NULL, 0);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
          const sigset_t *mask)
{
	assert_null(mask);
	polls++;
	poll_count = count;
	if (strikes(&poll_error))
		return -1;
	return wait_here(poll_now, fds, (int)count, timeout);
}

int epoll_ctl(int set, int op, int fd, struct epoll_event *event)
{
	if (strikes(&epoll_error))
		return -1;
	return (int)syscall(SYS_epoll_ctl, set, op, fd, event);
}

static int epoll_now(void *events, int count)
{
	return (int)syscall(SYS_epoll_pwait, the_set, events, count, 0, NULL,
	                    0);
}

int epoll_wait(int set, struct epoll_event *events, int count, int timeout_ms)
{
	assert_int_equal(timeout_ms, 0);
	the_set = set;
	return strikes(&wait_error) ? -1 : epoll_now(events, count);
}

int epoll_pwait2(int set, struct epoll_event *events, int count,
                 const struct timespec *timeout, const sigset_t *mask)
{
	assert_null(mask);
	the_set = set;
	if (has_no_pwait2)
		return errno = ENOSYS, -1;
	if (strikes(&wait_error))
		return -1;
	return wait_here(epoll_now, events, count, timeout);
}

void *reallocarray(void *array, size_t count, size_t size)
{
	return has_no_memory ? NULL : realloc(array, count * size);
}

/* Whatever is called writes its name into the trace, and acts. */
struct probe {
	struct watch watch;
	struct timer timer;
	struct later later;
	char name;
	unsigned ready;
	size_t calls;
	int fd, other;
	void (*act)(struct probe *p);
};

static struct loop *loop;
static struct probe *probes[MANY];
static size_t probe_count;
static char trace[2 * MANY];

static void called(struct probe *p)
{
	size_t len = strlen(trace);
	if (len + 1 < sizeof(trace))
		trace[len] = p->name;
	p->calls++;
	if (p->act)
		p->act(p);
}

static void on_ready(struct watch *w, unsigned ready)
{
	struct probe *p = w->user;
	p->ready = ready;
	called(p);
}

static void on_time(struct timer *t)
{
	called(t->user);
}

static void on_call(struct later *l)
{
	called(l->user);
}

static struct probe *add_probe(char name)
{
	struct probe *p = calloc(1, sizeof(*p));
	assert_non_null(p);
	assert_true(probe_count < MANY);
	probes[probe_count++] = p;
	p->name = name;
	p->fd = p->other = -1;
	p->watch = (struct watch){ .on_ready = on_ready, .user = p };
	p->timer = (struct timer){ .on_time = on_time, .user = p };
	p->later = (struct later){ .on_call = on_call, .user = p };
	return p;
}

static struct probe *add_socket(char name, unsigned events)
{
	struct probe *p = add_probe(name);
	int fds[2];
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	p->fd = fds[0];
	p->other = fds[1];
	assert_int_equal(watch_add_socket(loop, &p->watch, p->fd, events), 0);
	return p;
}

/* A pipe's end for reading. */
static struct probe *add_pipe(char name, unsigned events)
{
	struct probe *p = add_probe(name);
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	p->fd = fds[0];
	p->other = fds[1];
	assert_int_equal(watch_add(loop, &p->watch, p->fd, events), 0);
	return p;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Its memory goes too, so that a sanitizer sees who still calls it. */
static void drop(struct probe *p)
{
	watch_remove(&p->watch);
	timer_stop(&p->timer);
	later_cancel(&p->later);
	close_fd(&p->fd);
	close_fd(&p->other);
	for (size_t i = 0; i < probe_count; i++)
		if (probes[i] == p)
			probes[i] = NULL;
	free(p);
}

static void drop_others(struct probe *p)
{
	for (size_t i = 0; i < probe_count; i++)
		if (probes[i] && probes[i] != p)
			drop(probes[i]);
}

static void say(struct probe *p)
{
	assert_int_equal(write(p->other, "x", 1), 1);
}

/* What was called in the next turn, which does not sleep. */
static const char *turn(void)
{
	memset(trace, 0, sizeof(trace));
	assert_int_equal(loop_turn(loop, 0), 0);
	return trace;
}

static int set_up(void **state)
{
	(void)state;
	poll_error = epoll_error = wait_error = 0;
	has_no_memory = has_no_pwait2 = false;
	sleeps = polls = probe_count = 0;
	on_sleep_for_ever = NULL;
	clock_ns = 1000 * SECOND_NS;
	memset(trace, 0, sizeof(trace));
	loop = loop_new(backend);
	return loop ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	drop_others(NULL);
	loop_free(loop);
	return 0;
}

static int run_on_both(const struct CMUnitTest *tests, size_t count)
{
	static const char *const names[] = {
		[LOOP_POLL] = "on poll", [LOOP_EPOLL] = "on epoll"
	};
	int failed = 0;
	for (backend = LOOP_POLL; backend <= LOOP_EPOLL; backend++)
		failed += _cmocka_run_group_tests(names[backend], tests, count,
		                                  NULL, NULL);
	return failed;
}

#define RUN_ON_BOTH(tests) run_on_both(tests, sizeof(tests) / sizeof(*(tests)))

#endif
