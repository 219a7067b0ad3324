/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The loop: a poll(2) array, and from a few watches on an epoll(7) set, which
 * has them all and alone is waited for.  The sockets that come then stand in
 * the set alone.  Only adding a watch needs memory. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <sockchat/loop.h>
#include <sockchat/stamp.h>

#include "schedule.h"

#define FEW       8   /* watches, for which poll(2) is as fast */
#define BATCH     256 /* events taken from the set at once */
#define PAGE      4096

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT &&
               EPOLLERR == POLLERR && EPOLLHUP == POLLHUP &&
               EPOLLPRI == POLLPRI,
               "what one tells means the same in the other");

struct loop {
	struct schedule schedule; /* first, for it knows no loop */

	struct pollfd *fds;     /* the slots of poll(2) */
	struct watch **watches; /* of the slots; NULL: removed */
	size_t count;
	bool has_holes;

	size_t few;   /* with more slots a set opens; SIZE_MAX: never */
	int epoll_fd; /* -1: none */
	struct watch **others; /* those that are in the set alone */
	size_t other_count;
	size_t cap;   /* of all arrays: these may have to move to slots */
	size_t files; /* that are ready, and that the set has refused */
	struct epoll_event told[BATCH];
	int told_at, told_count;
	bool has_no_pwait2; /* Linux before 5.11, or it is forbidden */

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
	if (backend == LOOP_AUTO && wish)
		backend = strcmp(wish, "poll") == 0    ? LOOP_POLL
		          : strcmp(wish, "epoll") == 0 ? LOOP_EPOLL
		                                       : LOOP_AUTO;
	l->few = backend == LOOP_POLL    ? SIZE_MAX
	         : backend == LOOP_EPOLL ? 0
	                                 : FEW;
	l->epoll_fd = -1;
	schedule_init(&l->schedule);
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
	free(l->others);
	free(l->buffer);
	if (l->pipe[1]) {
		close(l->pipe[0]);
		close(l->pipe[1]);
	}
	free(l);
}

/* Slots of poll(2) */

static short poll_events(const struct watch *w)
{
	return (short)((w->events & LOOP_READ ? POLLIN : 0) |
	               (w->events & LOOP_URGENT ? POLLPRI : 0) |
	               (w->events & LOOP_WRITE ? POLLOUT : 0));
}

/* A larger array for the `used` items of `old`.  What is not in use is never
 * looked at, so that it costs no memory.  NULL without memory. */
static void *grow_by_copy(void *old, size_t used, size_t cap, size_t size)
{
	void *grown = reallocarray(NULL, cap, size);
	if (!grown)
		return NULL;
	if (used)
		memcpy(grown, old, used * size);
	free(old);
	return grown;
}

static int grow_arrays(struct loop *l)
{
	size_t cap = l->cap ? 2 * l->cap : 16;
	void *fds = grow_by_copy(l->fds, l->count, cap, sizeof(*l->fds));
	if (fds)
		l->fds = fds;
	void *watches =
	    grow_by_copy(l->watches, l->count, cap, sizeof(*l->watches));
	if (watches)
		l->watches = watches;
	void *others =
	    grow_by_copy(l->others, l->other_count, cap, sizeof(*l->others));
	if (others)
		l->others = others;
	if (!fds || !watches || !others)
		return -1;
	l->cap = cap;
	return 0;
}

static void set_slot(const struct watch *w)
{
	w->loop->fds[w->slot] = (struct pollfd){
		.fd = w->events ? w->fd : -1,
		.events = poll_events(w),
	};
}

/* There is room: see add_watch(). */
static void add_slot(struct loop *l, struct watch *w)
{
	w->is_epoll_only = false;
	w->slot = (uint32_t)l->count;
	l->watches[l->count++] = w;
	set_slot(w);
}

/* Slots are only blanked while they may be looked at; the holes are filled
 * before the next turn. */
static void blank_slot(struct loop *l, size_t slot)
{
	l->watches[slot] = NULL;
	l->fds[slot].fd = -1;
	l->has_holes = true;
}

static void fill_holes(struct loop *l)
{
	size_t to = 0;
	for (size_t i = 0; i < l->count; i++) {
		if (!l->watches[i])
			continue;
		l->fds[to] = l->fds[i];
		l->watches[to] = l->watches[i];
		l->watches[to]->slot = (uint32_t)to;
		to++;
	}
	l->count = to;
	l->has_holes = false;
}

/* The epoll set */

static void add_other(struct loop *l, struct watch *w)
{
	w->is_epoll_only = true;
	w->slot = (uint32_t)l->other_count;
	l->others[l->other_count++] = w;
}

static void remove_other(struct loop *l, const struct watch *w)
{
	struct watch *last = l->others[--l->other_count];
	l->others[w->slot] = last;
	last->slot = w->slot;
}

/* A set that failed may still point to watches that are gone.  So it is closed,
 * and poll(2) goes on. */
static void give_up_epoll(struct loop *l)
{
	if (l->epoll_fd >= 0)
		close(l->epoll_fd);
	l->epoll_fd = -1;
	l->few = SIZE_MAX;
	for (size_t i = 0; i < l->other_count; i++)
		add_slot(l, l->others[i]);
	l->other_count = 0;
}

static int change_epoll(struct watch *w, unsigned before)
{
	struct epoll_event event = {
		.events = (uint32_t)poll_events(w),
		.data.ptr = w,
	};
	int op = !before      ? EPOLL_CTL_ADD
	         : !w->events ? EPOLL_CTL_DEL
	                      : EPOLL_CTL_MOD;
	if (before == w->events)
		return 0;
	return epoll_ctl(w->loop->epoll_fd, op, w->fd, &event);
}

/* A file never hangs up. */
static size_t moves_bytes(unsigned events)
{
	return events & (LOOP_READ | LOOP_WRITE) ? 1 : 0;
}

/* What a watch waits for has changed. */
static void tell_epoll(struct watch *w, unsigned before)
{
	struct loop *l = w->loop;
	if (!w->is_refused && change_epoll(w, before)) {
		w->is_refused = errno == EPERM && !w->is_epoll_only;
		if (!w->is_refused)
			give_up_epoll(l);
	}
	if (w->is_refused)
		l->files += moves_bytes(w->events) - moves_bytes(before);
}

static void open_epoll(struct loop *l)
{
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll_fd < 0)
		give_up_epoll(l);
	for (size_t i = 0; i < l->count && l->epoll_fd >= 0; i++)
		if (l->watches[i])
			tell_epoll(l->watches[i], 0);
}

/* Watches */

static int add_watch(struct loop *l, struct watch *w, int fd, unsigned events,
                     bool is_one_of_many)
{
	if (l->count + l->other_count == l->cap && grow_arrays(l))
		return -1;
	w->loop = l;
	w->host = NULL;
	w->fd = fd;
	w->events = (uint8_t)events;
	w->is_refused = false;
	if (is_one_of_many && l->epoll_fd < 0 && l->count >= l->few)
		open_epoll(l);
	if (is_one_of_many && l->epoll_fd >= 0)
		add_other(l, w);
	else
		add_slot(l, w);
	if (l->epoll_fd >= 0)
		tell_epoll(w, 0);
	return 0;
}

int watch_add(struct loop *l, struct watch *w, int fd, unsigned events)
{
	return add_watch(l, w, fd, events, false);
}

int watch_add_socket(struct loop *l, struct watch *w, int fd, unsigned events)
{
	return add_watch(l, w, fd, events, true);
}

void watch_set(struct watch *w, unsigned events)
{
	struct loop *l = w->loop;
	unsigned before = w->events;
	if (!l || before == events)
		return;
	w->events = (uint8_t)events;
	if (w->host) {
		w->host->on_set(w->host, events);
		return;
	}
	if (!w->is_epoll_only)
		set_slot(w);
	if (l->epoll_fd >= 0)
		tell_epoll(w, before);
}

void watch_remove(struct watch *w)
{
	struct loop *l = w->loop;
	if (!l)
		return;
	watch_set(w, 0);
	w->loop = NULL;
	if (w->host)
		return;
	for (int i = l->told_at; i < l->told_count; i++)
		if (l->told[i].data.ptr == w)
			l->told[i].data.ptr = NULL;
	if (w->is_epoll_only)
		remove_other(l, w);
	else
		blank_slot(l, w->slot);
}

/* Waiting */

/* An error or a hang-up makes ready all that is watched for moving bytes. */
static void call_watch(struct watch *w, unsigned got)
{
	bool is_end = got & (POLLERR | POLLHUP | POLLNVAL);
	unsigned ready = is_end ? ~LOOP_URGENT : 0;
	if (got & POLLIN)
		ready |= LOOP_READ;
	if (got & POLLOUT)
		ready |= LOOP_WRITE;
	if (got & POLLPRI)
		ready |= LOOP_URGENT;
	if (w && ready & w->events)
		w->on_ready(w, ready & w->events);
}

static int wait_for_slots(struct loop *l, const struct timespec *timeout)
{
	int n = ppoll(l->fds, l->count, timeout, NULL);
	l->now_ns = stamp_mono_ns();
	for (size_t i = 0; n > 0 && i < l->count; i++) {
		unsigned got = (unsigned)l->fds[i].revents;
		l->fds[i].revents = 0;
		if (got)
			call_watch(l->watches[i], got);
	}
	return n < 0 && errno != EINTR ? -1 : 0;
}

static int fill_batch(struct loop *l, const struct timespec *timeout)
{
	struct pollfd set = { .fd = l->epoll_fd, .events = POLLIN };
	if (!l->has_no_pwait2) {
		int n = epoll_pwait2(l->epoll_fd, l->told, BATCH, timeout,
		                     NULL);
		if (n >= 0 || (errno != ENOSYS && errno != EPERM))
			return n;
		l->has_no_pwait2 = true;
	}
	int n = ppoll(&set, 1, timeout, NULL);
	return n > 0 ? epoll_wait(l->epoll_fd, l->told, BATCH, 0) : n;
}

/* When there is more than one batch, whoever has a slot need not queue up. */
static int wait_for_epoll(struct loop *l, const struct timespec *timeout)
{
	static const struct timespec now;
	int n = fill_batch(l, l->files ? &now : timeout);
	if (n < 0 && errno != EINTR)
		give_up_epoll(l);
	l->now_ns = stamp_mono_ns();
	l->told_count = n;
	for (l->told_at = 0; l->told_at < l->told_count;) {
		const struct epoll_event *t = &l->told[l->told_at++];
		call_watch(t->data.ptr, t->events);
	}
	bool is_all = n < BATCH && !l->files;
	return is_all || l->epoll_fd < 0 ? 0 : wait_for_slots(l, &now);
}

/* Turns */

void loop_on_turn_end(struct loop *l, loop_turn_fn *fn, void *user)
{
	l->on_turn_end = fn;
	l->turn_user = user;
}

/* How long a turn may sleep.  NULL for ever. */
static const struct timespec *find_timeout(const struct loop *l, int timeout_ms,
                                           struct timespec *t)
{
	int64_t ns = timeout_ms < 0 ? -1 : timeout_ms * MS_NS;
	int64_t due_ns = schedule_wait_ns(&l->schedule);
	if (due_ns >= 0 && (ns < 0 || due_ns < ns))
		ns = due_ns;
	if (ns < 0)
		return NULL;
	t->tv_sec = ns / SECOND_NS;
	t->tv_nsec = ns % SECOND_NS;
	return t;
}

int loop_turn(struct loop *l, int timeout_ms)
{
	struct timespec room;
	const struct timespec *timeout = find_timeout(l, timeout_ms, &room);
	if (l->has_holes)
		fill_holes(l);
	if (l->epoll_fd >= 0 ? wait_for_epoll(l, timeout)
	                     : wait_for_slots(l, timeout))
		return -1;
	schedule_run(&l->schedule, l->now_ns);
	if (l->on_turn_end)
		l->on_turn_end(l->turn_user);
	l->turns++;
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
		(void)fcntl(l->pipe[1], F_SETPIPE_SZ, (int)LOOP_PIPE);
	}
	return l->pipe;
}

void loop_swap_pipe(struct loop *l, int ends[2])
{
	for (size_t i = 0; i < 2; i++) {
		int mine = l->pipe[i];
		l->pipe[i] = ends[i];
		ends[i] = mine;
	}
}

int64_t loop_now_ns(const struct loop *l)
{
	return l->now_ns;
}

uint64_t loop_turns(const struct loop *l)
{
	return l->turns;
}
