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
	const char *where = name == &s->names->peer ? s->link.where
	                                            : session_local(s);
	if (*text && *where && s->names->are_told)
		session_tell_note(s, "name", "", "%s is called %s", where,
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
	return s->shuts_down || s->has_finished ||
	       !halves_is_out_open(s->link.halves);
}

size_t session_queued(const struct session *s)
{
	return queue_len(s->queue) + link_held(&s->link, FAULT_OUT) +
	       (s->pair ? lane_to(s)->piped : 0);
}

/* Some of a file may be in the delay line already. */
uint64_t session_before_file(const struct session *s)
{
	uint64_t gone = s->link.bytes_out;
	uint64_t at = queue_has_file(s->queue) ? s->talk->file_at : 0;
	if (at)
		return at > gone ? at - gone : 0;
	return queue_before_file(s->queue) + link_held(&s->link, FAULT_OUT);
}

bool session_is_congested(const struct session *s)
{
	return queue_load(s->queue) >= queues_share(s->settings->queues);
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

/* Datagrams count whether they are told or not. */
static uint64_t in_messages(const struct session *s)
{
	if (link_has_messages(&s->link))
		return s->link.messages_in;
	return s->talk ? s->talk->in.count : 0;
}

static uint64_t out_messages(const struct session *s)
{
	if (link_has_messages(&s->link))
		return s->link.messages_out;
	return s->talk ? s->talk->out.count : 0;
}

void session_sample(const struct session *s, struct facts *out)
{
	*out = (struct facts){
		.now = stamp_now(),
		.number = s->link.number,
		.pid = getpid(),
		.phase = s->phase,
		.since = stamp_at(s->since_ns),
		.opened = stamp_at(s->opened_ns),
		.halves = s->link.halves,
		.is_accepted = s->link.is_accepted,
		.is_tcp = link_is_tcp(&s->link),
		.has_messages = link_has_messages(&s->link),
		.is_paused = s->is_paused,
		.is_slowed = faults_are_slow(s->settings->faults),
		.in = s->link.bytes_in,
		.out = s->link.bytes_out,
		.in_messages = in_messages(s),
		.out_messages = out_messages(s),
		.in_ns = s->link.in_ns,
		.out_ns = s->link.out_ns,
		.asked_ns = question_ns(s),
		.timing = session_timing(s),
		.queued = session_queued(s) + queue_file_rest(s->queue),
	};
	snprintf(out->peer, sizeof(out->peer), "%s", s->link.where);
	snprintf(out->local, sizeof(out->local), "%s", session_local(s));
	snprintf(out->name, sizeof(out->name), "%s",
	         s->approach ? s->approach->called : "");
	snprintf(out->through, sizeof(out->through), "%s", session_through(s));
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
	struct transport_facts facts;
	session_facts(s, out);
	out->tls = session_tls(s);
	if (!s->link.transport)
		return;
	transport_facts(s->link.transport,
	                FACTS_DATAGRAMS | FACTS_SOCKET | FACTS_LOCAL, &facts);
	out->datagrams = facts.datagrams;
	out->header = facts.header;
	out->has_socket = facts.has_socket;
	out->socket = facts.socket;
	out->is_v6 = address_is_v6(&facts.local);
}

const char *session_state_text(const struct session *s)
{
	if (s->is_gone && s->phase == ENTRY_HALF_CLOSED)
		return "half-closed (by the peer, which is gone)";
	if (s->phase != ENTRY_HALF_CLOSED)
		return entry_state_name(s->phase);
	if (halves_is_in_open(s->link.halves))
		return s->pair ? "half-closed (by the client)"
		               : "half-closed (by us)";
	return s->pair ? "half-closed (by the target)"
	               : "half-closed (by the peer)";
}
