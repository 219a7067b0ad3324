/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is at both ends of a connection. */

#include <stdio.h>
#include <stdlib.h>

#include <sockchat/resolve.h>

#include "names.h"

enum { END_PEER, END_LOCAL, END_COUNT };

struct names {
	names_fn *fn;
	void *user;
	char owner[OWNER_TEXT_MAX];
	bool is_resolved; /* or is being resolved */
	struct names_end {
		struct names *names;
		struct resolve *lookup; /* NULL: none is under way */
		char text[ADDRESS_TEXT_MAX];
	} ends[END_COUNT];
};

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
	for (size_t i = 0; n && i < END_COUNT; i++)
		resolve_cancel(n->ends[i].lookup);
	free(n);
}

static void on_lookup_end(void *user, const char *name)
{
	struct names_end *end = user;
	struct names *n = end->names;
	end->lookup = NULL;
	snprintf(end->text, sizeof(end->text), "%s", name);
	if (*name && n->fn)
		n->fn(n->user, end == &n->ends[END_PEER], name);
}

void names_resolve(struct names *n, struct loop *l, const struct transport *t,
                   names_fn *fn, void *user)
{
	struct transport_facts facts;
	const struct address *const list[] = {
		[END_PEER] = &facts.peer, [END_LOCAL] = &facts.local,
	};
	if (n->is_resolved || !(t->ops->traits & TRANSPORT_IP))
		return;
	transport_facts(t, FACTS_LOCAL | FACTS_PEER, &facts);
	n->is_resolved = facts.local.len && facts.peer.len;
	n->fn = fn;
	n->user = user;
	for (size_t i = 0; n->is_resolved && i < END_COUNT; i++) {
		n->ends[i].names = n;
		n->ends[i].lookup =
		    resolve_name(l, list[i], on_lookup_end, &n->ends[i]);
	}
}

void names_put(const struct names *n, struct facts *out)
{
	snprintf(out->owner, sizeof(out->owner), "%s", n->owner);
	snprintf(out->peer_name, sizeof(out->peer_name), "%s",
	         n->ends[END_PEER].text);
	snprintf(out->local_name, sizeof(out->local_name), "%s",
	         n->ends[END_LOCAL].text);
}
