/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The end of a conversation: by the peer, by a failure, by the user. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <sockchat/explain.h>

#include "session_private.h"

#define LAST_READS     64 /* at once; a dead connection has no more */
#define DRAIN_MAX      ((size_t)1 << 20)
#define ACK_FIRST_NS   (1 * MS_NS)
#define ACK_SLOWEST_NS (50 * MS_NS)

/* What is told of bytes that do not reach the peer any more. */
static void describe_loss(const struct session *s, uint64_t unacked, char *text,
                          size_t size)
{
	size_t unsent = session_queued(s);
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

static void on_over(struct session *s, bool failed, const char *hint,
                    uint64_t unacked)
{
	char lost[128];
	if (s->is_over)
		return;
	s->is_over = true;
	session_ticks_end(s);
	watch_remove(&s->watch);
	session_stop_alarms(s);
	session_stop_connecting(s);
	s->halves = HALVES_CLOSED;
	describe_loss(s, failed ? 0 : unacked, lost, sizeof(lost));
	bool has_lost = unacked || session_queued(s);
	bool has_file = session_has_file(s);
	session_lose_files(s);
	if (s->local[0])
		session_tell_state(s, ENTRY_CLOSED, hint,
		                   "connection closed: %" PRIu64
		                   " bytes received, %" PRIu64
		                   " bytes sent%s",
		                   s->bytes_in, s->bytes_out, lost);
	else
		session_tell_state(s, ENTRY_CLOSED, hint, "not connected%s",
		                   lost);
	session_drop_queue(s);
	if (has_lost && !s->settings->echo)
		s->ops->on_lost(s->ops->user, s);
	s->ops->on_end(s->ops->user, s, failed || has_lost || has_file);
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
	on_over(s, true, "", 0);
}

/* The peer had ended, and nothing has moved for so long that our system has
 * asked whether it is still there: the answer is no news. */
static bool is_long_over(const struct session *s, uint64_t unacked)
{
	int64_t quiet_ns = loop_now_ns(s->loop) - session_moved_ns(s);
	return !halves_is_in_open(s->halves) && !unacked &&
	       !session_queued(s) && !session_has_file(s) &&
	       quiet_ns > (TRANSPORT_PROBE_S - 1) * 1000 * MS_NS;
}

void session_break(struct session *s, int errnum)
{
	struct error e;
	struct tcpinfo info;
	struct explain_break b = {
		.bytes_in = s->bytes_in,
		.bytes_out = s->bytes_out,
		.has_peer_ended = !halves_is_in_open(s->halves),
		.is_accepted = s->is_accepted,
		.info = session_tcpinfo(s, &info) ? &info : NULL,
	};
	uint64_t unacked = explain_unacked(&b);
	bool is_over = errnum != ENOMEM && is_long_over(s, unacked);
	if (!is_over) {
		explain_broken(&e, errnum, s->peer, &b);
		session_tell_error(s, &e);
	}
	/* a FIN would say that the peer has all there is */
	session_close_transport(s, !is_over);
	on_over(s, !is_over, is_over ? explain_long_over() : "", unacked);
}

void session_lose(struct session *s, int errnum)
{
	s->gone = errnum;
	if (!halves_is_in_open(s->halves) || s->leaves)
		session_break(s, errnum);
	for (int i = 0; i < LAST_READS && !s->is_over && !s->is_held; i++)
		session_read(s);
	if (!s->is_over)
		watch_set(&s->watch, s->is_held ? 0 : LOOP_READ);
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
	on_over(s, false, "", 0);
}

/* Both halves have ended, or we leave: wait until the peer's system has it
 * all. */
void session_wait_for_ack(struct session *s)
{
	ssize_t pending = s->transport->ops->pending(s->transport);
	if (pending < 0) {
		session_lose(s, errno);
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
		on_over(s, true, "", 0);
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
	size_t unacked = session_unacked(s);
	if (unacked && !halves_is_out_open(s->halves))
		unacked--; /* our FIN */
	session_close_transport(s, true);
	on_over(s, false, "", unacked);
}
