/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Timers and deferred calls. */

#include <stdbool.h>
#include <stddef.h>

#include <sockchat/stamp.h>

#include "schedule.h"

static struct schedule *schedule_of(struct loop *l)
{
	return (struct schedule *)l;
}

/* Timers by when they are due: a pairing heap, linked through the timers.  None
 * is due before its parent, and the children of one are linked with each other.
 * `from` is what points at a timer: the root, its parent's `child`, or the
 * `next` of the one before it. */

static void link_from(struct timer **from, struct timer *t)
{
	*from = t;
	if (t)
		t->from = from;
}

/* Make one tree of two: the root that is due later becomes the other's
 * child. */
static struct timer *meld(struct timer *a, struct timer *b)
{
	struct timer *first = b->due_ns < a->due_ns ? b : a;
	struct timer *second = first == a ? b : a;
	link_from(&second->next, first->child);
	link_from(&first->child, second);
	return first;
}

/* Make one tree of a list of trees: first in pairs, then of the pairs,
 * beginning with the last. */
static struct timer *meld_all(struct timer *list)
{
	struct timer *pairs = NULL, *all = NULL;
	while (list) {
		struct timer *a = list, *b = a->next;
		list = b ? b->next : NULL;
		a = b ? meld(a, b) : a;
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct timer *next = pairs->next;
		all = all ? meld(all, pairs) : pairs;
		pairs = next;
	}
	return all;
}

static void add_tree(struct timer **root, struct timer *t)
{
	if (!t)
		return;
	t = *root ? meld(*root, t) : t;
	t->next = NULL;
	link_from(root, t);
}

/* Start and stop */

void timer_start(struct loop *l, struct timer *t, int64_t delay_ns)
{
	timer_stop(t);
	t->loop = l;
	t->child = NULL;
	/* after this turn's time, however short: no timer starves the rest */
	t->due_ns = stamp_mono_ns() + (delay_ns > 0 ? delay_ns : 1);
	add_tree(&schedule_of(l)->timers, t);
}

void timer_stop(struct timer *t)
{
	if (!t->loop)
		return;
	link_from(t->from, t->next);
	add_tree(&schedule_of(t->loop)->timers, meld_all(t->child));
	t->loop = NULL;
}

/* Deferred calls */

void loop_later(struct loop *l, struct later *call)
{
	if (call->loop)
		return;
	struct schedule *s = schedule_of(l);
	call->loop = l;
	call->next = NULL;
	*s->later_end = call;
	s->later_end = &call->next;
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
	if (!call->loop)
		return;
	struct schedule *s = schedule_of(call->loop);
	if (!unlink_later(&s->running, call))
		unlink_later(&s->later, call);
	for (s->later_end = &s->later; *s->later_end;)
		s->later_end = &(*s->later_end)->next;
	call->loop = NULL;
}

/* For the loop */

void schedule_init(struct schedule *s)
{
	*s = (struct schedule){ .later_end = &s->later };
}

int64_t schedule_wait_ns(const struct schedule *s)
{
	if (s->later)
		return 0;
	if (!s->timers)
		return -1;
	int64_t left_ns = s->timers->due_ns - stamp_mono_ns();
	return left_ns > 0 ? left_ns : 0;
}

static void run_timers(struct schedule *s, int64_t now_ns)
{
	while (s->timers && s->timers->due_ns <= now_ns) {
		struct timer *t = s->timers;
		timer_stop(t);
		t->on_time(t);
	}
}

/* Those queued by the calls themselves come in the next turn. */
static void run_later(struct schedule *s)
{
	s->running = s->later;
	s->later = NULL;
	s->later_end = &s->later;
	while (s->running) {
		struct later *call = s->running;
		s->running = call->next;
		call->loop = NULL;
		call->on_call(call);
	}
}

void schedule_run(struct schedule *s, int64_t now_ns)
{
	run_timers(s, now_ns);
	run_later(s);
}
