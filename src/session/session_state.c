/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session has come to, and who is at its ends. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/resolve.h>

#include "session_private.h"

#define OWNER_NS SECOND_NS /* it is believed for so long */

/* What an address is called. */
struct name {
	struct session *session; /* NULL: it was never looked up */
	struct resolve *lookup;  /* NULL: none is under way */
	char text[ADDRESS_TEXT_MAX]; /* "": not known */
};

struct names {
	char owner[OWNER_TEXT_MAX]; /* the process there; "": not known */
	int64_t owner_ns; /* when it was searched for */
	struct name peer, local;
	bool are_told; /* by notes */
};

/* Which process has the peer's socket changes when it is accepted, or passed
 * on. */
static void find_owner(struct session *s)
{
	int64_t now_ns = loop_now_ns(s->link.loop);
	struct transport_facts facts;
	if (!s->names)
		s->names = calloc(1, sizeof(*s->names));
	if (!s->names ||
	    (*s->names->owner && now_ns - s->names->owner_ns < OWNER_NS))
		return;
	transport_facts(s->link.transport, FACTS_OWNER, &facts);
	memcpy(s->names->owner, facts.owner, sizeof(s->names->owner));
	s->names->owner_ns = now_ns;
}

void session_forget_names(struct session *s)
{
	if (!s->names)
		return;
	resolve_cancel(s->names->peer.lookup);
	resolve_cancel(s->names->local.lookup);
	free(s->names);
}

static void on_lookup_end(void *user, const char *text)
{
	struct name *name = user;
	struct session *s = name->session;
	name->lookup = NULL;
	snprintf(name->text, sizeof(name->text), "%s", text);
	if (*text && s->names->are_told)
		session_tell_note(s, "name", "", "%s is called %s",
		                  name == &s->names->peer ? s->link.where
		                                          : session_local(s),
		                  text);
}

static void look_name_up(struct session *s, struct name *name,
                         const struct address *a)
{
	name->session = s;
	name->lookup = resolve_name(s->link.loop, a, on_lookup_end, name);
}

static void look_names_up(struct session *s, bool tells)
{
	struct transport_facts facts;
	if (!(s->link.traits & TRANSPORT_IP))
		return;
	transport_facts(s->link.transport, FACTS_LOCAL | FACTS_PEER, &facts);
	if (!facts.local.len || !facts.peer.len)
		return;
	s->names->are_told = tells;
	look_name_up(s, &s->names->peer, &facts.peer);
	look_name_up(s, &s->names->local, &facts.local);
}

void session_identify(struct session *s, bool is_numeric, bool tells)
{
	if (!s->link.transport)
		return;
	find_owner(s);
	if (s->names && !s->names->peer.session && !is_numeric)
		look_names_up(s, tells);
}

bool session_is_finishing(const struct session *s)
{
	return s->shuts_down || !halves_is_out_open(s->link.halves);
}

bool session_is_congested(const struct session *s)
{
	return queue_len(s->queue) >= queues_share(s->settings->queues);
}

size_t session_unacked(const struct session *s)
{
	ssize_t n = link_unacked(&s->link);
	return n > 0 ? (size_t)n : 0;
}

/* Since when the peer owes an answer: since we have asked, or it is open. */
static int64_t question_ns(const struct session *s)
{
	const struct talk *t = s->talk;
	if (!t || !t->asked_ns || t->asked_in != s->link.bytes_in)
		return 0;
	return t->asked_ns > s->opened_ns ? t->asked_ns : s->opened_ns;
}

void session_sample(const struct session *s, struct facts *out)
{
	*out = (struct facts){
		.now = stamp_now(),
		.number = s->number,
		.pid = getpid(),
		.phase = s->phase,
		.since = stamp_at(s->since_ns),
		.opened = stamp_at(s->opened_ns),
		.halves = s->link.halves,
		.is_accepted = s->link.is_accepted,
		.is_tcp = link_is_tcp(&s->link),
		.is_paused = s->is_paused,
		.is_dripping = s->settings->drip_bytes > 0,
		.in = s->link.bytes_in,
		.out = s->link.bytes_out,
		.in_messages = s->talk ? s->talk->in.count : 0,
		.out_messages = s->talk ? s->talk->out.count : 0,
		.in_ns = s->link.in_ns,
		.out_ns = s->link.out_ns,
		.asked_ns = question_ns(s),
		.timing = session_timing(s),
		.queued = queue_len(s->queue) + queue_file_rest(s->queue),
	};
	snprintf(out->peer, sizeof(out->peer), "%s", s->link.where);
	snprintf(out->local, sizeof(out->local), "%s", session_local(s));
	snprintf(out->name, sizeof(out->name), "%s",
	         s->approach ? s->approach->called : "");
	snprintf(out->through, sizeof(out->through), "%s",
	         s->approach ? s->approach->through : "");
	if (s->names) {
		memcpy(out->owner, s->names->owner, sizeof(out->owner));
		memcpy(out->peer_name, s->names->peer.text,
		       sizeof(out->peer_name));
		memcpy(out->local_name, s->names->local.text,
		       sizeof(out->local_name));
	}
	if (!s->link.transport)
		return;
	struct transport_facts facts;
	transport_facts(s->link.transport,
	                FACTS_TCP | (*out->local ? 0 : FACTS_LOCAL), &facts);
	if (facts.local.len)
		address_format(&facts.local, out->local);
	out->has_tcp = facts.has_tcp;
	out->tcp = facts.tcp;
}

const struct tls_facts *session_tls(const struct session *s)
{
	struct transport_facts facts = {
		.tls = s->approach ? s->approach->tls : NULL,
	};
	if (s->link.transport)
		transport_facts(s->link.transport, FACTS_TLS, &facts);
	return facts.tls;
}

void session_facts(const struct session *s, struct facts *out)
{
	struct transport_facts facts;
	session_sample(s, out);
	out->is_gone = s->is_gone;
	if (!s->link.transport || s->is_gone)
		return;
	transport_facts(s->link.transport, FACTS_FAR, &facts);
	out->far = facts.far;
	out->is_gone = facts.far.is_gone;
}

void session_facts_to_show(const struct session *s, struct facts *out)
{
	session_facts(s, out);
	out->tls = session_tls(s);
}

const char *session_state_text(const struct session *s)
{
	if (s->is_gone && s->phase == ENTRY_HALF_CLOSED)
		return "half-closed (the peer is gone)";
	if (s->phase != ENTRY_HALF_CLOSED)
		return entry_state_name(s->phase);
	return halves_is_in_open(s->link.halves) ? "half-closed (by us)"
	                                    : "half-closed (by the peer)";
}
