/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "session_messages.h"

#include <inttypes.h>
#include <stdio.h>

#include <sockchat/datagram.h>
#include <sockchat/number.h>

/* How long a message can be: before it is open, the most that may be. */
static size_t message_max(const struct session *s)
{
	return s->link.transport ? s->link.transport->message_max
	                         : DATAGRAM_MAX_IPV6;
}

int session_check_length(const struct session *s, uint64_t len,
                         struct error *e)
{
	size_t max = link_has_messages(&s->link) ? message_max(s) : 0;
	return max && len > max ? datagram_refuse(e, len, max) : 0;
}

const char session_no_reset[] =
    "UDP has no reset: the peer was not told";

const char session_no_connection[] =
    "UDP has no connection. Send something to see whether anybody is there";

void session_tell_no_end(struct session *s)
{
	if (!s->has_finished)
		session_tell_note(s, "no-fin", "UDP has no FIN. You can still "
		                  "send. /close ends the conversation here",
		                  "%s cannot be told that you have finished",
		                  s->link.where);
	s->has_finished = true;
}

/* What is told of it */

void session_tell_ready(struct session *s, const char *hint)
{
	if (s->link.is_accepted) {
		session_tell_state(s, ENTRY_OPEN, hint,
		                   "first datagram from %s", s->link.where);
		return;
	}
	session_tell_state(s, ENTRY_OPEN, hint, "ready to send to %s",
	                   s->link.where);
}

/* In the middle the target's session counts the silence of both. */
static bool has_come_to_us(const struct session *s)
{
	return (s->link.is_accepted && !s->link.is_near) || s->link.is_far;
}

/* What has ended it. */
static void say_end(const struct session *s, char *out, size_t size)
{
	char span[32];
	snprintf(span, sizeof(span), "%.15g",
	         (double)session_idle_ns(s) / 1e9);
	if (s->link.is_silent && has_come_to_us(s))
		snprintf(out, size, "peer let go after %s s of silence", span);
	else
		snprintf(out, size, "%s", has_come_to_us(s)
		                              ? "peer let go"
		                              : "conversation closed");
}

void session_tell_parting(struct session *s, const char *hint,
                          const char *lost)
{
	const struct link *l = &s->link;
	char end[64];
	bool may_return = has_come_to_us(s) && !*hint && !s->leaves &&
	                  !s->awaits_answers && /* else we are leaving */
	                  !s->settings->serves_one;
	say_end(s, end, sizeof(end));
	session_tell_state(s, ENTRY_CLOSED,
	                   may_return ? "if it sends again, it counts as a new "
	                                "peer"
	                              : hint,
	                   "%s: %" PRIu64 " byte%s in %" PRIu64
	                   " datagram%s received, %" PRIu64 " byte%s in %"
	                   PRIu64 " datagram%s sent%s", end,
	                   l->bytes_in, plural(l->bytes_in),
	                   l->messages_in, plural(l->messages_in),
	                   l->bytes_out, plural(l->bytes_out),
	                   l->messages_out, plural(l->messages_out), lost);
}

void session_tell_dropped(struct session *s)
{
	const struct transport *t = s->link.transport;
	struct transport_facts facts;
	char text[DATAGRAM_DROPPED_MAX];
	if (!t || t->fd < 0 || !link_has_messages(&s->link))
		return;
	transport_facts(t, FACTS_DATAGRAMS, &facts);
	if (!facts.datagrams.dropped)
		return;
	datagram_say_dropped(text, facts.datagrams.dropped);
	session_tell_note(s, "datagrams-dropped", "", "%s", text);
}

void session_tell_source(struct session *s, const struct address *source)
{
	char where[ADDRESS_TEXT_MAX];
	address_format(source, where);
	session_tell_note(s, "datagram-source", "", "from %s:", where);
}

/* Silence */

void session_await_answers(struct session *s)
{
	s->awaits_answers = true;
	if (s->link.transport && s->settings->answer_ns >= 0)
		link_set_alarm(&s->link, ALARM_LINGER, s->settings->answer_ns);
}

bool session_has_waited(struct session *s)
{
	int64_t left = link_moved_ns(&s->link) + s->settings->answer_ns -
	               loop_now_ns(s->link.loop);
	if (s->closes)
		return true;
	if (left > 0)
		link_set_alarm(&s->link, ALARM_LINGER, left);
	return left <= 0;
}

int64_t session_idle_ns(const struct session *s)
{
	bool is_peer = link_has_messages(&s->link) && has_come_to_us(s);
	return s->settings->idle_ns ? s->settings->idle_ns
	       : is_peer            ? DATAGRAM_SILENCE_S * SECOND_NS
	                            : 0;
}

bool session_may_fall_silent(const struct session *s)
{
	return link_has_messages(&s->link) &&
	       (has_come_to_us(s) || s->awaits_answers);
}
