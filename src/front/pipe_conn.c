/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The conversation: what moves bytes sets facts, and one place, conn_step(),
 * draws the conclusions. */

#include "pipe_conn.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sockchat/diag.h>
#include <sockchat/explain.h>
#include <sockchat/tcpinfo.h>

#define WORDLESS_NS      (1000 * MS_NS)
#define ACK_DELAY_MIN_NS (1 * MS_NS)
#define ACK_DELAY_MAX_NS (50 * MS_NS)
/* Unread input that is taken away before closing, and how often at most. */
#define SCRAPS_CAP 65536
#define SCRAPS_MAX 256

static void conn_step(struct conn *c);

static int64_t linger_ns(const struct conn *c)
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
	return !halves_is_in_open(c->halves) && !c->down.len;
}

/* The peer takes nothing more until it is writable. */
static bool is_up_full(const struct conn *c)
{
	return c->up.len || c->is_up_stuck;
}

/* Whether standard input may still have something for this peer. */
static bool is_in_wanted(const struct conn *c)
{
	return c->t && halves_is_out_open(c->halves) && !c->is_leaving &&
	       !c->has_in_ended && !c->options->recv_only;
}

/* Somebody wants to see the first bytes. */
static bool is_curious(const struct conn *c)
{
	return c->on_first && !c->bytes_in;
}

/* Nothing goes out any more; what came before may still be read. */
static void conn_break(struct conn *c, int errnum)
{
	if (!c->broken)
		c->broken = errnum;
	c->halves = halves_end_out(c->halves);
	buffer_consume(&c->up, c->up.len);
	c->is_up_stuck = false;
}

/* The verdict; the caller says why. */
static struct error *conn_fail(struct conn *c, enum conn_end end)
{
	c->end = end;
	c->error = (struct error){ .text = "" };
	return &c->error;
}

/* What moves bytes. */

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

static void read_peer(struct conn *c)
{
	ssize_t n = c->t->ops->read(c->t, c->down.bytes, BUFFER_CAP);

	if (n > 0) {
		if (is_curious(c))
			c->on_first(c->user, c->down.bytes, (size_t)n);
		note_in(c, (size_t)n);
		c->down.len = c->options->send_only ? 0 : (size_t)n;
	} else if (n == 0) {
		c->has_peer_ended = true;
		c->was_wordless = is_wordless(c);
		c->halves = halves_end_in(c->halves);
	} else if (errno != EAGAIN) {
		conn_break(c, errno);
		c->halves = halves_end_in(c->halves);
	}
}

static void lose_out(struct conn *c, int errnum)
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
		lose_out(c, errno);
	}
}

static void move_up(struct conn *c)
{
	c->is_up_stuck = false;
	if (!c->up.len && !pass_up(c))
		read_in(c);
	write_peer(c);
}

static void move_down(struct conn *c)
{
	c->is_down_stuck = false;
	if (!c->down.len && (is_curious(c) || !pass_down(c)))
		read_peer(c);
	write_out(c);
}

static void on_in(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;

	(void)ready;
	move_up(c);
	conn_step(c);
}

static void on_out(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;

	if (ready & LOOP_WRITE)
		move_down(c);
	else
		lose_out(c, EPIPE);
	conn_step(c);
}

static void on_peer(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;

	if (ready & LOOP_READ)
		move_down(c);
	if (ready & LOOP_WRITE && is_up_full(c))
		move_up(c);
	conn_step(c);
}

/* Time. */

static void fail_idle(struct conn *c)
{
	struct error *e = conn_fail(c, CONN_FAILED);

	explain_idle_timeout(e, c->options->idle_timeout_ms, c->where);
	size_t len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len,
	         ", after %" PRIu64 " bytes received and %" PRIu64 " sent",
	         c->bytes_in, c->bytes_out);
}

static void on_idle(struct timer *t)
{
	struct conn *c = t->user;
	int64_t last =
	    c->in_moved_ns > c->out_moved_ns ? c->in_moved_ns : c->out_moved_ns;
	int64_t limit = c->options->idle_timeout_ms * MS_NS;
	int64_t idle = loop_now_ns(c->loop) - last;

	if (idle < limit) {
		timer_start(c->loop, t, limit - idle);
		return;
	}
	fail_idle(c);
	conn_step(c);
}

static void leave(struct conn *c)
{
	c->is_leaving = true;
	c->out_moved_ns = loop_now_ns(c->loop);
	conn_step(c);
}

static void on_linger(struct timer *t)
{
	struct conn *c = t->user;

	/* It was not silent if something is there to be read. */
	if (!is_in_wanted(c) || !source_is_ready(&c->in))
		leave(c);
}

static void on_quit(struct timer *t)
{
	struct conn *c = t->user;

	c->is_quitting = true;
	if (c->t)
		leave(c);
	else
		c->on_end(c->user, CONN_DONE, &c->error);
}

/* --quit-after has to end some day: a peer that takes nothing more at all is
 * given up. */
static void check_progress(struct conn *c, ssize_t unacked)
{
	int64_t now = loop_now_ns(c->loop);

	if (unacked < c->unacked)
		c->out_moved_ns = now;
	c->unacked = unacked;
	if (c->is_quitting && !lingers_forever(c) &&
	    now - c->out_moved_ns >= linger_ns(c))
		error_set(conn_fail(c, CONN_FAILED),
		          "gave up on %s: of %" PRIu64 " bytes sent %zd are "
		          "not acknowledged, %zu more are not sent",
		          c->where, c->bytes_out, unacked, c->up.len);
}

/* The system tells nobody when the last byte is acknowledged: it is asked,
 * less and less often. */
static bool is_acked(struct conn *c)
{
	ssize_t unacked = c->t->ops->pending(c->t);

	if (unacked == -1) {
		conn_break(c, errno);
		return false;
	}
	if (!unacked && !c->up.len)
		return true;
	check_progress(c, unacked);
	if (!c->ack_timer.loop) {
		timer_start(c->loop, &c->ack_timer, c->ack_delay_ns);
		if (c->ack_delay_ns < ACK_DELAY_MAX_NS)
			c->ack_delay_ns *= 2;
	}
	return false;
}

static void on_ack_time(struct timer *t)
{
	conn_step(t->user);
}

/* Conclusions. */

static void end_in(struct conn *c)
{
	if (!is_in_done(c))
		return;
	if (c->out_watch.loop && !c->options->keep_open) {
		watch_remove(&c->out_watch);
		if (sink_close(&c->out) == -1)
			lose_out(c, errno);
	}
	if (!is_in_wanted(c) || c->in.is_terminal)
		c->is_leaving = true;
}

static void end_out(struct conn *c)
{
	bool is_due =
	    c->is_leaving || (c->has_in_ended && !c->options->no_shutdown);

	if (!is_due || c->up.len || !halves_is_out_open(c->halves))
		return;
	c->halves = halves_end_out(c->halves);
	if (c->t->ops->shutdown(c->t) == -1)
		conn_break(c, errno);
}

static void linger(struct conn *c, bool is_waiting)
{
	if (!is_waiting || lingers_forever(c))
		timer_stop(&c->linger_timer);
	else if (!c->linger_timer.loop)
		timer_start(c->loop, &c->linger_timer, linger_ns(c));
}

/* Whether both ends have ended and everything has arrived. */
static bool is_done(struct conn *c)
{
	bool is_sent = !halves_is_out_open(c->halves);
	bool has_arrived =
	    (c->is_leaving || (is_sent && c->options->send_only)) &&
	    is_acked(c);

	if (c->is_leaving) {
		timer_stop(&c->linger_timer);
		return has_arrived && !c->down.len;
	}
	/* The end of a peer that was only sent to; or after its end, more of
	 * standard input. */
	linger(c, has_arrived || (is_in_done(c) && !is_up_full(c)));
	return false;
}

static void watch_what_is_wanted(struct conn *c)
{
	bool is_in_open = halves_is_in_open(c->halves);

	bool is_down_full = c->down.len || c->is_down_stuck;

	watch_set(&c->in_watch,
	          is_in_wanted(c) && !is_up_full(c) ? LOOP_READ : 0);
	if (c->out_watch.loop)
		watch_set(&c->out_watch,
		          is_down_full ? LOOP_WRITE : LOOP_HANGUP);
	watch_set(&c->watch, (is_in_open && !is_down_full ? LOOP_READ : 0) |
	                         (is_up_full(c) ? LOOP_WRITE : 0));
}

static void stop_all(struct conn *c)
{
	watch_set(&c->in_watch, 0);
	watch_remove(&c->watch);
	timer_stop(&c->idle_timer);
	timer_stop(&c->linger_timer);
	timer_stop(&c->ack_timer);
	if (c->t)
		conn_hang_up(c->t);
	c->t = NULL;
}

static void fail_broken(struct conn *c)
{
	struct tcpinfo info;

	explain_broken(conn_fail(c, CONN_FAILED), c->broken, c->where,
	               &(struct explain_break){
		.bytes_in = c->bytes_in,
		.bytes_out = c->bytes_out,
		.has_peer_ended = c->has_peer_ended,
		.is_accepted = c->options->mode == ENDPOINT_LISTEN,
		.info = tcpinfo_read(c->t->fd, &info) ? &info : NULL,
	});
}

static void conn_step(struct conn *c)
{
	if (c->t && !c->end) {
		end_in(c);
		end_out(c);
		bool is_good = is_done(c);
		if (c->broken && is_in_done(c))
			fail_broken(c);
		else if (is_good && !c->end)
			c->end = CONN_DONE;
	}
	if (!c->end) {
		watch_what_is_wanted(c);
		return;
	}
	stop_all(c);
	c->on_end(c->user, c->end, &c->error);
}

/* The door. */

static void timer_prepare(struct timer *t, timer_fn *fn, struct conn *c)
{
	t->on_time = fn;
	t->user = c;
}

void conn_init(struct conn *c)
{
	c->in_watch = (struct watch){ .on_ready = on_in, .user = c };
	c->out_watch = (struct watch){ .on_ready = on_out, .user = c };
	c->watch = (struct watch){ .on_ready = on_peer, .user = c };
	timer_prepare(&c->quit_timer, on_quit, c);
	timer_prepare(&c->idle_timer, on_idle, c);
	timer_prepare(&c->linger_timer, on_linger, c);
	timer_prepare(&c->ack_timer, on_ack_time, c);
	buffer_init(&c->up);
	buffer_init(&c->down);
	source_open(&c->in, 0);
	sink_open(&c->out, 1);
	if (watch_add(c->loop, &c->in_watch, 0, 0) == -1)
		die("cannot watch standard input: %s", strerror(errno));
	if (!c->options->send_only &&
	    watch_add(c->loop, &c->out_watch, c->out.fd, LOOP_HANGUP) == -1)
		die("cannot watch standard output: %s", strerror(errno));
}

void conn_finish(struct conn *c)
{
	if (!c->in_watch.loop)
		return;
	stop_all(c);
	timer_stop(&c->quit_timer);
	watch_remove(&c->in_watch);
	watch_remove(&c->out_watch);
	buffer_finish(&c->up);
	buffer_finish(&c->down);
}

void conn_start(struct conn *c, struct transport *t, const char *where)
{
	c->t = t;
	snprintf(c->where, sizeof(c->where), "%s", where);
	c->halves = HALVES_OPEN;
	c->broken = 0;
	c->has_peer_ended = c->was_wordless = false;
	c->is_leaving = false;
	c->end = CONN_GOES_ON;
	c->ack_delay_ns = ACK_DELAY_MIN_NS;
	c->in_moved_ns = c->out_moved_ns = loop_now_ns(c->loop);
	c->unacked = 0;
	c->bytes_in = c->bytes_out = 0;
	buffer_consume(&c->up, c->up.len);
	buffer_consume(&c->down, c->down.len);
	c->is_up_stuck = c->is_down_stuck = false;
	if (c->options->idle_timeout_ms)
		timer_start(c->loop, &c->idle_timer,
		            c->options->idle_timeout_ms * MS_NS);
	/* one of three: a set of its own would cost more than it saves */
	if (watch_add(c->loop, &c->watch, t->fd, 0) == -1)
		error_set_errno(conn_fail(c, CONN_FAILED), errno,
		                "cannot watch %s", where);
	conn_step(c);
}

void conn_abandon(struct conn *c)
{
	if (!c->t)
		return;
	write_peer(c);
	write_out(c);
	stop_all(c);
}

void conn_hang_up(struct transport *t)
{
	uint8_t scraps[SCRAPS_CAP];
	ssize_t n = 1;

	/* A socket closed with unread input resets the connection, and the
	 * peer loses what it has not read (RFC 1122, 4.2.2.13). */
	(void)t->ops->shutdown(t);
	for (int i = 0; n > 0 && i < SCRAPS_MAX; i++)
		n = t->ops->read(t, scraps, sizeof(scraps));
	t->ops->close(t, false);
}
