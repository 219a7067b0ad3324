/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* How a chat ends: what follows the end of standard input and the end of a
 * peer, and how it is left. */

#include <errno.h>
#include <inttypes.h>

#include <sockchat/pair.h>
#include <sockchat/service.h>

#include "chat_private.h"

#define LEAVE_PATIENCE_NS SECOND_NS /* while nothing is acknowledged */
#define SIGNAL_NS         (CHAT_SIGNAL_MS * MS_NS)
#define FOREVER_NS        (INT64_C(10) * 24 * 3600 * 1000 * MS_NS)

/* The end of a peer */

/* How long a silent standard input is waited for after the peer's FIN. */
static int64_t linger_ns(const struct chat *c)
{
	switch (c->options->linger_ms) {
	case LINGER_FOREVER:
		return FOREVER_NS;
	case LINGER_DEFAULT:
		return LINGER_DEFAULT_MS * MS_NS;
	default:
		return c->options->linger_ms * MS_NS;
	}
}

static bool lingers_forever(const struct chat *c)
{
	int64_t ms = c->options->linger_ms;
	return ms == LINGER_FOREVER ||
	       (ms == LINGER_DEFAULT && (c->ops->stays || c->is_attended));
}

/* The peer has ended, and our side has not.  A pair has its own two sides. */
static bool awaits_answer(const struct session *s)
{
	return !s->pair && session_is_open(s) && !session_is_finishing(s) &&
	       !s->debt && !halves_is_in_open(s->link.halves);
}

/* How much longer to wait for our answer to this peer, since its FIN came or
 * standard input spoke. */
static int64_t patience_ns(const struct chat *c, const struct session *s)
{
	int64_t since = s->since_ns;
	if (c->own->spoke_ns > since)
		since = c->own->spoke_ns;
	return since + linger_ns(c) - loop_now_ns(c->loop);
}

/* Close the sessions whose peers have waited long enough for an answer. */
static void look_for_answers(struct timer *t)
{
	struct chat *c = t->user;
	int64_t next = INT64_MAX;
	timer_stop(t);
	for (size_t i = c->own->session_count; i-- > 0;) {
		struct session *s = chat_session(c, i);
		if (!s || !awaits_answer(s) || lingers_forever(c) ||
		    chat_is_led(c, s))
			continue;
		int64_t left = patience_ns(c, s);
		if (left <= 0)
			session_close(s);
		else if (left < next)
			next = left;
	}
	if (next != INT64_MAX)
		chat_start_timer(t, look_for_answers, next);
}

void chat_linger_changed(struct chat *c)
{
	c->session_settings.linger_ns = linger_ns(c);
	c->session_settings.answer_ns =
	    options_answer_ms(c->options) * MS_NS;
	look_for_answers(&c->own->linger);
}

void chat_on_in_end(void *user, struct session *s)
{
	struct chat *c = user;
	struct timer *t = &c->own->linger;
	if (c->own->has_input_ended || c->options->recv_only)
		session_close(s);
	else if (!t->loop && !lingers_forever(c)) /* else it is due before */
		chat_start_timer(t, look_for_answers, linger_ns(c));
}

/* Leaving */

/* Bytes that the peer's system has not acknowledged count too: while a slow
 * peer reads, they become fewer long before the socket takes more. */
uint64_t chat_undelivered(const struct chat *c)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < c->own->session_count; i++)
		sum += chat_undelivered_of(c->own->sessions[i]);
	return sum;
}

static void tell_given_up(struct chat *c, const struct session *s)
{
	const char *who = s->pair ? link_called(&s->link) : s->link.where;
	uint64_t unsent = session_queued(s) + queue_file_rest(s->queue);
	size_t unacked = session_unacked(s);
	struct error e;
	if (unsent || unacked)
		error_set(&e, "gave up on %s: %zu of %" PRIu64 " bytes sent "
		          "were not %s, %" PRIu64 " more were not sent", who,
		          unacked, s->link.bytes_out, link_arrived(&s->link),
		          unsent);
	else if (link_pending(&s->link) > 0)
		error_set(&e, "gave up on %s: our FIN was not acknowledged",
		          who);
	else
		return;
	error_set_code(&e, ETIMEDOUT);
	chat_tell(c, NULL, ENTRY_ERROR, &e);
}

/* The peers that are still here have not acknowledged all of our bytes. */
static void give_up(struct chat *c)
{
	for (size_t i = 0; i < c->own->session_count; i++) {
		const struct session *s = c->own->sessions[i];
		tell_given_up(c, s);
		if (s->pair)
			tell_given_up(c, s->pair->near);
	}
	chat_for_all(c, session_lose);
	c->own->has_broken |= c->own->session_count > 0;
	loop_stop(c->loop, 0); /* chat_run() makes the exit status */
}

static int64_t leave_patience_ns(const struct chat *c)
{
	int64_t left = c->over_ns - loop_now_ns(c->loop);
	bool is_short = c->over_ns && left < LEAVE_PATIENCE_NS;
	return is_short ? left : LEAVE_PATIENCE_NS;
}

/* Leaving goes on as long as peers acknowledge something; after a signal, for
 * CHAT_SIGNAL_MS at most. */
static void on_leave_time(struct timer *t)
{
	struct chat *c = t->user;
	uint64_t left = chat_undelivered(c);
	int64_t patience = leave_patience_ns(c);
	if (left && left < c->own->undelivered && patience > 0) {
		c->own->undelivered = left;
		timer_start(c->loop, t, patience);
	} else {
		give_up(c);
	}
}

void chat_leave(struct chat *c)
{
	struct chat_private *p = c->own;
	if (!c->over_ns && (c->signum || c->is_timed_out))
		c->over_ns = loop_now_ns(c->loop) + SIGNAL_NS;
	if (c->is_leaving) {
		give_up(c);
		return;
	}
	c->is_leaving = true;
	service_stopping();
	p->has_broken |= p->again.is_trying;
	chat_free_listeners(c);
	p->undelivered = chat_undelivered(c);
	chat_for_all(c, session_leave);
	chat_start_timer(&p->leave, on_leave_time, LEAVE_PATIENCE_NS);
	loop_later(c->loop, &c->own->check);
}

/* The end of standard input */

/* Tell whose answers --quit-after cuts short.  Datagrams have no end that could
 * be missed. */
static void tell_cut_short(struct chat *c)
{
	const struct session *cut = NULL;
	size_t count = 0;
	for (size_t i = 0; i < c->own->session_count; i++) {
		const struct session *s = c->own->sessions[i];
		if (!session_is_open(s) ||
		    !halves_is_in_open(s->link.halves) ||
		    link_has_messages(&s->link))
			continue;
		cut = s;
		count++;
	}
	if (count == 1)
		chat_note(c, "quit-after", "--quit-after: left before %s has "
		          "ended; what it still sends is not read",
		          cut->link.where);
	else if (count)
		chat_note(c, "quit-after", "--quit-after: left before %zu "
		          "peers have ended; what they still send is not read",
		          count);
}

static void leave_early(struct timer *t)
{
	struct chat *c = t->user;
	if (!c->is_leaving) {
		tell_cut_short(c);
		chat_leave(c);
	}
}

void chat_start_quit(struct chat *c)
{
	struct chat_private *p = c->own;
	if (c->options->quit_after_ms >= 0 && !p->quit.loop && !c->rules &&
	    !p->again.is_awaited)
		chat_start_timer(&p->quit, leave_early,
		                 c->options->quit_after_ms * MS_NS);
}

static void close_if_in_ended(struct session *s)
{
	if (!halves_is_in_open(s->link.halves) && !s->debt)
		session_close(s);
}

void chat_input_spoke(struct chat *c)
{
	c->own->spoke_ns = loop_now_ns(c->loop);
}

void chat_end_input(struct chat *c, struct session *s)
{
	const struct again *a = &c->own->again;
	if (a->is_awaited && s->link.number == a->number)
		return; /* chat_greet() does it, behind what it types */
	if (c->rules)
		return; /* they answer on */
	bool has_messages = link_has_messages(&s->link);
	if (c->options->send_only && !has_messages)
		session_finish(s);
	else if (!c->options->no_shutdown || has_messages)
		session_end_input(s);
}

void chat_input_ended(struct chat *c)
{
	struct chat_private *p = c->own;
	p->has_ended_early = chat_heeds_input(c) &&
	                     (chat_awaited_first(c) || c->rules);
	if (!chat_heeds_input(c) || p->has_ended_early)
		return;
	chat_free_listeners(c);
	chat_start_quit(c);
}

void chat_input_taken(struct chat *c)
{
	struct chat_private *p = c->own;
	if (!chat_heeds_input(c))
		return;
	p->has_input_ended = true;
	if (!p->has_ended_early)
		chat_start_quit(c);
	chat_for_all(c, close_if_in_ended);
	for (size_t i = p->session_count; i-- > 0;)
		if (i < p->session_count && !p->has_ended_early)
			chat_end_input(c, p->sessions[i]);
	loop_later(c->loop, &c->own->check);
}
