/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The sockchat authors */

/* Peers that do not read hold up neither the others nor commands: where nobody
 * sits at a screen they are passed over, and dropped in the end. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include <sockchat/pair.h>

#include "chat_private.h"

#define LOOK_NS  (250 * MS_NS)
#define STUCK_NS (CHAT_STUCK_MS * MS_NS)
#define DROP_NS  (CHAT_DROP_MS * MS_NS)

/* How far a peer that takes nothing is behind. */
struct lag {
	struct stall stall;
	bool is_behind; /* it is passed over … */
	uint64_t messages, bytes; /* … by these */
};

static bool is_behind(const struct session *s)
{
	return s->talk && s->talk->lag && s->talk->lag->is_behind;
}

static uint64_t undelivered(const struct session *s)
{
	return session_queued(s) + queue_file_rest(s->queue) +
	       session_unacked(s);
}

uint64_t chat_undelivered_of(const struct session *s)
{
	return undelivered(s) + (s->pair ? undelivered(pair_other(s)) : 0);
}

static int64_t stuck_ns(const struct chat *c, const struct session *s)
{
	const struct lag *lag = s->talk ? s->talk->lag : NULL;
	return lag ? loop_now_ns(c->loop) - lag->stall.since_ns : 0;
}

static void forget_lag(struct session *s)
{
	free(s->talk->lag);
	s->talk->lag = NULL;
}

/* Note since when the peer's system has acknowledged nothing.  Without memory
 * that is from the next look on. */
static void note_lag(struct chat *c, struct session *s)
{
	bool is_slow = session_is_congested(s) &&
	               !faults_are_slow(s->settings->faults);
	if (!s->talk || s->pair)
		return; /* nothing is said to it, or it keeps us waiting */
	if (!is_slow && !is_behind(s)) {
		forget_lag(s);
		return;
	}
	if (!s->talk->lag)
		s->talk->lag = calloc(1, sizeof(*s->talk->lag));
	if (s->talk->lag)
		stall_note(&s->talk->lag->stall, true,
		           s->link.bytes_out - session_unacked(s),
		           loop_now_ns(c->loop));
}

static bool someone_reads(const struct chat *c)
{
	struct session *s;
	for (size_t i = 0; (s = chat_session(c, i)); i++)
		if (session_is_open(s) && stuck_ns(c, s) < STUCK_NS)
			return true;
	return false;
}

static void fall_behind(struct chat *c, struct session *s)
{
	struct error e;
	s->talk->lag->is_behind = true;
	error_set(&e, "peer %u does not read: %" PRIu64 " bytes wait for it",
	          s->link.number, chat_undelivered_of(s));
	error_set_hint(&e, "until it reads again, your messages are sent to "
	                   "the others only. After %d s without reading it is "
	                   "disconnected",
	               CHAT_DROP_MS / 1000);
	error_set_code(&e, EAGAIN);
	chat_tell(c, s, ENTRY_ERROR, &e);
}

static void catch_up(struct chat *c, struct session *s)
{
	const struct lag *lag = s->talk->lag;
	struct error e;
	error_set(&e, "peer %u reads again", s->link.number);
	error_set_hint(&e, "%" PRIu64 " messages (%" PRIu64 " bytes) were not "
	               "sent to it meanwhile", lag->messages, lag->bytes);
	error_set_word(&e, lag->messages ? error_name(EAGAIN) : "reads-again");
	chat_tell(c, s, lag->messages ? ENTRY_ERROR : ENTRY_NOTE, &e);
	forget_lag(s);
}

static void drop_peer(struct chat *c, struct session *s)
{
	const struct lag *lag = s->talk->lag;
	struct error e;
	error_set(&e, "peer %u is disconnected: it has read nothing for %d s",
	          s->link.number, CHAT_DROP_MS / 1000);
	error_set_hint(&e, "%" PRIu64 " bytes waited for it. %" PRIu64
	               " messages (%" PRIu64 " bytes) were not sent to it",
	               chat_undelivered_of(s), lag->messages, lag->bytes);
	error_set_code(&e, ETIMEDOUT);
	chat_tell(c, s, ENTRY_ERROR, &e);
	session_reset(s);
}

static void judge_lag(struct chat *c, struct session *s)
{
	bool reads = !session_is_congested(s) &&
	             queue_len(s->queue) <= QUEUE_SHARE_MAX / 4;
	if (is_behind(s) && reads)
		catch_up(c, s);
	else if (is_behind(s) && stuck_ns(c, s) >= DROP_NS)
		drop_peer(c, s);
	else if (!is_behind(s) && session_is_open(s) && !c->ops->stays &&
	         stuck_ns(c, s) >= STUCK_NS && someone_reads(c))
		fall_behind(c, s);
}

/* See which peers do not read, again and again as long as some do not. */
static void look_for_slow(struct timer *t)
{
	struct chat *c = t->user;
	struct session *s;
	bool goes_on = false;
	for (size_t i = 0; (s = chat_session(c, i)); i++)
		note_lag(c, s);
	for (size_t i = chat_session_count(c); i-- > 0;)
		if ((s = chat_session(c, i)))
			judge_lag(c, s);
	for (size_t i = 0; (s = chat_session(c, i)); i++)
		goes_on |= s->talk && !s->pair &&
		           (s->talk->lag || session_is_congested(s));
	if (goes_on)
		chat_start_timer(t, look_for_slow, LOOK_NS);
}

void chat_given(struct chat *c, struct session *s)
{
	if (!c->own->slow.loop && !s->pair && session_is_congested(s))
		look_for_slow(&c->own->slow);
}

bool chat_pass_over(struct chat *c, struct session *s, uint64_t len)
{
	struct error e;
	if (!is_behind(s))
		return false;
	s->talk->lag->messages++;
	s->talk->lag->bytes += len;
	c->own->has_refused = true;
	if (c->target) {
		error_set(&e, "not sent: peer %u does not read",
		          s->link.number);
		error_set_code(&e, EAGAIN);
		chat_error(c, &e);
	}
	return true;
}

/* What is said now would have to wait for this peer. */
static bool holds_up(const struct chat *c, struct session *s)
{
	return chat_speaks_to(c, s) && session_is_congested(s) &&
	       !is_behind(s);
}

enum congestion chat_congestion(const struct chat *c)
{
	enum congestion worst = CONGESTION_NONE;
	struct session *s;
	for (size_t i = 0; (s = chat_session(c, i)); i++) {
		if (!holds_up(c, s))
			continue;
		if (stuck_ns(c, s) >= STUCK_NS)
			return CONGESTION_STUCK;
		worst = CONGESTION_WAITS;
	}
	return worst;
}
