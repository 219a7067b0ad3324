/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

#include "pipe_conn.h"

#include <errno.h>
#include <inttypes.h>

#include <sockchat/bytes.h>
#include <sockchat/glyph.h>
#include <sockchat/link_fault.h>

#define SIGNAL_NS (5 * SECOND_NS) /* all that a signal waits for peers */

int64_t conn_linger_ns(const struct conn *c)
{
	int64_t ms = c->options->linger_ms;
	return (ms == LINGER_DEFAULT ? LINGER_DEFAULT_MS : ms) * MS_NS;
}

uint64_t conn_dropped(const struct conn *c)
{
	struct transport_facts facts = { .datagrams.dropped = 0 };
	if (c->link.transport)
		transport_facts(c->link.transport, FACTS_DATAGRAMS, &facts);
	return facts.datagrams.dropped;
}

struct error *conn_fail(struct conn *c, enum conn_end end)
{
	c->end = end;
	c->error = (struct error){ .text = "" };
	return &c->error;
}

/* Bytes */

void conn_read_in(struct conn *c)
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

void conn_take_in(struct conn *c, size_t len)
{
	if (c->options->send_only)
		return;
	if (c->out.is_writable)
		c->down.len += len;
	else
		c->unwanted += len;
}

static void lose_stdout(struct conn *c, int errnum)
{
	struct error *e = conn_fail(c, CONN_STUCK);
	/* A reader that has closed the pipe knows it. */
	if (errnum != EPIPE)
		error_set_errno(e, errnum,
		                "cannot write to standard output; %zu of "
		                "%" PRIu64 " bytes received are lost",
		                c->down.len, c->link.bytes_in);
}

void conn_write_out(struct conn *c)
{
	if (!c->down.len)
		return;
	ssize_t n =
	    outlet_write(&c->out, c->down.bytes + c->down.head, c->down.len);
	if (n >= 0) {
		buffer_consume(&c->down, (size_t)n);
		c->link.in_ns = loop_now_ns(c->link.loop);
	} else if (errno != EAGAIN) {
		lose_stdout(c, errno);
	}
}

/* The end */

/* An error that comes only when it is closed does not tell of which bytes. */
static int error_at_close(struct error *e, const struct conn *c, int errnum)
{
	return error_set_errno(e, errnum, "cannot write to standard output; "
	                                  "some of %" PRIu64 " bytes received "
	                                  "may be lost", c->link.bytes_in);
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

void conn_end(struct conn *c)
{
	if (c->unwanted)
		judge_closed_output(c);
	link_end_faults(&c->link);
	link_close(&c->link, false);
	buffer_consume(&c->down, c->down.len);
	c->is_up_stuck = c->is_down_stuck = false;
	conn_watch(c, false, false);
	c->on_end(c->user, c->end, &c->error);
}

void conn_end_out(struct conn *c)
{
	watch_remove(&c->out_watch);
	if (outlet_end(&c->out) == -1)
		error_at_close(conn_fail(c, CONN_STUCK), c, errno);
}

static void on_quit(struct timer *t)
{
	struct conn *c = t->user;
	c->is_quitting = true;
	if (c->link.transport)
		c->way->leave(c);
	else
		c->on_end(c->user, CONN_DONE, &c->error);
}

void conn_abandon(struct conn *c)
{
	if (c->is_abandoned) {
		c->way->give_up(c);
		return;
	}
	c->is_abandoned = true;
	link_set_alarm(&c->link, CONN_SIGNAL, SIGNAL_NS);
	c->way->leave(c);
}

/* The standard descriptors */

void conn_watch(struct conn *c, bool reads, bool writes)
{
	watch_set(&c->in_watch, reads ? LOOP_READ : 0);
	if (c->out_watch.loop)
		watch_set(&c->out_watch, writes ? LOOP_WRITE : LOOP_HANGUP);
}

int conn_open(struct conn *c, int in, int out)
{
	struct loop *l = c->link.loop;
	source_open(&c->in, in);
	if (c->options->crlf_given)
		source_add_crs(&c->in);
	outlet_open(&c->out, out);
	if (buffer_init(&c->up) || buffer_init(&c->down) ||
	    watch_add(l, &c->in_watch, in, 0) ||
	    (!c->options->send_only &&
	     watch_add(l, &c->out_watch, c->out.fd, LOOP_HANGUP)))
		return errno = ENOMEM, -1;
	return 0;
}

int conn_close_out(struct conn *c, struct error *e)
{
	watch_remove(&c->out_watch);
	return outlet_close(&c->out) ? error_at_close(e, c, errno) : 0;
}

static void on_in(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;
	(void)ready;
	c->way->move_up(c);
	c->way->step(c);
}

static void on_out(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;
	if (ready & LOOP_WRITE)
		c->way->move_down(c);
	else
		lose_stdout(c, EPIPE);
	c->way->step(c);
}

/* The beginning */

void conn_init(struct conn *c, struct loop *l, const struct conn_way *way)
{
	c->way = way;
	link_init(&c->link, l, way->link);
	c->in_watch = (struct watch){ .on_ready = on_in, .user = c };
	c->out_watch = (struct watch){ .on_ready = on_out, .user = c };
	c->quit_timer = (struct timer){ .on_time = on_quit, .user = c };
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

/* Nothing is known of the peer but how the user calls it. */
static void begin_peer(struct conn *c, const char *where)
{
	glyph_copy(c->where, sizeof(c->where), where, GLYPH_ANY_WIDTH);
	c->link.where = c->where;
	c->link.number++;
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

void conn_on_fault(struct link *l, const char *text)
{
	struct conn *c = conn_of(l);
	c->on_fault(c->user, text);
}
