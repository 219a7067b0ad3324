/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Bytes from standard input to the peer and back.  What has happened to them is
 * noted in the conversation, which concludes. */

#include "pipe_move.h"

#include <errno.h>
#include <inttypes.h>

#define WORDLESS_NS (1000 * MS_NS)

/* Somebody wants to see the first bytes. */
static bool is_curious(const struct conn *c)
{
	return c->on_first && !c->bytes_in;
}

static void note_in(struct conn *c, size_t len)
{
	c->bytes_in += len;
	c->in_moved_ns = loop_now_ns(c->loop);
}

static void note_out(struct conn *c, size_t len)
{
	c->bytes_out += len;
	c->out_moved_ns = loop_now_ns(c->loop);
}

/* Let the system move standard input to the peer; false: read and write, which
 * also tell what the matter is. */
static bool pass_up(struct conn *c)
{
	struct source *s = &c->in;
	size_t len = s->passable < PASS_MAX ? (size_t)s->passable : PASS_MAX;

	if (!len || !c->t->ops->write_from)
		return false;
	ssize_t n = c->t->ops->write_from(c->t, s->fd, s->is_pipe, len);
	if (n > 0) {
		source_passed(s, (size_t)n);
		note_out(c, (size_t)n);
		timer_stop(&c->linger_timer);
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
	if (!c->out.is_passable || c->options->send_only ||
	    !c->t->ops->read_to)
		return false;
	ssize_t n = c->t->ops->read_to(c->t, c->out.fd, PASS_MAX);
	if (n > 0) {
		sink_passed(&c->out, (size_t)n);
		note_in(c, (size_t)n);
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
		timer_stop(&c->linger_timer);
	} else if (n == 0) {
		c->has_in_ended = true;
		if (c->options->quit_after_ms >= 0)
			timer_start(c->loop, &c->quit_timer,
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
	ssize_t n = c->t->ops->write(c->t, c->up.bytes + c->up.head, c->up.len);
	if (n >= 0) {
		buffer_consume(&c->up, (size_t)n);
		note_out(c, (size_t)n);
	} else if (errno != EAGAIN) {
		conn_break(c, errno);
	}
}

/* We went to it, and it ends before anybody has said anything. */
static bool is_wordless(const struct conn *c)
{
	return c->options->mode == ENDPOINT_CONNECT && !c->bytes_in &&
	       !c->bytes_out && halves_is_out_open(c->halves) &&
	       loop_now_ns(c->loop) - c->in_moved_ns < WORDLESS_NS;
}

/* So many bytes have come. */
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
	ssize_t n = c->t->ops->read(c->t, c->down.bytes, BUFFER_CAP);

	if (n > 0) {
		if (is_curious(c))
			c->on_first(c->user, c->down.bytes, (size_t)n);
		note_in(c, (size_t)n);
		take_in(c, (size_t)n);
	} else if (n == 0) {
		c->has_peer_ended = true;
		c->was_wordless = is_wordless(c);
		c->halves = halves_end_in(c->halves);
	} else if (errno != EAGAIN) {
		conn_break(c, errno);
		c->halves = halves_end_in(c->halves);
	}
}

void conn_lose_out(struct conn *c, int errnum)
{
	struct error *e = conn_fail(c, CONN_STUCK);

	/* Whoever closed the pipe knows it. */
	if (errnum != EPIPE)
		error_set_errno(e, errnum,
		                "cannot write to standard output; %zu of "
		                "%" PRIu64 " bytes received are lost",
		                c->down.len, c->bytes_in);
}

static void write_out(struct conn *c)
{
	if (!c->down.len)
		return;
	ssize_t n =
	    sink_write(&c->out, c->down.bytes + c->down.head, c->down.len);
	if (n >= 0) {
		buffer_consume(&c->down, (size_t)n);
		c->in_moved_ns = loop_now_ns(c->loop);
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
	write_out(c);
}
