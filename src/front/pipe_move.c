/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes from standard input to the peer and back.  What has happened to them is
 * noted in the conversation, which concludes. */

#include "pipe_move.h"

#include <errno.h>
#include <inttypes.h>

struct error *conn_fail(struct conn *c, enum conn_end end)
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

/* The same for the peer to standard output. */
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
	ssize_t n = source_read(&c->in, c->up.bytes, BUFFER_CAP);
	if (n > 0) {
		c->up.len = (size_t)n;
		link_stop_alarm(&c->link, CONN_LINGER);
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

/* Take `len` bytes that have come. */
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

void conn_lose_out(struct conn *c, int errnum)
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

void conn_move_up(struct conn *c)
{
	c->is_up_stuck = false;
	if (!c->up.len && !pass_up(c))
		read_in(c);
	write_peer(c);
}

void conn_move_down(struct conn *c)
{
	c->is_down_stuck = false;
	if (!c->down.len && (is_curious(c) || !pass_down(c)))
		read_peer(c);
	write_output(c);
}
