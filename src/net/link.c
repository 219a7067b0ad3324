/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* One connection: what moves bytes sets facts, and one place, link_step(),
 * draws the conclusions. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sockchat/explain.h>
#include <sockchat/link.h>
#include <sockchat/link_fault.h>
#include <sockchat/stamp.h>
#include <sockchat/wire.h>

#include "link_facts.h"
#include "link_fault_private.h"
#include "link_private.h"

#define ACK_SLOWEST_MS 50
#define WORDLESS_NS    SECOND_NS
#define REQUEST_NS     (2 * SECOND_NS)     /* an answer needs no longer */
#define REQUEST_MAX    ((size_t)16 << 10)  /* more is a file */
/* Unread input that is taken away before closing, and how often at most. */
#define SCRAPS_CAP 65536
#define SCRAPS_MAX 256

/* Bytes */

ssize_t link_read(struct link *l, void *bytes, size_t cap)
{
	if (l->fault)
		return link_fault_read(l, bytes, cap);
	ssize_t n = l->transport->ops->read(l->transport, bytes, cap);
	return link_note_read(l, bytes, n, errno);
}

ssize_t link_write(struct link *l, const void *bytes, size_t len)
{
	if (l->fault)
		return link_fault_write(l, bytes, len);
	ssize_t n = l->transport->ops->write(l->transport, bytes, len);
	return link_note_write(l, bytes, n, errno);
}

ssize_t link_read_to(struct link *l, int pipe_fd, size_t len)
{
	const struct transport *t = l->transport;
	if (!transport_can_splice(t) || l->fault || wire_is_heard(t->wire))
		return errno = EINVAL, -1;
	ssize_t n = t->ops->splice->read_to(l->transport, pipe_fd, len);
	if (n > 0)
		link_note_in(l, n);
	return n;
}

ssize_t link_write_from(struct link *l, int fd, bool is_pipe, size_t len)
{
	const struct transport *t = l->transport;
	if (!transport_can_splice(t) || l->fault || wire_is_heard(t->wire))
		return errno = EINVAL, -1;
	ssize_t n =
	    t->ops->splice->write_from(l->transport, fd, is_pipe, len);
	if (n > 0)
		link_note_out(l, n);
	return n;
}

bool link_is_wordless(const struct link *l)
{
	return l->has_peer_ended && !l->is_accepted && !l->bytes_in &&
	       !l->bytes_out && halves_is_out_open(l->halves) &&
	       loop_now_ns(l->loop) - l->in_ns < WORDLESS_NS;
}

bool link_is_unanswered(const struct link *l)
{
	return l->has_peer_ended && !l->broken && l->ends_request &&
	       l->bytes_in == l->answered;
}

/* Time */

int64_t link_moved_ns(const struct link *l)
{
	if (l->fault && link_fault_delays(l))
		return loop_now_ns(l->loop);
	return l->in_ns > l->out_ns ? l->in_ns : l->out_ns;
}

static void set_timer(struct link *l)
{
	struct link_alarms *a = l->alarms;
	int64_t first_ns = 0;
	for (unsigned i = 0; a && i < LINK_ALARMS; i++)
		if (a->due_ns[i] && (!first_ns || a->due_ns[i] < first_ns))
			first_ns = a->due_ns[i];
	if (first_ns)
		timer_start(l->loop, &a->timer, first_ns - stamp_mono_ns());
	else if (a)
		timer_stop(&a->timer);
}

static void on_alarm_time(struct timer *t);

/* False, and the link is broken, without memory. */
static bool has_alarms(struct link *l)
{
	if (l->alarms)
		return true;
	l->alarms = calloc(1, sizeof(*l->alarms));
	if (l->alarms)
		l->alarms->timer =
		    (struct timer){ .on_time = on_alarm_time, .user = l };
	else
		link_break(l, ENOMEM);
	return l->alarms != NULL;
}

void link_set_alarm(struct link *l, unsigned which, int64_t ns)
{
	if (!has_alarms(l))
		return;
	l->alarms->due_ns[which] = stamp_mono_ns() + (ns > 0 ? ns : 1);
	set_timer(l);
}

void link_stop_alarm(struct link *l, unsigned which)
{
	if (!link_has_alarm(l, which))
		return;
	l->alarms->due_ns[which] = 0;
	set_timer(l);
}

/* Note if nothing has moved for too long; if not, look again when that can be
 * so at the earliest. */
static void check_idle(struct link *l)
{
	int64_t left_ns =
	    link_moved_ns(l) + l->alarms->idle_ns - loop_now_ns(l->loop);
	l->is_silent = left_ns <= 0;
	if (!l->is_silent)
		link_set_alarm(l, LINK_IDLE, left_ns);
}

void link_set_idle(struct link *l, int64_t idle_ns)
{
	link_stop_alarm(l, LINK_IDLE);
	if (!l->transport || !idle_ns || !has_alarms(l))
		return;
	l->alarms->idle_ns = idle_ns;
	check_idle(l);
}

static void call_alarm(struct link *l, unsigned which)
{
	l->alarms->due_ns[which] = 0;
	if (which == LINK_IDLE)
		check_idle(l);
	if (which == LINK_UNSENT && link_tell_unsent(l))
		link_set_alarm(l, LINK_UNSENT, SECOND_NS);
	if (which >= LINK_OWN)
		l->ops->on_alarm(l, which);
	else if (which == LINK_FAULT && l->fault && l->transport)
		l->ops->on_ready(l, link_fault_ready(l, 0));
	else if (which == LINK_BUFFERED)
		l->ops->on_ready(l, l->fault ? link_fault_ready(l, LOOP_READ)
		                             : LOOP_READ);
	else if (which == LINK_ACK || l->is_silent)
		l->ops->on_ready(l, 0);
}

static void on_alarm_time(struct timer *t)
{
	struct link *l = t->user;
	for (unsigned i = 0; i < LINK_ALARMS; i++)
		if (link_has_alarm(l, i) &&
		    l->alarms->due_ns[i] <= loop_now_ns(l->loop))
			call_alarm(l, i);
	set_timer(l);
}

/* Conclusions */

/* Whether closing says as much as our FIN would: the peer has ended, and it has
 * all of ours. */
static bool may_just_close(const struct link *l, unsigned wishes)
{
	return !halves_is_in_open(l->halves) && !(wishes & LINK_HOLD) &&
	       !l->fault && link_pending(l) == 0;
}

/* Whether what we sent may be a request that our FIN follows at once. */
static bool ends_request(const struct link *l)
{
	return !l->is_accepted && halves_is_in_open(l->halves) &&
	       l->bytes_out && l->bytes_out <= REQUEST_MAX &&
	       loop_now_ns(l->loop) - l->out_ns < REQUEST_NS;
}

static void end_out(struct link *l, unsigned wishes)
{
	l->ends_request = ends_request(l);
	l->is_settled = may_just_close(l, wishes);
	l->halves = halves_end_out(l->halves);
	if (l->is_settled)
		return;
	bool is_kept = l->fault && link_fault_keeps_end(l);
	if (!is_kept && transport_shutdown(l->transport))
		link_note_break(l, errno);
	else if (l->ops->on_end_out && halves_is_in_open(l->halves))
		l->ops->on_end_out(l);
}

/* The system tells nobody when the last byte is acknowledged: it is asked,
 * less and less often. */
static void ask_again(struct link *l)
{
	if (link_has_alarm(l, LINK_ACK))
		return;
	link_set_alarm(l, LINK_ACK, l->ack_ms * MS_NS);
	l->ack_ms = 2 * l->ack_ms < ACK_SLOWEST_MS ? (uint8_t)(2 * l->ack_ms)
	                                           : ACK_SLOWEST_MS;
}

static void check_arrival(struct link *l, unsigned wishes)
{
	ssize_t unacked = link_pending(l);
	bool has_ended = !halves_is_out_open(l->halves);
	l->is_settled = !unacked && has_ended && !(wishes & LINK_HOLD);
	if (unacked < 0) {
		link_note_break(l, errno);
	} else if (!l->is_settled) {
		if (l->ops->on_wait)
			l->ops->on_wait(l, (size_t)unacked);
		ask_again(l);
	}
}

static bool is_link_over(const struct link *l, unsigned wishes)
{
	bool has_ended = l->halves == HALVES_CLOSED;
	if (l->broken)
		return !halves_is_in_open(l->halves) && !(wishes & LINK_HOLD);
	return l->is_settled && (has_ended || wishes & LINK_LEAVE);
}

static void conclude(struct link *l)
{
	struct error e;
	uint64_t unacked = 0;
	(void)link_tell_unsent(l);
	bool has_failed = l->is_silent || l->broken ||
	                  link_is_end_unproven(l);
	if (l->is_silent)
		explain_idle_timeout(&e, l->alarms->idle_ns / MS_NS,
		                     link_called(l));
	else if (!l->fault || !link_fault_explain(l, &e))
		unacked = has_failed ? link_explain(l, &e, l->broken) : 0;
	l->ops->on_over(l, has_failed ? &e : NULL, unacked);
}

/* With both halves ended a hang-up is the normal state of things. */
static unsigned events_of(const struct link *l, unsigned wishes)
{
	unsigned events = 0;
	if (halves_is_in_open(l->halves))
		events |= wishes & LOOP_READ;
	if (events && !l->has_urgent)
		events |= LOOP_URGENT;
	if (halves_is_out_open(l->halves))
		events |= wishes & LOOP_WRITE;
	return events || l->halves == HALVES_CLOSED ? events
	                                            : wishes & LOOP_HANGUP;
}

/* True at most steps: both halves are open, so it is not broken either. */
static bool goes_on(const struct link *l, unsigned wishes)
{
	return l->halves == HALVES_OPEN && !l->is_silent &&
	       !(wishes & (LINK_END_OUT | LINK_LEAVE | LINK_ASK_NOW));
}

/* Whether it goes on, when a half ends or has ended, or the owner leaves. */
static bool review(struct link *l, unsigned wishes)
{
	if (!l->transport)
		return false;
	l->is_settled = false;
	if (wishes & LINK_END_OUT && halves_is_out_open(l->halves) &&
	    (!l->fault || link_fault_may_end(l)))
		end_out(l, wishes);
	bool is_asked = wishes & LINK_ASK && !halves_is_out_open(l->halves);
	if (l->transport && !l->is_settled && !l->broken && !l->is_silent &&
	    (wishes & (LINK_LEAVE | LINK_ASK_NOW) ||
	     l->halves == HALVES_CLOSED || is_asked))
		check_arrival(l, wishes);
	if (!l->transport)
		return false;
	if (!l->is_silent && !is_link_over(l, wishes))
		return true;
	conclude(l);
	return false;
}

static bool has_layer(const struct link *l)
{
	return l->transport && l->transport->lower;
}

/* The wishes that come true when the descriptor is ready for `ready`. */
static unsigned come_true(const struct link *l, unsigned ready)
{
	unsigned wishes = ready & ~(LOOP_READ | LOOP_WRITE);
	for (unsigned wish = LOOP_READ; wish <= LOOP_WRITE; wish <<= 1)
		if (l->wished & wish &&
		    transport_wants(l->transport, wish) & ready)
			wishes |= wish;
	return wishes;
}

/* Wait for what the layer needs; or not at all, when it has bytes. */
static void wait_layered(struct link *l, unsigned wishes)
{
	const struct transport_ops *ops = l->transport->ops;
	l->wished = wishes & (LOOP_READ | LOOP_WRITE);
	watch_set(&l->watch, transport_wants(l->transport, wishes));
	if (wishes & LOOP_READ && ops->has_buffered &&
	    ops->has_buffered(l->transport))
		link_set_alarm(l, LINK_BUFFERED, 0);
	else
		link_stop_alarm(l, LINK_BUFFERED);
}

static void wait_for(struct link *l, unsigned events)
{
	if (has_layer(l))
		wait_layered(l, events);
	else
		watch_set(&l->watch, events);
}

static void step_with_faults(struct link *l, unsigned wishes)
{
	link_fault_push(l);
	if (!goes_on(l, wishes) && !review(l, wishes))
		return;
	wait_for(l, link_fault_events(l, wishes));
	int64_t due_ns = l->fault ? link_fault_due(l) : 0;
	if (due_ns)
		link_set_alarm(l, LINK_FAULT, due_ns - stamp_mono_ns());
	else
		link_stop_alarm(l, LINK_FAULT);
}

void link_step(struct link *l, unsigned wishes)
{
	if (l->unsent && !link_has_alarm(l, LINK_UNSENT))
		link_set_alarm(l, LINK_UNSENT, SECOND_NS);
	if (l->fault && l->transport)
		step_with_faults(l, wishes);
	else if (goes_on(l, wishes) || review(l, wishes))
		wait_for(l, events_of(l, wishes));
}

/* The beginning and the end */

static void on_transport_ready(struct watch *w, unsigned ready)
{
	struct link *l = w->user;
	if (has_layer(l))
		ready = come_true(l, ready);
	if (!ready) /* the layer alone has something to send */
		(void)link_pending(l);
	if (ready & LOOP_URGENT) {
		l->has_urgent = true;
		if (l->ops->on_urgent)
			l->ops->on_urgent(l);
	}
	ready &= ~LOOP_URGENT;
	l->ops->on_ready(l, l->fault ? link_fault_ready(l, ready) : ready);
}

void link_init(struct link *l, struct loop *loop, const struct link_ops *ops)
{
	*l = (struct link){
		.loop = loop,
		.ops = ops,
		.where = "",
		.watch = { .on_ready = on_transport_ready, .user = l },
	};
}

void link_fail_without_memory(struct link *l, struct transport *t)
{
	struct error e;
	transport_close(t, true);
	explain_connect(&e, ENOMEM, l->where);
	l->ops->on_over(l, &e, 0);
}

int link_watch(struct link *l, struct transport *t)
{
	if (transport_watch(t, l->loop, &l->watch, LOOP_READ | LOOP_URGENT)) {
		link_fail_without_memory(l, t);
		return -1;
	}
	l->transport = t;
	l->traits = (uint8_t)transport_traits(t);
	l->wished = LOOP_READ;
	return 0;
}

static void open_link(struct link *l, struct transport *t,
                      const struct address *peer)
{
	if (link_watch(l, t))
		return;
	l->halves = HALVES_OPEN;
	l->broken = 0;
	l->has_peer_ended = l->is_settled = l->is_silent = false;
	l->has_urgent = l->is_aborted = false;
	l->bytes_in = l->bytes_out = l->answered = 0;
	l->messages_in = l->messages_out = 0;
	l->ends_request = false;
	l->in_ns = l->out_ns = loop_now_ns(l->loop);
	l->ack_ms = 1;
	link_tell_wire(l, (struct wire_news){ .kind = WIRE_OPEN });
	link_follow_faults(l);
	l->ops->on_open(l, peer);
}

static void on_dialled(void *user, struct transport *t,
                       const struct address *peer, const struct error *e)
{
	struct link *l = user;
	if (t)
		l->called = strdup(dial_where(l->dial));
	if (t)
		open_link(l, t, peer);
	else
		l->ops->on_over(l, e, 0);
	l->dial = NULL;
}

int link_dial(struct link *l, const struct transport_ops *transport,
              const struct endpoint *ep, const struct dial_settings *settings,
              const struct dial_steps *steps)
{
	l->is_accepted = false;
	l->traits = (uint8_t)transport->traits;
	l->dial = dial_start(l->loop, transport, ep, settings, steps,
	                     on_dialled, l);
	if (!l->dial)
		return -1;
	return 0;
}

void link_take(struct link *l, struct transport *t, const struct address *peer)
{
	l->is_accepted = true;
	open_link(l, t, peer);
}

/* Unread input would make the kernel answer with RST (RFC 1122, 4.2.2.13) and
 * take from the peer what it has not read yet. */
static void drain(struct link *l)
{
	static uint8_t scraps[SCRAPS_CAP]; /* a stack is cleared */
	ssize_t n = 1;
	if ((!halves_is_in_open(l->halves) && !l->fault) ||
	    link_has_messages(l))
		return;
	if (halves_is_out_open(l->halves))
		(void)transport_shutdown(l->transport);
	for (int i = 0; n > 0 && i < SCRAPS_MAX; i++)
		n = transport_read(l->transport, scraps, sizeof(scraps));
}

void link_close(struct link *l, bool abort)
{
	if (l->alarms)
		timer_stop(&l->alarms->timer);
	free(l->alarms);
	l->alarms = NULL;
	watch_remove(&l->watch);
	dial_cancel(l->dial, abort);
	l->dial = NULL;
	free(l->called);
	l->called = NULL;
	link_forget_unsent(l);
	if (!l->transport)
		return;
	abort = abort || (l->fault && link_fault_aborts(l));
	if (!abort)
		drain(l);
	link_fault_finish(l);
	transport_close(l->transport, abort);
	l->transport = NULL;
	l->is_aborted = abort;
	l->halves = HALVES_CLOSED;
}
