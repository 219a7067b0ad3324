/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* TLS is put on an open link; it ends our half at once. */

#include <sockchat/link_layers.h>

#include "link_private.h"

static void on_secured(void *user, struct transport *t,
                       const struct address *peer, const struct error *e)
{
	struct link *l = user;
	(void)peer;
	l->dial = NULL;
	l->in_ns = loop_now_ns(l->loop); /* the handshake has moved */
	if (!t)
		l->ops->on_over(l, e, 0);
	else if (!link_watch(l, t))
		l->ops->on_secured(l);
}

int link_secure(struct link *l, const struct over *how, int64_t timeout_ms)
{
	struct transport_facts facts;
	transport_facts(l->transport, FACTS_PEER, &facts);
	l->transport->has_moved = l->bytes_in || l->bytes_out;
	struct transport *t = transport_over(l->transport->ops->secure,
	                                     l->transport, how);
	if (!t)
		return -1;
	link_stop_alarm(l, LINK_IDLE);
	watch_remove(&l->watch);
	l->transport = NULL;
	l->dial = dial_take(l->loop, t, &facts.peer, link_called(l), timeout_ms,
	                    on_secured, l);
	if (!l->dial)
		link_fail_without_memory(l, t);
	return 0;
}

/* A failure is found by the next step. */
bool link_send_kept_end(struct link *l)
{
	struct transport_facts facts;
	if (!l->transport)
		return false;
	transport_facts(l->transport, FACTS_END, &facts);
	if (facts.is_end_kept)
		(void)transport_shutdown(l->transport);
	return facts.is_end_kept;
}
