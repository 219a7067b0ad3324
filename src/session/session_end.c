/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a conversation ends, whoever ends it. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <sockchat/explain.h>

#include "session_private.h"
#include "under_way.h"

/* Say how many bytes do not reach the peer any more. */
static void describe_loss(const struct session *s, uint64_t unacked, char *text,
                          size_t size)
{
	size_t unsent = queue_len(s->queue);
	int len = 0;
	*text = '\0';
	if (unsent)
		len = snprintf(text, size, "; %zu bytes were never sent",
		               unsent);
	if (unacked)
		snprintf(text + len, size - (size_t)len,
		         "; %" PRIu64 " bytes were never acknowledged",
		         unacked);
}

void session_close_link(struct session *s, bool abort)
{
	if (s->talk) {
		under_way_end(s->talk->under_way);
		s->talk->under_way = NULL;
	}
	link_close(&s->link, abort);
}

void session_conclude(struct session *s, bool failed, const char *hint,
                      uint64_t unacked)
{
	const struct session_ops *ops = s->settings->ops;
	char lost[128];
	if (s->phase == ENTRY_CLOSED)
		return;
	s->phase = ENTRY_CLOSED;
	session_close_link(s, false);
	s->link.halves = HALVES_CLOSED;
	describe_loss(s, failed ? 0 : unacked, lost, sizeof(lost));
	bool has_lost = unacked || queue_len(s->queue);
	bool has_file = queue_has_file(s->queue);
	if (s->queue)
		queue_lose_files(s->queue);
	if (s->opened_ns)
		session_tell_state(s, ENTRY_CLOSED, hint,
		                   "connection closed: %" PRIu64
		                   " bytes received, %" PRIu64
		                   " bytes sent%s",
		                   s->link.bytes_in, s->link.bytes_out, lost);
	else
		session_tell_state(s, ENTRY_CLOSED, hint, "not connected%s",
		                   lost);
	session_drop_queue(s);
	if (has_lost && !s->settings->echo)
		ops->on_lost(ops->user, s);
	ops->on_end(ops->user, s, failed || has_lost || has_file);
}

void session_end_dial(struct session *s)
{
	if (!s->link.dial || !s->approach)
		return;
	s->approach->timing = *dial_timing(s->link.dial);
	s->approach->is_timed = true;
}

/* Whether the peer had ended, and nothing has moved for so long that our system
 * has asked whether it is still there: then the break is no news. */
static bool is_long_over(const struct session *s, uint64_t unacked)
{
	const struct link *l = &s->link;
	int64_t quiet_ns = loop_now_ns(l->loop) - link_moved_ns(l);
	return l->broken && l->broken != ENOMEM && l->has_peer_ended &&
	       !l->is_silent && !unacked && !queue_len(s->queue) &&
	       !queue_has_file(s->queue) &&
	       quiet_ns > (TRANSPORT_PROBE_S - 1) * 1000 * MS_NS;
}

void session_on_over(struct link *l, const struct error *e, uint64_t unacked)
{
	struct session *s = session_of(l);
	bool is_old = is_long_over(s, unacked), failed = e && !is_old;
	session_end_dial(s);
	if (failed)
		session_tell_error(s, e);
	/* a FIN would say that the peer has all there is */
	session_close_link(s, failed && l->broken);
	session_conclude(s, failed, is_old ? explain_long_over() : "", unacked);
}
