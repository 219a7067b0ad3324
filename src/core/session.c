/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One conversation: what the transport brings becomes messages, what is sent
 * waits in a queue, and each half ends by itself. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/explain.h>
#include <sockchat/number.h>

#include "session_private.h"

#define WORDLESS_NS (1000 * MS_NS)

/* -1 without memory. */
static int take_messages(struct session *s, struct framing *f,
                         const uint8_t *bytes, size_t len)
{
	if (!s->settings->keeps_entries)
		return 0;
	return framing_take(f, s->transcript, s->number, s->peer, bytes, len);
}

int64_t session_moved_ns(const struct session *s)
{
	int64_t last = s->in_ns > s->out_ns ? s->in_ns : s->out_ns;
	return last ? last : s->opened.mono_ns;
}

/* Give up when nothing has moved for too long; look again when that may be. */
static void check_idle(struct session *s)
{
	int64_t left = session_moved_ns(s) + s->settings->idle_ns -
	               loop_now_ns(s->loop);
	struct error e;
	if (left > 0) {
		session_set_alarm(s, ALARM_IDLE, left);
		return;
	}
	explain_idle_timeout(&e, s->settings->idle_ns / MS_NS, s->peer);
	session_fail(s, &e);
}

/* Out */

/* How many bytes may go now. */
static size_t allowance(const struct session *s)
{
	size_t len = session_waiting(s);
	size_t drip = s->settings->drip_bytes;
	if (!drip || len <= drip)
		return len;
	return drip;
}

/* Up to `max` bytes: how many, -1 with errno. */
static ssize_t write_some(struct session *s, size_t max)
{
	size_t sum = 0, len;
	while (sum < max) {
		const void *front = outq_front(s->queue, &len);
		len = len < max - sum ? len : max - sum;
		ssize_t n = s->transport->ops->write(s->transport, front, len);
		if (n < 0 && !sum)
			return -1;
		if (n < 0) /* it comes again */
			break;
		outq_consume(s->queue, (size_t)n);
		sum += (size_t)n;
		if ((size_t)n < len)
			break;
	}
	return (ssize_t)sum;
}

static int write_queue(struct session *s)
{
	while (session_waiting(s) && !session_has_alarm(s, ALARM_DRIP)) {
		size_t len = allowance(s);
		ssize_t n = write_some(s, len);
		if (n < 0)
			return errno == EAGAIN ? 0 : -1;
		s->bytes_out += (uint64_t)n;
		s->out_ns = loop_now_ns(s->loop);
		if (s->settings->drip_bytes &&
		    (session_waiting(s) || s->feed)) {
			session_set_alarm(s, ALARM_DRIP, s->settings->drip_ns);
		} else if ((size_t)n < len) {
			return 0;
		}
	}
	return 0;
}

static void end_out(struct session *s)
{
	if (s->transport->ops->shutdown(s->transport)) {
		session_lose(s, errno);
		return;
	}
	s->halves = halves_end_out(s->halves);
	if (halves_is_in_open(s->halves)) {
		session_tell_state(s, ENTRY_HALF_CLOSED, "",
		                   "our half is closed (FIN sent): nothing "
		                   "more can be sent, the peer may go on");
		if (s->closes)
			session_set_alarm(s, ALARM_LINGER,
			                  s->settings->linger_ns);
	}
}

/* In */

/* We went to them, and they end before anybody has said anything. */
static bool is_wordless(const struct session *s)
{
	return !s->is_accepted && !s->bytes_in && !s->bytes_out &&
	       loop_now_ns(s->loop) - session_moved_ns(s) < WORDLESS_NS;
}

static void end_in(struct session *s)
{
	s->halves = halves_end_in(s->halves);
	framing_end(&s->in);
	session_hint_end(s);
	if (!halves_is_out_open(s->halves))
		return;
	if (s->settings->echo || s->closes)
		s->shuts_down = true;
	session_tell_state(s, ENTRY_HALF_CLOSED,
	                   is_wordless(s) ? explain_closed_at_once() : "",
	                   "the peer has closed its half (FIN received)%s",
	                   s->shuts_down ? ""
	                                 : ": you can still send; /close ends "
	                                   "the connection");
	if (!s->shuts_down)
		s->ops->on_in_end(s->ops->user, s);
}

static int take(struct session *s, const uint8_t *bytes, size_t len)
{
	if (s->settings->discards_in)
		return 0;
	if (take_messages(s, &s->in, bytes, len))
		return -1;
	session_hint_in(s, bytes, len);
	if (!session_sends_back(s))
		return 0;
	if (session_send_back(s, bytes, len))
		return -1;
	return take_messages(s, &s->out, bytes, len);
}

static void note_first_byte(struct session *s)
{
	int64_t us = (stamp_mono_ns() - s->opened.mono_ns) / 1000;
	struct timing *timing = session_timing(s);
	if (timing)
		timing->first_byte_us = us;
	if (s->settings->tells_steps)
		session_tell_note(s, "first byte after %.1f ms",
		                  (double)us / 1000);
}

void session_read(struct session *s)
{
	uint8_t *bytes = loop_buffer(s->loop);
	if (!bytes) {
		session_break(s, ENOMEM);
		return;
	}
	ssize_t passed = session_pass_back(s);
	ssize_t n = passed ? passed
	                   : s->transport->ops->read(s->transport, bytes,
	                                             session_read_max(s));
	if (n > 0) {
		if (!s->bytes_in)
			note_first_byte(s);
		s->bytes_in += (uint64_t)n;
		s->is_busy = n >= SESSION_BUSY;
		s->in_ns = loop_now_ns(s->loop);
		if (!passed && take(s, bytes, (size_t)n))
			session_break(s, ENOMEM);
	} else if (s->gone) {
		session_break(s, s->gone);
	} else if (n == 0) {
		end_in(s);
	} else if (errno != EAGAIN) {
		session_break(s, errno);
	}
}

/* Readiness */

static bool wants_read(struct session *s)
{
	if (!session_has_queue(s) || session_is_relieved(s))
		s->is_full = false;
	else if (session_is_congested(s))
		s->is_full = true;
	return halves_is_in_open(s->halves) && !s->is_paused && !s->is_held &&
	       !(s->settings->echo && s->is_full);
}

/* Do what can be done now, and watch for what comes next. */
void session_update(struct session *s)
{
	unsigned events = 0;
	if (!s->transport || s->is_over)
		return;
	if (s->gone) {
		watch_set(&s->watch, s->is_held ? 0 : LOOP_READ);
		return;
	}
	if (halves_is_out_open(s->halves)) {
		if (s->feed)
			session_pull_file(s);
		if (s->ticks)
			session_ticks_before_write(s);
		int failed = write_queue(s);
		if (session_has_queue(s))
			session_count_queue(s);
		if (failed) {
			session_lose(s, errno);
			return;
		}
		if (s->feed && session_settle_file(s)) {
			session_break(s, errno);
			return;
		}
		if (s->ticks)
			session_ticks_after_write(s);
		if (s->shuts_down && !session_waiting(s) && !s->feed)
			end_out(s);
	}
	if (s->is_over || s->gone)
		return;
	if (s->halves == HALVES_CLOSED ||
	    (s->leaves && !halves_is_out_open(s->halves))) {
		if (!session_has_alarm(s, ALARM_ACK))
			session_wait_for_ack(s);
		if (s->is_over || s->gone)
			return;
	}
	if (wants_read(s))
		events |= LOOP_READ;
	if ((session_waiting(s) || s->feed) &&
	    !session_has_alarm(s, ALARM_DRIP))
		events |= LOOP_WRITE;
	/* with both halves closed a hang-up is the normal state of things */
	if (!events && !s->is_held && s->halves != HALVES_CLOSED)
		events = LOOP_HANGUP;
	watch_set(&s->watch, events);
}

static void on_ready(struct watch *w, unsigned ready)
{
	struct session *s = w->user;
	if (s->settings->rests)
		ready &= LOOP_WRITE;
	/* what wakes us may be no more than this */
	if (s->ticks && session_ticks_read(s) && !(ready & LOOP_READ))
		ready &= ~LOOP_HANGUP;
	if (ready & (LOOP_READ | LOOP_HANGUP) && halves_is_in_open(s->halves))
		session_read(s);
	else if (ready & LOOP_HANGUP)
		session_break(s, s->transport->ops->pending(s->transport) < 0
		            ? errno
		            : ECONNRESET);
	session_update(s);
}

void session_on_alarm(struct session *s, enum session_alarm which)
{
	static void (*const calls[ALARM_COUNT])(struct session *s) = {
		[ALARM_DRIP] = session_update,
		[ALARM_IDLE] = check_idle,
		[ALARM_ACK] = session_wait_for_ack,
		[ALARM_LINGER] = session_stop_waiting,
	};
	calls[which](s);
}

/* The beginning */

void session_open(struct session *s, struct transport *t,
                  const struct address *peer)
{
	struct address local = { .len = 0 };
	char at[ADDRESS_TEXT_MAX], here[ADDRESS_TEXT_MAX] = "";
	struct error e;
	s->transport = t;
	address_format(peer, at);
	if (transport_local(t, &local))
		address_format(&local, here);
	if (session_set_addresses(s, at, here) ||
	    watch_add_socket(s->loop, &s->watch, t->fd, LOOP_READ)) {
		error_set_errno(&e, errno, "cannot serve %s", at);
		session_fail(s, &e);
		return;
	}
	session_tell_open(s, &local, peer);
	if (s->settings->idle_ns)
		check_idle(s);
	session_update(s);
}

struct session *session_new(struct loop *l, struct transcript *transcript,
                            uint32_t number,
                            const struct session_settings *settings,
                            const struct session_ops *ops)
{
	struct session *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->loop = l;
	s->transcript = transcript;
	s->number = number;
	s->settings = settings;
	s->ops = ops;
	s->in.dir = ENTRY_IN;
	s->out.dir = ENTRY_OUT;
	s->watch = (struct watch){ .on_ready = on_ready, .user = s };
	s->alarm = (struct timer){ .on_time = session_alarm_on_time,
		                   .user = s };
	s->peer = s->local = "";
	return s;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	session_drop_approach(s);
	session_close_transport(s, false);
	session_drop_files(s);
	session_drop_hints(s);
	session_drop_queue(s);
	session_drop_names(s);
	session_stop_alarms(s);
	free(s->addresses);
	free(s);
}

void session_adopt(struct session *s, struct transport *t,
                   const struct address *peer)
{
	s->is_accepted = true;
	session_open(s, t, peer);
}

/* What the user asks for */

int session_may_send(const struct session *s, struct error *e)
{
	if (s->is_over || s->gone)
		return error_set(e, "not sent: the connection to %s has ended",
		                 s->peer);
	if (!halves_is_out_open(s->halves) || s->shuts_down)
		return error_set(e, "not sent: our half of the connection to "
		                    "%s is closed", s->peer);
	return 0;
}

static int enqueue(struct session *s, const void *bytes, size_t len,
                   struct error *e)
{
	char all[16], max[16];
	if (len > session_free_room(s)) {
		number_format_size(all, s->settings->queues->used);
		number_format_size(max, s->settings->queues->max);
		error_set(e, "not sent: %zu bytes wait for %s already, %s for "
		          "all peers together, and the limit is %s",
		          session_queued(s), s->peer, all, max);
		error_set_hint(e, "/set queue-max changes it");
		error_set_code(e, EMSGSIZE);
		return -1;
	}
	if (session_enqueue(s, bytes, len))
		return error_set_errno(e, errno, "not sent to %s", s->peer);
	return 0;
}

int session_send(struct session *s, const void *bytes, size_t len,
                 struct error *e)
{
	if (session_may_send(s, e))
		return -1;
	if (enqueue(s, bytes, len, e))
		return -1;
	framing_break(&s->in, s->transcript);
	framing_end(&s->out);
	s->out.count++;
	s->in.asked_ns = stamp_mono_ns();
	if (s->settings->keeps_entries) {
		session_tick_queued(s); /* it is looked for when told */
		session_tell_sent(s, bytes, len);
	}
	session_hint_out(s, bytes, len);
	session_update(s);
	return 0;
}

void session_shutdown(struct session *s)
{
	s->shuts_down = true;
	session_update(s);
}

void session_refresh(struct session *s)
{
	if (!s->settings->drip_bytes)
		session_stop_alarm(s, ALARM_DRIP);
	if (session_has_alarm(s, ALARM_LINGER))
		session_set_alarm(s, ALARM_LINGER, s->settings->linger_ns);
	session_stop_alarm(s, ALARM_IDLE);
	if (s->transport && s->settings->idle_ns)
		check_idle(s);
	session_update(s);
}

void session_pause(struct session *s, bool is_paused)
{
	s->is_paused = is_paused;
	session_update(s);
}

void session_hold(struct session *s, bool is_held)
{
	s->is_held = is_held;
	session_update(s);
}
