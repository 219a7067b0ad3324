/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A link whose transport lies on another one: what it waits for, who sees its
 * layers, and how one is put on it. */

#include <errno.h>

#include <sockchat/link_layers.h>

#include "link_private.h"

#define MOVES (LOOP_READ | LOOP_WRITE)

/* What the loop has to wait for, so that one of `wishes` can come true. */
static unsigned wants(const struct link *l, unsigned wishes)
{
	const struct transport_ops *ops = l->transport->ops;
	unsigned moves = wishes & MOVES;
	if (!ops->wants || !moves)
		return wishes;
	return (wishes & ~MOVES) | ops->wants(l->transport, moves);
}

unsigned link_come_true(const struct link *l, unsigned ready)
{
	unsigned wishes = ready & ~MOVES;
	for (unsigned wish = LOOP_READ; wish <= LOOP_WRITE; wish <<= 1)
		if (l->wished & wish && wants(l, wish) & ready)
			wishes |= wish;
	return wishes;
}

void link_wait_layered(struct link *l, unsigned wishes)
{
	const struct transport_ops *ops = l->transport->ops;
	l->wished = wishes & MOVES;
	watch_set(&l->watch, wants(l, wishes));
	if (wishes & LOOP_READ && ops->has_buffered &&
	    ops->has_buffered(l->transport))
		link_set_alarm(l, LINK_BUFFERED, 0);
	else
		link_stop_alarm(l, LINK_BUFFERED);
}

void link_tap(struct link *l, const struct tap *tap)
{
	l->tap = tap;
	transport_tap(l->transport, tap);
	if (l->dial)
		dial_tap(l->dial, tap);
}

static void on_secured(void *user, struct transport *t,
                       const struct address *peer, const struct error *e)
{
	struct link *l = user;
	(void)peer;
	l->dial = NULL;
	if (!t)
		l->ops->on_over(l, e, 0);
	else if (!link_watch(l, t))
		l->ops->on_secured(l);
}

int link_secure(struct link *l, const struct over *how, int64_t timeout_ms)
{
	struct transport_facts facts;
	transport_facts(l->transport, FACTS_PEER, &facts);
	struct transport *t = transport_over(l->transport->ops->secure,
	                                     l->transport, how);
	if (!t)
		return -1;
	watch_remove(&l->watch);
	l->transport = NULL;
	l->dial = dial_take(l->loop, t, &facts.peer, link_called(l),
	                    how->is_accepted, timeout_ms, on_secured, l);
	if (!l->dial)
		link_fail_without_memory(l, t);
	return 0;
}

bool link_is_end_unproven(const struct link *l)
{
	struct transport_facts facts;
	if (!l->transport || !l->has_peer_ended)
		return false;
	transport_facts(l->transport, FACTS_END, &facts);
	return facts.is_end_unproven;
}
