/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The loop: a poll(2) array, with one epoll(7) set in it for the sockets, a
 * heap of timers, a list of deferred calls.  Only adding a watch needs
 * memory. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/epoll.h>
#endif

#include <sockchat/loop.h>
#include <sockchat/stamp.h>

#include "timer_heap.h"

#define BATCH       256 /* events taken from the inner set at once */
#define BATCHES_MAX 4   /* for one wake-up of the outer one */
#define PAGE        4096
#define SECOND_NS   INT64_C(1000000000)

struct loop {
	struct pollfd *fds;
	struct watch **watches; /* NULL: removed, or the epoll set itself */
	size_t count;
	bool has_holes;

	bool uses_epoll;
	int epoll_fd; /* -1 until there is a socket */
	size_t epoll_slot;
	struct watch **inner; /* those in the epoll set */
	size_t inner_count;
	size_t cap; /* of all arrays: an inner watch may move to a slot */
	struct watch *batch[BATCH];
	unsigned batch_ready[BATCH];
	size_t batch_count;

	struct timer *timers; /* the root of a heap by due_ns */

	struct later *later, **later_end, *later_running;

	void *buffer; /* NULL until somebody reads */
	int pipe[2];  /* zeros until somebody needs it */
	loop_turn_fn *on_turn_end;
	void *turn_user;
	int64_t now_ns;
	uint64_t turns;
	bool is_stopped;
	int status;
};

struct loop *loop_new(enum loop_backend backend)
{
	struct loop *l = calloc(1, sizeof(*l));
	const char *wish = getenv("SOCKCHAT_LOOP");
	if (!l)
		return NULL;
	if (backend == LOOP_AUTO && wish && strcmp(wish, "poll") == 0)
		backend = LOOP_POLL;
#ifdef __linux__
	l->uses_epoll = backend != LOOP_POLL;
#endif
	l->epoll_fd = -1;
	l->later_end = &l->later;
	l->now_ns = stamp_mono_ns();
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	free(l->fds);
	free(l->watches);
	free(l->inner);
	free(l->buffer);
	if (l->pipe[1]) {
		close(l->pipe[0]);
		close(l->pipe[1]);
	}
	free(l);
}

/* The poll array */

static short poll_events(unsigned events)
{
	return (short)((events & LOOP_READ ? POLLIN : 0) |
	               (events & LOOP_WRITE ? POLLOUT : 0));
}

/* An error or a hang-up makes ready all that is watched. */
static unsigned ready_of(unsigned events, bool in, bool out, bool gone)
{
	return gone ? events : (in ? LOOP_READ : 0) | (out ? LOOP_WRITE : 0);
}

static int grow_arrays(struct loop *l)
{
	size_t cap = l->cap ? 2 * l->cap : 16;
	struct pollfd *fds = reallocarray(l->fds, cap, sizeof(*fds));
	if (fds)
		l->fds = fds;
	struct watch **watches =
	    reallocarray(l->watches, cap, sizeof(*watches));
	if (watches)
		l->watches = watches;
	struct watch **inner = reallocarray(l->inner, cap, sizeof(*inner));
	if (inner)
		l->inner = inner;
	if (!fds || !watches || !inner)
		return -1;
	l->cap = cap;
	return 0;
}

/* Make room for `more` watches, and for all inner ones to move to slots.  -1
 * without memory. */
static int reserve(struct loop *l, size_t more)
{
	while (l->count + l->inner_count + more > l->cap)
		if (grow_arrays(l))
			return -1;
	return 0;
}

/* There is room: see reserve(). */
static void add_slot(struct loop *l, struct watch *w, int fd, short events)
{
	l->fds[l->count] = (struct pollfd){ .fd = fd, .events = events };
	l->watches[l->count] = w;
	if (w)
		w->slot = (uint32_t)l->count;
	l->count++;
}

/* Slots are only blanked while they may be looked at; the holes are filled
 * before the next turn. */
static void fill_holes(struct loop *l)
{
	size_t to = 0;
	for (size_t i = 0; i < l->count; i++) {
		bool is_inner = l->epoll_fd >= 0 && i == l->epoll_slot;
		if (!l->watches[i] && !is_inner)
			continue;
		l->fds[to] = l->fds[i];
		l->watches[to] = l->watches[i];
		if (is_inner)
			l->epoll_slot = to;
		else
			l->watches[to]->slot = (uint32_t)to;
		to++;
	}
	l->count = to;
	l->has_holes = false;
}

static void set_slot(struct watch *w)
{
	struct pollfd *p = &w->loop->fds[w->slot];
	p->fd = w->events ? w->fd : -1;
	p->events = poll_events(w->events);
	p->revents = 0;
}

/* The epoll set */

#ifdef __linux__

static int open_epoll(struct loop *l)
{
	if (l->epoll_fd >= 0)
		return 0;
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0)
		return -1;
	l->epoll_slot = l->count;
	add_slot(l, NULL, l->epoll_fd, POLLIN);
	return 0;
}

/* Tell the set what is wanted now; `before` is what it knows. */
static int tell_epoll(struct watch *w, unsigned before)
{
	struct epoll_event ev = {
		.events = (w->events & LOOP_READ ? (unsigned)EPOLLIN : 0) |
		          (w->events & LOOP_WRITE ? (unsigned)EPOLLOUT : 0),
		.data.ptr = w,
	};
	int op = !before      ? EPOLL_CTL_ADD
	         : !w->events ? EPOLL_CTL_DEL
	                      : EPOLL_CTL_MOD;
	if (!before && !w->events)
		return 0;
	return epoll_ctl(w->loop->epoll_fd, op, w->fd, &ev);
}

static bool enter_epoll(struct loop *l, struct watch *w)
{
	if (!l->uses_epoll || open_epoll(l) || tell_epoll(w, 0))
		return false;
	w->is_in_epoll = true;
	w->slot = (uint32_t)l->inner_count;
	l->inner[l->inner_count++] = w;
	return true;
}

static void leave_inner(struct loop *l, struct watch *w)
{
	struct watch *last = l->inner[--l->inner_count];
	l->inner[w->slot] = last;
	last->slot = w->slot;
	w->is_in_epoll = false;
}

/* An epoll set that failed may still point to watches that are gone.  So it is
 * closed, and all of its watches go to poll(2). */
static void give_up_epoll(struct loop *l)
{
	l->uses_epoll = false;
	close(l->epoll_fd);
	l->epoll_fd = -1;
	l->fds[l->epoll_slot].fd = -1;
	l->has_holes = true;
	while (l->inner_count) {
		struct watch *w = l->inner[l->inner_count - 1];
		leave_inner(l, w);
		add_slot(l, w, w->events ? w->fd : -1, poll_events(w->events));
	}
}

static void set_inner(struct watch *w, unsigned before)
{
	struct loop *l = w->loop;
	if (!tell_epoll(w, before))
		return;
	if (before) {
		give_up_epoll(l);
		return;
	}
	leave_inner(l, w); /* the set has not taken it */
	add_slot(l, w, w->fd, poll_events(w->events));
}

/* Take a batch; how many. */
static size_t fill_batch(struct loop *l)
{
	struct epoll_event events[BATCH];
	int n = epoll_wait(l->epoll_fd, events, BATCH, 0);
	if (n < 0 && errno != EINTR)
		give_up_epoll(l);
	l->batch_count = n > 0 ? (size_t)n : 0;
	for (size_t i = 0; i < l->batch_count; i++) {
		unsigned got = events[i].events;
		l->batch[i] = events[i].data.ptr;
		l->batch_ready[i] = ready_of(
		    l->batch[i]->events, got & EPOLLIN, got & EPOLLOUT,
		    got & (EPOLLERR | EPOLLHUP));
	}
	return l->batch_count;
}

static void dispatch_epoll(struct loop *l)
{
	size_t full = BATCH;
	for (int round = 0;
	     round < BATCHES_MAX && full == BATCH && l->epoll_fd >= 0;
	     round++) {
		full = fill_batch(l);
		for (size_t i = 0; i < l->batch_count; i++) {
			struct watch *w = l->batch[i];
			unsigned ready = w ? l->batch_ready[i] & w->events : 0;
			if (ready)
				w->on_ready(w, ready);
		}
		l->batch_count = 0;
	}
}

#else

static bool enter_epoll(struct loop *l, struct watch *w)
{
	(void)l;
	(void)w;
	return false;
}

static void leave_inner(struct loop *l, struct watch *w)
{
	(void)l;
	(void)w;
}

static void set_inner(struct watch *w, unsigned before)
{
	(void)w;
	(void)before;
}

static void dispatch_epoll(struct loop *l)
{
	(void)l;
}

#endif

/* Watches */

static int prepare(struct loop *l, struct watch *w, int fd, unsigned events)
{
	if (reserve(l, 2)) /* this watch, and the epoll set itself */
		return -1;
	w->loop = l;
	w->fd = fd;
	w->events = (uint8_t)events;
	w->is_in_epoll = false;
	return 0;
}

int watch_add(struct loop *l, struct watch *w, int fd, unsigned events)
{
	if (prepare(l, w, fd, events))
		return -1;
	add_slot(l, w, events ? fd : -1, poll_events(events));
	return 0;
}

int watch_add_socket(struct loop *l, struct watch *w, int fd, unsigned events)
{
	if (prepare(l, w, fd, events))
		return -1;
	if (!enter_epoll(l, w))
		add_slot(l, w, events ? fd : -1, poll_events(events));
	return 0;
}

void watch_set(struct watch *w, unsigned events)
{
	unsigned before = w->events;
	if (!w->loop || before == events)
		return;
	w->events = (uint8_t)events;
	if (w->is_in_epoll)
		set_inner(w, before);
	else
		set_slot(w);
}

static void forget_in_batch(struct loop *l, const struct watch *w)
{
	for (size_t i = 0; i < l->batch_count; i++)
		if (l->batch[i] == w)
			l->batch[i] = NULL;
}

void watch_remove(struct watch *w)
{
	struct loop *l = w->loop;
	if (!l)
		return;
	watch_set(w, 0);
	forget_in_batch(l, w);
	if (w->is_in_epoll) {
		leave_inner(l, w);
	} else {
		l->watches[w->slot] = NULL;
		l->fds[w->slot].fd = -1;
		l->has_holes = true;
	}
	w->loop = NULL;
}

static void dispatch_one(struct loop *l, size_t slot)
{
	struct watch *w = l->watches[slot];
	short got = l->fds[slot].revents;
	if (!got)
		return;
	l->fds[slot].revents = 0;
	if (l->epoll_fd >= 0 && slot == l->epoll_slot) {
		dispatch_epoll(l);
		return;
	}
	unsigned ready = w ? ready_of(w->events, got & POLLIN, got & POLLOUT,
	                              got & (POLLERR | POLLHUP | POLLNVAL))
	                   : 0;
	if (ready)
		w->on_ready(w, ready);
}

/* Timers */

void timer_start(struct loop *l, struct timer *t, int64_t delay_ns)
{
	timer_stop(t);
	t->loop = l;
	/* after this turn's time, however short: no timer starves the rest */
	t->due_ns = stamp_mono_ns() + (delay_ns > 0 ? delay_ns : 1);
	timer_heap_add(&l->timers, t);
}

void timer_stop(struct timer *t)
{
	struct loop *l = t->loop;
	if (!l)
		return;
	timer_heap_remove(&l->timers, t);
	t->loop = NULL;
}

static void run_timers(struct loop *l)
{
	while (l->timers && l->timers->due_ns <= l->now_ns) {
		struct timer *t = l->timers;
		timer_stop(t);
		t->on_time(t);
	}
}

/* Deferred calls */

void loop_later(struct loop *l, struct later *call)
{
	if (call->loop)
		return;
	call->loop = l;
	call->next = NULL;
	*l->later_end = call;
	l->later_end = &call->next;
}

static bool unlink_later(struct later **list, struct later *call)
{
	for (; *list; list = &(*list)->next)
		if (*list == call) {
			*list = call->next;
			return true;
		}
	return false;
}

void later_cancel(struct later *call)
{
	struct loop *l = call->loop;
	if (!l)
		return;
	if (!unlink_later(&l->later_running, call))
		unlink_later(&l->later, call);
	for (l->later_end = &l->later; *l->later_end;)
		l->later_end = &(*l->later_end)->next;
	call->loop = NULL;
}

/* Those queued by the calls themselves come in the next turn. */
static void run_later(struct loop *l)
{
	l->later_running = l->later;
	l->later = NULL;
	l->later_end = &l->later;
	while (l->later_running) {
		struct later *call = l->later_running;
		l->later_running = call->next;
		call->loop = NULL;
		call->on_call(call);
	}
}

/* Turns */

void loop_on_turn_end(struct loop *l, loop_turn_fn *fn, void *user)
{
	l->on_turn_end = fn;
	l->turn_user = user;
}

/* How long poll may sleep: until the next timer, and not at all when a call is
 * put off.  NULL for ever. */
static const struct timespec *find_timeout(const struct loop *l, int timeout_ms,
                                           struct timespec *t)
{
	int64_t ns = timeout_ms < 0 ? -1 : timeout_ms * MS_NS;
	if (l->later)
		ns = 0;
	if (l->timers) {
		int64_t left = l->timers->due_ns - stamp_mono_ns();
		if (left < 0)
			left = 0;
		if (ns < 0 || left < ns)
			ns = left;
	}
	if (ns < 0)
		return NULL;
	t->tv_sec = ns / SECOND_NS;
	t->tv_nsec = ns % SECOND_NS;
	return t;
}

int loop_turn(struct loop *l, int timeout_ms)
{
	struct timespec timeout;
	if (l->has_holes)
		fill_holes(l);
	int n = ppoll(l->fds, l->count, find_timeout(l, timeout_ms, &timeout),
	              NULL);
	if (n < 0 && errno != EINTR)
		return -1;
	l->now_ns = stamp_mono_ns();
	l->turns++;
	for (size_t i = 0; n > 0 && i < l->count; i++)
		dispatch_one(l, i);
	run_timers(l);
	run_later(l);
	if (l->on_turn_end)
		l->on_turn_end(l->turn_user);
	return 0;
}

int loop_run(struct loop *l)
{
	while (!l->is_stopped)
		if (loop_turn(l, -1))
			return -1;
	l->is_stopped = false;
	return l->status;
}

void loop_stop(struct loop *l, int status)
{
	l->is_stopped = true;
	l->status = status;
}

void *loop_buffer(struct loop *l)
{
	if (!l->buffer)
		l->buffer = aligned_alloc(PAGE, LOOP_BUFFER); /* fastest */
	return l->buffer;
}

const int *loop_pipe(struct loop *l)
{
	if (!l->pipe[1]) {
		if (pipe2(l->pipe, O_NONBLOCK | O_CLOEXEC))
			return NULL;
#ifdef F_SETPIPE_SZ
		(void)fcntl(l->pipe[1], F_SETPIPE_SZ, (int)LOOP_BUFFER);
#endif
	}
	return l->pipe;
}

int64_t loop_now_ns(const struct loop *l)
{
	return l->now_ns;
}

uint64_t loop_turns(const struct loop *l)
{
	return l->turns;
}
