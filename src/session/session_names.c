/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Who is at both ends of a connection: the process there, and what the two
 * addresses are called. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_private.h"

enum { END_PEER, END_LOCAL, END_COUNT };

struct names {
	struct session *session;
	bool tells; /* once they are known */
	struct names_end {
		struct names *names;
		struct resolve *lookup; /* NULL: none is under way */
		char text[ADDRESS_TEXT_MAX];
	} ends[END_COUNT];
};

void session_find_owner(struct session *s)
{
	struct transport_facts facts;
	if (s->owner || !s->link.transport)
		return;
	transport_facts(s->link.transport, FACTS_OWNER, &facts);
	s->owner = strdup(facts.owner);
}

static void on_name(void *user, const char *name)
{
	struct names_end *end = user;
	struct session *s = end->names->session;
	bool is_peer = end == &end->names->ends[END_PEER];
	end->lookup = NULL;
	snprintf(end->text, sizeof(end->text), "%s", name);
	if (*name && end->names->tells)
		session_tell_note(s, "%s is called %s",
		                  is_peer ? s->link.where : s->local, name);
}

void session_find_names(struct session *s, bool tells)
{
	struct transport_facts facts;
	const struct address *const list[] = {
		[END_PEER] = &facts.peer, [END_LOCAL] = &facts.local,
	};
	if (s->names || !s->link.transport ||
	    !(s->link.transport->ops->traits & TRANSPORT_IP))
		return;
	transport_facts(s->link.transport, FACTS_LOCAL | FACTS_PEER, &facts);
	if (!facts.local.len || !facts.peer.len)
		return;
	s->names = calloc(1, sizeof(*s->names));
	if (!s->names)
		return;
	s->names->session = s;
	s->names->tells = tells;
	for (size_t i = 0; i < END_COUNT; i++) {
		struct names_end *end = &s->names->ends[i];
		end->names = s->names;
		end->lookup =
		    resolve_name(s->link.loop, list[i], on_name, end);
	}
}

void session_drop_names(struct session *s)
{
	for (size_t i = 0; s->names && i < END_COUNT; i++)
		resolve_cancel(s->names->ends[i].lookup);
	free(s->names);
	free(s->owner);
}

void session_tell_names(const struct session *s, struct facts *out)
{
	snprintf(out->name, sizeof(out->name), "%s", session_called(s));
	snprintf(out->owner, sizeof(out->owner), "%s",
	         s->owner ? s->owner : "");
	if (!s->names)
		return;
	snprintf(out->peer_name, sizeof(out->peer_name), "%s",
	         s->names->ends[END_PEER].text);
	snprintf(out->local_name, sizeof(out->local_name), "%s",
	         s->names->ends[END_LOCAL].text);
}
