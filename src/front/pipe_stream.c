/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* A stream: when a half ends, how long either side is waited for, and what that
 * means for the standard descriptors. */

#include "pipe_stream.h"

#include <errno.h>
#include <inttypes.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/link_fault.h>

static void stream_step(struct conn *c);

/* The peer has ended, and all of it is written. */
static bool is_in_done(const struct conn *c)
{
	return !halves_is_in_open(c->link.halves) && !c->down.len;
}

/* The peer takes nothing more until it is writable. */
static bool is_up_full(const struct conn *c)
{
	return c->up.len || c->is_up_stuck;
}

/* How many bytes have come, when we leave, that are not written yet. */
static uint64_t rest_in(const struct conn *c)
{
	bool is_unread =
	    halves_is_in_open(c->link.halves) && c->due_in > c->link.bytes_in;
	is_unread = is_unread && !link_is_cut(&c->link, FAULT_IN);
	return c->down.len + (is_unread ? c->due_in - c->link.bytes_in : 0);
}

/* Bytes.  What has happened to them is noted, for stream_step(). */

/* The first bytes are to be shown, so we have to read them ourselves. */
static bool is_curious(const struct conn *c)
{
	return c->on_first && !c->link.bytes_in;
}

/* Let the system move standard input to the peer.  False: read and write it,
 * which also tells why the system did not. */
static bool pass_up(struct conn *c)
{
	struct source *s = &c->in;
	size_t len = s->passable < PASS_MAX ? (size_t)s->passable : PASS_MAX;
	if (!len)
		return false;
	ssize_t n = link_write_from(&c->link, s->fd, s->is_pipe, len);
	if (n > 0) {
		source_passed(s, (size_t)n);
		link_stop_alarm(&c->link, CONN_LINGER);
	} else if (n == -1 && errno == EAGAIN) {
		c->is_up_stuck = source_is_ready(s);
	} else {
		if (n == -1 && errno == EINVAL)
			s->passable = 0;
		return false;
	}
	return true;
}

/* The same for what comes. */
static bool pass_down(struct conn *c)
{
	if (!c->out.is_passable || c->options->send_only)
		return false;
	ssize_t n = link_read_to(&c->link, c->out.fd, PASS_MAX);
	if (n > 0) {
		outlet_passed(&c->out, (size_t)n);
		return true;
	}
	/* Urgent data stops the system, but no read. */
	if (n == -1 && errno == EAGAIN)
		c->is_down_stuck = !outlet_is_ready(&c->out);
	else if (n == -1 && errno == EINVAL)
		c->out.is_passable = false;
	return c->is_down_stuck;
}

static void write_peer(struct conn *c)
{
	if (!c->up.len)
		return;
	ssize_t n =
	    link_write(&c->link, c->up.bytes + c->up.head, c->up.len);
	if (n > 0)
		buffer_consume(&c->up, (size_t)n);
}

static void read_peer(struct conn *c)
{
	bool is_first = is_curious(c);
	ssize_t n = link_read(&c->link, c->down.bytes, BUFFER_CAP);
	if (n > 0) {
		if (is_first)
			c->on_first(c->user, c->down.bytes, (size_t)n);
		conn_take_in(c, (size_t)n);
	} else if (n == 0) {
		c->was_wordless = link_is_wordless(&c->link);
	}
}

/* Move as much as goes without waiting from standard input to the peer. */
static void stream_move_up(struct conn *c)
{
	c->is_up_stuck = false;
	if (!c->up.len && !pass_up(c))
		conn_read_in(c);
	write_peer(c);
}

/* The same from the peer to standard output. */
static void stream_move_down(struct conn *c)
{
	c->is_down_stuck = false;
	if (!c->down.len && (is_curious(c) || !pass_down(c)))
		read_peer(c);
	conn_write_out(c);
}

/* Readiness. */

static void on_peer(struct link *l, unsigned ready)
{
	struct conn *c = conn_of(l);
	if (ready & LOOP_READ)
		stream_move_down(c);
	if (ready & LOOP_WRITE && is_up_full(c))
		stream_move_up(c);
	stream_step(c);
}

/* Time. */

/* Read nothing more; what has come until now is still written. */
static void start_leaving(struct conn *c)
{
	struct transport_facts facts;
	c->is_leaving = true;
	c->is_up_stuck = false; /* that was not taken */
	c->link.out_ns = loop_now_ns(c->link.loop);
	if (halves_is_in_open(c->link.halves)) {
		transport_facts(c->link.transport, FACTS_UNREAD, &facts);
		c->due_in = c->link.bytes_in + facts.unread +
		            link_held(&c->link, FAULT_IN);
	}
	stream_step(c);
}

/* We end before everything has arrived: say what has not. */
static void give_up_peer(struct conn *c, size_t unacked)
{
	struct error *e = conn_fail(c, CONN_FAILED);
	size_t cap = sizeof(e->text);
	size_t unsent = c->up.len + link_held(&c->link, FAULT_OUT);
	if (unacked > 0 || unsent)
		text_add(e->text, cap,
		         "gave up on %s: of %" PRIu64 " bytes sent %zu are "
		         "not %s, %zu more are not sent",
		         link_called(&c->link), c->link.bytes_out, unacked,
		         link_arrived(&c->link), unsent);
	if (rest_in(c))
		text_add(e->text, cap,
		         "%s%" PRIu64 " of %" PRIu64 " bytes received are not "
		         "written",
		         e->text[0] ? "; " : "", rest_in(c),
		         c->link.bytes_in - c->down.len + rest_in(c));
}

/* A signal has waited long enough. */
static void on_signal_time(struct conn *c)
{
	ssize_t unacked = link_unacked(&c->link);
	if (unacked == -1)
		(void)link_explain(&c->link, conn_fail(c, CONN_FAILED), errno);
	else
		give_up_peer(c, (size_t)unacked);
	stream_step(c);
}

/* Standard input was not silent if something is there to be read. */
static void on_stream_alarm(struct link *l, unsigned which)
{
	struct conn *c = conn_of(l);
	if (which == CONN_SIGNAL)
		on_signal_time(c);
	else if (!conn_wants_in(c) || !source_is_ready(&c->in))
		start_leaving(c);
}

/* --quit-after has to end some day: a peer that takes nothing more at all is
 * given up, and a reader as well. */
static void on_wait(struct link *l, size_t unacked)
{
	struct conn *c = conn_of(l);
	int64_t now = loop_now_ns(l->loop);
	if (unacked < c->unacked)
		l->out_ns = now;
	c->unacked = unacked;
	if (c->is_quitting && !conn_lingers_forever(c) &&
	    now - link_moved_ns(l) >= conn_linger_ns(c))
		give_up_peer(c, unacked);
}

static void on_link_end_out(struct link *l)
{
	struct conn *c = conn_of(l);
	struct transport_facts facts;
	transport_facts(l->transport, FACTS_END, &facts);
	if (!link_is_stalled(l))
		c->on_end_out(c->user);
	if (facts.is_end_kept && c->options->verbose)
		c->on_note(c->user, explain_end_kept);
}

/* Conclusions. */

static void end_in(struct conn *c)
{
	if (!is_in_done(c))
		return;
	if (c->out_watch.loop && !c->options->keep_open)
		conn_end_out(c);
	if (!conn_wants_in(c) || c->in.is_terminal)
		c->is_leaving = true;
}

static bool is_end_due(const struct conn *c)
{
	return !c->up.len && (c->is_leaving || (c->has_in_ended &&
	                                        !c->options->no_shutdown));
}

static bool is_down_full(const struct conn *c)
{
	return c->down.len || c->is_down_stuck;
}

static unsigned stream_wishes(const struct conn *c)
{
	bool holds = c->is_leaving ? rest_in(c) : c->down.len;
	return (is_down_full(c) ? 0 : LOOP_READ) |
	       (is_up_full(c) ? LOOP_WRITE : 0) |
	       (is_end_due(c) ? LINK_END_OUT : 0) |
	       (c->is_leaving ? LINK_LEAVE : 0) | (holds ? LINK_HOLD : 0) |
	       (c->options->send_only ? LINK_ASK : 0);
}

/* The end of a peer that was only sent to; or after its end, more of standard
 * input. */
static void start_or_stop_linger(struct conn *c)
{
	bool is_waiting = !c->is_leaving && !conn_lingers_forever(c) &&
	                  (c->link.is_settled ||
	                   (is_in_done(c) && !is_up_full(c)));
	if (!is_waiting)
		link_stop_alarm(&c->link, CONN_LINGER);
	else if (!link_has_alarm(&c->link, CONN_LINGER))
		link_set_alarm(&c->link, CONN_LINGER, conn_linger_ns(c));
}

static void watch_what_is_wanted(struct conn *c)
{
	conn_watch(c, conn_wants_in(c) && !is_up_full(c), is_down_full(c));
}

/* Forget what the peer will not take. */
static void drop_up(struct conn *c)
{
	buffer_consume(&c->up, c->up.len);
	c->is_up_stuck = false;
}

/* The link has broken, and may be over now that nothing goes up any more. */
static void end_up(struct conn *c)
{
	drop_up(c);
	if (!c->end)
		link_step(&c->link, stream_wishes(c));
}

static void end_stream(struct conn *c)
{
	c->is_cut = c->end == CONN_DONE && !c->unwanted && c->is_quitting &&
	            halves_is_in_open(c->link.halves);
	drop_up(c);
	conn_end(c);
}

static void on_link_over(struct link *l, const struct error *e,
                         uint64_t unacked)
{
	struct conn *c = conn_of(l);
	(void)unacked; /* the sentence tells it */
	if (e)
		*conn_fail(c, CONN_FAILED) = *e;
	else if (!c->end)
		c->end = CONN_DONE;
	if (l->is_silent)
		text_add(c->error.text, sizeof(c->error.text),
		         ", after %" PRIu64 " bytes received and %" PRIu64
		         " sent", l->bytes_in, l->bytes_out);
	if (!l->transport)
		end_stream(c);
}

static void stream_step(struct conn *c)
{
	if (c->link.transport && !c->end) {
		end_in(c);
		link_step(&c->link, stream_wishes(c));
		start_or_stop_linger(c);
		if (c->link.broken)
			end_up(c);
	}
	if (c->end)
		end_stream(c);
	else
		watch_what_is_wanted(c);
}

/* The door. */

static void on_link_open(struct link *l, const struct address *peer)
{
	struct conn *c = conn_of(l);
	c->on_open(c->user, peer);
	if (!l->transport) /* that was all it was for */
		return;
	link_set_idle(l, c->options->idle_timeout_ms * MS_NS);
	stream_step(c);
}

static void on_link_urgent(struct link *l)
{
	struct conn *c = conn_of(l);
	c->on_note(c->user, explain_urgent);
}

static const struct link_ops stream_link_ops = {
	.on_open = on_link_open,
	.on_ready = on_peer,
	.on_urgent = on_link_urgent,
	.on_alarm = on_stream_alarm,
	.on_wait = on_wait,
	.on_end_out = on_link_end_out,
	.on_fault = conn_on_fault,
	.on_over = on_link_over,
};

void stream_init(struct conn *c, struct loop *l)
{
	static const struct conn_way way = {
		.link = &stream_link_ops,
		.move_up = stream_move_up,
		.move_down = stream_move_down,
		.step = stream_step,
		.leave = start_leaving,
		.give_up = on_signal_time,
	};
	conn_init(c, l, &way);
}
