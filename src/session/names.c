/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is at both ends of a connection. */

#include <stdio.h>
#include <stdlib.h>

#include <sockchat/resolve.h>

#include "names.h"

struct names *names_new(const struct transport *t)
{
	struct transport_facts facts;
	struct names *n = calloc(1, sizeof(*n));
	if (!n)
		return NULL;
	transport_facts(t, FACTS_OWNER, &facts);
	snprintf(n->owner, sizeof(n->owner), "%s", facts.owner);
	return n;
}

void names_free(struct names *n)
{
	if (!n)
		return;
	resolve_cancel(n->peer.lookup);
	resolve_cancel(n->local.lookup);
	free(n);
}

static void on_lookup_end(void *user, const char *name)
{
	struct names_end *end = user;
	struct names *n = end->names;
	end->lookup = NULL;
	snprintf(end->text, sizeof(end->text), "%s", name);
	if (*name && n->fn)
		n->fn(n->user, end == &n->peer, name);
}

static void look_up(struct names *n, struct names_end *end, struct loop *l,
                    const struct address *a)
{
	end->names = n;
	end->lookup = resolve_name(l, a, on_lookup_end, end);
}

void names_resolve(struct names *n, struct loop *l, const struct transport *t,
                   names_fn *fn, void *user)
{
	struct transport_facts facts;
	if (n->is_resolved || !(t->ops->traits & TRANSPORT_IP))
		return;
	transport_facts(t, FACTS_LOCAL | FACTS_PEER, &facts);
	if (!facts.local.len || !facts.peer.len)
		return;
	n->is_resolved = true;
	n->fn = fn;
	n->user = user;
	look_up(n, &n->peer, l, &facts.peer);
	look_up(n, &n->local, l, &facts.local);
}
