/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The end of a conversation: by the peer, by a failure, by the user. */

#include <errno.h>
#include <stdio.h>

#include <sockchat/explain.h>

#include "session_private.h"

#define DRAIN_MAX      ((size_t)1 << 20)
#define ACK_FIRST_NS   (1 * MS_NS)
#define ACK_SLOWEST_NS (50 * MS_NS)

static void on_over(struct session *s, bool failed)
{
	if (s->is_over)
		return;
	s->is_over = true;
	session_ticks_end(s);
	watch_remove(&s->watch);
	session_stop_alarms(s);
	session_stop_connecting(s);
	s->halves = HALVES_CLOSED;
	char lost[64] = "";
	if (session_queued(s))
		snprintf(lost, sizeof(lost), "; %zu bytes were never sent",
		         session_queued(s));
	session_lose_files(s);
	if (s->local[0])
		session_tell_state(s, ENTRY_CLOSED, "",
		                   "connection closed: %llu bytes received, "
		                   "%llu bytes sent%s",
		                   (unsigned long long)s->bytes_in,
		                   (unsigned long long)s->bytes_out, lost);
	else
		session_tell_state(s, ENTRY_CLOSED, "", "not connected%s",
		                   lost);
	session_drop_queue(s);
	s->ops->on_end(s->ops->user, s, failed);
}

void session_close_transport(struct session *s, bool abort)
{
	session_ticks_end(s);
	watch_remove(&s->watch);
	if (s->transport)
		s->transport->ops->close(s->transport, abort);
	s->transport = NULL;
}

void session_fail(struct session *s, const struct error *e)
{
	session_tell_error(s, e);
	session_close_transport(s, false);
	on_over(s, true);
}

void session_break(struct session *s, int errnum)
{
	struct error e;
	struct tcpinfo info;
	explain_broken(&e, errnum, s->peer, &(struct explain_break){
		.bytes_in = s->bytes_in,
		.bytes_out = s->bytes_out,
		.has_peer_ended = !halves_is_in_open(s->halves),
		.is_accepted = s->is_accepted,
		.info = session_tcpinfo(s, &info) ? &info : NULL,
	});
	session_fail(s, &e);
}

/* Unread input would make the kernel answer with RST (RFC 1122, 4.2.2.13) and
 * take from the peer what it has not read yet. */
static void drain(struct session *s)
{
	uint8_t bytes[4096];
	size_t sum = 0;
	while (sum < DRAIN_MAX && halves_is_in_open(s->halves)) {
		ssize_t n = s->transport->ops->read(s->transport, bytes,
		                                    sizeof(bytes));
		if (n <= 0)
			return;
		sum += (size_t)n;
	}
}

static void end(struct session *s)
{
	drain(s);
	session_close_transport(s, false);
	on_over(s, false);
}

/* Both halves have ended, or we leave: wait until the peer's system has it
 * all. */
void session_wait_for_ack(struct session *s)
{
	ssize_t pending = s->transport->ops->pending(s->transport);
	if (pending < 0) {
		session_break(s, errno);
	} else if (pending == 0) {
		end(s);
	} else {
		s->ack_ns = s->ack_ns ? 2 * s->ack_ns : ACK_FIRST_NS;
		if (s->ack_ns > ACK_SLOWEST_NS)
			s->ack_ns = ACK_SLOWEST_NS;
		session_set_alarm(s, ALARM_ACK, s->ack_ns);
	}
}

void session_stop_waiting(struct session *s)
{
	s->leaves = true;
	session_update(s);
}

/* By the user */

static void begin_close(struct session *s)
{
	if (!s->transport) {
		on_over(s, true);
		return;
	}
	s->closes = s->shuts_down = true;
	session_pause(s, false);
	if (!halves_is_out_open(s->halves))
		session_set_alarm(s, ALARM_LINGER, s->settings->linger_ns);
	session_update(s);
}

void session_close(struct session *s)
{
	if (!s->is_over && !s->closes)
		begin_close(s);
}

void session_finish(struct session *s)
{
	s->closes = s->shuts_down = true;
	if (s->transport)
		begin_close(s);
}

void session_leave(struct session *s)
{
	s->leaves = true;
	if (!s->is_over)
		begin_close(s);
}

void session_reset(struct session *s)
{
	if (s->is_over)
		return;
	session_close_transport(s, true);
	on_over(s, false);
}
