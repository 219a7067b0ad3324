/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* The conversation: what moves bytes sets facts, and one place, conn_step(),
 * draws the conclusions. */

#include "pipe_conn.h"
#include "pipe_move.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <sockchat/explain.h>
#include <sockchat/tcpinfo.h>
#include <sockchat/text.h>

#define ACK_DELAY_MIN_NS (1 * MS_NS)
#define ACK_DELAY_MAX_NS (50 * MS_NS)
/* Unread input that is taken away before closing, and how often at most. */
#define SCRAPS_CAP 65536
#define SCRAPS_MAX 256
#define SIGNAL_NS  (5000 * MS_NS) /* all that a signal waits for peers */

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

/* How many bytes have come, when we leave, that are not written yet. */
static uint64_t rest_in(const struct conn *c)
{
	bool is_unread =
	    halves_is_in_open(c->halves) && c->due_in > c->bytes_in;

	return c->down.len + (is_unread ? c->due_in - c->bytes_in : 0);
}

static bool has_rest_in(const struct conn *c)
{
	return rest_in(c) > 0;
}

void conn_break(struct conn *c, int errnum)
{
	if (!c->broken)
		c->broken = errnum;
	c->halves = halves_end_out(c->halves);
	buffer_consume(&c->up, c->up.len);
	c->is_up_stuck = false;
}

struct error *conn_fail(struct conn *c, enum conn_end end)
{
	c->end = end;
	c->error = (struct error){ .text = "" };
	return &c->error;
}

static void fail_broken(struct conn *c, int errnum)
{
	struct tcpinfo info;

	explain_broken(conn_fail(c, CONN_FAILED), errnum, c->where,
	               &(struct explain_break){
		.bytes_in = c->bytes_in,
		.bytes_out = c->bytes_out,
		.has_peer_ended = c->has_peer_ended,
		.is_accepted = c->options->mode == ENDPOINT_LISTEN,
		.info = tcpinfo_read(c->t->fd, &info) ? &info : NULL,
	});
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

static void on_peer(struct watch *w, unsigned ready)
{
	struct conn *c = w->user;

	if (ready & LOOP_READ)
		conn_move_down(c);
	if (ready & LOOP_WRITE && is_up_full(c))
		conn_move_up(c);
	conn_step(c);
}

/* Time. */

static void fail_idle(struct conn *c)
{
	struct error *e = conn_fail(c, CONN_FAILED);

	explain_idle_timeout(e, c->options->idle_timeout_ms, c->where);
	text_add(e->text, sizeof(e->text),
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

/* What has come until now is still written. */
static void leave(struct conn *c)
{
	int unread = 0;

	c->is_leaving = true;
	c->is_up_stuck = false; /* that was not taken */
	c->out_moved_ns = loop_now_ns(c->loop);
	if (halves_is_in_open(c->halves) &&
	    ioctl(c->t->fd, FIONREAD, &unread) == 0)
		c->due_in = c->bytes_in + (uint64_t)unread;
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

/* We end before everything has arrived: what has not. */
static void give_up(struct conn *c, ssize_t unacked)
{
	struct error *e = conn_fail(c, CONN_FAILED);
	size_t cap = sizeof(e->text);

	if (unacked > 0 || c->up.len)
		text_add(e->text, cap,
		         "gave up on %s: of %" PRIu64 " bytes sent %zd are "
		         "not acknowledged, %zu more are not sent",
		         c->where, c->bytes_out, unacked, c->up.len);
	if (has_rest_in(c))
		text_add(e->text, cap,
		         "%s%" PRIu64 " of %" PRIu64 " bytes received are not "
		         "written",
		         e->text[0] ? "; " : "", rest_in(c),
		         c->bytes_in - c->down.len + rest_in(c));
}

/* A signal has waited long enough. */
static void on_end_time(struct timer *t)
{
	struct conn *c = t->user;
	ssize_t unacked = c->t->ops->pending(c->t);

	if (unacked == -1)
		fail_broken(c, errno);
	else
		give_up(c, unacked);
	conn_step(c);
}

/* --quit-after has to end some day: a peer that takes nothing more at all is
 * given up, and a reader as well. */
static void check_progress(struct conn *c, ssize_t unacked)
{
	int64_t now = loop_now_ns(c->loop);
	int64_t moved = c->out_moved_ns > c->in_moved_ns ? c->out_moved_ns
	                                                 : c->in_moved_ns;

	if (unacked < c->unacked)
		c->out_moved_ns = moved = now;
	c->unacked = unacked;
	if (c->is_quitting && !lingers_forever(c) &&
	    now - moved >= linger_ns(c))
		give_up(c, unacked);
}

/* The system tells nobody when the last byte is acknowledged: it is asked,
 * less and less often. */
static void ask_again(struct conn *c)
{
	if (c->ack_timer.loop)
		return;
	timer_start(c->loop, &c->ack_timer, c->ack_delay_ns);
	if (c->ack_delay_ns < ACK_DELAY_MAX_NS)
		c->ack_delay_ns *= 2;
}

/* Whether all of ours has arrived, and all that was to be written is. */
static bool has_settled(struct conn *c)
{
	ssize_t unacked = c->t->ops->pending(c->t);

	if (unacked == -1) {
		conn_break(c, errno);
		return false;
	}
	if (!unacked && !c->up.len && !(c->is_leaving && has_rest_in(c)))
		return true;
	check_progress(c, unacked);
	ask_again(c);
	return false;
}

static void on_ack_time(struct timer *t)
{
	conn_step(t->user);
}

/* Conclusions. */

/* The system told only when it was closed, and not of which bytes. */
static int error_at_close(struct error *e, const struct conn *c, int errnum)
{
	return error_set_errno(e, errnum, "cannot write to standard output; "
	                                  "some of %" PRIu64 " bytes received "
	                                  "may be lost", c->bytes_in);
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
	    has_settled(c);

	if (c->is_leaving) {
		timer_stop(&c->linger_timer);
		return has_arrived;
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
	timer_stop(&c->end_timer);
	if (c->t)
		conn_hang_up(c->t);
	c->t = NULL;
}

/* Nobody could be given what came. */
static void judge_closed_output(struct conn *c)
{
	if (c->end == CONN_DONE)
		(void)conn_fail(c, CONN_FAILED);
	text_add(c->error.text, sizeof(c->error.text),
	         "%sstandard output is closed: %" PRIu64 " bytes received "
	         "could not be written; use --send-only if nobody wants them",
	         c->error.text[0] ? "; " : "", c->unwanted);
}

static void conn_step(struct conn *c)
{
	if (c->t && !c->end) {
		end_in(c);
		end_out(c);
		bool is_good = is_done(c);
		if (c->broken && is_in_done(c))
			fail_broken(c, c->broken);
		else if (is_good && !c->end)
			c->end = CONN_DONE;
	}
	if (!c->end) {
		watch_what_is_wanted(c);
		return;
	}
	if (c->unwanted)
		judge_closed_output(c);
	c->is_cut = c->end == CONN_DONE && c->is_quitting &&
	            halves_is_in_open(c->halves);
	stop_all(c);
	c->on_end(c->user, c->end, &c->error);
}

/* The door. */

static void timer_prepare(struct timer *t, timer_fn *fn, struct conn *c)
{
	t->on_time = fn;
	t->user = c;
}

int conn_init(struct conn *c)
{
	c->in_watch = (struct watch){ .on_ready = on_in, .user = c };
	c->out_watch = (struct watch){ .on_ready = on_out, .user = c };
	c->watch = (struct watch){ .on_ready = on_peer, .user = c };
	timer_prepare(&c->quit_timer, on_quit, c);
	timer_prepare(&c->idle_timer, on_idle, c);
	timer_prepare(&c->linger_timer, on_linger, c);
	timer_prepare(&c->ack_timer, on_ack_time, c);
	timer_prepare(&c->end_timer, on_end_time, c);
	source_open(&c->in, 0);
	sink_open(&c->out, 1);
	if (buffer_init(&c->up) || buffer_init(&c->down) ||
	    watch_add(c->loop, &c->in_watch, 0, 0) ||
	    (!c->options->send_only &&
	     watch_add(c->loop, &c->out_watch, c->out.fd, LOOP_HANGUP)))
		return errno = ENOMEM, -1;
	return 0;
}

void conn_finish(struct conn *c)
{
	stop_all(c);
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
	c->bytes_in = c->bytes_out = c->due_in = c->unwanted = 0;
	buffer_consume(&c->up, c->up.len);
	buffer_consume(&c->down, c->down.len);
	c->is_up_stuck = c->is_down_stuck = false;
	if (c->options->idle_timeout_ms)
		timer_start(c->loop, &c->idle_timer,
		            c->options->idle_timeout_ms * MS_NS);
	/* one of three: a set of its own would cost more than it saves */
	if (watch_add(c->loop, &c->watch, t->fd, 0))
		error_set_errno(conn_fail(c, CONN_FAILED), errno,
		                "cannot watch %s", where);
	conn_step(c);
}

void conn_abandon(struct conn *c)
{
	if (c->is_abandoned) {
		on_end_time(&c->end_timer);
		return;
	}
	c->is_abandoned = true;
	timer_start(c->loop, &c->end_timer, SIGNAL_NS);
	leave(c);
}

void conn_hang_up(struct transport *t)
{
	static uint8_t scraps[SCRAPS_CAP]; /* a stack is cleared */
	ssize_t n = 1;

	/* A socket closed with unread input resets the connection, and the
	 * peer loses what it has not read (RFC 1122, 4.2.2.13). */
	(void)t->ops->shutdown(t);
	for (int i = 0; n > 0 && i < SCRAPS_MAX; i++)
		n = t->ops->read(t, scraps, sizeof(scraps));
	t->ops->close(t, false);
}
