/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* What a session has come to. */

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sockchat/tcpinfo.h>

#include "names.h"
#include "session_private.h"

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
	ssize_t n = link_pending(&s->link);
	return n > 0 ? (size_t)n : 0;
}

/* The moment when the monotonic clock stood there; all zero for 0. */
static struct stamp stamp_at(int64_t mono_ns)
{
	struct stamp at = stamp_now();
	if (!mono_ns)
		return (struct stamp){ 0 };
	at.wall_us -= (at.mono_ns - mono_ns) / 1000;
	at.mono_ns = mono_ns;
	return at;
}

void session_facts(const struct session *s, struct facts *out)
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
		.timing = session_timing(s),
		.queued = queue_len(s->queue) + queue_file_rest(s->queue),
	};
	snprintf(out->peer, sizeof(out->peer), "%s", s->link.where);
	snprintf(out->local, sizeof(out->local), "%s", session_local(s));
	snprintf(out->name, sizeof(out->name), "%s",
	         s->approach ? s->approach->called : "");
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

const char *session_state_text(const struct session *s)
{
	if (s->phase != ENTRY_HALF_CLOSED)
		return entry_state_name(s->phase);
	return halves_is_in_open(s->link.halves) ? "half-closed (by us)"
	                                    : "half-closed (by the peer)";
}
