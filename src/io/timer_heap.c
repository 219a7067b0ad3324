/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Timers by when they are due: a pairing heap.  None is due before its parent,
 * and the children of one are linked with each other.  `from` is what points
 * at a timer: the root, its parent's `child`, or the `next` of the one before
 * it. */

#include <stddef.h>

#include "timer_heap.h"

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

void timer_heap_add(struct timer **root, struct timer *t)
{
	t->child = NULL;
	add_tree(root, t);
}

void timer_heap_remove(struct timer **root, struct timer *t)
{
	link_from(t->from, t->next);
	add_tree(root, meld_all(t->child));
}
