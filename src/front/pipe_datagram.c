/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Datagrams: where one ends in standard input, what becomes of those that
 * cannot be sent, and how long answers are awaited. */

#include "pipe_datagram.h"

#include <errno.h>
#include <stdio.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/bytes.h>
#include <sockchat/datagram.h>
#include <sockchat/link_fault.h>
#include <sockchat/number.h>
#include <sockchat/stamp.h>

#define TURN_MAX 256              /* datagrams that move in a turn, each way */
#define READ_CAP ((size_t)1 << 16) /* none is longer */
#define DRAIN_NS (2 * SECOND_NS)  /* leaving: for what had come until then */

static void datagram_step(struct conn *c);

/* Trouble */

/* Told once a second at most; the end tells that there was more. */
static void refuse_long(struct conn *c, uint64_t len)
{
	int64_t now_ns = stamp_mono_ns();
	struct error e;
	c->long_ones++;
	if (c->told_long_ns && now_ns - c->told_long_ns < SECOND_NS) {
		c->has_untold_long = true;
		return;
	}
	c->told_long_ns = now_ns;
	(void)datagram_refuse(&e, len, c->link.transport->message_max);
	error_set_hint(&e, "with --datagram-size N each datagram is N bytes, "
	                   "not a line");
	c->on_error(c->user, &e);
}

static void on_unsent(struct link *l, const struct error *e)
{
	struct conn *c = conn_of(l);
	c->has_unsent = true;
	c->on_error(c->user, e);
}

/* From standard input to the peer */

/* The length of the first datagram in `up`; 0: it is not whole. */
static size_t first_len(struct conn *c)
{
	size_t len = c->up.len, size = (size_t)c->options->datagram_size;
	const uint8_t *bytes = c->up.bytes + c->up.head, *end;
	size_t rest = c->has_in_ended ? len : 0;
	if (size)
		return len >= size ? size : rest;
	end = memchr(bytes + c->seen, '\n', len - c->seen);
	c->seen = end ? 0 : len;
	return end ? (size_t)(end - bytes) + 1 : rest;
}

/* Throw away what there is of a datagram that is too long already. */
static void skip_first(struct conn *c)
{
	c->skipped += c->up.len;
	c->seen = 0;
	buffer_consume(&c->up, c->up.len);
}

/* False: none is whole, or none can be sent now. */
static bool send_first(struct conn *c)
{
	size_t max = c->link.transport->message_max, len = first_len(c);
	const uint8_t *bytes = c->up.bytes + c->up.head;
	bool is_whole = len || (c->skipped && c->has_in_ended);
	if (!is_whole && (c->skipped || c->up.len > max))
		skip_first(c);
	if (!is_whole)
		return false;
	if (c->skipped + len > max)
		refuse_long(c, c->skipped + len);
	else if (link_write(&c->link, bytes, len) < 0 && errno == EAGAIN)
		return c->is_up_stuck = true, false;
	c->skipped = c->seen = 0;
	buffer_consume(&c->up, len);
	return !c->link.broken;
}

static void datagram_move_up(struct conn *c)
{
	int left = TURN_MAX;
	c->is_up_stuck = false;
	if (!first_len(c) && conn_wants_in(c))
		conn_read_in(c);
	while (left && send_first(c))
		left--;
	c->is_up_stuck |= !left; /* the next turn goes on */
}

/* From the peer to standard output */

static void tell_source(struct conn *c, const struct address *source)
{
	char where[ADDRESS_TEXT_MAX], text[ADDRESS_TEXT_MAX + 16];
	address_format(source, where);
	snprintf(text, sizeof(text), "from %s:", where);
	c->on_note(c->user, text);
}

/* False: there is none, or it is over. */
static bool read_next(struct conn *c)
{
	uint8_t *at = c->down.bytes + c->down.len;
	bool is_first = c->on_first && !c->link.messages_in;
	ssize_t n = link_read(&c->link, at, READ_CAP);
	if (n < 0) {
		c->is_drained |= errno == EAGAIN;
		return errno != EAGAIN && !c->link.broken;
	}
	if (c->link.transport->source)
		tell_source(c, c->link.transport->source);
	if (is_first)
		c->on_first(c->user, at, (size_t)n);
	conn_take_in(c, (size_t)n);
	return true;
}

static void datagram_move_down(struct conn *c)
{
	int left = c->down.len ? 0 : TURN_MAX;
	while (left && c->down.len <= BUFFER_CAP - READ_CAP && read_next(c))
		left--;
	conn_write_out(c);
}

/* Readiness */

static void on_datagram_peer(struct link *l, unsigned ready)
{
	struct conn *c = conn_of(l);
	if (ready & LOOP_READ)
		datagram_move_down(c);
	if (ready & LOOP_WRITE && c->is_up_stuck)
		datagram_move_up(c);
	datagram_step(c);
}

/* Time */

/* All that standard input had for this peer has been sent. */
static bool is_all_sent(const struct conn *c)
{
	return !c->is_up_stuck && !link_held(&c->link, FAULT_OUT);
}

/* Standard input has ended, and nothing but answers is awaited. */
static bool is_awaiting(const struct conn *c)
{
	return c->has_in_ended && !c->is_leaving && is_all_sent(c) &&
	       !c->down.len;
}

/* False: there is no memory for it, and the link has broken. */
static bool start_linger(struct conn *c)
{
	int64_t ms = options_answer_ms(c->options);
	if (!is_awaiting(c) || ms < 0 || c->link.broken ||
	    link_has_alarm(&c->link, CONN_LINGER))
		return true;
	link_set_alarm(&c->link, CONN_LINGER, ms * MS_NS);
	return !c->link.broken;
}

/* What has come until now is still read. */
static void start_leaving(struct conn *c)
{
	c->is_leaving = true;
	c->is_drained = false;
	link_set_alarm(&c->link, CONN_LINGER, DRAIN_NS);
	datagram_move_down(c);
}

static void leave_datagrams(struct conn *c)
{
	start_leaving(c);
	datagram_step(c);
}

/* End, and say what is not delivered. */
static void give_up_datagrams(struct conn *c)
{
	size_t unsent = c->up.len + link_held(&c->link, FAULT_OUT);
	struct error *e = conn_fail(c, CONN_FAILED);
	size_t cap = sizeof(e->text);
	if (unsent)
		text_add(e->text, cap,
		         "gave up on %s: %zu byte%s of standard input are not "
		         "sent", link_called(&c->link), unsent, plural(unsent));
	if (c->down.len)
		text_add(e->text, cap,
		         "%s%zu of %" PRIu64 " bytes received are not written",
		         unsent ? "; " : "", c->down.len, c->link.bytes_in);
	if (!unsent && !c->down.len)
		c->end = CONN_DONE;
}

static void give_up_at_once(struct conn *c)
{
	give_up_datagrams(c);
	datagram_step(c);
}

/* Leaving has a limit where the user has set one. */
static void end_drain(struct conn *c)
{
	c->is_drained = true;
	if (c->is_quitting && !conn_lingers_forever(c))
		give_up_datagrams(c);
}

static void end_silence(struct conn *c)
{
	int64_t since_ns = c->options->send_only ? c->link.out_ns
	                                         : link_moved_ns(&c->link);
	int64_t left_ns = since_ns + options_answer_ms(c->options) * MS_NS -
	                  loop_now_ns(c->link.loop);
	if (left_ns > 0)
		link_set_alarm(&c->link, CONN_LINGER, left_ns);
	else
		start_leaving(c);
}

static void on_datagram_alarm(struct link *l, unsigned which)
{
	struct conn *c = conn_of(l);
	if (which == CONN_SIGNAL)
		give_up_datagrams(c);
	else if (c->is_leaving)
		end_drain(c);
	else if (is_awaiting(c))
		end_silence(c);
	datagram_step(c);
}

/* Conclusions */

static bool is_done(const struct conn *c)
{
	return c->is_leaving && c->is_drained && is_all_sent(c) &&
	       !c->down.len;
}

/* The beginning of a line waits for its rest, which the next peer may get. */
static void end_in_order(struct conn *c)
{
	bool has_next = c->options->keep_open && !c->is_abandoned;
	if (c->down.len || (c->up.len && !has_next))
		give_up_datagrams(c);
	else
		c->end = CONN_DONE;
}

/* Not all that was to be sent has been, or has arrived. */
static void judge_troubles(struct conn *c)
{
	if (!c->long_ones && !c->has_unsent)
		return;
	struct error *e = conn_fail(c, CONN_FAILED);
	if (c->has_untold_long)
		error_set(e, "not everything reached %s: "
		             "%" PRIu64 " datagram%s "
		             "sent, %" PRIu64 " too long to be sent%s",
		          link_called(&c->link), c->link.messages_out,
		          plural(c->link.messages_out), c->long_ones,
		          c->has_unsent ? ", and errors came back" : "");
}

/* A listener tells it of the socket that is all peers'. */
static void tell_dropped(struct conn *c)
{
	uint64_t dropped = conn_dropped(c);
	char text[DATAGRAM_DROPPED_MAX];
	if (!dropped || c->link.transport->fd < 0)
		return;
	datagram_say_dropped(text, dropped);
	c->on_note(c->user, text);
}

static void end_datagrams(struct conn *c)
{
	tell_dropped(c);
	if (c->end == CONN_DONE)
		judge_troubles(c);
	conn_end(c);
}

/* A silent peer is no failure of a listener, nor where nobody has anything more
 * to say to it. */
static bool is_let_go(const struct conn *c)
{
	return c->link.is_silent && (c->link.is_accepted || !conn_wants_in(c));
}

/* How long a peer may be silent; 0: for ever. */
static int64_t silence_ns(const struct conn *c)
{
	int64_t idle_ns = c->options->idle_timeout_ms * MS_NS;
	bool has_next = c->link.is_accepted && c->options->keep_open;
	return idle_ns || !has_next ? idle_ns
	                            : DATAGRAM_SILENCE_S * SECOND_NS;
}

static void tell_let_go(struct conn *c)
{
	char text[ENDPOINT_TEXT_MAX + 64];
	snprintf(text, sizeof(text), "%s let go after %g s of silence",
	         c->where, (double)silence_ns(c) / SECOND_NS);
	c->on_note(c->user, text);
}

static void on_datagram_over(struct link *l, const struct error *e,
                             uint64_t unacked)
{
	struct conn *c = conn_of(l);
	(void)unacked;
	if (e && is_let_go(c) && l->is_accepted)
		tell_let_go(c);
	if (e && !is_let_go(c))
		*conn_fail(c, CONN_FAILED) = *e;
	else if (!c->end)
		end_in_order(c);
	if (!l->transport)
		end_datagrams(c);
}

static void datagram_step(struct conn *c)
{
	struct link *l = &c->link;
	while (l->transport && !c->end) {
		if (l->broken)
			link_break(l, l->broken);
		link_step(l, (c->down.len ? 0 : LOOP_READ) |
		             (c->is_up_stuck ? LOOP_WRITE : 0) |
		             (is_done(c) ? LINK_END_OUT | LINK_LEAVE : 0));
		if (start_linger(c))
			break;
	}
	if (c->end)
		end_datagrams(c);
	else
		conn_watch(c, conn_wants_in(c) && !c->is_up_stuck,
		           c->down.len);
}

/* The door */

static void on_datagram_open(struct link *l, const struct address *peer)
{
	struct conn *c = conn_of(l);
	c->has_unsent = c->has_untold_long = false;
	c->long_ones = 0;
	c->told_long_ns = 0;
	c->dropped_before = conn_dropped(c);
	c->on_open(c->user, peer);
	link_set_idle(l, silence_ns(c));
	datagram_step(c);
}

void datagram_init(struct conn *c, struct loop *l)
{
	static const struct link_ops ops = {
		.on_open = on_datagram_open,
		.on_ready = on_datagram_peer,
		.on_alarm = on_datagram_alarm,
		.on_fault = conn_on_fault,
		.on_unsent = on_unsent,
		.on_over = on_datagram_over,
	};
	static const struct conn_way way = {
		.link = &ops,
		.move_up = datagram_move_up,
		.move_down = datagram_move_down,
		.step = datagram_step,
		.leave = leave_datagrams,
		.give_up = give_up_at_once,
	};
	conn_init(c, l, &way);
}
