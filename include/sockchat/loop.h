/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One thread waits here for everything: descriptors, timers, signals, deferred
 * calls.  A turn dispatches what is ready, then runs what was put off, then
 * the end-of-turn hook.  With nothing to do it sleeps without waking up. */

#ifndef SOCKCHAT_LOOP_H
#define SOCKCHAT_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sockchat/error.h>
#include <sockchat/timer.h>

struct loop;

enum loop_backend {
	LOOP_AUTO,  /* poll(2) for a few watches, epoll(7) for many */
	LOOP_POLL,  /* poll(2) alone */
	LOOP_EPOLL, /* epoll(7) from the first socket on (Linux) */
};

/* What a descriptor is watched for and what it is ready for.  An error or a
 * hang-up makes it ready for all it is watched for but LOOP_URGENT. */
#define LOOP_READ   1u
#define LOOP_WRITE  2u
#define LOOP_HANGUP 4u /* only that the other end has gone */
#define LOOP_URGENT 128u /* urgent data is to be read: TCP's, MSG_OOB */

struct watch;
typedef void watch_fn(struct watch *w, unsigned ready);

/* Who calls on_ready in place of the loop, as several share a descriptor that
 * is the host's: at any time but within on_set.  Embedded in whoever does. */
struct watch_host {
	/* This is what it is watched for from now on. */
	void (*on_set)(struct watch_host *h, unsigned events);
};

/* Embedded in whoever owns the descriptor; all zero when not watched. */
struct watch {
	watch_fn *on_ready;
	void *user;
	struct loop *loop; /* NULL when not watched; the rest is the loop's */
	struct watch_host *host; /* NULL: it is the loop */
	int fd;
	uint32_t slot;
	uint8_t events;
	bool is_epoll_only; /* poll(2) does not look at it */
	bool is_refused;    /* by epoll(7), for it is always ready */
};

typedef void loop_turn_fn(void *user);

#define LOOP_BUFFER ((size_t)256 << 10)
#define LOOP_PIPE   ((size_t)1 << 20)

/* The environment's SOCKCHAT_LOOP=poll or epoll decides LOOP_AUTO, for tests.
 * NULL with errno. */
MUST_USE struct loop *loop_new(enum loop_backend backend);
void loop_free(struct loop *l);

/* Watch `fd` for `events`; 0 watches nothing until watch_set(), and costs
 * nothing.  The caller sets `on_ready` and `user` before.  -1 with ENOMEM; what
 * has been added never fails later. */
MUST_USE
int watch_add(struct loop *l, struct watch *w, int fd, unsigned events);
/* As watch_add(), for one of many sockets: a turn may leave some of those for
 * the next, and nobody else. */
MUST_USE
int watch_add_socket(struct loop *l, struct watch *w, int fd, unsigned events);
/* The host calls it, and is told of `events`; it cannot fail. */
static inline void watch_by_host(struct loop *l, struct watch *w,
                                 struct watch_host *h, unsigned events)
{
	w->loop = l;
	w->host = h;
	w->events = (uint8_t)events;
	h->on_set(h, events);
}

void watch_set(struct watch *w, unsigned events);
/* Safe at any time: in its own callback, and when it is not watched. */
void watch_remove(struct watch *w);

/* Called at the end of every turn. */
void loop_on_turn_end(struct loop *l, loop_turn_fn *fn, void *user);

/* Turn until loop_stop(), which may have come before; its status.  -1 with
 * errno if poll fails. */
MUST_USE int loop_run(struct loop *l);
void loop_stop(struct loop *l, int status);
/* One turn that waits at most `timeout_ms` (-1: as long as it takes). */
MUST_USE int loop_turn(struct loop *l, int timeout_ms);

/* LOOP_BUFFER bytes to read into, for the length of a callback.  NULL without
 * memory. */
MUST_USE void *loop_buffer(struct loop *l);
/* A pipe for LOOP_PIPE bytes, [0] is read and [1] written, likewise: who puts
 * bytes into it takes them out.  NULL without one. */
MUST_USE const int *loop_pipe(struct loop *l);
/* Exchange it for the caller's, which is empty; zeros stand for none, on both
 * sides. */
void loop_swap_pipe(struct loop *l, int ends[2]);

/* The monotonic clock as it was when the loop woke up last. */
int64_t loop_now_ns(const struct loop *l);

/* How many turns there have been: an idle program's number stands still. */
uint64_t loop_turns(const struct loop *l);

typedef void signals_fn(void *user, int signum);

/* Deliver these signals (a list that ends in 0) to `fn` on the loop, and
 * ignore SIGPIPE and SIGXFSZ.  One listener at a time.  -1 with errno. */
MUST_USE
int signals_start(struct loop *l, const int *signums, signals_fn *fn,
                  void *user);

/* Put the former dispositions back, but for SIGUSR1's, which asks for counters:
 * from now on it has no effect. */
void signals_stop(void);

/* Whether SIGTERM or SIGHUP has come, if only to be delivered soon. */
bool signals_have_ended(void);

#endif
