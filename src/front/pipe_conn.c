/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The conversation: it moves bytes, and decides when a half ends, how long to
 * wait for either side, and what that means for the standard descriptors. */

#include "pipe_conn.h"

#include <errno.h>
#include <inttypes.h>

#include <sockchat/bytes.h>
#include <sockchat/explain.h>
#include <sockchat/glyph.h>

#define SIGNAL_NS (5 * SECOND_NS) /* all that a signal waits for peers */

static void conn_step(struct conn *c);

static struct conn *conn_of(struct link *l)
{
	return (struct conn *)l;
}

static int64_t conn_linger_ns(const struct conn *c)
{
	int64_t ms = c->options->linger_ms;
	return (ms == LINGER_DEFAULT ? LINGER_DEFAULT_MS : ms) * MS_NS;
}

static bool lingers_forever(const struct conn *c)
{
	return c->options->linger_ms == LINGER_FOREVER;
}

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

/* Whether standard input may still have something for this peer. */
static bool is_in_wanted(const struct conn *c)
{
	return c->link.transport && halves_is_out_open(c->link.halves) &&
	       !c->is_leaving && !c->has_in_ended && !c->options->recv_only;
}

/* How many bytes have come, when we leave, that are not written yet. */
static uint64_t rest_in(const struct conn *c)
{
	bool is_unread =
	    halves_is_in_open(c->link.halves) && c->due_in > c->link.bytes_in;
	return c->down.len + (is_unread ? c->due_in - c->link.bytes_in : 0);
}

/* Bytes.  What has happened to them is noted, for conn_step(). */

/* The verdict; the caller says why. */
static struct error *conn_fail(struct conn *c, enum conn_end end)
{
	c->end = end;
	c->error = (struct error){ .text = "" };
	return &c->error;
}

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
		sink_passed(&c->out, (size_t)n);
		return true;
	}
	/* Urgent data stops the system, but no read. */
	if (n == -1 && errno == EAGAIN)
		c->is_down_stuck = !sink_is_ready(&c->out);
	else if (n == -1 && errno == EINVAL)
		c->out.is_passable = false;
	return c->is_down_stuck;
}

static void read_in(struct conn *c)
{
	ssize_t n = source_fill(&c->in, &c->up);
	if (n > 0) {
		link_stop_alarm(&c->link, CONN_LINGER);
		if (source_tells_cut(&c->in))
			c->on_note(c->user, source_cut_text);
	} else if (n == 0) {
		c->has_in_ended = true;
		if (c->options->quit_after_ms >= 0)
			timer_start(c->link.loop, &c->quit_timer,
			            c->options->quit_after_ms * MS_NS);
	} else if (errno != EAGAIN) {
		error_set_errno(conn_fail(c, CONN_STUCK), errno,
		                "cannot read standard input");
	}
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

static void take_in(struct conn *c, size_t len)
{
	if (c->options->send_only)
		return;
	if (c->out.is_writable)
		c->down.len = len;
	else
		c->unwanted += len;
}

static void read_peer(struct conn *c)
{
	bool is_first = is_curious(c);
	ssize_t n = link_read(&c->link, c->down.bytes, BUFFER_CAP);
	if (n > 0) {
		if (is_first)
			c->on_first(c->user, c->down.bytes, (size_t)n);
		take_in(c, (size_t)n);
	} else if (n == 0) {
		c->was_wordless = link_is_wordless(&c->link);
	}
}

/* Standard output takes nothing more. */
static void conn_lose_out(struct conn *c, int errnum)
{
	struct error *e = conn_fail(c, CONN_STUCK);
	/* A reader that has closed the pipe knows it. */
	if (errnum != EPIPE)
		error_set_errno(e, errnum,
		                "cannot write to standard output; %zu of "
		                "%" PRIu64 " bytes received are lost",
		                c->down.len, c->link.bytes_in);
}

static void write_output(struct conn *c)
{
	if (!c->down.len)
		return;
	ssize_t n =
	    sink_write(&c->out, c->down.bytes + c->down.head, c->down.len);
	if (n >= 0) {
		buffer_consume(&c->down, (size_t)n);
		c->link.in_ns = loop_now_ns(c->link.loop);
	} else if (errno != EAGAIN) {
		conn_lose_out(c, errno);
	}
}

/* Move as much as goes without waiting from standard input to the peer. */
static void conn_move_up(struct conn *c)
{
	c->is_up_stuck = false;
	if (!c->up.len && !pass_up(c))
		read_in(c);
	write_peer(c);
}

/* The same from the peer to standard output. */
static void conn_move_down(struct conn *c)
{
	c->is_down_stuck = false;
	if (!c->down.len && (is_curious(c) || !pass_down(c)))
		read_peer(c);
	write_output(c);
}

/* Readiness. */

static void on_in(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;
	(void)ready;
	conn_move_up(c);
	conn_step(c);
}

static void on_out(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;
	if (ready & LOOP_WRITE)
		conn_move_down(c);
	else
		conn_lose_out(c, EPIPE);
	conn_step(c);
}

static void on_peer(struct link *l, unsigned ready)
{
	struct conn *c = conn_of(l);
	if (ready & LOOP_READ)
		conn_move_down(c);
	if (ready & LOOP_WRITE && is_up_full(c))
		conn_move_up(c);
	conn_step(c);
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
		c->due_in = c->link.bytes_in + facts.unread;
	}
	conn_step(c);
}

static void on_quit(struct timer *t)
{
	struct conn *c = t->user;
	c->is_quitting = true;
	if (c->link.transport)
		start_leaving(c);
	else
		c->on_end(c->user, CONN_DONE, &c->error);
}

/* We end before everything has arrived: say what has not. */
static void give_up_peer(struct conn *c, size_t unacked)
{
	struct error *e = conn_fail(c, CONN_FAILED);
	size_t cap = sizeof(e->text);
	if (unacked > 0 || c->up.len)
		text_add(e->text, cap,
		         "gave up on %s: of %" PRIu64 " bytes sent %zu are "
		         "not %s, %zu more are not sent",
		         link_called(&c->link), c->link.bytes_out, unacked,
		         link_arrived(&c->link), c->up.len);
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
	conn_step(c);
}

/* Standard input was not silent if something is there to be read. */
static void on_conn_alarm(struct link *l, unsigned which)
{
	struct conn *c = conn_of(l);
	if (which == CONN_SIGNAL)
		on_signal_time(c);
	else if (!is_in_wanted(c) || !source_is_ready(&c->in))
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
	if (c->is_quitting && !lingers_forever(c) &&
	    now - link_moved_ns(l) >= conn_linger_ns(c))
		give_up_peer(c, unacked);
}

static void on_link_end_out(struct link *l)
{
	struct conn *c = conn_of(l);
	struct transport_facts facts;
	transport_facts(l->transport, FACTS_END, &facts);
	if (facts.is_end_kept && c->options->verbose)
		c->on_note(c->user, explain_end_kept);
}

/* Conclusions. */

/* An error that comes only when it is closed does not tell of which bytes. */
static int error_at_close(struct error *e, const struct conn *c, int errnum)
{
	return error_set_errno(e, errnum, "cannot write to standard output; "
	                                  "some of %" PRIu64 " bytes received "
	                                  "may be lost", c->link.bytes_in);
}

static void end_in(struct conn *c)
{
	if (!is_in_done(c))
		return;
	if (c->out_watch.loop && !c->options->keep_open) {
		watch_remove(&c->out_watch);
		if (sink_end(&c->out) == -1)
			error_at_close(conn_fail(c, CONN_STUCK), c, errno);
	}
	if (!is_in_wanted(c) || c->in.is_terminal)
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

static unsigned conn_wishes(const struct conn *c)
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
	bool is_waiting = !c->is_leaving && !lingers_forever(c) &&
	                  (c->link.is_settled ||
	                   (is_in_done(c) && !is_up_full(c)));
	if (!is_waiting)
		link_stop_alarm(&c->link, CONN_LINGER);
	else if (!link_has_alarm(&c->link, CONN_LINGER))
		link_set_alarm(&c->link, CONN_LINGER, conn_linger_ns(c));
}

static void watch_what_is_wanted(struct conn *c)
{
	watch_set(&c->in_watch,
	          is_in_wanted(c) && !is_up_full(c) ? LOOP_READ : 0);
	if (c->out_watch.loop)
		watch_set(&c->out_watch,
		          is_down_full(c) ? LOOP_WRITE : LOOP_HANGUP);
}

/* Forget what the other end will not take. */
static void drop_rest(struct buffer *b, bool *is_stuck)
{
	buffer_consume(b, b->len);
	*is_stuck = false;
}

/* Add that what came could not be written. */
static void judge_closed_output(struct conn *c)
{
	if (c->end == CONN_DONE)
		(void)conn_fail(c, CONN_FAILED);
	text_add(c->error.text, sizeof(c->error.text),
	         "%sstandard output is closed: %" PRIu64 " bytes received "
	         "could not be written; use --send-only if nobody wants them",
	         c->error.text[0] ? "; " : "", c->unwanted);
}

/* The link has broken, and may be over now that nothing goes up any more. */
static void end_up(struct conn *c)
{
	drop_rest(&c->up, &c->is_up_stuck);
	if (!c->end)
		link_step(&c->link, conn_wishes(c));
}

static void end_conn(struct conn *c)
{
	if (c->unwanted)
		judge_closed_output(c);
	c->is_cut = c->end == CONN_DONE && c->is_quitting &&
	            halves_is_in_open(c->link.halves);
	link_close(&c->link, false);
	drop_rest(&c->up, &c->is_up_stuck);
	drop_rest(&c->down, &c->is_down_stuck);
	watch_what_is_wanted(c);
	c->on_end(c->user, c->end, &c->error);
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
		end_conn(c);
}

static void conn_step(struct conn *c)
{
	if (c->link.transport && !c->end) {
		end_in(c);
		link_step(&c->link, conn_wishes(c));
		start_or_stop_linger(c);
		if (c->link.broken)
			end_up(c);
	}
	if (c->end)
		end_conn(c);
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
	conn_step(c);
}

static void on_link_urgent(struct link *l)
{
	struct conn *c = conn_of(l);
	c->on_note(c->user, explain_urgent);
}

static const struct link_ops link_ops = {
	.on_open = on_link_open,
	.on_ready = on_peer,
	.on_urgent = on_link_urgent,
	.on_alarm = on_conn_alarm,
	.on_wait = on_wait,
	.on_end_out = on_link_end_out,
	.on_over = on_link_over,
};

void conn_init(struct conn *c, struct loop *l)
{
	link_init(&c->link, l, &link_ops);
	c->in_watch = (struct watch){ .on_ready = on_in, .user = c };
	c->out_watch = (struct watch){ .on_ready = on_out, .user = c };
	c->quit_timer = (struct timer){ .on_time = on_quit, .user = c };
}

int conn_open(struct conn *c, int in, int out)
{
	struct loop *l = c->link.loop;
	source_open(&c->in, in);
	if (c->options->crlf_given)
		source_add_crs(&c->in);
	sink_open(&c->out, out);
	if (buffer_init(&c->up) || buffer_init(&c->down) ||
	    watch_add(l, &c->in_watch, in, 0) ||
	    (!c->options->send_only &&
	     watch_add(l, &c->out_watch, c->out.fd, LOOP_HANGUP)))
		return errno = ENOMEM, -1;
	return 0;
}

void conn_finish(struct conn *c)
{
	link_close(&c->link, false);
	timer_stop(&c->quit_timer);
	watch_remove(&c->in_watch);
	watch_remove(&c->out_watch);
	buffer_finish(&c->up);
	buffer_finish(&c->down);
}

int conn_close_out(struct conn *c, struct error *e)
{
	watch_remove(&c->out_watch);
	return sink_close(&c->out) ? error_at_close(e, c, errno) : 0;
}

/* Nothing is known of the peer but how the user calls it. */
static void begin_peer(struct conn *c, const char *where)
{
	glyph_copy(c->where, sizeof(c->where), where, GLYPH_ANY_WIDTH);
	c->link.where = c->where;
	c->was_wordless = c->is_leaving = false;
	c->in.is_after_cr = false;
	c->end = CONN_GOES_ON;
	c->unacked = 0;
	c->due_in = c->unwanted = 0;
}

int conn_dial(struct conn *c, const struct dial_steps *steps)
{
	const struct endpoint *ep = &c->options->endpoint;
	char where[ENDPOINT_TEXT_MAX];
	endpoint_format(ep, where);
	begin_peer(c, where);
	return link_dial(&c->link, transport_of(ep), ep, &c->options->dial,
	                 steps);
}

void conn_take(struct conn *c, struct transport *t, const struct address *peer)
{
	char where[ADDRESS_TEXT_MAX];
	address_format(peer, where);
	begin_peer(c, where);
	link_take(&c->link, t, peer);
}

void conn_abandon(struct conn *c)
{
	if (c->is_abandoned) {
		on_signal_time(c);
		return;
	}
	c->is_abandoned = true;
	link_set_alarm(&c->link, CONN_SIGNAL, SIGNAL_NS);
	start_leaving(c);
}
